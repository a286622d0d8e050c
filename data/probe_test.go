package data

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
)

// inProcess is a probe without a child, that can be counted and made to die.
type inProcess struct {
	asked int
	dies  bool
	seen  bytes.Buffer
}

func (p *inProcess) probe(ctx context.Context, talk func(io.Writer, io.Reader) error) error {
	p.asked++
	if p.dies {
		return errors.New("signal: bus error")
	}
	askedOf, in := io.Pipe()
	out, answers := io.Pipe()
	ended := make(chan error)
	go func() {
		err := RunProbe(ctx, io.TeeReader(askedOf, &p.seen), answers)
		_ = answers.Close()
		ended <- err
	}()
	said := talk(in, out)
	_ = out.Close()
	err := <-ended
	_ = in.Close()
	return errors.Join(said, err)
}

func keysOf(found []Finding) (keys []string) {
	for _, f := range found {
		keys = append(keys, f.Key)
	}
	return keys
}

// A copy that was closed in order is opened without a probe; one that a crash
// left is tried first, and one on which the probe dies is made anew and named.
func TestProbeWhenDoubtful(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	id := task(t, o, "uno")
	p := &inProcess{}
	cfg.Probe = p.probe
	o = reopen(t, o, cfg)
	if p.asked != 0 {
		t.Errorf("closed in order: asked %d times", p.asked)
	}
	mark := filepath.Join(cfg.Dir, recordsDir+".opening")
	crash := func() {
		t.Helper()
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(mark, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		o = openAgain(t, cfg)
		get(t, o, id)
	}
	crash()
	if p.asked != 1 || o.Rebuilt() {
		t.Errorf("after a crash: asked %d times, rebuilt %v", p.asked, o.Rebuilt())
	}
	p.dies = true
	crash()
	found, err := o.Verify(ctx, nil)
	if err != nil || p.asked != 2 || !o.Rebuilt() || !slices.Contains(keysOf(found), "store_unopenable") || !damaged(found) {
		t.Errorf("a probe that died: asked %d times, rebuilt %v, %v, %v", p.asked, o.Rebuilt(), found, err)
	}
	p.dies, cfg.Careful = false, true
	o = reopen(t, o, cfg)
	if found, err := o.Verify(ctx, nil); err != nil || p.asked != 3 || len(found) != 0 {
		t.Errorf("careful: asked %d times, %v, %v", p.asked, found, err)
	}
	root := o.vault.Keys().Store
	if bytes.Contains(p.seen.Bytes(), root[:]) {
		t.Error("the probe was given more keys than it needs")
	}
}

// A process was killed while its child tried the working copy: whoever opens the
// office next waits for the child, which puts files there while it closes, and
// then takes the copy as it is.
func TestOrphanedProbe(t *testing.T) {
	o, cfg := newOffice(t)
	id, dir := task(t, o, "uno"), o.storeDir()
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	p := &inProcess{}
	cfg.Probe = p.probe
	if err := os.WriteFile(dir+".opening", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	child := probeLock(dir)
	if ok, err := child.TryLock(); err != nil || !ok {
		t.Fatal(ok, err)
	}
	short, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if o, err := Open(short, cfg, pass); !fault.Is(err, fault.Cancelled) {
		if o != nil {
			_ = o.Close()
		}
		t.Errorf("beside the child: %v", err)
	}
	var ended atomic.Bool
	time.AfterFunc(150*time.Millisecond, func() {
		ended.Store(true)
		_ = child.Unlock()
	})
	o = openAgain(t, cfg)
	if !ended.Load() {
		t.Error("opened beside the child")
	}
	get(t, o, id)
	if found, err := o.Verify(context.Background(), nil); err != nil || len(found) > 0 || o.Rebuilt() || p.asked != 1 {
		t.Errorf("%v, %v, rebuilt %v, asked %d times", found, err, o.Rebuilt(), p.asked)
	}
}

// The child touches nothing before its parent, alive, has said so, and nothing
// while another is there.
func TestProbeWaitsForItsParent(t *testing.T) {
	o, _ := newOffice(t)
	task(t, o, "uno")
	dir := o.storeDir()
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	request, err := json.Marshal(probeRequest{Dir: dir, Key: make([]byte, 32), Value: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(heard func(out io.Reader)) error {
		asked, in := io.Pipe()
		out, answers := io.Pipe()
		ended := make(chan error)
		go func() {
			err := RunProbe(context.Background(), asked, answers)
			_ = answers.Close()
			ended <- err
		}()
		if _, err := in.Write(append(request, '\n')); err != nil {
			t.Fatal(err)
		}
		heard(out)
		_ = in.Close() // the parent dies without another word
		return <-ended
	}
	if err := ask(func(out io.Reader) {
		line := make([]byte, len(probeReady))
		if _, err := io.ReadFull(out, line); err != nil || string(line) != probeReady {
			t.Errorf("%q, %v", line, err)
		}
		if ok, err := probeLock(dir).TryLock(); ok || err != nil {
			t.Errorf("the child is ready and holds no lock: %v", err)
		}
	}); !fault.Is(err, fault.Cancelled) {
		t.Errorf("the parent died: %v", err)
	}
	lock := probeLock(dir)
	if ok, err := lock.TryLock(); !ok || err != nil {
		t.Fatalf("the child left its lock: %v", err)
	}
	if err := ask(func(out io.Reader) {
		if said, err := io.ReadAll(out); len(said) > 0 || err != nil {
			t.Errorf("another child was there: %q, %v", said, err)
		}
	}); !fault.Is(err, fault.InUse) {
		t.Errorf("another child was there: %v", err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if condition, file := store.Look(dir); condition != store.Sound {
		t.Errorf("touched: condition %v, %s", condition, file)
	}
}

// A file of the working copy that is not what was written is named, and costs
// nothing but the time to make the copy anew.
func TestDamagedFileIsNamed(t *testing.T) {
	o, cfg := newOffice(t)
	id := task(t, o, "uno")
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cfg.Dir, recordsDir, "KEYREGISTRY")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 4
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	o = openAgain(t, cfg)
	get(t, o, id)
	found, err := o.Verify(context.Background(), nil)
	want := Finding{Key: "store_file", Damage: true, File: filepath.Join(recordsDir, "KEYREGISTRY")}
	if err != nil || !slices.ContainsFunc(found, func(f Finding) bool { return f.Key == want.Key && f.Damage && f.File == want.File }) {
		t.Errorf("%v, %v", found, err)
	}
	o = reopen(t, o, cfg)
	if found, err := o.Verify(context.Background(), nil); err != nil || len(found) != 0 {
		t.Errorf("afterwards: %v, %v", found, err)
	}
}

func TestProbeRefusesNonsense(t *testing.T) {
	for _, in := range []string{"", "{}", "null", `{"dir":"/nowhere","key":"AAAA","value":"AAAA"}`} {
		var out bytes.Buffer
		if err := RunProbe(context.Background(), bytes.NewReader([]byte(in)), &out); err == nil || out.Len() > 0 {
			t.Errorf("%q: %v, %q", in, err, out.String())
		}
	}
}

// In an open office counters that disagree are noticed by themselves; saving
// all the while is not taken for it.
func TestRecheck(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	if _, _, err := o.Import(ctx, "SNAI", rowsOf(100, nil), nil); err != nil {
		t.Fatal(err)
	}
	task(t, o, "uno")
	cfg.Recheck = time.Millisecond
	o = reopen(t, o, cfg)
	for i := range 40 {
		if i%7 == 0 && !o.agrees(ctx) {
			t.Fatal("a sound copy does not agree")
		}
		task(t, o, "otra")
	}
	if o.Behind() {
		t.Fatal("saving was taken for damage")
	}
	for name, spoil := range map[string]func(tx *store.Tx) error{
		"counts": func(tx *store.Tx) error {
			return tx.PutMeta(metaCounts, store.EncodeCounts(map[record.Kind]int{record.Detainee: 101}))
		},
		"feeds": func(tx *store.Tx) error { return tx.PutMeta(metaFeeds, ledger.NewFeeds().Append(nil)) },
	} {
		events := o.Watch(ctx)
		o.flush() // what is folded later would put it right
		tx := o.store.Begin()
		if err := spoil(tx); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		for end := time.After(20 * time.Second); !o.Behind(); {
			select {
			case <-events: // perhaps of a task that is folded only now
			case <-end:
				t.Fatalf("%s: nobody noticed", name)
			}
		}
		if err := o.Rebuild(ctx, nil); err != nil || o.Behind() || !o.agrees(ctx) {
			t.Errorf("%s: made anew: %v, behind %v", name, err, o.Behind())
		}
	}
	if o.Count(record.Detainee) != 100 || o.Count(record.Task) != 41 {
		t.Errorf("%d people, %d tasks", o.Count(record.Detainee), o.Count(record.Task))
	}
}
