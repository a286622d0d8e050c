package data

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/sync"
)

func writeBundle(t *testing.T, o *Office, to BundleFor) BundleMade {
	t.Helper()
	made, err := o.WriteBundleFor(t.Context(), filepath.Join(t.TempDir(), "paquete"), to, nil)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// A bundle for one who has said what he holds leaves that out; what he said came
// with his own bundle.
func TestBundleForOne(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}}).ID
	if made := writeBundle(t, a, BundleFor{Device: b.Info().Device}); !made.Whole || made.Batches != 4 {
		t.Errorf("nothing is known of him: %+v", made)
	}
	exchange(t, a, b)
	save(t, b, Change{Record: man, Set: map[string]string{"birth": "1990"}})
	his := writeBundle(t, b, BundleFor{})
	if _, err := a.ReadBundle(t.Context(), his.File, nil); err != nil {
		t.Fatal(err)
	}
	if d := deviceOf(t, status(t, a), b); d.Lacks != 0 || !d.Signed {
		t.Errorf("what his bundle says is not heard: %+v", d)
	}
	save(t, a, Change{Record: man, Set: map[string]string{"sex": "male"}})
	made := writeBundle(t, a, BundleFor{Device: b.Info().Device})
	if made.Whole || made.Batches != 1 || made.Changes != 1 {
		t.Fatalf("%+v", made)
	}
	if got, err := b.ReadBundle(t.Context(), made.File, nil); err != nil || got.Taken != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	same(t, a, b)
	// Another who lacks what it builds on is told so, and the rest waits.
	c, _ := colleague(t, a, "Ana Paz", "lawyer")
	seen, err := c.LookAtBundle(t.Context(), made.File)
	if err != nil || seen.Misses == 0 || seen.Whole {
		t.Errorf("%+v, %v", seen, err)
	}
	if got, err := c.ReadBundle(t.Context(), made.File, nil); err != nil || got.Waiting != 1 || got.Taken != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// What a bundle would change is shown before it does.
func TestBundlePreview(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel", "paternal_surname": "Núñez"}}).ID
	exchange(t, a, b)
	save(t, a, Change{Record: man, Set: map[string]string{"cedula": "1714307103"}})
	save(t, a, Change{Record: man, Set: map[string]string{"wing": "B"}})
	other := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Iván"}}).ID
	save(t, b, Change{Record: man, Set: map[string]string{"cedula": "1710034065"}})
	made := writeBundle(t, a, BundleFor{})
	seen, err := b.LookAtBundle(t.Context(), made.File)
	if err != nil {
		t.Fatal(err)
	}
	if seen.New != 3 || seen.Contradictions != 1 || len(seen.Records) != 2 || seen.Misses != 0 || !seen.Whole {
		t.Fatalf("%+v", seen)
	}
	first, second := seen.Records[0], seen.Records[1]
	if first.ID != man || first.New || first.Changes != 2 || len(first.Contradictions) != 1 || first.Contradictions[0] != "cedula" || first.Name == "" {
		t.Errorf("%+v", first)
	}
	if second.ID != other || !second.New || second.Name != "Iván" {
		t.Errorf("%+v", second)
	}
	before := contradictions(t, b)
	if _, err := b.ReadBundle(t.Context(), made.File, nil); err != nil {
		t.Fatal(err)
	}
	if len(before) != 0 || len(contradictions(t, b)) != seen.Contradictions {
		t.Error("what was foretold did not come")
	}
}

// A bundle in parts is one in the end, in whatever order they are read; a read that
// is broken off goes on.
func TestBundleInParts(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	text := make([]byte, 9000)
	for i := range text {
		text[i] = 'a' + byte(i%23)
	}
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel"}}).ID
	for range 150 {
		save(t, a, Change{Kind: record.Case, Set: map[string]string{"type": "release", "detainee": man.String(), "risks": string(text)}})
	}
	made := writeBundle(t, a, BundleFor{Most: 1 << 20})
	if len(made.Files) < 2 {
		t.Fatalf("%+v", made)
	}
	for _, f := range made.Files {
		if at, err := os.Stat(f); err != nil || at.Size() > 1<<20 {
			t.Errorf("%v, %v", at, err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	last := made.Files[len(made.Files)-1]
	if got, err := b.ReadBundle(ctx, last, nil); err != nil || got.Taken != 0 || got.Waiting == 0 {
		t.Fatalf("the last first: %+v, %v", got, err)
	}
	seen := 0
	_, err := b.ReadBundle(ctx, made.Files[0], func(Progress) {
		if seen++; seen == 20 {
			stop()
		}
	})
	if !fault.Is(err, fault.Cancelled) {
		t.Fatal(err)
	}
	for _, f := range made.Files {
		if _, err := b.ReadBundle(t.Context(), f, nil); err != nil {
			t.Fatal(err)
		}
	}
	same(t, a, b)
	if _, err := a.WriteBundleFor(t.Context(), filepath.Join(t.TempDir(), "x"), BundleFor{Most: 1000}, nil); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

// What was told at a hub serves for bundles too.
func TestBundleByStatement(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	d := sync.NewMemory()
	syncWith(t, a, d)
	syncWith(t, b, d)
	syncWith(t, a, d)
	task(t, a, "llamar")
	if made := writeBundle(t, a, BundleFor{Device: b.Info().Device}); made.Batches != 1 {
		t.Errorf("%+v", made)
	}
}
