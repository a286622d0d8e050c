package documents

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
	"paradero/reports"
)

type values = map[string]string

// fill makes the release of one man ready for its notice; the letter for his
// brother lacks its help.
func fill(t *testing.T, o data.API, seed roomtest.Seed) {
	t.Helper()
	for _, c := range []data.Change{
		{Record: seed.Case, Kind: record.Case, Set: values{
			"pathway": "end_of_sentence", "legal_basis": "Cumplimiento de la pena, COIP art. 65", "court": "Unidad de Garantías Penitenciarias de Guayaquil", "process_number": "09281-2023-00417",
			"judge": "Dra. Paulina Andrade Mejía", "boleta_number": "BE-2026-00871", "boleta_date": "2026-11-20", "expected_at": "2026-11-22T16:00", "expected_place": "Puerta principal",
		}},
		{Kind: record.Case, Set: values{"detainee": seed.Dead.String(), "type": "condolence", "number": "C-2026-040", "state": "open"}},
		{Record: seed.Father, Kind: record.Contact, Set: values{"identity_verified_on": "2026-11-17", "identity_verified_how": "cédula"}},
	} {
		if _, err := o.Edit(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) (*roomtest.Host, *documentsRoom, roomtest.Seed) {
	t.Helper()
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	fill(t, o, seed)
	h := roomtest.New(t, o, lang, dark, size)
	r, ok := New(h).(*documentsRoom)
	if !ok {
		t.Fatal("not the room of documents")
	}
	h.Show(roomtest.Framed(r.Open("")))
	return h, r, seed
}

func TestIssueThenSupersede(t *testing.T) {
	h, r, seed := open(t, assets.Spanish, false, fyne.NewSize(1280, 900))
	r.Open("make/release-notice/" + seed.Son.String() + "/" + seed.Case.String())
	h.Pump()
	v, ok := r.page.(*makeView)
	if !ok || v.vm.Blocked {
		t.Fatalf("the notice must be ready: %+v; seen %q", r.page, h.Texts())
	}
	h.Press("Emitir")
	if n := h.API.Count(record.Document); n != 1 {
		t.Fatalf("%d papers in the register; said %q", n, h.Said)
	}
	if len(h.Asked) != 1 {
		t.Error("what cannot be undone must ask first")
	}
	if !h.Sees("Vigente") {
		t.Errorf("seen %q", h.Texts())
	}
	pdf := r.kept[r.id]
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Fatal("the issued file is not at hand")
	}
	if _, err := h.API.Edit(context.Background(), data.Change{Record: seed.Case, Kind: record.Case, Set: values{"judge": "Dr. Otro Juez"}}); err != nil {
		t.Fatal(err)
	}
	r.Changed(data.Event{Kind: record.Case, ID: seed.Case})
	h.Pump()
	if !h.Sees("Superado") || !h.Sees("ya no es así; ahora: Dr. Otro Juez") {
		t.Errorf("a changed fact must mark the copy: %q", h.Texts())
	}
	path := filepath.Join(t.TempDir(), "copia.pdf")
	if err := os.WriteFile(path, append(bytes.Clone(pdf), '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	r.Dropped([]string{path})
	h.Pump()
	if !h.Sees("Alterado") {
		t.Errorf("a file with one byte more is not the paper that was issued: %q", h.Texts())
	}
	r.Dropped([]string{filepath.Join("documents_test.go")})
	h.Pump()
	if len(h.Said) == 0 {
		t.Error("a file that is no PDF must be refused in words")
	}
}

func TestBlockedPaperNamesWhatIsMissing(t *testing.T) {
	h, r, seed := open(t, assets.Spanish, false, fyne.NewSize(1280, 1400))
	r.Open("make/condolence/" + seed.Missing.String())
	h.Pump()
	v, ok := r.page.(*makeView)
	if !ok || !v.vm.Blocked || !v.issue.Disabled() {
		t.Fatalf("a letter for a man who is missing can be issued: %q", h.Texts())
	}
	if !h.Sees("Muerte confirmada") || !h.Sees("Familia avisada en persona por dos") {
		t.Errorf("seen %q", h.Texts())
	}
	v.Print()
	h.Pump()
	if h.API.Count(record.Document) != 0 {
		t.Error("a blocked paper was issued by the key")
	}
}

func TestPreviewTurnsAndZooms(t *testing.T) {
	h, r, seed := open(t, assets.Spanish, false, fyne.NewSize(1280, 900))
	r.Open("make/release-notice/" + seed.Son.String() + "/" + seed.Case.String())
	h.Pump()
	v, ok := r.page.(*makeView)
	if !ok || len(v.preview.pages) != 2 {
		t.Fatalf("the notice has two pages; seen %q", h.Texts())
	}
	p := v.preview
	p.turn(1)
	p.turn(1)
	h.Pump()
	if p.at != 1 || !h.Sees("Página 2 de 2") || !p.next.Disabled() {
		t.Errorf("at page %d; seen %q", p.at, h.Texts())
	}
	fit := p.pages[1].Bounds().Dx()
	p.scale(2)
	h.Pump()
	if p.close == nil || p.close.Bounds().Dx() < 2*fit-4 {
		t.Fatalf("a page twice as large must be drawn twice as sharp")
	}
	p.turn(-1)
	h.Pump()
	if p.close == nil || p.at != 0 {
		t.Error("the other page is looked at as closely")
	}
	p.scale(0.5)
	h.Pump()
	if p.zoom != 1 || p.close != nil {
		t.Errorf("zoom %v: no smaller than the width there is", p.zoom)
	}
}

func TestLentCopiesAreTakenBack(t *testing.T) {
	root := t.TempDir()
	l := newLent(root)
	path, err := l.lend("NL-1.pdf", []byte("%PDF-1.4"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Dir(path))
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Fatalf("others can read the copy: %v %v", info.Mode(), err)
	}
	l.takeBack()
	if _, err := os.Stat(filepath.Dir(path)); !os.IsNotExist(err) {
		t.Errorf("the copy is still there: %v", err)
	}
	stale := filepath.Join(root, lentPattern+"old")
	if err := os.Mkdir(stale, 0o700); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(stale, old, old); err != nil {
		t.Fatal(err)
	}
	newLent(root)
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("what a crash left behind is still there: %v", err)
	}
}

func TestEveryWordIsThere(t *testing.T) {
	for _, lang := range []assets.Lang{assets.Spanish, assets.English} {
		h, r, seed := open(t, lang, false, fyne.NewSize(1280, 2400))
		unworded(t, h)
		for _, kind := range record.DocumentKinds {
			if !reports.Available(kind) {
				continue
			}
			for _, who := range []record.ID{seed.Son, seed.Dead, seed.Missing} {
				if kind != "incident-report" {
					r.Open("make/" + kind + "/" + who.String())
					h.Pump()
					unworded(t, h)
				}
			}
		}
		r.Open("make/release-notice/" + seed.Son.String() + "/" + seed.Case.String())
		h.Pump()
		r.Print()
		h.Pump()
		unworded(t, h)
		r.check()
		unworded(t, h)
		r.checked([]byte("AV-2026-AAAA-0009"))
		h.Pump()
		unworded(t, h)
	}
}

// unworded finds keys that have no words in this language.
func unworded(t *testing.T, h *roomtest.Host) {
	t.Helper()
	for _, text := range h.Texts() {
		if strings.Contains(text, "⟦") {
			t.Errorf("%s: %s", h.Lang, text)
		}
	}
}

// TestTour draws the room in its states.
func TestTour(t *testing.T) {
	if os.Getenv("PARADERO_TOUR") == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	for _, v := range []struct {
		lang assets.Lang
		dark bool
		size fyne.Size
		name string
	}{
		{assets.Spanish, false, fyne.NewSize(1280, 800), "1280"},
		{assets.English, true, fyne.NewSize(1280, 800), "1280"},
		{assets.Spanish, true, fyne.NewSize(1180, 680), "1180"},
	} {
		h, r, seed := open(t, v.lang, v.dark, v.size)
		pic := func(name string) { h.Picture("documents-" + name) }
		pic("empty")
		r.Open("make")
		pic("make-empty")
		r.Open("make/condolence/" + seed.Dead.String())
		pic("make-blocked")
		r.Open("make/release-notice/" + seed.Son.String() + "/" + seed.Case.String())
		pic("make-ready")
		h.Pump()
		page, ok := r.page.(*makeView)
		if !ok {
			t.Fatal("not the page of making")
		}
		page.page.ScrollTo(700)
		pic("make-preview")
		if _, err := reports.Issue(context.Background(), h.API, reports.Request{Kind: "case-report", For: []record.ID{seed.Video}}); err != nil {
			t.Log(err)
		}
		page.Print()
		pic("issued")
		if _, err := h.API.Edit(context.Background(), data.Change{Record: seed.Case, Kind: record.Case, Set: values{"judge": "Dr. Otro Juez"}}); err != nil {
			t.Fatal(err)
		}
		r.Changed(data.Event{Kind: record.Case, ID: seed.Case})
		pic("superseded")
		r.checked([]byte("NL-2026-AAAA-0009"))
		pic("check-unknown")
		r.checked(append(bytes.Clone(first(r.kept)), '\n'))
		pic("check-altered")
	}
}

func first(kept map[record.ID][]byte) []byte {
	for _, pdf := range kept {
		return pdf
	}
	return nil
}
