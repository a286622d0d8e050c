package desktop

import (
	"context"
	"os"
	"testing"

	"paradero/data"
	"paradero/data/record"
)

func (o *fakeOffice) Mine(context.Context, int) ([]data.Recent, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.mine, nil
}

// set changes what the office answers.
func (o *fakeOffice) set(do func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	do()
}

func (o *fakeOffice) UndoPlan(context.Context, record.Write) (data.Undoing, error) {
	return data.Undoing{Parts: []data.UndoPart{{Record: record.ID{1}, Kind: record.OfficeKind, Does: "field", Field: "city", Now: "Quito", Then: "Guayaquil"}}}, nil
}

func (o *fakeOffice) Undo(_ context.Context, w record.Write, _ string) (data.Receipt, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.undone = append(o.undone, w)
	return data.Receipt{}, nil
}

func (o *fakeOffice) undid() []record.Write {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.undone
}

// Ctrl+Z takes back what was typed in a field, else, after saying what that
// does, the last change that still stands.
func TestUndoOfMyLastChange(t *testing.T) {
	b, o := signedIn(t)
	undo := b.menuItem("Deshacer mi último cambio…")
	if undo.Shortcut == nil || undo.Disabled {
		t.Fatalf("%+v", undo)
	}
	undo.Action()
	b.until("there is none", func() bool { return b.shows("No hay ningún cambio suyo por deshacer") })
	standing := record.Write{Index: 7}
	o.mine = []data.Recent{
		{Moment: data.Moment{Write: record.Write{Index: 9}}, Undoes: record.Write{Index: 8}},
		{Moment: data.Moment{Write: record.Write{Index: 8}}, Undone: true},
		{Moment: data.Moment{Write: standing}, Kind: record.Case},
	}
	undo.Action()
	b.until("it is asked first", func() bool { return b.shows("Ciudad: Quito → Guayaquil") })
	if dir := os.Getenv("PARADERO_TOUR"); dir != "" {
		b.shoot(dir, "shell-undo-ask", 1180, 680)
	}
	if len(o.undid()) != 0 {
		t.Fatal("it was undone without asking")
	}
	b.press("Deshacer")
	b.until("it is undone", func() bool { return len(o.undid()) == 1 && b.shows("Cambio deshecho") })
	if o.undid()[0] != standing {
		t.Errorf("undone %v", o.undid())
	}
}

// The rail says how many contradictions are open, and nothing where none is.
func TestRailCountsContradictions(t *testing.T) {
	b, o := signedIn(t)
	b.until("none is counted", func() bool { return b.session.rail.items["contradictions"].badge == "" })
	o.set(func() { o.clashes = make([]data.Contradiction, 3) })
	o.events <- data.Event{Kind: record.Detainee}
	b.until("three are counted", func() bool { return b.session.rail.items["contradictions"].badge == "3" })
	if dir := os.Getenv("PARADERO_TOUR"); dir != "" {
		b.shoot(dir, "shell-rail-count", 1180, 680)
	}
	o.set(func() { o.clashes = nil })
	o.events <- data.Event{Kind: record.Detainee}
	b.until("they are decided", func() bool { return b.session.rail.items["contradictions"].badge == "" })
}
