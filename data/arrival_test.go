package data

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
)

// much receives frames as a large arrival does, some at a time.
func much(t *testing.T, o *Office, frames [][]byte, portions int) {
	t.Helper()
	a := o.arrive(len(frames))
	for n := range portions {
		receive(t, o, frames[n*len(frames)/portions:(n+1)*len(frames)/portions])
	}
	if err := a.end(t.Context(), func(Progress) {}); err != nil {
		t.Fatal(err)
	}
}

// pictureOf is all that can be seen of an office, but of what it writes itself: keys
// that it gives and asks for.
func pictureOf(t *testing.T, o *Office) map[string]string {
	t.Helper()
	digest, err := o.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for id, h := range digest {
		s := stateOf(t, o, id)
		if slices.ContainsFunc(s.Origins, func(from fold.Origin) bool { return from.Device == o.Info().Device }) {
			out[id.String()] = "own"
			continue
		}
		row, shown := o.Row(id)
		out[id.String()] = fmt.Sprintf("%x %v %+v", h, shown, row)
		ids, err := o.linked(id, 0)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(ids, func(a, b record.ID) int { return strings.Compare(a.String(), b.String()) })
		out[id.String()] += fmt.Sprint(ids)
	}
	for _, k := range []record.Kind{record.Detainee, record.Task, record.Contact, record.Member} {
		out[fmt.Sprint("count ", k)] = fmt.Sprint(o.Count(k))
	}
	powerless, err := o.Powerless(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range powerless {
		out[fmt.Sprintf("powerless %x %d", p.Write.Batch, p.Write.Index)] = p.Why
	}
	for _, f := range framesOf(t, o) {
		b, err := ledger.ReadFrame(f)
		if err != nil {
			t.Fatal(err)
		}
		if b.Device == o.Info().Device {
			continue
		}
		there := ""
		for _, p := range b.Payloads {
			there += fmt.Sprint(p != nil, " ")
		}
		out[fmt.Sprintf("batch %x", b.Hash)] = there
	}
	out["owed"] = fmt.Sprint(o.owed.list())
	return out
}

// whole checks that a working copy is all that it says.
func whole(t *testing.T, o *Office, name string) {
	t.Helper()
	if _, err := o.store.Meta(metaRelaw); !isMissing(err) || o.later.open.Load() || len(o.later.spots) > 0 {
		t.Errorf("%s: it says of itself that it is to be made anew: %v", name, err)
	}
	if err := o.recount(t.Context()); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for _, f := range verify(t, o) {
		if f.Damage {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func compare(t *testing.T, name string, want, got map[string]string) {
	t.Helper()
	for k, v := range want {
		if got[k] != v && v != "own" && got[k] != "own" {
			t.Errorf("%s: %s\n is    %s\n to be %s", name, k, got[k], v)
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s: %s is too much: %s", name, k, got[k])
		}
	}
}

// busyTeam is a team that says much of few, also what has no effect, what a circle
// seals, what is erased and what a device says after its end.
func busyTeam(t *testing.T, rnd *rand.Rand) *three {
	t.Helper()
	w := threeOf(t)
	var people []record.ID
	for i := range 6 {
		people = append(people, person(t, w.a, map[string]string{"given_names": fmt.Sprint("Ángel ", i)}))
	}
	secret := save(t, w.b, Change{Kind: record.Contact, Circle: w.circle, Set: map[string]string{"given_names": "Zoila", "paternal_surname": "Guambo"}}).ID
	w.meet()
	devices := []*Office{w.a, w.b, w.c}
	for turn := range 90 {
		o, id := devices[rnd.IntN(3)], people[rnd.IntN(len(people))]
		var c Change
		switch rnd.IntN(8) {
		case 0:
			c = Change{Kind: record.Task, Set: map[string]string{"what": fmt.Sprint("llamar ", turn), "about": id.String()}}
		case 1:
			c = Change{Record: id, Add: []Addition{{Kind: record.Note, Values: map[string]string{"text": fmt.Sprint("nota ", turn)}}}}
		case 2:
			if o == w.c {
				continue
			}
			c = Change{Record: secret, Circle: w.circle, Set: map[string]string{"threat": fmt.Sprint("amenaza ", turn)}}
		case 3:
			c = Change{Record: id, Delete: true, Reason: "error"}
			if rnd.IntN(4) > 0 {
				continue
			}
		default:
			c = Change{Record: id, Set: map[string]string{"given_names": fmt.Sprint("Ángel ", turn), "birth": fmt.Sprint(1960 + turn%40)}}
		}
		if _, err := o.Edit(t.Context(), c); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		if rnd.IntN(6) == 0 {
			exchange(t, o, devices[rnd.IntN(3)])
		}
	}
	w.meet()
	if plan, err := w.a.Erase(t.Context(), people[0], "lo pide la familia", nil); err == nil && plan.Proposal != nil {
		w.meet()
		if _, err := w.c.Approve(t.Context(), plan.Proposal.Write, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.a.Remove(t.Context(), w.b.Info().Device, "perdida"); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		save(t, w.b, Change{Record: people[1], Set: map[string]string{"given_names": fmt.Sprint("Falso ", i)}})
	}
	exchange(t, w.a, w.c)
	receive(t, w.a, framesOf(t, w.b))
	for i := range 5 {
		save(t, w.c, Change{Record: people[2], Set: map[string]string{"given_names": fmt.Sprint("Último ", i)}})
	}
	exchange(t, w.a, w.c)
	return w
}

// A large arrival ends in what the ordinary way gives, to the byte: in whatever
// portions and order it comes, with saves in between, broken off and gone on with,
// and after the program was killed in the middle.
func TestLargeArrival(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { largeArrival(t, seed+1) })
	}
}

func largeArrival(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	w := busyTeam(t, rnd)
	receivers := make([]*Office, 5)
	configs := make([]Config, 5)
	for i := range receivers {
		receivers[i], configs[i] = enrolledAs(t, w.a, w.a.Info().Member)
	}
	frames := framesOf(t, w.a)
	receive(t, receivers[0], frames)
	want := pictureOf(t, receivers[0])
	if len(want) < 100 {
		t.Fatalf("only %d things to compare", len(want))
	}

	o := receivers[1]
	much(t, o, frames, 1)
	compare(t, "at once", want, pictureOf(t, o))
	whole(t, o, "at once")
	compare(t, "at once, opened again", want, pictureOf(t, reopen(t, o, configs[1])))

	o = receivers[2]
	o.later.share = 3
	much(t, o, turned(frames, len(frames)/3), 5)
	compare(t, "the end first", want, pictureOf(t, o))
	whole(t, o, "the end first")

	// Broken off by who stops it, and gone on with.
	o = receivers[3]
	a := o.arrive(0)
	receive(t, o, frames[:len(frames)*2/3])
	if !o.later.open.Load() {
		t.Fatal("nothing was put off")
	}
	if _, _, yes := o.Arriving(); !yes {
		t.Error("nobody is told that much arrives")
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := a.end(ctx, func(Progress) {}); !fault.Is(err, fault.Cancelled) && err != nil {
		t.Fatal(err)
	}
	receive(t, o, frames)
	compare(t, "broken off", want, pictureOf(t, o))
	whole(t, o, "broken off")

	// Killed in the middle, twice.
	o = receivers[4]
	cfg := configs[4]
	for part := 1; part <= 2; part++ {
		_ = o.arrive(0)
		receive(t, o, frames[(part-1)*len(frames)/3:part*len(frames)/3])
		cfg = killed(t, o, cfg)
		o = openAgain(t, cfg)
		if err := o.recount(t.Context()); err != nil || o.later.open.Load() {
			t.Errorf("killed: %v", err)
		}
		if part == 2 && !o.Rebuilt() {
			t.Error("a copy that hides something was believed")
		}
	}
	much(t, o, frames, 2)
	compare(t, "killed", want, pictureOf(t, o))
	whole(t, o, "killed")
}

// killed copies an open office's folder as the end of the program would leave it.
func killed(t *testing.T, o *Office, cfg Config) Config {
	t.Helper()
	out := testConfig(filepath.Join(t.TempDir(), "muerta"))
	if err := os.CopyFS(out.Dir, os.DirFS(cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	_ = o.Close()
	return out
}

// Who works while much arrives reads what he wrote, and it is not lost.
func TestSavesWhileMuchArrives(t *testing.T) {
	w := threeOf(t)
	man := person(t, w.a, map[string]string{"given_names": "Ángel"})
	for i := range 40 {
		save(t, w.a, Change{Record: man, Set: map[string]string{"birth": fmt.Sprint(1960 + i)}})
	}
	for i := range 60 {
		id := person(t, w.a, map[string]string{"given_names": fmt.Sprint("Ángel ", i)})
		save(t, w.a, Change{Record: id, Set: map[string]string{"birth": "1980"}})
	}
	frames := framesOf(t, w.a)
	w.c.later.share = 2
	a := w.c.arrive(0)
	receive(t, w.c, frames[:len(frames)-10])
	save(t, w.c, Change{Record: man, Set: map[string]string{"given_names": "Ángela"}})
	if r := get(t, w.c, man); r.Get("given_names") != "Ángela" {
		t.Errorf("%v", r.Values)
	}
	other := person(t, w.c, map[string]string{"given_names": "Rosa"})
	receive(t, w.c, frames[len(frames)-10:])
	// More than one share, and saves between them, of who is folded in one of them too.
	ended := make(chan error, 1)
	go func() { ended <- a.end(t.Context(), func(Progress) {}) }()
	for saved, over := 0, false; !over; saved++ {
		save(t, w.c, Change{Record: man, Set: map[string]string{"given_names": fmt.Sprint("Ángela ", saved)}})
		select {
		case err := <-ended:
			if over = true; err != nil {
				t.Fatal(err)
			}
		default:
		}
	}
	save(t, w.c, Change{Record: man, Set: map[string]string{"given_names": "Ángela"}})
	r := get(t, w.c, man)
	if r.Get("given_names") != "Ángela" || r.Get("birth") != "1999" || get(t, w.c, other).Get("given_names") != "Rosa" {
		t.Errorf("%v", r.Values)
	}
	whole(t, w.c, "saves")
	exchange(t, w.a, w.c)
	same(t, w.a, w.c)
}

// What was erased before it came does not come back with an arrival either.
func TestErasedBeforeItArrives(t *testing.T) {
	for _, first := range []bool{false, true} {
		a, _ := founded(t)
		b := enrolled(t, a, a.Info().Member)
		c := enrolled(t, a, a.Info().Member)
		man := person(t, a, map[string]string{"given_names": "Ángel"})
		receive(t, b, framesOf(t, a))
		w := save(t, a, Change{Record: man, Set: map[string]string{"birth": "1977"}}).Write
		save(t, a, Change{Record: man, Set: map[string]string{"given_names": "Ángel María"}}) // so that something is put off
		erase := ledger.Change{Record: man, Kind: record.Detainee, Op: ledger.OpErase, Critical: true, Rights: 1, Reason: "x", Erases: []record.Write{w}}
		if _, err := b.submit(t.Context(), []*prepared{{change: erase, size: 900}}, false); err != nil {
			t.Fatal(err)
		}
		b.order.wait()
		if first {
			receive(t, c, framesOf(t, b))
			much(t, c, framesOf(t, a), 1)
		} else {
			much(t, c, append(framesOf(t, b), framesOf(t, a)...), 1)
		}
		s := stateOf(t, c, man)
		if f, _ := record.SchemaOf(record.Detainee).Field("birth"); len(s.Vals(f.Num)) > 0 || !s.Gone(w) || !s.Deleted() {
			t.Errorf("%+v", s)
		}
		for _, f := range framesOf(t, c) {
			if b, err := ledger.ReadFrame(f); err == nil && b.Hash == w.Batch && b.Payloads[w.Index] != nil {
				t.Error("what was erased stands in the journal")
			}
		}
		whole(t, c, "erased")
	}
}

// A forged copy of a batch that comes with the true one spoils nothing.
func TestForgedBesideTheTrueOne(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	man := person(t, a, map[string]string{"given_names": "Ángel"})
	save(t, a, Change{Record: man, Set: map[string]string{"birth": "1977"}})
	frames := framesOf(t, a)
	var mixed [][]byte
	for _, f := range frames {
		forged, err := ledger.ReadFrame(slices.Clone(f))
		if err != nil {
			t.Fatal(err)
		}
		forged.Payloads[0] = []byte(strings.Repeat("x", len(forged.Payloads[0])))
		unsigned, err := ledger.ReadFrame(slices.Clone(f))
		if err != nil {
			t.Fatal(err)
		}
		unsigned.Sig[3] ^= 1
		mixed = append(mixed, ledger.AppendFrame(nil, unsigned), ledger.AppendFrame(nil, forged), f)
	}
	got, err := b.Receive(t.Context(), func() ([]byte, error) {
		if len(mixed) == 0 {
			return nil, io.EOF
		}
		f := mixed[0]
		mixed = mixed[1:]
		return f, nil
	}, nil)
	if err != nil || got.Taken != len(frames) || len(got.Refused) < len(frames) {
		t.Fatalf("%+v, %v", got, err)
	}
	same(t, a, b)
	whole(t, b, "forged")
}
