package data

import (
	"context"
	"path/filepath"
	"testing"

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
