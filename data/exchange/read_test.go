package exchange

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"paradero/data/fault"
	"paradero/data/record"
)

var today = time.Date(2021, 10, 20, 9, 0, 0, 0, time.UTC)

type vals = map[string]string

func open(t testing.TB, data []byte, name string, opt Options) *Table {
	t.Helper()
	if opt.As == "" {
		opt.As = "detainees"
	}
	opt.Day = today
	table, err := Open(bytes.NewReader(data), int64(len(data)), name, opt)
	if err != nil {
		t.Fatalf("open %s: %v", name, err)
	}
	t.Cleanup(func() {
		if err := table.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return table
}

func rows(t testing.TB, table *Table) []*Row {
	t.Helper()
	var out []*Row
	for {
		r, err := table.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
}

func list(t testing.TB, text string, opt Options) []*Row {
	t.Helper()
	return rows(t, open(t, []byte(text), "lista.csv", opt))
}

func encoded(t *testing.T, s string, enc interface{ String(string) (string, error) }) []byte {
	t.Helper()
	out, err := enc.String(s)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

const offices = "APELLIDOS Y NOMBRES;CEDULA;F. NACIMIENTO;CENTRO;PABELLON;SITUACION JURIDICA\r\n" +
	"GUAMÁN ÑAÑEZ LUIS ALBERTO;1710034065;15/03/1988;CPL GUAYAS N°1;5;SENTENCIADO\r\n" +
	"\"QUISHPE DE LA CRUZ, ROSA\";0100000009;1990-02-01;CPL AZUAY N°1;;PROCESADA\r\n"

// The same list in every dress that offices give it comes to the same rows.
func TestSameListInEveryEncoding(t *testing.T) {
	comma := strings.ReplaceAll(strings.ReplaceAll(offices, "ROSA\"", "ROSA\""), ";", ",")
	forms := map[string][]byte{
		"utf-8":        []byte(offices),
		"utf-8 mark":   []byte(bom + offices),
		"latin-1":      encoded(t, offices, charmap.ISO8859_1.NewEncoder()),
		"windows":      encoded(t, offices, charmap.Windows1252.NewEncoder()),
		"utf-16le":     encoded(t, offices, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()),
		"utf-16be":     encoded(t, offices, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()),
		"utf-16 bare":  encoded(t, offices, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder()),
		"comma":        []byte(comma),
		"tab":          []byte(strings.ReplaceAll(offices, ";", "\t")),
		"bar":          []byte(strings.ReplaceAll(offices, ";", "|")),
		"old mac":      []byte(strings.ReplaceAll(offices, "\r\n", "\r")),
		"unix":         []byte(strings.ReplaceAll(offices, "\r\n", "\n")),
		"no last line": []byte(strings.TrimRight(offices, "\r\n")),
		"sep":          []byte("sep=;\r\n" + offices),
		"title lines":  []byte("SERVICIO NACIONAL DE ATENCION INTEGRAL;;;;;\r\nLISTADO DE PPL\r\n\r\n" + offices),
		"ragged":       []byte(strings.ReplaceAll(offices, "SENTENCIADO", "SENTENCIADO;;;sobra")),
	}
	for name, data := range forms {
		t.Run(name, func(t *testing.T) {
			got := rows(t, open(t, data, "lista.csv", Options{Source: "SNAI", AsOf: "2021-10-01"}))
			if len(got) != 2 {
				t.Fatalf("%d rows", len(got))
			}
			want := vals{
				"given_names": "Luis Alberto", "paternal_surname": "Guamán", "maternal_surname": "Ñañez", "original_name": "GUAMÁN ÑAÑEZ LUIS ALBERTO",
				"cedula": "1710034065", "birth": "1988-03-15", "legal_status": "sentenced",
			}
			if !reflect.DeepEqual(got[0].Values, want) || len(got[0].Problems) != 0 {
				t.Errorf("got %v %v", got[0].Values, got[0].Problems)
			}
			claim := []map[string]string{{"facility": "CPL GUAYAS N°1", "wing": "5", "source": "SNAI", "source_kind": "official_list", "when": "2021-10-01"}}
			if !reflect.DeepEqual(got[0].Claims, claim) {
				t.Errorf("claims %v", got[0].Claims)
			}
			second := got[1].Values
			if second["paternal_surname"] != "Quishpe" || second["maternal_surname"] != "de la Cruz" || second["given_names"] != "Rosa" || second["legal_status"] != "remand" {
				t.Errorf("second %v", second)
			}
			if got[0].Num != 1 || got[1].Num != 2 {
				t.Errorf("numbers %d %d", got[0].Num, got[1].Num)
			}
		})
	}
}

func workbook(t testing.TB, fill func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func put(f *excelize.File, sheet string, row int, cells ...any) {
	if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", row), &cells); err != nil {
		panic(err)
	}
}

func TestXLSX(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		put(f, "Sheet1", 1, "Carátula")
		if _, err := f.NewSheet("Listado"); err != nil {
			t.Fatal(err)
		}
		put(f, "Listado", 1, "LISTADO DE PPL FALLECIDOS")
		put(f, "Listado", 3, "No.", "PRIMER APELLIDO", "SEGUNDO APELLIDO", "NOMBRES", "No. CEDULA", "FECHA NAC.", "FECHA DE DETENCION", "PENA", "ESTADO", "EDAD")
		put(f, "Listado", 4, 1, "YUPANGUI", "MORA", "JHON JAIRO", 1710034065, time.Date(1985, 7, 4, 0, 0, 0, 0, time.UTC), time.Date(2019, 5, 6, 14, 30, 0, 0, time.UTC), "5 años 4 meses", "FALLECIDO", 36)
		put(f, "Listado", 5, 2, "VERA", "", "CARLOS", 100000009, "04/07/1985", nil, 16, "HERIDO")
		put(f, "Listado", 7, "TOTAL", 2)
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Listado", "F4", "F4", style); err != nil {
			t.Fatal(err)
		}
	})
	got := rows(t, open(t, data, "lista.csv", Options{})) // the name lies, the content counts
	if len(got) != 3 {
		t.Fatalf("%d rows", len(got))
	}
	v := got[0].Values
	want := vals{
		"given_names": "Jhon Jairo", "paternal_surname": "Yupangui", "maternal_surname": "Mora", "cedula": "1710034065",
		"birth": "1985-07-04", "detained_on": "2019-05-06T14:30", "penalty_months": "64", "age": "36",
	}
	if !reflect.DeepEqual(v, want) {
		t.Errorf("got  %v\nwant %v\n%v", v, want, got[0].Problems)
	}
	if got[0].Claims[0]["status"] != "reported_dead" || got[0].Claims[0]["source"] != "lista" {
		t.Errorf("claim %v", got[0].Claims)
	}
	if got[1].Values["birth"] != "1985-07-04" || got[1].Claims[0]["status"] != "reported_injured" || got[1].Values["penalty_months"] != "" {
		t.Errorf("second %v %v", got[1].Values, got[1].Claims)
	}
	keys := ""
	for _, p := range got[1].Problems {
		keys += p.Column + ":" + p.Problem.Key + " "
	}
	if !strings.Contains(keys, "PENA:penalty_without_unit") || !strings.Contains(keys, "No. CEDULA:cedula") {
		t.Errorf("problems %s", keys)
	}
	if !got[2].Refused() || got[2].Problems[0].Problem.Key != "row_is_total" || got[2].Num != 4 {
		t.Errorf("total row %+v", got[2])
	}
}

func TestNotAList(t *testing.T) {
	zipped := workbook(t, func(f *excelize.File) { put(f, "Sheet1", 1, "CEDULA") })
	cases := map[string]struct {
		data []byte
		key  string
	}{
		"empty":            {nil, "file_empty"},
		"blank":            {[]byte(" \r\n\r\n"), "file_empty"},
		"pdf":              {[]byte("%PDF-1.4\nCEDULA,NOMBRES\n"), "file_is_pdf"},
		"png":              {[]byte("\x89PNG\r\n\x1a\n"), "file_is_image"},
		"old excel":        {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1xxxxxxxx"), "file_is_old_excel"},
		"web page as .xls": {[]byte("<html><table><tr><td>CEDULA</td></tr></table></html>"), "file_is_web_page"},
		"bytes":            {[]byte("CEDULA\x00\x01\x02\x03\x00,,,\x00\x00\x07"), "file_is_not_a_list"},
		"broken workbook":  {zipped[:len(zipped)/2], "file_workbook_damaged"},
		"zip":              {[]byte("PK\x05\x06" + strings.Repeat("\x00", 18)), "file_is_zip"},
		"no heading":       {[]byte("hola,mundo\n1,2\n"), "list_without_heading"},
		"empty workbook":   {workbook(t, func(*excelize.File) {}), "list_without_heading"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Open(bytes.NewReader(c.data), int64(len(c.data)), "x.csv", Options{As: "detainees", Day: today})
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.key) {
				t.Errorf("got %v, want %s", err, c.key)
			}
		})
	}
	if _, err := Open(strings.NewReader("CEDULA\n1\n"), 9, "x", Options{As: "poems"}); !fault.Is(err, fault.Usage) {
		t.Errorf("as poems: %v", err)
	}
}

