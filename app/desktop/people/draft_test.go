package people

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data"
	"paradero/data/ledger"
	"paradero/data/record"
)

// reopened is a real office that can be closed and opened again, as after a
// lock or a crash.
type reopened struct {
	t   *testing.T
	cfg data.Config
	o   *data.Office
}

var passphrase = []byte("tres tristes tigres tragan trigo")

func newReopened(t *testing.T) *reopened { return newReopenedOn(t, nil) }

// newReopenedOn makes it on a disk; nil: the machine's.
func newReopenedOn(t *testing.T, disk ledger.Disk) *reopened {
	t.Helper()
	at := roomtest.Day()
	r := &reopened{t: t, cfg: data.Config{
		Dir: filepath.Join(t.TempDir(), "oficina"), Disk: disk, Cost: data.Cost{Time: 1, Memory: 64, Threads: 1},
		Clock: func() time.Time { return at.Add(time.Since(at) % time.Hour) },
	}}
	o, _, err := data.Create(context.Background(), r.cfg, data.Founding{
		Office: "Defensoría del Guayas", City: "Guayaquil", Member: "Lucía Chamorro", Role: "coordinator", Passphrase: passphrase,
	})
	if err != nil {
		t.Fatal(err)
	}
	r.o = o
	t.Cleanup(func() { _ = r.o.Close() })
	return r
}

// room opens the room of persons on a fresh window.
func (r *reopened) room() (*roomtest.Host, *peopleRoom) {
	h := roomtest.New(r.t, r.o, assets.Spanish, false, fyne.NewSize(1280, 800))
	people := New(h).(*peopleRoom)
	h.Show(roomtest.Framed(people.Open("")))
	return h, people
}

// again closes the office without a word to the room, and opens it.
func (r *reopened) again() (*roomtest.Host, *peopleRoom) {
	r.t.Helper()
	if err := r.o.Close(); err != nil {
		r.t.Fatal(err)
	}
	o, err := data.Open(context.Background(), r.cfg, passphrase)
	if err != nil {
		r.t.Fatal(err)
	}
	r.o = o
	return r.room()
}

func (r *reopened) kept() int {
	r.t.Helper()
	all, bad, err := r.o.Drafts().List()
	if err != nil || len(bad) != 0 {
		r.t.Fatal(bad, err)
	}
	return len(all)
}

// A new person was half typed when the power went: his draft is offered when
// the form is opened again, gives everything back, and is gone once he is saved.
func TestDraftOfANewPersonOutlivesACrash(t *testing.T) {
	office := newReopened(t)
	h, r := office.room()
	r.NewRecord()
	h.Pump()
	h.Pass(2)
	if office.kept() != 0 {
		t.Fatal("an untouched form was kept")
	}
	h.Fill("Nombres", "Tránsito")
	h.Fill("Apellido paterno", "Quishpe")
	h.Fill("Nacimiento o edad", "31/2/1990")
	h.Pass(3) // nobody leaves the form: the pause alone keeps it
	if office.kept() != 1 {
		t.Fatalf("%d drafts", office.kept())
	}

	h, r = office.again()
	r.NewRecord()
	h.Pump()
	if !h.Sees("Hay un borrador de hoy") || h.Sees("Tránsito") {
		t.Fatalf("it is offered, and nothing is filled in without being asked: %q", h.Texts())
	}
	h.Press("Continuar")
	h.Pump()
	if !h.Sees("Tránsito") || !h.Sees("31/2/1990") || h.Sees("Hay un borrador") {
		t.Fatalf("%q", h.Texts())
	}
	h.Fill("Nacimiento o edad", "34 años")
	r.Save()
	h.Pump()
	if office.o.Count(record.Detainee) != 1 || office.kept() != 0 {
		t.Fatalf("%d persons, %d drafts", office.o.Count(record.Detainee), office.kept())
	}
}

// A lock asks the room to leave: everything on the page is kept, the open form
// and the note beside it, and each is offered and given back on return.
func TestDraftsOutliveALock(t *testing.T) {
	office := newReopened(t)
	got, err := office.o.Edit(context.Background(), data.Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Byron", "paternal_surname": "Ñáñez"}})
	if err != nil {
		t.Fatal(err)
	}
	id := got[0].ID
	h, r := office.room()
	r.show(id)
	h.Pump()
	h.Fill("Notas", "Llamar a la hermana")
	v := r.View.(*personView)
	v.claimForm("claim", v.vm.NewClaim)
	h.Pump()
	h.Fill("Estado", "Con vida según reporte")
	h.Fill("Fuente (quién lo dice)", "Hospital del Guasmo")
	if !r.Leave() || len(h.Asked) != 0 {
		t.Fatalf("asked %q", h.Asked)
	}

	h, r = office.again()
	r.show(id)
	h.Pump()
	if office.kept() != 2 || !h.Sees(": Nota.") || !h.Sees(": Versión de una fuente.") {
		t.Fatalf("%d: %q", office.kept(), h.Texts())
	}
	for range 2 {
		h.Press("Continuar")
		h.Pump()
	}
	if !h.Sees("Hospital del Guasmo") || !h.Sees("Llamar a la hermana") || h.Sees("Borrador sin terminar") {
		t.Fatalf("%q", h.Texts())
	}
	h.Press("Nueva nota")
	h.Pump()
	if office.kept() != 1 {
		t.Fatalf("the note was saved: %d drafts", office.kept())
	}
	h.Press("Cancelar")
	h.Pump()
	if len(h.Asked) != 1 || office.kept() != 0 {
		t.Fatalf("asked %q, %d drafts", h.Asked, office.kept())
	}
}
