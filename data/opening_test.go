package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/data/record"
	"paradero/data/sync"
)

// shortLine is a way to a depot that breaks after some frames.
type shortLine struct {
	sync.Depot
	left int
}

func (d *shortLine) Since(ctx context.Context, m sync.Mark, do func([]byte, sync.Mark) error) (sync.Mark, error) {
	at := m
	_, err := d.Depot.Since(ctx, m, func(frame []byte, next sync.Mark) error {
		if d.left == 0 {
			return sync.ErrAway
		}
		d.left--
		at = next
		return do(frame, next)
	})
	return at, err
}

// newcomer is one who was let in by a depot and has opened his empty office.
type newcomer struct {
	*Office
	cfg     Config
	request []byte
	offer   *offer
}

func newcomerBy(t *testing.T, a *Office, d sync.Depot, picture bool) *newcomer {
	t.Helper()
	ctx := context.Background()
	cfg := testConfig(filepath.Join(t.TempDir(), "suya"))
	j := join(t, invite(t, a, lawyer), cfg, string(pass))
	if err := j.Post(ctx, d); err != nil {
		t.Fatal(err)
	}
	welcome := admit(t, a, j.Request())
	if err := a.SendWelcome(ctx, d, j.Request(), welcome); err != nil {
		t.Fatal(err)
	}
	if picture {
		sendPicture(t, a, d, j.Request())
	}
	got, err := j.Fetch(ctx, d)
	if err != nil || got == nil {
		t.Fatal(err)
	}
	if _, err := CompleteJoin(ctx, cfg, got, pass, nil); err != nil {
		t.Fatal(err)
	}
	q, err := a.readRequest("test", j.Request())
	if err != nil {
		t.Fatal(err)
	}
	return &newcomer{openAgain(t, cfg), cfg, j.Request(), q.offer}
}

func sendPicture(t *testing.T, a *Office, d sync.Depot, request []byte) {
	t.Helper()
	letters, err := a.OpeningFor(context.Background(), request)
	if err != nil || len(letters) == 0 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	if err := a.SendOpening(context.Background(), d, request, letters, nil); err != nil {
		t.Fatal(err)
	}
}

// family saves a person with a contact, a case and an attempt.
func family(t *testing.T, o *Office, name string) (person, contact record.ID) {
	t.Helper()
	person = save(t, o, Change{Kind: record.Detainee, Set: map[string]string{"given_names": name, "paternal_surname": "Chango", "facility": "CRS Latacunga"}}).ID
	contact = save(t, o, Change{Kind: record.Contact, Set: map[string]string{"given_names": "María", "paternal_surname": "Chango"}}).ID
	save(t, o, Change{Kind: record.Relationship, Set: map[string]string{"detainee": person.String(), "contact": contact.String(), "kinship": "mother"}})
	save(t, o, Change{Kind: record.Case, Set: map[string]string{"detainee": person.String(), "type": "release"}})
	return person, contact
}

func syncAll(t *testing.T, o *Office, d sync.Depot) {
	t.Helper()
	if _, err := o.SyncWith(context.Background(), d, nil); err != nil {
		t.Fatal(err)
	}
}

// boxesOf counts the letters of a picture in a depot.
func boxesOf(t *testing.T, d sync.Depot, f *offer) (n int) {
	t.Helper()
	for i := range maxOpeningParts {
		b, err := fetch(context.Background(), d, f.envelope, partName(i))
		if err != nil {
			t.Fatal(err)
		}
		if b != nil {
			n++
		}
	}
	return n
}

