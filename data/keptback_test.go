package data

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
)

// A device that came back from a backup has the box key of the one that it goes on
// for, which nobody ended: when it is lost and sent away, the new key is not sealed
// to that one either, by whoever seals it.
func TestLostDeviceInheritsNoKeys(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	c, _ := colleague(t, a, "Eva Paz", "coordinator")
	exchange(t, a, b)
	exchange(t, a, c)
	file := filepath.Join(t.TempDir(), "respaldo")
	if _, err := b.Backup(ctx, file, nil); err != nil {
		t.Fatal(err)
	}
	r, _, err := Restore(ctx, testConfig(filepath.Join(t.TempDir(), "nueva")), Restoring{File: file, Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	exchange(t, a, r)
	exchange(t, a, c)
	before := framesOf(t, a)
	removed, err := a.Remove(ctx, r.Info().Device, "se perdió el teléfono")
	if err != nil || removed.Epoch == 0 {
		t.Fatalf("%+v, %v", removed, err)
	}
	key := framesOf(t, a)[len(before):]
	// A coordinator who has the key and has not heard of the end gives it to nobody else either.
	receive(t, c, key[len(key)-1:])
	task(t, c, "llamar")
	exchange(t, a, c)
	secret := save(t, a, Change{Kind: record.Task, Set: map[string]string{"what": "esconder a la familia"}})
	exchange(t, a, c)
	receive(t, r, framesOf(t, a))
	receive(t, r, framesOf(t, c))
	if r.keys.has(removed.Epoch) {
		t.Error("the lost device has the new key, by that of the device that it was")
	}
	if _, err := r.Get(ctx, secret.ID); err == nil {
		t.Error("the lost device reads what was written after its end")
	}
	if _, err := c.Get(ctx, secret.ID); err != nil {
		t.Errorf("the others do not: %v", err)
	}
}

// A journal that is damaged where the law stands brings no older key back: what is
// written then stays closed to who was sent away.
func TestKeyInUseOutlivesDamage(t *testing.T) {
	ctx := context.Background()
	for name, anew := range map[string]bool{"working copy kept": false, "made anew": true} {
		t.Run(name, func(t *testing.T) {
			a, cfg := founded(t)
			b, _ := colleague(t, a, "Luis Quispe", "lawyer")
			exchange(t, a, b)
			removed, err := a.Remove(ctx, b.Info().Device, "se perdió el teléfono")
			if err != nil || removed.Epoch == 0 {
				t.Fatalf("%+v, %v", removed, err)
			}
			first := framesOf(t, a)[0]
			at, ok := a.where(hashOf(t, first))
			if !ok {
				t.Fatal("not here")
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			flipAt(t, filepath.Join(cfg.Dir, journalDir, ledger.SegmentName(1)), at.Pos.Offset+300)
			if anew {
				if err := os.RemoveAll(filepath.Join(cfg.Dir, recordsDir)); err != nil {
					t.Fatal(err)
				}
			}
			a = openAgain(t, cfg)
			task(t, a, "esconder a la familia")
			if n := epochOfLast(t, a); n != removed.Epoch {
				t.Errorf("sealed with %d, not with %d", n, removed.Epoch)
			}
		})
	}
}

// fullable is a disk that can be full.
type fullable struct {
	ledger.Disk
	full bool
}

func (d *fullable) Free(dir string) (uint64, error) {
	if d.full {
		return 1 << 20, nil
	}
	return d.Disk.Free(dir)
}

// Where there is no room to make the working copy anew the old one stays, and work
// goes on when there is.
func TestNoRoomToRebuild(t *testing.T) {
	a, cfg := founded(t)
	d := &fullable{Disk: cfg.Disk}
	if d.Disk == nil {
		d.Disk = a.disk
	}
	cfg.Disk = d
	a = reopen(t, a, cfg)
	task(t, a, "llamar")
	d.full = true
	if err := a.Rebuild(context.Background(), nil); !fault.Is(err, fault.Full) {
		t.Errorf("%v", err)
	}
	if a.Behind() || a.Count(record.Task) != 1 {
		t.Error("the working copy is given up")
	}
	d.full = false
	task(t, a, "otra vez")
	if a.Behind() || a.Count(record.Task) != 2 {
		t.Error("work does not go on")
	}
}
