package desktop

import (
	"path/filepath"
	"testing"

	"paradero/data"
)

// What the desktop makes, opens or restores tells the team which program it has.
func TestDesktopTellsItsVersion(t *testing.T) {
	ctx, pass := t.Context(), []byte(rightPass)
	real := realOffices{version: "1.2.3"}
	told := func(o office) string {
		t.Helper()
		st, err := o.(*data.Office).Status(ctx)
		if err != nil || len(st.Devices) != 1 {
			t.Fatalf("%+v, %v", st, err)
		}
		return st.Devices[0].Program
	}
	cfg := cheap(data.Config{Dir: filepath.Join(t.TempDir(), "a")})
	made, _, err := real.Create(ctx, cfg, data.Founding{Office: "Sede Loja", Member: "Rosa Guamán", Role: "coordinator", Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	if got := told(made); got != "1.2.3" {
		t.Errorf("made: %q", got)
	}
	backup := filepath.Join(t.TempDir(), "respaldo")
	if _, err := made.Backup(ctx, backup, nil); err != nil {
		t.Fatal(err)
	}
	closeOffice(made)
	opened, err := real.Open(ctx, cfg, pass)
	if err != nil {
		t.Fatal(err)
	}
	if got := told(opened); got != "1.2.3" {
		t.Errorf("opened: %q", got)
	}
	closeOffice(opened)
	again := cheap(data.Config{Dir: filepath.Join(t.TempDir(), "b")})
	restored, _, err := real.Restore(ctx, again, data.Restoring{File: backup, Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	st, err := restored.(*data.Office).Status(ctx)
	if err != nil || st.Devices[0].Program != "1.2.3" {
		t.Errorf("restored: %+v, %v", st.Devices, err)
	}
	closeOffice(restored)
}
