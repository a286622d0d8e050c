package data

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// cheap is a key derivation for tests: milliseconds where a real one takes a
// second. It is injected here and can be had in no other way.
var cheap = Cost{Time: 1, Memory: 64, Threads: 1}

var pass = []byte("tres tristes tigres tragan trigo")

func testConfig(dir string) Config {
	now := time.Date(2026, 11, 20, 9, 30, 0, 0, time.FixedZone("ECT", -5*3600))
	var mu sync.Mutex
	return Config{Dir: dir, Cost: cheap, Clock: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}}
}

func newOffice(t *testing.T) (*Office, Config) {
	t.Helper()
	cfg := testConfig(filepath.Join(t.TempDir(), "oficina"))
	o, code, err := Create(context.Background(), cfg, Founding{
		Office: "Sede Tulcán", City: "Tulcán", Member: "Lucía Chamorro", Role: "coordinator", Passphrase: pass,
	})
	if err != nil {
		t.Fatal(err)
	}
	if !o.Rehearse(code) {
		t.Fatal("the recovery code does not rehearse")
	}
	t.Cleanup(func() { _ = o.Close() })
	return o, cfg
}

func reopen(t *testing.T, o *Office, cfg Config) *Office {
	t.Helper()
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	o, err := Open(context.Background(), cfg, pass)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

func save(t *testing.T, o *Office, c Change) Receipt {
	t.Helper()
	r, err := o.Edit(context.Background(), c)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r[0]
}

func get(t *testing.T, o *Office, id record.ID) *record.Record {
	t.Helper()
	r, err := o.Get(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOfficeIsBornWithItsGenesis(t *testing.T) {
	o, cfg := newOffice(t)
	o = reopen(t, o, cfg)
	info := o.Info()
	if info.Office != "Sede Tulcán" || info.Name != "Lucía Chamorro" || info.Role != "coordinator" || info.City != "Tulcán" {
		t.Errorf("info %+v", info)
	}
	if !o.May("approve") || o.May("issue:habeas-corpus") {
		t.Error("the rights of the genesis batch do not hold")
	}
	device := get(t, o, info.Device)
	if device.Get("sign_key") == "" || device.Ref("member") != info.Member {
		t.Errorf("device %v", device.Values)
	}
	moments, err := o.Timeline(context.Background(), info.Member)
	if err != nil || len(moments) != 1 || !moments[0].Created || moments[0].By != "Lucía Chamorro" {
		t.Errorf("timeline %+v, %v", moments, err)
	}
}

func TestEdit(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	id := save(t, o, Change{Kind: record.Detainee, Set: map[string]string{
		"given_names": "Íñigo Ángel", "paternal_surname": "Núñez", "maternal_surname": "Ñáñez", "cedula": "1714307104", "birth": "3/5/91",
		"facility": "CPL Guayas N°1", "wing": "5",
	}})
	if len(id.Warnings) == 0 {
		t.Error("a doubtful cédula is saved without a warning")
	}
	form := get(t, o, id.ID)
	if form.Get("birth") != "1991-05-03" || form.Get("facility") != "" {
		t.Errorf("values %v", form.Values)
	}
	if s := rule.Conclude(form); s.Facility != "CPL Guayas N°1" || s.Wing != "5" || s.PlaceClaim.Get("source") != "Lucía Chamorro" {
		t.Errorf("place %+v", s)
	}
	if _, err := o.Edit(ctx, Change{Record: id.ID, Set: map[string]string{"birth": "31/2/1991"}}); !fault.Is(err, fault.Invalid) || firstField(err) != "birth" {
		t.Errorf("an impossible date: %v", err)
	}
	save(t, o, Change{Record: id.ID, Base: form, Set: map[string]string{"birth": "4/5/91"}, Reason: "acta de nacimiento"})
	// A second form that was open at the same time: neither overwrites the other.
	save(t, o, Change{Record: id.ID, Base: form, Set: map[string]string{"birth": "1990", "cedula": "1714307103"}})
	o = reopen(t, o, cfg)
	r := get(t, o, id.ID)
	if len(r.Values["birth"]) != 2 || r.Get("birth") != "1990" || r.Values["birth"][1].Text != "1991-05-04" || len(r.Values["cedula"]) != 1 {
		t.Errorf("values %v", r.Values)
	}
	moments, err := o.Timeline(ctx, id.ID)
	if err != nil || len(moments) != 3 || moments[1].Reason != "acta de nacimiento" || moments[1].Fields[0].Was != "1991-05-03" {
		t.Errorf("timeline %+v, %v", moments, err)
	}
	if res, err := o.List(ctx, ListQuery{Kind: record.Detainee, Text: "nanez"}); err != nil || res.Len() != 1 || res.At(0).Facility != "CPL Guayas N°1" {
		t.Errorf("found %v, %v", res, err)
	}
	save(t, o, Change{Record: id.ID, Delete: true, Reason: "prueba"})
	if _, err := o.Get(ctx, id.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("deleted: %v", err)
	}
	if o.Count(record.Detainee) != 0 {
		t.Error("a deleted record is counted")
	}
}

func firstField(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Problems) == 0 {
		return ""
	}
	return f.Problems[0].Field
}

func TestOneMotherThreeSons(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	mother := save(t, o, Change{Kind: record.Contact, Set: map[string]string{"given_names": "Rosa", "paternal_surname": "Quispe"}}).ID
	var sons []record.ID
	for i, status := range []string{"confirmed_alive", "", "reported_missing"} {
		c := Change{Kind: record.Detainee, Set: map[string]string{"given_names": fmt.Sprintf("Hijo %d", i), "paternal_surname": "Quispe"}}
		if status != "" {
			c.Add = []Addition{{Kind: record.Claim, Values: map[string]string{"status": status, "source": "visita", "evidence": "vista por la trabajadora social", "method": methodFor(status), "proof": methodFor(status)}}}
		}
		sons = append(sons, save(t, o, c).ID)
		save(t, o, Change{Kind: record.Relationship, Set: map[string]string{"contact": mother.String(), "detainee": sons[i].String(), "kinship": "madre"}})
	}
	o = reopen(t, o, cfg)
	ties, err := o.Links(ctx, mother, record.Relationship)
	if err != nil || len(ties) != 3 {
		t.Fatalf("ties %v, %v", ties, err)
	}
	want := []string{"confirmed_alive", "unknown", "reported_missing"}
	for i, tie := range ties {
		if s := rule.Conclude(get(t, o, tie.Ref("detainee"))); s.Life != want[i] || tie.Get("kinship") != "mother" {
			t.Errorf("son %d: %s, %s", i, s.Life, tie.Get("kinship"))
		}
	}
}

func methodFor(status string) string {
	if status == "confirmed_alive" {
		return "seen"
	}
	return ""
}

func TestClaimsAreJudged(t *testing.T) {
	o, _ := newOffice(t)
	id := save(t, o, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Segundo", "paternal_surname": "Caiza"}}).ID
	claim := func(values map[string]string) error {
		_, err := o.Edit(context.Background(), Change{Record: id, Add: []Addition{{Kind: record.Claim, Values: values}}})
		return err
	}
	if err := claim(map[string]string{"status": "confirmed_dead", "source": "padre", "method": "video", "proof": "video"}); !fault.Is(err, fault.Refused) {
		t.Errorf("a video confirms a death: %v", err)
	}
	if err := claim(map[string]string{"status": "confirmed_dead", "source": "Criminalística", "evidence": "huellas dactilares, informe 12"}); err != nil {
		t.Errorf("fingerprints: %v", err)
	}
	if s := rule.Conclude(get(t, o, id)); s.Life != "confirmed_dead" || s.LifeClaim.Get("method") != "fingerprints" {
		t.Errorf("status %+v", s)
	}
}

func TestManyWriters(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range 20 {
				r, err := o.Edit(ctx, Change{Kind: record.Task, Set: map[string]string{"what": fmt.Sprintf("tarea %d-%d", w, i)}})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := o.Get(ctx, r[0].ID); err != nil {
					t.Errorf("saved and not found: %v", err)
				}
			}
		})
	}
	wg.Wait()
	o = reopen(t, o, cfg)
	if n := o.Count(record.Task); n != 320 {
		t.Errorf("%d tasks of 320", n)
	}
	if found, err := o.Verify(ctx, nil); err != nil || len(found) != 0 {
		t.Errorf("verify: %v, %v", found, err)
	}
}

