package page

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"
	"pgregory.net/rapid"

	"paradero/assets"
)

var day = time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)

func fonts(t testing.TB) *Fonts {
	t.Helper()
	f, err := Prepared()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func build(t testing.TB, f Frame, draw func(*Sheet)) Result {
	t.Helper()
	f.When = day
	res, err := Build(fonts(t), f, draw)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// read gives a paper's text back through poppler.
func read(t testing.TB, pdf []byte) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is missing: install poppler-utils")
	}
	cmd := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return string(out)
}

func TestTextComesBackAsWritten(t *testing.T) {
	for _, tc := range []struct {
		name, in, want string
		replaced       int
	}{
		{"accents", "Íñigo Núñez Ñáñez, «¿qué?» – 3 € “sí”", "Íñigo Núñez Ñáñez, «¿qué?» – 3 € “sí”", 0},
		{"accents apart from their letters", "Jose\u0301 Nu\u0301n\u0303ez", "José Núñez", 0},
		{"an emoji", "Rosa 🌹 Guamán", "Rosa Guamán", 1},
		{"decorated letters", "𝐑𝐨𝐬𝐚 Vera", "Rosa Vera", 0},
		{"controls", "Ro\x00sa\x1b[31m\tVera\u200d", "Rosa[31m Vera", 0},
		{"letters beyond Latin-1", "Żółć Ğül Ștefan", "Żółć Ğül Ștefan", 0},
		{"a script without a font", "王 Vera", "? Vera", 1},
		{"thin spaces", "39\u202f000 internos", "39 000 internos", 0},
		{"brackets and slashes", `a (b) \c) d`, `a (b) \c) d`, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := build(t, Frame{}, func(s *Sheet) { s.Para(tc.in) })
			if got := strings.TrimSpace(read(t, res.PDF)); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if res.Replaced != tc.replaced {
				t.Errorf("replaced %d, want %d", res.Replaced, tc.replaced)
			}
		})
	}
}

func sample(s *Sheet) {
	s.Title("Informe de caso", "datos al 21 de noviembre de 2026")
	for range 12 {
		s.Heading("Situación")
		s.Para(strings.Repeat("Una frase de prueba con acentos: ñandú, cigüeña. ", 9))
		s.Facts([]Fact{{"Centro", "CPL Guayas N°1", "lista oficial, 20/11/2026"}, {"Pabellón", strings.Repeat("largo ", 80), ""}})
		s.Checklist([]string{"Cédula original", strings.Repeat("x", 300)})
	}
	s.Signatures("Emitido", []Signature{{Name: "Rosa Vera", Role: "Abogada"}, {Role: "Familiar", Note: "opcional"}, {Name: "Luis Mora"}})
}

func TestSameInputSameBytes(t *testing.T) {
	for _, text := range []string{"Núñez", "Żółć"} {
		draw := func(s *Sheet) { sample(s); s.Para(text) }
		a, b := build(t, Frame{Title: "x"}, draw), build(t, Frame{Title: "x"}, draw)
		if !bytes.Equal(a.PDF, b.PDF) {
			t.Errorf("%s: two builds of one paper differ", text)
		}
	}
}

func TestPapersBuiltAtOnceDoNotDisturbEachOther(t *testing.T) {
	want := build(t, Frame{}, sample).PDF
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			res, err := Build(fonts(t), Frame{When: day}, func(s *Sheet) {
				sample(s)
				if i%2 == 1 {
					s.Para("Żółć") // the whole fonts beside the cut ones
				}
			})
			if err != nil || i%2 == 0 && !bytes.Equal(res.PDF, want) {
				t.Errorf("paper %d differs: %v", i, err)
			}
		})
	}
	wg.Wait()
}

func TestQpdfFindsNoFault(t *testing.T) {
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Skip("qpdf is missing")
	}
	for _, text := range []string{"Núñez", "Żółć"} {
		res := build(t, Frame{Demo: "DEMOSTRACIÓN", Letter: text == "Żółć"}, func(s *Sheet) { sample(s); s.Para(text) })
		path := t.TempDir() + "/a.pdf"
		if err := os.WriteFile(path, res.PDF, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", text, err, out)
		}
	}
}

func TestEveryPageSaysDemonstrationAndItsNumber(t *testing.T) {
	res := build(t, Frame{
		Demo: "DEMOSTRACIÓN", DemoLine: "DEMOSTRACIÓN · personas inventadas", Foot: "Confidencial", Code: "Código ABCD",
		PageOf: func(p, of int) string { return "página " + string(rune('0'+p)) + " de " + string(rune('0'+of)) },
	}, sample)
	pages := strings.Split(strings.TrimSuffix(read(t, res.PDF), "\f"), "\f")
	if len(pages) != res.Pages || res.Pages < 2 {
		t.Fatalf("%d pages read, %d said", len(pages), res.Pages)
	}
	for i, p := range pages {
		for _, want := range []string{"DEMOSTRACIÓN · personas inventadas", "Confidencial", "Código ABCD", "página " + string(rune('1'+i)) + " de " + string(rune('0'+res.Pages))} {
			if !strings.Contains(p, want) {
				t.Errorf("page %d lacks %q", i+1, want)
			}
		}
	}
}

