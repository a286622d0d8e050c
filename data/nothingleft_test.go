package data

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paradero/data/record"
	"paradero/data/store"
)

// packsHold tells whether a value stands in a pack of the working copy.
func packsHold(t *testing.T, o *Office, text string) (holds bool) {
	t.Helper()
	if err := o.enter("test"); err != nil {
		t.Fatal(err)
	}
	defer o.use.RUnlock()
	if err := o.store.Packs(context.Background(), func(_ store.Pack, plain []byte) error {
		holds = holds || strings.Contains(string(plain), text)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return holds
}

// An erasure that came from a colleague takes the values out of packs and drafts
// here too, and out of a working copy that was set aside.
func TestErasureFromAnotherLeavesNothing(t *testing.T) {
	a, _ := founded(t)
	b, bcfg := colleague(t, a, "Luis Quispe", "coordinator")
	man := person(t, a, map[string]string{"given_names": "Zacarías"})
	for range 40 {
		person(t, a, map[string]string{"given_names": "Iván"})
	}
	exchange(t, a, b)
	if err := b.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if !packsHold(t, b, "Zacarías") {
		t.Fatal("it was never in a pack: the test shows nothing")
	}
	kept := filepath.Join(bcfg.Dir, recordsDir+".kept")
	if err := os.Mkdir(kept, 0o700); err != nil {
		t.Fatal(err)
	}
	plan, err := b.Erase(context.Background(), man, "lo pidió", nil)
	if err != nil || plan.Proposal == nil {
		t.Fatal(err)
	}
	receive(t, a, framesOf(t, b))
	if _, err := a.Approve(context.Background(), plan.Proposal.Write, "visto"); err != nil {
		t.Fatal(err)
	}
	receive(t, b, framesOf(t, a))
	if packsHold(t, b, "Zacarías") {
		t.Error("a pack still holds it")
	}
	if _, err := os.Stat(kept); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a working copy that was set aside is still here")
	}
	same(t, a, b)
}

// A travel that the machine's end interrupted is finished at the next opening.
func TestTravelInterrupted(t *testing.T) {
	a, cfg := founded(t)
	man := person(t, a, map[string]string{"given_names": "Ángel"})
	file := filepath.Join(t.TempDir(), "copia.paradero")
	if _, err := a.Backup(t.Context(), file, nil); err != nil {
		t.Fatal(err)
	}
	if err := a.keepAway(map[record.ID]record.Kind{man: record.Detainee}, file, true); err != nil {
		t.Fatal(err)
	}
	a = reopen(t, a, cfg)
	if n := payloadsOf(t, a, man); n != 0 {
		t.Errorf("%d payloads of one who is said to be away", n)
	}
	if ids := inList(t, a, ""); len(ids) != 0 {
		t.Errorf("he is still listed: %v", ids)
	}
	if lacking, err := a.Return(t.Context(), file, nil); err != nil || lacking != 0 {
		t.Fatalf("%d, %v", lacking, err)
	}
	if get(t, a, man).Get("given_names") != "Ángel" {
		t.Error("he did not come back")
	}
}