func rowsOf(n int, change func(int, *ImportRow)) func() (*ImportRow, error) {
	i := 0
	return func() (*ImportRow, error) {
		if i == n {
			return nil, io.EOF
		}
		i++
		row := &ImportRow{Row: i, Kind: record.Detainee, Values: map[string]string{
			"given_names": "Juan Carlos", "paternal_surname": fmt.Sprintf("Apellido%d", i), "passport": fmt.Sprintf("P%06d", i), "age": "34",
		}, Claims: []map[string]string{{"source": "SNAI", "source_kind": "official_list", "facility": "CPL Guayas N°1", "wing": fmt.Sprint(i % 12)}}}
		if change != nil {
			change(i, row)
		}
		return row, nil
	}
}

func TestImportTwiceChangesNothing(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	last := 0
	count, refused, err := o.Import(ctx, "SNAI", rowsOf(2000, nil), func(n int) { last = n })
	if err != nil || count.Imported != 2000 || len(refused) != 0 || last != 2000 {
		t.Fatalf("%+v, %v, %v, acked %d", count, refused, err, last)
	}
	o = reopen(t, o, cfg)
	res, _ := o.List(ctx, ListQuery{Kind: record.Detainee, Text: "apellido7"})
	id := res.ID(0)
	save(t, o, Change{Record: id, Set: map[string]string{"given_names": "Juan Pablo"}})
	before := o.journal.End()
	count, _, err = o.Import(ctx, "SNAI", rowsOf(2000, nil), nil)
	if err != nil || count.Unchanged != 2000 || o.journal.End() != before {
		t.Fatalf("again: %+v, %v", count, err)
	}
	if got := get(t, o, id); got.Get("given_names") != "Juan Pablo" || len(got.Values["given_names"]) != 1 {
		t.Errorf("an edit was undone: %v", got.Values)
	}
	// What the list newly says stands beside the edit, it does not replace it.
	count, _, err = o.Import(ctx, "SNAI", rowsOf(2000, func(i int, r *ImportRow) {
		if r.Values["passport"] == get(t, o, id).Get("passport") {
			r.Values["given_names"] = "Juan José"
		}
	}), nil)
	if err != nil || count.Updated != 1 || count.Unchanged != 1999 {
		t.Fatalf("changed list: %+v, %v", count, err)
	}
	if got := get(t, o, id); len(got.Values["given_names"]) != 2 {
		t.Errorf("the list's news and the edit: %v", got.Values["given_names"])
	}
}