// TestNothingLeavesThePage: whatever is written, every line stays inside the
// margins and above the foot.
func TestNothingLeavesThePage(t *testing.T) {
	f := fonts(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringN(0, 400, -1).Draw(rt, "text")
		s := newSheet(f, Frame{When: day}, true)
		width := rapid.Float64Range(20, 160).Draw(rt, "width")
		for _, st := range []Style{{}, {Bold: true, Size: 12}, {Italic: true}} {
			for _, l := range s.wrap(text, width, st) {
				if w := s.width(l, st); w > width+0.01 && len([]rune(l)) > 1 {
					rt.Fatalf("line %q is %.1f mm wide, %.1f allowed", l, w, width)
				}
			}
		}
	})
}

func letter(s *Sheet) {
	s.Right("Guayaquil, 21 de noviembre de 2026")
	s.Para("Señora Rosa:")
	for range 4 {
		s.Para("Le escribimos para acompañarle en este momento. " + strings.Repeat("Estamos a su disposición cuando usted lo necesite. ", 5))
	}
	s.Text("María Vera", Style{Bold: true})
}

func BenchmarkLetter(b *testing.B) {
	f := fonts(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Build(f, Frame{When: day, Letter: true, Office: "Oficina"}, letter); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}

// BenchmarkPlainGofpdf is the peer: the same text, the same two faces, as
// gofpdf's own documentation does it.
func BenchmarkPlainGofpdf(b *testing.B) {
	regular, err := assets.Font("NotoSans-Regular.ttf")
	if err != nil {
		b.Fatal(err)
	}
	bold, err := assets.Font("NotoSans-Bold.ttf")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		pdf := gofpdf.New("P", "mm", "A4", "")
		pdf.AddUTF8FontFromBytes("n", "", bytes.Clone(regular))
		pdf.AddUTF8FontFromBytes("n", "B", bytes.Clone(bold))
		pdf.AddPage()
		pdf.SetFont("n", "", 11)
		pdf.MultiCell(0, 6, "Guayaquil, 21 de noviembre de 2026", "", "R", false)
		pdf.MultiCell(0, 6, "Señora Rosa:", "", "L", false)
		for range 4 {
			pdf.MultiCell(0, 6, "Le escribimos para acompañarle en este momento. "+strings.Repeat("Estamos a su disposición cuando usted lo necesite. ", 5), "", "L", false)
		}
		pdf.SetFont("n", "B", 11)
		pdf.MultiCell(0, 6, "María Vera", "", "L", false)
		var out bytes.Buffer
		if err := pdf.Output(&out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}

// TestNothingStandsAlone: no last row by itself on a page, no signature without
// the line above it, no heading at the foot.
func TestNothingStandsAlone(t *testing.T) {
	for n := 20; n < 48; n++ {
		res := build(t, Frame{}, func(s *Sheet) {
			rows := make([]Fact, n)
			for i := range rows {
				rows[i] = Fact{Label: "fila", Value: "valor"}
			}
			s.Facts(rows)
			s.Heading("Encabezado")
			s.Para("Debajo.")
			s.Signatures("Emitido aquí", []Signature{{Name: "Firmante"}})
		})
		for i, p := range strings.Split(read(t, res.PDF), "\f") {
			if strings.Count(p, "fila") == 1 {
				t.Errorf("%d rows: one stands alone on page %d", n, i+1)
			}
			if strings.Contains(p, "Firmante") != strings.Contains(p, "Emitido aquí") || strings.Contains(p, "Encabezado") != strings.Contains(p, "Debajo.") {
				t.Errorf("%d rows: page %d tears what belongs together:\n%s", n, i+1, p)
			}
		}
	}
}

// TestAnyTextMakesAPaper: one sign that gofpdf cannot take must not cost the
// whole document.
func TestAnyTextMakesAPaper(t *testing.T) {
	for seed := range 20 {
		text := rapid.StringN(1, 300, -1).Example(seed)
		res := build(t, Frame{Title: text, Office: text, Head: []string{text}, Foot: text, Letter: seed%2 == 0}, func(s *Sheet) {
			s.Heading(text)
			s.Facts([]Fact{{text, text, text}})
			s.Checklist([]string{text})
			s.Callout(text)
			s.Signatures(text, []Signature{{text, text, text}})
		})
		if res.Pages < 1 || !bytes.HasPrefix(res.PDF, []byte("%PDF-")) {
			t.Errorf("no paper of %q", text)
		}
	}
}