func TestHeadings(t *testing.T) {
	for heading, want := range map[string]string{
		"APELLIDOS Y NOMBRES": fullName, "Nombres y Apellidos": fullGiven, "NOMBRES": fullAny, "PRIMER APELLIDO": "paternal_surname",
		"SEGUNDO APELLIDO": "maternal_surname", "APELLIDO_PATERNO": "paternal_surname", "apellidos_y_nombres": fullName, "CEDULA": "cedula", "CI": "cedula", "C.I.": "cedula",
		"No. CEDULA": "cedula", "N° de Cédula": "cedula", "Nº CÉDULA": "cedula", "CÉDULA DE IDENTIDAD": "cedula", "PASAPORTE": "passport", "CENTRO": "facility", "CPL": "facility",
		"PABELLÓN": "wing", "CELDA": "cell", "F. NACIMIENTO": "birth", "FECHA NAC.": "birth", "FECHA DE NACIMIENTO": "birth", "EDAD": "age", "SEXO": "sex",
		"SITUACION JURIDICA": "legal_status", "Situación  Jurídica": "legal_status", "FECHA DE DETENCION": "detained_on", "DELITO": "offence", "PENA (MESES)": "penalty_months", "PENA": penalty,
		"PROCESO": "process_number", "No. CAUSA": "process_number", "ESTADO": statusField, "FALLECIDO/HERIDO": statusField, "HOSPITAL": hospital,
		"OBSERVACIONES": note, "TELEFONO": note, "process_number": "process_number", "given_names": "given_names", "life_status": "life_status",
		"NOMBRE DEL INTERNO": fullAny, "COLOR FAVORITO": "", "N°": leaveOut, "No.": leaveOut, "Nro.": leaveOut, "#": leaveOut, "": "",
	} {
		table := &Table{kind: record.Detainee}
		got := table.readHeading([]string{heading})[0].Field
		if got == "given_names" && want == fullAny {
			t.Errorf("%q alone is a whole name", heading)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", heading, got, want)
		}
	}
}