// One paper under several names in one list: nobody is made into another, and
// the same list again still changes nothing, also after a name was corrected.
func TestOnePaperTwoPeople(t *testing.T) {
	ctx := context.Background()
	o, _ := newOffice(t)
	people := []string{"Wilson Mero", "Segundo Quispe", "Wilson Mero", "Byron Caiza"}
	list := func() func() (*ImportRow, error) {
		return rowsOf(len(people), func(i int, r *ImportRow) {
			given, surname, _ := strings.Cut(people[i-1], " ")
			r.Values, r.Claims = map[string]string{"given_names": given, "paternal_surname": surname, "cedula": "1714307104", "birth": fmt.Sprint(1990 + i)}, nil
		})
	}
	count, _, err := o.Import(ctx, "SNAI", list(), nil)
	if err != nil || count.Imported != 3 || count.Unchanged != 1 || len(count.Doubles) != 2 {
		t.Fatalf("%+v, %v", count, err)
	}
	res, _ := o.List(ctx, ListQuery{Kind: record.Detainee, Text: "caiza"})
	save(t, o, Change{Record: res.ID(0), Set: map[string]string{"given_names": "Patricio", "paternal_surname": "Guamán"}})
	if count, _, err = o.Import(ctx, "SNAI", list(), nil); err != nil || count.Unchanged != 4 || o.Count(record.Detainee) != 3 {
		t.Fatalf("again: %+v, %v", count, err)
	}
	// Another list with the same paper and a name like it speaks of the same person.
	count, _, err = o.Import(ctx, "Hospital", rowsOf(1, func(_ int, r *ImportRow) {
		r.Values = map[string]string{"given_names": "Wilson", "paternal_surname": "Mero", "maternal_surname": "Vera", "cedula": "1714307104"}
	}), nil)
	if err != nil || count.Updated != 1 || o.Count(record.Detainee) != 3 {
		t.Fatalf("another list: %+v, %v", count, err)
	}
}

func TestRebuildFromJournalAlone(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	if _, _, err := o.Import(ctx, "SNAI", rowsOf(1500, nil), nil); err != nil {
		t.Fatal(err)
	}
	res, _ := o.List(ctx, ListQuery{Kind: record.Detainee})
	want := dump(get(t, o, res.ID(77)))
	for name, harm := range map[string]func(dir string){
		"folder gone":     func(dir string) { _ = os.RemoveAll(dir) },
		"crashed opening": func(dir string) { _ = os.WriteFile(dir+".opening", nil, 0o600) },
		"flipped byte":    func(dir string) { flip(t, dir, "*.sst") },
		"manifest":        func(dir string) { flip(t, dir, "MANIFEST") },
	} {
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
		harm(filepath.Join(cfg.Dir, recordsDir))
		var err error
		if o, err = Open(ctx, cfg, pass); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if o.Count(record.Detainee) != 1500 {
			t.Errorf("%s: %d people", name, o.Count(record.Detainee))
		}
		if got := dump(get(t, o, res.ID(77))); got != want {
			t.Errorf("%s: another record\n%s\n%s", name, got, want)
		}
		flipped := name == "flipped byte" || name == "manifest"
		if found, err := o.Verify(ctx, nil); err != nil || damaged(found) != flipped {
			t.Errorf("%s: verify %v, %v", name, found, err)
		}
	}
	if err := o.Rebuild(ctx, nil); err != nil || o.Count(record.Detainee) != 1500 {
		t.Errorf("rebuild while open: %v", err)
	}
	_ = o.Close()
}

