package widget

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// TestGallery draws every widget to a picture that a person looks at.
func TestGallery(t *testing.T) {
	dir := os.Getenv("PARADERO_TOUR")
	if dir == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	for _, look := range []struct {
		name string
		th   *Theme
		w, h float32
	}{
		{"light", NewTheme(false), 1072, 800},
		{"dark", NewTheme(true), 1072, 800},
		{"narrow-blurred", NewTheme(false).Blurring(true), 700, 700},
		{"large", NewTheme(false).Scaled(1.5), 1072, 800},
	} {
		test.NewApp()
		fyne.CurrentApp().Settings().SetTheme(look.th)
		w := test.NewWindow(gallery())
		w.SetPadded(false)
		w.Resize(fyne.NewSize(look.w, look.h))
		w.Resize(fyne.NewSize(look.w+1, look.h))
		f, err := os.Create(filepath.Join(dir, "gallery-"+look.name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, w.Canvas().Capture()); err != nil {
			t.Fatal(err)
		}
		f.Close()
		w.Close()
	}
}

func gallery() fyne.CanvasObject {
	list := NewRowList()
	list.SetRows(500, func(i int) RowData {
		return RowData{
			Initials: "NÑ", Title: fmt.Sprintf("Núñez Ñáñez, Íñigo %d", i), Personal: true,
			Caption: "1714307103 · 14 ago 1989 · CPL Guayas N.º 1", Chip: "Contradicción", Tone: Tone(i % 5),
		}
	})
	list.SetSelected(1)
	pane := VFill(0, 1,
		Inset(12, 12, 8, 12, VStack(8,
			HFill(8, 0, Heading("Personas").Shrinks(), Primary("Nueva persona", theme.ContentAddIcon(), nil)),
			NewSearchBar("Buscar por nombre o documento (Ctrl+F)", nil))),
		list,
		VStack(0, HLine(), Inset(8, 12, 8, 12, Caption("500 personas"))))
	cedula := NewErrorText()
	cedula.SetProblem("El último dígito no corresponde: revise el número. Se guarda igual.", true)
	birth := NewOptionalDate(func(s string) (string, string) {
		if s == "x" {
			return "", "No se entiende la fecha."
		}
		return "14 de agosto de 1989 (37 años)", ""
	})
	birth.SetText("14/8/89")
	wrong := NewOptionalDate(birth.Read)
	wrong.SetText("x")
	sex := NewSelect([]string{"m", "f"}, []string{"Hombre", "Mujer"}, "—")
	sex.SetValue("m")
	entry := NewEntry().Personal()
	entry.SetText("Íñigo Ángel")
	table := NewTable([]Column{{Title: "Fuente", Width: 120, Grow: true}, {Title: "Hora", Width: 90}, {Title: "Fallecidos", Width: 80, Number: true}, {Title: "Estado", Width: 110}})
	table.SetRows(3, func(r, c int) Cell {
		return [][]Cell{
			{{Text: "SNAI, boletín 4"}, {Text: "22:10"}, {Text: "118"}, {Text: "Vigente", Chip: true, Tone: ToneOk}},
			{{Text: "Fiscalía"}, {Text: "18:00", Muted: true}, {Text: "116"}, {Text: "Anterior", Chip: true}},
			{{Text: "Policía Nacional, Comandancia de la Zona 8"}, {Text: "14:30"}, {Text: "31"}, {Text: "", Chip: true}},
		}[r][c]
	})
	progress := NewProgress("Reconstruyendo los registros", ProgressWords{
		Count: "{0} de {1}", Rate: "{0} por segundo", Left: "faltan {0}", Cancel: "Cancelar",
	}, func() {})
	t0 := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	progress.Set(0, 100, t0, nil)
	progress.Set(40, 100, t0.Add(4*time.Second), nil)
	page := Scroll(VStack(14,
		HFill(12, 1, NewAvatar("NÑ").Large(),
			VStack(4, Heading("Íñigo Ángel Núñez Ñáñez").Personal().Shrinks(), Caption("1714307103 · CPL Guayas N.º 1").Shrinks(),
				FlowChips(NewChip("Versiones en conflicto", ToneWarn), NewChip("Fallecido", ToneGrey), NewChip("Visto con vida", ToneOk))),
			HStack(6, Plain("Carta PDF", theme.DocumentPrintIcon(), nil), Primary("Guardar", theme.DocumentSaveIcon(), nil))),
		Card("Identidad", Columns(2, 230,
			Field("Nombres", entry, nil),
			Field("Apellidos", NewEntry(), nil),
			Field("Cédula", NewEntry(), cedula),
			Field("Fecha de nacimiento", birth, birth.Below()),
			Field("Sexo", sex, nil),
			Field("Detenido desde", wrong, wrong.Below()),
		)),
		Card("Cifras", Fixed(0, 130, table)),
		CardWith("Observaciones", Quiet("Añadir", theme.ContentAddIcon(), nil), NewMultiEntry(3),
			TapRow(RowData{Initials: "RQ", Title: "Rosa Quishpe", Caption: "madre", Chip: "Canal seguro", Tone: ToneOk}, nil)),
		Notice(ToneWarn, "El hospital dice que vive; la lista de la Fiscalía dice que murió. Una persona debe resolverlo con una razón.", HStack(6, Plain("Resolver", nil, nil), Danger("Borrar", nil, nil))),
		progress,
		ErrorPanel("El archivo de claves está dañado.", "Restaure la copia de respaldo.", Plain("Reintentar", nil, nil)),
		Fixed(0, 140, Empty("Todavía no hay familias", "Aquí se guarda a quién se llama.", Primary("Nueva familia", nil, nil))),
	))
	return container.NewStack(NewFill(theme.ColorNameBackground), NewSplit(380, pane, page, "Volver"))
}
