package people

import (
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/assets"
	"paradero/data/ledger"
	"paradero/data/record"
)

// illDisk is nearly full, or fails when the journal is flushed, when it is told.
type illDisk struct {
	ledger.OS
	full, broken atomic.Bool
}

func (d *illDisk) Free(dir string) (uint64, error) {
	if d.full.Load() {
		return 499 << 20, nil
	}
	return d.OS.Free(dir)
}

func (d *illDisk) Open(path string) (ledger.File, error) {
	f, err := d.OS.Open(path)
	if err != nil || !strings.Contains(path, "journal") {
		return f, err
	}
	return illFile{f, d}, nil
}

type illFile struct {
	ledger.File
	disk *illDisk
}

func (f illFile) Sync() error {
	if f.disk.broken.Load() {
		return syscall.EIO
	}
	return f.File.Sync()
}

// fillNew types a new person.
func fillNew(h *roomtest.Host, r *peopleRoom) {
	r.NewRecord()
	h.Pump()
	h.Fill("Nombres", "Tránsito")
	h.Fill("Apellido paterno", "Quishpe")
	h.Pass(3)
	r.Save()
	h.Pump()
}

// On a disk that is nearly full nothing is saved: it is said in the form, what
// was typed stays there and as a draft, reading goes on, and it is saved once
// there is room.
func TestFullDiskKeepsTheForm(t *testing.T) {
	disk := &illDisk{}
	office := newReopenedOn(t, disk)
	h, r := office.room()
	disk.full.Store(true)
	fillNew(h, r)
	w := h.Words()
	if !h.Sees(w.T("error.disk_full")) || !h.Sees(w.T("error.disk_full.hint")) || !h.Sees("Tránsito") || office.kept() != 1 {
		t.Fatalf("%d drafts: %q", office.kept(), h.Texts())
	}
	disk.full.Store(false)
	r.Save()
	h.Pump()
	if office.o.Count(record.Detainee) != 1 || office.kept() != 0 {
		t.Errorf("%d persons, %d drafts", office.o.Count(record.Detainee), office.kept())
	}
}

// When the disk fails under the journal the form says so with the way out and
// stays; after opening again the draft is offered.
func TestFailedFlushKeepsTheForm(t *testing.T) {
	disk := &illDisk{}
	office := newReopenedOn(t, disk)
	h, r := office.room()
	disk.broken.Store(true)
	fillNew(h, r)
	w := h.Words()
	if !h.Sees(w.T("error.journal_broken")) || !h.Sees(w.T("error.journal_broken.hint")) || !h.Sees("Tránsito") || office.kept() != 1 || !office.o.Halted() {
		t.Fatalf("%d drafts: %q", office.kept(), h.Texts())
	}
	disk.broken.Store(false)
	h, r = office.again()
	r.NewRecord()
	h.Pump()
	if !h.Sees("Hay un borrador de hoy") {
		t.Errorf("the draft is lost: %q", h.Texts())
	}
}

// The page of somebody who is off this machine says so, and leads to the way back.
func TestPageOfSomebodyAway(t *testing.T) {
	for _, dark := range []bool{false, true} {
		o := roomtest.Office(t, roomtest.Day())
		seed := roomtest.Fill(t, o)
		if _, err := o.Backup(t.Context(), filepath.Join(t.TempDir(), "copia.respaldo"), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Travel(t.Context(), nil, seed.Son); err != nil {
			t.Fatal(err)
		}
		h := roomtest.New(t, o, assets.Spanish, dark, fyne.NewSize(1180, 680))
		h.Show(roomtest.Framed(New(h).Open(seed.Son.String())))
		h.Pump()
		if w := h.Words(); !h.Sees(w.T("error.record_away")) || !h.Sees("copia.respaldo") {
			t.Fatalf("%q", h.Texts())
		}
		h.Picture("person-away")
		h.Press(h.Words().T("travel.back"))
		if len(h.Went) != 1 || h.Went[0] != "settings travel" {
			t.Errorf("went %q", h.Went)
		}
	}
}