func damaged(list []Finding) bool {
	for _, f := range list {
		if f.Damage {
			return true
		}
	}
	return false
}

// flip changes one byte in the middle of the first file that matches.
func flip(t *testing.T, dir, pattern string) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, pattern))
	if len(names) == 0 {
		t.Logf("no %s to flip", pattern)
		return
	}
	b, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 0x10
	if err := os.WriteFile(names[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestJournalTail(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	save(t, o, Change{Kind: record.Task, Set: map[string]string{"what": "llamar"}})
	segment := filepath.Join(cfg.Dir, journalDir, "00000001.journal")
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	whole, _ := os.ReadFile(segment)
	// A torn, unacknowledged frame: the beginning of one that was being written.
	if err := os.WriteFile(segment, append(append([]byte{}, whole...), whole[len(segmentLineForTest):len(segmentLineForTest)+100]...), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := Open(ctx, cfg, pass)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := o.Verify(ctx, nil); err != nil || len(found) != 1 || found[0].Key != "journal_torn_tail" || found[0].Damage {
		t.Errorf("torn tail: %v, %v", found, err)
	}
	save(t, o, Change{Kind: record.Task, Set: map[string]string{"what": "visitar"}})
	o = reopen(t, o, cfg)
	if o.Count(record.Task) != 2 {
		t.Errorf("%d tasks", o.Count(record.Task))
	}
	_ = o.Close()
	// An acknowledged frame cut short is damage, and says so until it is mended.
	whole, _ = os.ReadFile(segment)
	if err := os.WriteFile(segment, whole[:len(whole)-20], 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if o, err = Open(ctx, cfg, pass); err != nil {
			t.Fatal(err)
		}
		if found, err := o.Verify(ctx, nil); err != nil || !damaged(found) {
			t.Errorf("cut: %v, %v", found, err)
		}
		_ = o.Close()
	}
}

const segmentLineForTest = "paradero journal 1\n"

func TestRecover(t *testing.T) {
	ctx := context.Background()
	cfg := testConfig(filepath.Join(t.TempDir(), "oficina"))
	o, code, err := Create(ctx, cfg, Founding{Office: "Sede", Member: "Ana", Role: "lawyer", Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	if err := Recover(ctx, cfg, code, []byte("otra")); !fault.Is(err, fault.InUse) {
		t.Errorf("while it is open: %v", err)
	}
	_ = o.Close()
	if err := Recover(ctx, cfg, code[:len(code)-1]+"x", []byte("otra")); !fault.Is(err, fault.Passphrase) {
		t.Errorf("mistyped: %v", err)
	}
	if err := Recover(ctx, cfg, strings.ToLower(code), []byte("otra")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, cfg, pass); !fault.Is(err, fault.Passphrase) {
		t.Errorf("the forgotten passphrase opens: %v", err)
	}
	if o, err = Open(ctx, cfg, []byte("otra")); err != nil {
		t.Fatal(err)
	}
	_ = o.Close()
}

func TestSignInFaults(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	if _, err := Open(ctx, cfg, pass); !fault.Is(err, fault.InUse) {
		t.Errorf("opened twice: %v", err)
	}
	_ = o.Close()
	if _, err := Open(ctx, cfg, []byte("otra")); !fault.Is(err, fault.Passphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, _, err := Create(ctx, cfg, Founding{Office: "x", Member: "y", Role: "lawyer", Passphrase: pass}); !fault.Is(err, fault.Invalid) {
		t.Errorf("created over another: %v", err)
	}
	if err := ChangePassphrase(ctx, cfg, pass, []byte("nueva frase de paso")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, cfg, pass); !fault.Is(err, fault.Passphrase) {
		t.Errorf("the old passphrase opens: %v", err)
	}
	o, err := Open(ctx, cfg, []byte("nueva frase de paso"))
	if err != nil {
		t.Fatal(err)
	}
	_ = o.Close()
	missing := testConfig(t.TempDir())
	if _, err := Open(ctx, missing, pass); !fault.Is(err, fault.NotFound) {
		t.Errorf("no office: %v", err)
	}
	for _, name := range []string{"vault", "vault.spare"} {
		if err := os.WriteFile(filepath.Join(cfg.Dir, name), []byte(strings.Repeat("x", 400)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(ctx, cfg, pass); !fault.Is(err, fault.Damaged) {
		t.Errorf("damaged vault: %v", err)
	}
}

// dump gives everything that a reader sees of a record.
func dump(r *record.Record) string {
	seen := *r
	seen.Seen = nil
	return fmt.Sprint(seen)
}
