package people

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paradero/data/record"
)

func sentList(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lista de la Fiscalía.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestADroppedListIsSeenThenImported(t *testing.T) {
	h, r, _ := opened(t)
	before := h.API.Count(record.Detainee)
	r.Dropped([]string{sentList(t, "N°;APELLIDOS Y NOMBRES;CEDULA;CENTRO;F. NACIMIENTO;COLOR DE OJOS\n"+
		"1;QUISHPE GUAMAN LUIS;1710034065;CPL Guayas N°1;3/5/1990;CAFE\n2;MERO BONE JOSE;;CPL Guayas N°1;31/02/1990;\n3;;;;;\n4;;;CPL Guayas N°1;;\n")})
	h.Pump()
	for _, want := range []string{"lista de la Fiscalía.csv", "Columnas encontradas", "Quishpe", "3 may 1990", "Importar 2 filas"} {
		if !h.Sees(want) {
			t.Errorf("%q is not seen in %q", want, h.Texts())
		}
	}
	if h.API.Count(record.Detainee) != before {
		t.Fatal("looking saves nothing")
	}
	h.Fill("Fecha de los datos", "31/2/2026")
	h.Press("Importar 2 filas")
	if h.API.Count(record.Detainee) != before {
		t.Fatal("a day that does not exist is refused")
	}
	h.Fill("Fecha de los datos", "20/11/2026")
	h.Fill("Fuente", "Fiscalía")
	h.Picture("people-import")
	h.Press("Importar 2 filas")
	if h.API.Count(record.Detainee) != before+2 || !h.Sees("La lista está importada") {
		t.Fatalf("%q", h.Texts())
	}
	h.Picture("people-imported")
	h.Press("Ver la lista")
	r.pane.Search("quishpe luis")
	h.Pump()
	if !h.Sees("1 persona") {
		t.Errorf("he is found: %q", h.Texts())
	}
}

func TestWhatIsNoListSaysSoInThePage(t *testing.T) {
	h, r, _ := opened(t)
	r.Dropped([]string{sentList(t, "%PDF-1.7\n")})
	h.Pump()
	if h.Sees("Importar 0") || h.Sees("⟦") || !h.Sees("Otro archivo…") {
		t.Errorf("%q", h.Texts())
	}
	r.Dropped([]string{filepath.Join(t.TempDir(), "no hay.csv")})
	h.Pump()
	if !h.Sees("No existe el archivo") {
		t.Errorf("%q", h.Texts())
	}
	if !r.Back() || !h.Sees("Elija a una persona") {
		t.Error("Esc leaves the page")
	}
}

func TestTheListIsExportedAsItIsShown(t *testing.T) {
	h, r, _ := opened(t)
	r.pane.Search("nunez")
	h.Pump()
	path := filepath.Join(t.TempDir(), "personas.csv")
	r.export(path, record.Detainee, r.list.IDs())
	h.Pump()
	b, err := os.ReadFile(path)
	if err != nil || strings.Count(string(b), "\r\n") < 2 || !strings.Contains(string(b), "Ñáñez") {
		t.Fatalf("%v %q", err, b)
	}
	if len(h.Said) != 1 || !strings.Contains(h.Said[0], path) {
		t.Errorf("%q", h.Said)
	}
	r.export(filepath.Join(t.TempDir()), record.Detainee, r.list.IDs())
	h.Pump()
	if len(h.Said) != 2 {
		t.Errorf("a folder is no file: %q", h.Said)
	}
}