// No heading may mean two fields: which one it became would change from run to run.
func TestHeadingsAreUnambiguous(t *testing.T) {
	for kind, tables := range map[string][]map[string]string{
		"detainee": {names, detaineeWords}, "contact": {names, contactWords}, "relationship": {relationshipWords}, "claim": {claimWords},
		"toll": {tollWords}, "remains": {remainsWords}, "facility": {facilityWords},
	} {
		seen := map[string]string{}
		for _, table := range tables {
			for field, words := range table {
				for _, w := range strings.Split(words, "|") {
					k := headingKey(w)
					if was, twice := seen[k]; twice && was != field && k != "" {
						t.Errorf("%s: %q means %s and %s", kind, w, was, field)
					}
					seen[k] = field
				}
			}
		}
	}
}

func TestRows(t *testing.T) {
	t.Run("neither name nor paper", func(t *testing.T) {
		got := list(t, "NOMBRES,APELLIDOS,CEDULA,CENTRO\nAna,Paz,,X\n,,,CPL 1\n,,0100000009,\n", Options{})
		if len(got) != 3 || got[0].Refused() || !got[1].Refused() || got[1].Problems[0].Problem.Key != "name_or_paper" || got[2].Refused() {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("a bad optional field", func(t *testing.T) {
		got := list(t, "NOMBRES,APELLIDOS,F. NACIMIENTO,SEXO\nAna,Paz,31/02/1990,F\n", Options{})[0]
		if got.Refused() || got.Values["birth"] != "" || got.Values["sex"] != "female" || len(got.Problems) != 1 || got.Problems[0].Column != "F. NACIMIENTO" || got.Problems[0].Problem.Warning {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("a doubtful cédula is kept", func(t *testing.T) {
		got := list(t, "NOMBRES,APELLIDOS,CEDULA\nAna,Paz,1714307104\n", Options{})[0]
		if got.Values["cedula"] != "1714307104" || len(got.Problems) != 1 || !got.Problems[0].Problem.Warning {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("H and M", func(t *testing.T) {
		got := list(t, "NOMBRES,APELLIDOS,SEXO\nAna,Paz,M\nLuis,Mora,H\n", Options{})
		if got[0].Values["sex"] != "female" || got[1].Values["sex"] != "male" {
			t.Errorf("got %v %v", got[0].Values, got[1].Values)
		}
		if got := list(t, "NOMBRES,APELLIDOS,SEXO\nAna,Paz,F\nLuis,Mora,M\n", Options{}); got[1].Values["sex"] != "male" {
			t.Errorf("got %v", got[1].Values)
		}
	})
	t.Run("an age on the list's day", func(t *testing.T) {
		if got := list(t, "NOMBRES,APELLIDOS,EDAD\nAna,Paz,34\n", Options{AsOf: "2021-10-01"})[0].Values; got["birth"] != "~34@2021-10-01" || got["age"] != "" {
			t.Errorf("got %v", got)
		}
		if got := list(t, "NOMBRES,APELLIDOS,EDAD\nAna,Paz,34\n", Options{})[0].Values; got["age"] != "34" || got["birth"] != "" {
			t.Errorf("got %v", got)
		}
	})
	t.Run("crosses and hospital", func(t *testing.T) {
		got := list(t, "NOMBRES Y APELLIDOS,CENTRO,PABELLON,FALLECIDO,HERIDO,HOSPITAL\nLuis Mora Vera,CPL Guayas N°1,5,,X,Guasmo Sur\nJosé Paz Mora,CPL Guayas N°1,5,SI,,\n", Options{Source: "MSP"})
		want := vals{"status": "reported_injured", "facility": "Guasmo Sur", "source": "MSP", "source_kind": "official_list"}
		if !reflect.DeepEqual(got[0].Claims, []map[string]string{want}) || len(got[0].Notes) != 1 {
			t.Errorf("got %v %v", got[0].Claims, got[0].Notes)
		}
		if got[1].Claims[0]["status"] != "reported_dead" {
			t.Errorf("got %v", got[1].Claims)
		}
	})
	t.Run("a list confirms nothing", func(t *testing.T) {
		got := list(t, "NOMBRES,APELLIDOS,ESTADO\nLuis,Mora,FALLECIDO CONFIRMADO\n", Options{})[0]
		if got.Claims[0]["status"] != "reported_dead" || got.Problems[0].Problem.Key != "list_only_reports" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("an unknown word is kept as a note", func(t *testing.T) {
		got := list(t, "NOMBRES,APELLIDOS,ESTADO,OBSERVACIONES\nLuis,Mora,EN TRAMITE,pide visita\n", Options{})[0]
		if len(got.Claims) != 0 || !reflect.DeepEqual(got.Notes, []string{"ESTADO: EN TRAMITE", "pide visita"}) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("quotes", func(t *testing.T) {
		got := list(t, "NOMBRES,APELLIDOS,OBSERVACIONES\nLuis \"El Gato\",Mora,\"dos\nlíneas, con coma\"\nAna,\"Paz,sin cerrar\nRosa,Vera,ok\n", Options{})
		if len(got) != 3 || got[0].Values["given_names"] != "Luis \"El Gato\"" || got[0].Notes[0] != "dos\nlíneas, con coma" {
			t.Fatalf("got %+v", got[0])
		}
		if got[2].Values["given_names"] != "Rosa" || got[1].Values["given_names"] != "Ana" {
			t.Errorf("an open quote swallowed what follows: %+v", got[1])
		}
	})
	t.Run("repeated heading and empty rows", func(t *testing.T) {
		got := list(t, "NOMBRES,APELLIDOS\nAna,Paz\n,\nNOMBRES,APELLIDOS\nLuis,Mora\n", Options{})
		if len(got) != 2 || got[1].Num != 4 {
			t.Errorf("got %d rows", len(got))
		}
	})
	t.Run("whole names say their own order", func(t *testing.T) {
		got := list(t, "NOMBRES\nLuis Alberto Guamán Mora\nRosa María Quishpe Vera\n", Options{})
		if got[0].Values["given_names"] != "Luis Alberto" || got[0].Values["paternal_surname"] != "Guamán" {
			t.Errorf("got %v", got[0].Values)
		}
		got = list(t, "NOMBRES\nGUAMAN MORA LUIS ALBERTO\nQUISHPE VERA ROSA MARIA\n", Options{})
		if got[0].Values["given_names"] != "Luis Alberto" || got[0].Values["maternal_surname"] != "Mora" {
			t.Errorf("got %v", got[0].Values)
		}
	})
	t.Run("apellidos beside nombres", func(t *testing.T) {
		got := list(t, "APELLIDOS,NOMBRES\nDE LA CRUZ MORA,LUIS\n", Options{})[0].Values
		if got["paternal_surname"] != "de la Cruz" || got["maternal_surname"] != "Mora" || got["given_names"] != "Luis" {
			t.Errorf("got %v", got)
		}
	})
	t.Run("a map of the caller", func(t *testing.T) {
		table := open(t, []byte("Quién,Nro,SEXO\nPAZ ANA,0100000009,F\n"), "x", Options{Map: map[string]string{"quien": fullName, "NRO": "cedula", "SEXO": ""}})
		got := rows(t, table)[0].Values
		if got["cedula"] != "0100000009" || got["paternal_surname"] != "Paz" || got["sex"] != "" {
			t.Errorf("got %v", got)
		}
		if c := table.Columns()[0]; c.Guessed || c.Field != fullName {
			t.Errorf("column %+v", c)
		}
	})
	t.Run("unknown columns are named", func(t *testing.T) {
		cols := open(t, []byte("CEDULA,COLOR\n1,azul\n"), "x", Options{}).Columns()
		if !reflect.DeepEqual(cols, []Column{{"CEDULA", "cedula", true}, {"COLOR", "", false}}) {
			t.Errorf("got %+v", cols)
		}
	})
	t.Run("apostrophes of a spreadsheet", func(t *testing.T) {
		if got := list(t, "NOMBRES,APELLIDOS,CEDULA\nAna,Paz,'0100000009\n", Options{})[0].Values; got["cedula"] != "0100000009" {
			t.Errorf("got %v", got)
		}
	})
}

func TestOtherKinds(t *testing.T) {
	t.Run("contacts", func(t *testing.T) {
		got := list(t, "NOMBRES Y APELLIDOS,CEDULA,TELEFONO,CELULAR,CEDULA PPL,PARENTESCO\nRosa Quishpe Vera,0100000009,022345678,0991234567 / 0987654321,1710034065,MADRE\n", Options{As: "contacts"})[0]
		if got.Values["cedula"] != "0100000009" || got.Parent["detainee_cedula"] != "1710034065" || got.Parent["kinship"] != "mother" {
			t.Errorf("got %v %v", got.Values, got.Parent)
		}
		if want := "+59322345678\n+593991234567\n+593987654321"; got.Values["phones"] != want {
			t.Errorf("phones %q", got.Values["phones"])
		}
	})
	t.Run("relationships", func(t *testing.T) {
		got := list(t, "CEDULA FAMILIAR,CEDULA PPL,PARENTESCO\n0100000009,1710034065,hermano\n,1710034065,padre\n0100000009,1710034065,zzz\n", Options{As: "relationships"})
		if got[0].Refused() || got[0].Values["kinship"] != "brother" || got[0].Parent["contact_cedula"] != "0100000009" {
			t.Errorf("got %+v", got[0])
		}
		if !got[1].Refused() || !got[2].Refused() {
			t.Errorf("taken: %+v %+v", got[1], got[2])
		}
	})
	t.Run("claims", func(t *testing.T) {
		got := list(t, "CEDULA,ESTADO,FECHA,FUENTE\n1710034065,herido,2021-10-01,Hospital\n1710034065,fallecido,,\n,vivo,,\n", Options{As: "claims", Source: "Lista", AsOf: "2021-10-02"})
		want := vals{"status": "reported_injured", "when": "2021-10-01", "source": "Hospital"}
		if !reflect.DeepEqual(got[0].Values, want) || got[0].Parent["cedula"] != "1710034065" || got[0].Kind != record.Claim {
			t.Errorf("got %+v", got[0])
		}
		if got[1].Values["source"] != "Lista" || got[1].Values["when"] != "2021-10-02" || !got[2].Refused() {
			t.Errorf("got %+v %+v", got[1], got[2])
		}
	})
	t.Run("tolls", func(t *testing.T) {
		got := list(t, "INCIDENTE,CATEGORIA,CANTIDAD,FUENTE,FECHA\nMotín del 28,fallecidos,118,SNAI,2021-09-30\nMotín del 28,fallecidos,muchos,SNAI,\n", Options{As: "tolls"})
		want := vals{"category": "dead", "count": "118", "source": "SNAI", "when": "2021-09-30"}
		if !reflect.DeepEqual(got[0].Values, want) || got[0].Parent["incident"] != "Motín del 28" || !got[1].Refused() {
			t.Errorf("got %+v %+v", got[0], got[1])
		}
	})
	t.Run("remains and facilities", func(t *testing.T) {
		if got := list(t, "CODIGO,MORGUE,SEXO\nA-12,Guayaquil,M\n,Guayaquil,M\n", Options{As: "remains"}); got[0].Values["code"] != "A-12" || !got[1].Refused() {
			t.Errorf("got %+v", got)
		}
		if got := list(t, "CENTRO,CAPACIDAD,POBLACION\nCPL Loja N°1,\"1.200\",900\n", Options{As: "facilities"}); got[0].Values["capacity"] != "1200" || got[0].Values["name"] != "CPL Loja N°1" {
			t.Errorf("got %+v", got[0])
		}
	})
}