// The newest records are there before the rest, whole, to be read and not changed;
// a closing in between takes nothing; and when all has come nothing is left of them.
func TestNewestFirst(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	d := sync.NewMemory()
	for i := range 60 {
		task(t, a, fmt.Sprint("vieja ", i))
	}
	person, contact := family(t, a, "Segundo")
	syncAll(t, a, d)
	c := newcomerBy(t, a, d, true)
	syncAll(t, a, d)
	if _, err := c.Edit(ctx, Change{Kind: record.Task, Set: map[string]string{"what": "muy pronto"}}); err == nil {
		t.Error("it wrote before it knew that it was let in")
	} else {
		wantFault(t, err, "still_arriving")
	}
	line := &shortLine{d, 10}
	if _, err := c.SyncWith(ctx, line, nil); !errors.Is(err, sync.ErrAway) {
		t.Fatal(err)
	}
	look := func(when string) {
		t.Helper()
		at, on := c.Opening(ctx)
		if !on || at.Records < 65 || at.By != "Rosa Guamán" || at.Here < 10 || at.Total < 64 {
			t.Errorf("%s: %+v %v", when, at, on)
		}
		r := get(t, c.Office, person)
		if r.Get("given_names") != "Segundo" || !c.Pictured(person) {
			t.Errorf("%s: %+v", when, r.Values)
		}
		links, err := c.Links(ctx, person, 0)
		if err != nil || len(links) != 2 {
			t.Errorf("%s: %d links, %v", when, len(links), err)
		}
		if get(t, c.Office, contact).Get("given_names") != "María" || found(t, c.Office, "chango") != 2 || c.Count(record.Detainee) != 1 {
			t.Errorf("%s: %d found, %d people", when, found(t, c.Office, "chango"), c.Count(record.Detainee))
		}
		if c.Info().Name != lawyer.Name {
			t.Errorf("%s: works as %q", when, c.Info().Name)
		}
		if moments, err := c.Timeline(ctx, person); err != nil || len(moments) > 0 {
			t.Errorf("%s: timeline %v, %v", when, moments, err)
		}
		_, err = c.Edit(ctx, Change{Record: person, Set: map[string]string{"wing": "B"}})
		wantFault(t, err, "record_still_arriving")
		if n := c.Count(record.Task); n != 60 {
			t.Errorf("%s: %d tasks", when, n)
		}
		if digest, err := c.Digest(ctx); err != nil || len(digest) > 14 {
			t.Errorf("%s: the working copy holds %d records, %v", when, len(digest), err)
		}
	}
	look("at once")
	if n := boxesOf(t, d, c.offer); n != 0 {
		t.Errorf("%d letters are left", n)
	}
	c.Office = reopen(t, c.Office, c.cfg)
	look("opened again")
	c.cfg = killed(t, c.Office, c.cfg)
	c.Office = openAgain(t, c.cfg)
	look("killed")
	if err := c.Rebuild(ctx, nil); err != nil {
		t.Fatal(err)
	}
	look("made anew")
	syncAll(t, c.Office, d)
	nothingPictured(t, c)
	same(t, a, c.Office)
	save(t, c.Office, Change{Record: person, Set: map[string]string{"wing": "B"}})
	syncAll(t, c.Office, d)
	syncAll(t, a, d)
	same(t, a, c.Office)
	if none, err := a.Powerless(ctx); err != nil || len(none) > 0 {
		t.Errorf("%v, %v", none, err)
	}
}

// What somebody read of the newest records is told by him when he can, also after a
// closing.
func TestNewestReadIsTold(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	id := save(t, a, Change{Kind: record.Contact, Set: map[string]string{"given_names": "Zoila", "threat": "extortion"}}).ID
	d := sync.NewMemory()
	c := newcomerBy(t, a, d, true)
	syncAll(t, a, d)
	if _, err := c.SyncWith(ctx, &shortLine{d, 1}, nil); !errors.Is(err, sync.ErrAway) {
		t.Fatal(err)
	}
	c.Opened(get(t, c.Office, id))
	c.writeAudit()
	c.Office = reopen(t, c.Office, c.cfg)
	syncAll(t, c.Office, d)
	nothingPictured(t, c)
	c.writeAudit()
	syncAll(t, c.Office, d)
	syncAll(t, a, d)
	list, err := a.Readings(ctx, ReadingFilter{})
	if err != nil || len(list) != 1 || list[0].Record != id || list[0].Member != c.Info().Member {
		t.Errorf("%+v, %v", list, err)
	}
	if none, err := a.Powerless(ctx); err != nil || len(none) > 0 {
		t.Errorf("%+v, %v", none, err)
	}
}

