package data

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
	"paradero/data/vault"
)

// epochOfLast gives the epoch of a device's last batch.
func epochOfLast(t *testing.T, o *Office) uint32 {
	t.Helper()
	var last uint32
	for _, f := range framesOf(t, o) {
		b, err := ledger.ReadFrame(f)
		if err != nil {
			t.Fatal(err)
		}
		if b.Device == o.Info().Device {
			last = b.Epoch
		}
	}
	return last
}

func newEpochOf(t *testing.T, o *Office, without ...record.ID) uint32 {
	t.Helper()
	n, err := o.newEpoch(context.Background(), without...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A new key seals what is said from then on; whoever was left out keeps what he
// could read, is told why the rest waits, and refuses none of it.
func TestNewEpoch(t *testing.T) {
	ctx := context.Background()
	a, acfg := founded(t)
	b, bcfg := colleague(t, a, "Luis Quispe", "lawyer")
	c, ccfg := colleague(t, a, "Ana Toaquiza", "social-worker")
	exchange(t, a, b)
	exchange(t, a, c)
	before := task(t, a, "antes")
	n := newEpochOf(t, a, c.Info().Device)
	after := task(t, a, "después")
	if n == 0 || epochOfLast(t, a) != n {
		t.Fatalf("sealed with epoch %d, not %d", epochOfLast(t, a), n)
	}
	receive(t, b, framesOf(t, a))
	same(t, a, b)
	task(t, b, "de Luis")
	if epochOfLast(t, b) != n {
		t.Error("the colleague seals with the old key")
	}
	exchange(t, a, b)
	got := receive(t, c, framesOf(t, a))
	if len(got.Refused) > 0 || got.Waiting == 0 {
		t.Fatalf("%+v", got)
	}
	if _, err := c.Get(ctx, before); err != nil {
		t.Errorf("what was sealed with the old key: %v", err)
	}
	if _, err := c.Get(ctx, after); err == nil {
		t.Error("who was left out reads what came after")
	}
	for range 2 {
		off, ok, err := c.SealedOff(ctx)
		if err != nil || !ok || off.Batches != 1 || off.Since.IsZero() {
			t.Fatalf("%+v, %v, %v", off, ok, err)
		}
		c = reopen(t, c, ccfg)
	}
	// Everything else goes on with two keys.
	a, b = reopen(t, a, acfg), reopen(t, b, bcfg)
	if err := b.Rebuild(ctx, nil); err != nil {
		t.Fatal(err)
	}
	same(t, a, b)
	for _, o := range []*Office{a, b, c} {
		if found, err := o.Verify(ctx, nil); err != nil || damaged(found) {
			t.Errorf("verify: %v, %v", found, err)
		}
	}
}

// One who was left out without having been sent away gets the key by the next
// exchange with whoever may give it, though that batch stands behind others that
// he cannot read.
func TestForgottenDeviceGetsTheKey(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	b, _ := colleague(t, a, "Rosa Tipán", "coordinator")
	exchange(t, a, b)
	c, ccfg := colleague(t, a, "Ana Toaquiza", "social-worker") // b has not heard of her
	n := newEpochOf(t, b)
	task(t, b, "con la llave nueva")
	receive(t, c, framesOf(t, a))
	if got := receive(t, c, framesOf(t, b)); len(got.Refused) > 0 || got.Waiting == 0 {
		t.Fatalf("%+v", got)
	}
	if _, waits, _ := c.SealedOff(ctx); !waits {
		t.Fatal("she has the key already")
	}
	c = reopen(t, c, ccfg)
	exchange(t, a, b) // both are coordinators: one of them sees that she lacks it
	exchange(t, a, b)
	task(t, b, "y más")
	exchange(t, a, b)
	got := receive(t, c, framesOf(t, b))
	if got.Waiting > 0 || len(got.Refused) > 0 {
		t.Fatalf("%+v", got)
	}
	receive(t, a, framesOf(t, b))
	same(t, a, c)
	task(t, c, "de Ana")
	if epochOfLast(t, c) != n {
		t.Error("she seals with the old key")
	}
	c = reopen(t, c, ccfg)
	exchange(t, a, c)
	same(t, a, c)
}

// Two who change the key apart do not collide, and both devices go on with one.
func TestTwoEpochsAtOnce(t *testing.T) {
	a, acfg := founded(t)
	b, bcfg := colleague(t, a, "Rosa Tipán", "coordinator")
	exchange(t, a, b)
	x, y := newEpochOf(t, a), newEpochOf(t, b)
	task(t, a, "uno")
	task(t, b, "dos")
	if x == y || epochOfLast(t, a) != x || epochOfLast(t, b) != y {
		t.Fatal("each seals with his own key")
	}
	exchange(t, a, b)
	exchange(t, a, b)
	same(t, a, b)
	if a.epochNow() != b.epochNow() {
		t.Errorf("epochs %d and %d", a.epochNow(), b.epochNow())
	}
	a, b = reopen(t, a, acfg), reopen(t, b, bcfg)
	task(t, a, "tres")
	task(t, b, "cuatro")
	if epochOfLast(t, a) != epochOfLast(t, b) {
		t.Error("after reopening the keys differ")
	}
	exchange(t, a, b)
	same(t, a, b)
}

// Who has neither right gives nobody a key, and what he writes as one has no effect.
func TestEpochNeedsRight(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	_, err := b.newEpoch(context.Background())
	if !fault.Is(err, fault.Refused) {
		t.Errorf("without right: %v", err)
	}
	id, key, err := b.drawEpoch()
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.build(&fold.State{ID: id, Kind: record.Epoch}, nil, nil, &Change{Kind: record.Epoch, Set: map[string]string{"since": "2026-11-21T10:00"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.keepKeys(map[uint32]vault.Key{team.EpochNumber(id): key}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.submit(context.Background(), []*prepared{p}, false); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, b)
	task(t, b, "x")
	if a.epochNow() != 0 || epochOfLast(t, b) != 0 {
		t.Error("a key without right is used")
	}
	exchange(t, a, b)
	same(t, a, b)
}

// More devices than one change takes.
func TestManyDevicesGetAKey(t *testing.T) {
	a, _ := founded(t)
	all := make([]boxed, wrapsInOne*2+3)
	box, err := vault.BoxPublic(bytes.Repeat([]byte{9}, 32))
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		all[i] = boxed{device: record.ID{1, byte(i)}, box: box}
	}
	id, key, err := a.drawEpoch()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.keepKeys(map[uint32]vault.Key{team.EpochNumber(id): key}); err != nil {
		t.Fatal(err)
	}
	if err := a.wrap(context.Background(), id, key, all, map[string]string{"since": "2026-11-21T10:00"}); err != nil {
		t.Fatal(err)
	}
	have, err := a.wrappedTo(context.Background(), id)
	if err != nil || len(have) != len(all) {
		t.Fatalf("%d have it: %v", len(have), err)
	}
	if a.epochNow() != team.EpochNumber(id) {
		t.Error("not in use")
	}
}

// An older copy of the vault that lacks a key gets it back from the journal; a
// restore of an older backup gets what was sealed to the device that it was.
func TestEpochsOutliveOldVaultAndBackup(t *testing.T) {
	ctx := context.Background()
	a, acfg := founded(t)
	b, bcfg := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	file := filepath.Join(t.TempDir(), "respaldo")
	if _, err := b.Backup(ctx, file, nil); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(filepath.Join(bcfg.Dir, "vault"))
	if err != nil {
		t.Fatal(err)
	}
	n := newEpochOf(t, a)
	task(t, a, "con la nueva")
	receive(t, b, framesOf(t, a))
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"vault", "vault.spare"} {
		if err := os.WriteFile(filepath.Join(bcfg.Dir, name), old, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(bcfg.Dir, recordsDir)); err != nil {
		t.Fatal(err)
	}
	b = openAgain(t, bcfg)
	same(t, a, b)
	b = reopen(t, b, bcfg)
	if !b.keys.has(n) || len(b.vault.Keys().Epochs) != 2 {
		t.Error("the key did not come back to the keyring")
	}
	ncfg := testConfig(filepath.Join(t.TempDir(), "nueva"))
	r, told, err := Restore(ctx, ncfg, Restoring{File: file, Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if told.Before != b.Info().Device {
		t.Errorf("%+v", told)
	}
	if got := receive(t, r, framesOf(t, a)); got.Waiting > 0 || len(got.Refused) > 0 {
		t.Fatalf("%+v", got)
	}
	task(t, r, "desde la copia")
	exchange(t, a, r)
	exchange(t, a, b)
	exchange(t, b, r)
	exchange(t, a, r)
	same(t, a, r)
	same(t, a, b)
	a = reopen(t, a, acfg)
	same(t, a, r)
	_ = a
}
