package exchange

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
)

func pfifRows(t *testing.T, text string) []*Row {
	t.Helper()
	table, err := Open(strings.NewReader(text), int64(len(text)), "registro.xml", Options{As: "pfif", Day: today})
	if err != nil {
		t.Fatal(err)
	}
	var rows []*Row
	for {
		row, err := table.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

const pfif14 = `<?xml version="1.0" encoding="UTF-8"?>
<pfif:pfif xmlns:pfif="http://zesty.ca/pfif/1.4">
<pfif:note><pfif:note_record_id>r.org/n2</pfif:note_record_id><pfif:person_record_id>r.org/p1</pfif:person_record_id>
 <pfif:author_name>Cruz Roja</pfif:author_name><pfif:source_date>2021-10-02T15:30:00Z</pfif:source_date><pfif:status>believed_dead</pfif:status>
 <pfif:text>En la lista de la morgue</pfif:text></pfif:note>
<pfif:person><pfif:person_record_id>r.org/p1</pfif:person_record_id><pfif:entry_date>2021-10-01T00:00:00Z</pfif:entry_date>
 <pfif:full_name>Íñigo Andrés Núñez Ñáñez</pfif:full_name><pfif:given_name>Íñigo Andrés</pfif:given_name><pfif:family_name>Núñez Ñáñez</pfif:family_name>
 <pfif:alternate_names>El Flaco</pfif:alternate_names><pfif:sex>male</pfif:sex><pfif:date_of_birth>1990-05</pfif:date_of_birth><pfif:home_city>Durán</pfif:home_city>
 <pfif:note><pfif:note_record_id>r.org/n1</pfif:note_record_id><pfif:source_date>2021-10-01T10:00:00Z</pfif:source_date><pfif:status>believed_missing</pfif:status><pfif:text>Su madre lo busca</pfif:text></pfif:note>
 <pfif:note><pfif:note_record_id>r.org/n3</pfif:note_record_id><pfif:status>information_sought</pfif:status><pfif:text>¿Alguien lo vio?</pfif:text></pfif:note>
</pfif:person>
<pfif:person><pfif:full_name>Nadie Sin Número</pfif:full_name></pfif:person>
</pfif:pfif>`

func TestPFIF(t *testing.T) {
	rows := pfifRows(t, pfif14)
	if len(rows) != 2 || !rows[1].Refused() {
		t.Fatalf("%d rows", len(rows))
	}
	r := rows[0]
	for field, want := range map[string]string{
		"given_names": "Íñigo Andrés", "paternal_surname": "Núñez", "maternal_surname": "Ñáñez", "sex": "male", "birth": "1990-05", "aliases": "El Flaco",
	} {
		if r.Values[field] != want {
			t.Errorf("%s %q, want %q", field, r.Values[field], want)
		}
	}
	if r.Key != "r.org/p1" || r.Refused() || len(r.Claims) != 2 || len(r.Notes) != 2 {
		t.Fatalf("%q, %v, claims %v, notes %q", r.Key, r.Problems, r.Claims, r.Notes)
	}
	dead := r.Claims[0]
	if dead["status"] == "reported_missing" {
		dead = r.Claims[1]
	}
	if dead["status"] != "reported_dead" || dead["source"] != "Cruz Roja" || !strings.HasPrefix(dead["when"], "2021-10-02T") || dead["method"] != "" {
		t.Errorf("what was believed dead: %v", dead)
	}
}

// The older versions, with their own names.
func TestOlderPFIF(t *testing.T) {
	rows := pfifRows(t, `<pfif xmlns="http://zesty.ca/pfif/1.1"><person><person_record_id>a/1</person_record_id><first_name>ROSA ELENA</first_name>
		<last_name>QUISHPE</last_name><home_zip>090150</home_zip><other>description: cicatriz</other><note><note_record_id>a/2</note_record_id><found>true</found><text>La vi</text></note></person></pfif>`)
	if len(rows) != 1 || rows[0].Refused() || rows[0].Values["paternal_surname"] == "" || rows[0].Values["given_names"] == "" || len(rows[0].Claims) != 0 || len(rows[0].Notes) != 3 {
		t.Fatalf("%+v", rows[0])
	}
}

func TestHostilePFIF(t *testing.T) {
	deep := strings.Repeat("<a>", 50)
	for _, text := range []string{
		"", "hola", "<html/>", "<pfif><person>", "<pfif><person><full_name>" + deep,
		`<!DOCTYPE pfif [<!ENTITY x SYSTEM "file:///etc/passwd">]><pfif><person><full_name>&x;</full_name></person></pfif>`,
		"<pfif><person><full_name>" + strings.Repeat("x", maxCell+1) + "</full_name></person></pfif>",
	} {
		_, err := Open(strings.NewReader(text), int64(len(text)), "x", Options{As: "pfif", Day: today})
		var e *fault.Error
		if !errors.As(err, &e) || e.Key != "pfif_malformed" {
			t.Errorf("%.60q: %v", text, err)
		}
	}
}

// What is written is read again: the same people, names, births and claims, and
// a confirmation comes back as a report.
func TestPFIFRoundTrip(t *testing.T) {
	id := record.ID{7}
	r := &record.Record{ID: id, Kind: record.Detainee, Created: today, Values: map[string][]record.Val{}}
	for field, text := range map[string]string{
		"given_names": "Íñigo <i>", "paternal_surname": "Núñez", "maternal_surname": "Ñáñez", "birth": "1990-05-02", "sex": "male", "offence": "Robo",
	} {
		r.Values[field] = []record.Val{{Text: text}}
	}
	r.Entries = []record.Entry{
		{ID: record.ID{8}, Kind: record.Claim, Values: map[string]string{"status": "confirmed_dead", "source": "Fiscalía", "when": "2021-09-30"}},
		{ID: record.ID{9}, Kind: record.Claim, Values: map[string]string{"status": "released", "source": "SNAI"}},
	}
	var out bytes.Buffer
	people := iter.Seq2[*record.Record, error](func(yield func(*record.Record, error) bool) { yield(r, nil) })
	if err := WritePFIF(&out, PFIFOf{Office: record.ID{1}, Name: "Sede & Cía", Now: today}, people); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "Robo") {
		t.Error("a registry learns of the case")
	}
	rows := pfifRows(t, out.String())
	if len(rows) != 1 || rows[0].Key != PFIFDomain(record.ID{1})+"/"+id.String() {
		t.Fatalf("%+v\n%s", rows, out.String())
	}
	for _, field := range []string{"given_names", "paternal_surname", "maternal_surname", "birth", "sex"} {
		if got := rows[0].Values[field]; got != r.Get(field) {
			t.Errorf("%s %q, want %q", field, got, r.Get(field))
		}
	}
	if c := rows[0].Claims; len(c) != 1 || c[0]["status"] != "reported_dead" || c[0]["source"] != "Fiscalía" || !strings.HasPrefix(c[0]["when"], "2021-09-30") {
		t.Errorf("claims %v", c)
	}
}

func FuzzPFIF(f *testing.F) {
	f.Add([]byte(pfif14))
	f.Add([]byte("<pfif><person><note><note></note></note></person></pfif>"))
	f.Add([]byte("<!DOCTYPE x>"))
	f.Fuzz(func(t *testing.T, in []byte) { drain(t, in, "pfif") })
}