func nothingPictured(t *testing.T, c *newcomer) {
	t.Helper()
	if at, on := c.Opening(context.Background()); on {
		t.Errorf("still arriving: %+v", at)
	}
	if _, err := os.Stat(filepath.Join(c.cfg.Dir, openingName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its file: %v", err)
	}
	b := &c.opening
	if len(b.shown)+len(b.only)+len(b.from) > 0 || b.seen != nil {
		t.Errorf("%d records are left", len(b.shown))
	}
}

// What was erased, deleted, restricted or changed after the picture was made is as
// the ledger says when all has come, also where it comes in pieces.
func TestNewestIsOvertaken(t *testing.T) {
	ctx := context.Background()
	for _, pieces := range []int{0, 3} {
		w := threeOf(t)
		a := w.a
		d := sync.NewMemory()
		var people []record.ID
		for i := range 8 {
			p, _ := family(t, a, fmt.Sprint("Preso ", i))
			people = append(people, p)
		}
		c := newcomerBy(t, a, d, true)
		save(t, a, Change{Record: people[1], Delete: true})
		save(t, a, Change{Record: people[2], Set: map[string]string{"given_names": "Otro"}})
		if _, err := a.Restrict(ctx, people[3], w.circle, "amenazas"); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Merge(ctx, Merging{Keep: people[4], Other: people[5], Reason: "es el mismo"}); err != nil {
			t.Fatal(err)
		}
		syncAll(t, a, d)
		if pieces > 0 {
			for i := 0; i < 60; i++ {
				if _, err := c.SyncWith(ctx, &shortLine{d, pieces}, nil); err == nil {
					break
				}
				for _, p := range people {
					if _, err := c.Get(ctx, p); err != nil && p != people[1] {
						t.Fatalf("piece %d: %v", i, err)
					}
				}
				if c.Behind() {
					t.Fatal("the working copy is doubted")
				}
			}
		}
		syncAll(t, c.Office, d)
		nothingPictured(t, c)
		same(t, a, c.Office)
		if n, m := found(t, a, "preso"), found(t, c.Office, "preso"); n != m || n == 0 {
			t.Errorf("%d found there, %d here", n, m)
		}
		if n, m := a.Count(record.Detainee), c.Count(record.Detainee); n != m {
			t.Errorf("%d people there, %d here", n, m)
		}
		same(t, a, reopen(t, c.Office, c.cfg))
	}
}

// Nothing that a circle holds, that was deleted or that tells who saw what is ever in
// a picture.
func TestNewestHoldsNoSecret(t *testing.T) {
	ctx := context.Background()
	w := threeOf(t)
	secret := save(t, w.a, Change{Kind: record.Contact, Circle: w.circle, Set: map[string]string{"given_names": "Zoila", "paternal_surname": "Guambo"}}).ID
	person, contact := family(t, w.a, "Segundo")
	if _, err := w.a.Restrict(ctx, contact, w.circle, "amenazas"); err != nil {
		t.Fatal(err)
	}
	gone := task(t, w.a, "equivocada")
	save(t, w.a, Change{Record: gone, Delete: true})
	packed, err := w.a.makeOpening(ctx)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	s, err := readSeen(plain)
	if err != nil {
		t.Fatal(err)
	}
	held := map[record.ID]bool{}
	for _, state := range s.states {
		held[state.ID] = true
		switch state.Kind {
		case record.Circle, record.Device, record.Access, record.Epoch:
			t.Errorf("a picture holds a record of kind %d", state.Kind)
		}
	}
	if !held[person] || held[secret] || held[contact] || held[gone] {
		t.Errorf("person %v, secret %v, contact %v, deleted %v", held[person], held[secret], held[contact], held[gone])
	}
	for _, word := range []string{"Zoila", "María", "equivocada"} {
		if bytes.Contains(plain, []byte(word)) {
			t.Errorf("a picture holds %q", word)
		}
	}
}

// Another's, a changed, a half and a huge picture show nothing, and everything
// arrives all the same; so it does without one, as from an older program.
func TestNewestForged(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	b, _ := joined(t, a, Inviting{Name: "Rosa Tipán", Role: "coordinator"})
	exchange(t, a, b)
	family(t, a, "Segundo")
	letters := func(by *Office, c *newcomer) [][]byte {
		t.Helper()
		exchange(t, a, b)
		list, err := by.OpeningFor(ctx, c.request)
		if err != nil || len(list) == 0 {
			t.Fatalf("%d letters, %v", len(list), err)
		}
		return list
	}
	for name, make := range map[string]func(c *newcomer, d sync.Depot) [][]byte{
		"none":           func(*newcomer, sync.Depot) [][]byte { return nil },
		"noise":          func(*newcomer, sync.Depot) [][]byte { return [][]byte{[]byte("ruido")} },
		"another device": func(c *newcomer, _ sync.Depot) [][]byte { return letters(b, c) },
		"changed": func(c *newcomer, _ sync.Depot) [][]byte {
			l := letters(a, c)
			l[0][len(l[0])/2] ^= 1
			return l
		},
		"another invitation": func(_ *newcomer, d sync.Depot) [][]byte { return letters(a, newcomerBy(t, a, d, false)) },
		"other office": func(c *newcomer, _ sync.Depot) [][]byte {
			return forgePicture(t, a, c, func(s *seen) { s.office = record.ID{1} })
		},
		"twice": func(c *newcomer, _ sync.Depot) [][]byte {
			return forgePicture(t, a, c, func(s *seen) { s.states = append(s.states, s.states[0]) })
		},
		"a device": func(c *newcomer, _ sync.Depot) [][]byte {
			return forgePicture(t, a, c, func(s *seen) { s.states[0].Kind = record.Device })
		},
		"huge": func(c *newcomer, _ sync.Depot) [][]byte {
			packed, err := pack(make([]byte, maxOpened+1))
			if err != nil {
				t.Fatal(err)
			}
			return sealed(t, a, c, packed)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := sync.NewMemory()
			c := newcomerBy(t, a, d, false)
			letters := make(c, d)
			syncAll(t, a, d)
			for i, letter := range letters {
				box, err := boxName(c.offer.envelope, partName(i))
				if err != nil {
					t.Fatal(err)
				}
				if err := d.PutBox(ctx, box, letter); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := c.SyncWith(ctx, &shortLine{d, 2}, nil); !errors.Is(err, sync.ErrAway) {
				t.Fatal(err)
			}
			if at, on := c.Opening(ctx); !on || at.Records != 0 || found(t, c.Office, "chango") != 0 {
				t.Errorf("%+v, %v", at, on)
			}
			syncAll(t, c.Office, d)
			nothingPictured(t, c)
			same(t, a, c.Office)
		})
	}
}

func sealed(t *testing.T, by *Office, c *newcomer, packed []byte) [][]byte {
	t.Helper()
	q, err := by.readRequest("test", c.request)
	if err != nil {
		t.Fatal(err)
	}
	letters, err := sealOpening(by.cfg.Rand, q, by.sign, packed)
	if err != nil {
		t.Fatal(err)
	}
	return letters
}

func forgePicture(t *testing.T, by *Office, c *newcomer, spoil func(*seen)) [][]byte {
	t.Helper()
	packed, err := by.makeOpening(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s, err := by.readPicture(packed)
	if err != nil {
		t.Fatal(err)
	}
	spoil(s)
	var states [][]byte
	for _, state := range s.states {
		states = append(states, state.Encode(nil))
	}
	if packed, err = pack(encodeSeen(s, states)); err != nil {
		t.Fatal(err)
	}
	return sealed(t, by, c, packed)
}

// A picture that comes while the rest is fetched is shown then; one that nobody
// fetches is taken away when its invitation is over.
func TestNewestComesLater(t *testing.T) {
	ctx := context.Background()
	a, acfg := founded(t)
	family(t, a, "Segundo")
	d := sync.NewMemory()
	c := newcomerBy(t, a, d, false)
	syncAll(t, a, d)
	if _, err := c.SyncWith(ctx, &shortLine{d, 1}, nil); !errors.Is(err, sync.ErrAway) {
		t.Fatal(err)
	}
	sendPicture(t, a, d, c.request)
	if _, err := c.SyncWith(ctx, &shortLine{d, 1}, nil); !errors.Is(err, sync.ErrAway) {
		t.Fatal(err)
	}
	if at, _ := c.Opening(ctx); at.Records == 0 {
		t.Error("no picture")
	}
	syncAll(t, a, d) // it sees that the boxes are empty
	if w := a.way(WayHub, d.Name()); len(w.Openings) > 0 {
		t.Error("it is remembered for ever")
	}
	gone := newcomerBy(t, a, d, true)
	syncAll(t, a, d)
	if boxesOf(t, d, gone.offer) == 0 {
		t.Fatal("nothing was sent")
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	late := acfg.Clock
	acfg.Clock = func() time.Time { return late().AddDate(0, 0, offerDays+1) }
	a = openAgain(t, acfg)
	syncAll(t, a, d)
	if n := boxesOf(t, d, gone.offer); n != 0 {
		t.Errorf("%d letters are left", n)
	}
	receive(t, gone.Office, framesOf(t, a)) // by a bundle, without the depot
	same(t, a, gone.Office)
	nothingPictured(t, gone)
}
