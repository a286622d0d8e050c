package data

import (
	"context"
	"testing"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/rule"
)

func deathOf(id record.ID) Change {
	return Change{Record: id, Add: []Addition{{Kind: record.Claim, Values: map[string]string{
		"status": "confirmed_dead", "source": "Medicina Legal", "method": "fingerprints", "proof": "Informe 12-2026",
	}}}}
}

func livesOf(t *testing.T, o *Office, id record.ID) string {
	t.Helper()
	return rule.Conclude(get(t, o, id)).Life
}

// waitingOf gives the one proposal that waits.
func waitingOf(t *testing.T, o *Office) Proposal {
	t.Helper()
	list, err := o.Proposals(context.Background(), false)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list[0]
}

// A death is confirmed by two members, on whatever device and in whatever order it
// is heard; while there is one member his word suffices.
func TestDeathTakesTwo(t *testing.T) {
	a, _ := founded(t)
	alone := person(t, a, map[string]string{"given_names": "Ana"})
	save(t, a, deathOf(alone))
	b, bcfg := colleague(t, a, "Luis Quispe", "lawyer")
	man := person(t, a, map[string]string{"given_names": "Ángel"})
	exchange(t, a, b)
	receipt := save(t, b, deathOf(man))
	if len(receipt.Warnings) != 1 || receipt.Warnings[0].Key != "waits_for_second" {
		t.Errorf("%+v", receipt.Warnings)
	}
	exchange(t, a, b)
	for _, o := range []*Office{a, b} {
		if livesOf(t, o, man) != "reported_dead" || livesOf(t, o, alone) != "confirmed_dead" {
			t.Error(livesOf(t, o, man), livesOf(t, o, alone))
		}
	}
	p := waitingOf(t, b)
	if !p.Mine || p.May || p.WhyNot != "own" || p.What != ProposalDeath || p.Write != receipt.Write || p.Name != "Ángel" {
		t.Errorf("%+v", p)
	}
	if _, err := b.Approve(context.Background(), p.Write, ""); !fault.Is(err, fault.Refused) {
		t.Error("he seconds himself:", err)
	}
	if p := waitingOf(t, a); !p.May || p.ByName != "Luis Quispe" {
		t.Errorf("%+v", p)
	}
	if _, err := a.Approve(context.Background(), p.Write, "visto el informe"); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, b)
	same(t, a, b)
	b = reopen(t, b, bcfg)
	if err := a.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	same(t, a, b)
	for _, o := range []*Office{a, b} {
		if livesOf(t, o, man) != "confirmed_dead" {
			t.Error(livesOf(t, o, man))
		}
		if list, err := o.Proposals(context.Background(), true); err != nil || len(list) != 1 || list[0].State != ProposalApproved || list[0].Decision.Reason != "visto el informe" {
			t.Errorf("%+v, %v", list, err)
		}
	}
	if _, err := a.Refuse(context.Background(), p.Write, "tarde"); !fault.Is(err, fault.Refused) {
		t.Error("decided twice:", err)
	}
}

// A second device of the same member, and a member without the right, second
// nothing, whatever program they have.
func TestNobodySecondsHimself(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "coordinator")
	c, _ := colleague(t, a, "Ana Paz", "lawyer")
	man := person(t, a, map[string]string{"given_names": "Ángel"})
	exchange(t, a, b)
	w := save(t, a, deathOf(man)).Write
	exchange(t, a, b)
	exchange(t, b, c)
	second := device(t, a) // Rosa's telephone
	exchange(t, a, second)
	for _, o := range []*Office{second, c} {
		p := writing(stateOf(t, o, man), "")
		p.entry(record.Approval, map[string]string{"of": w.String(), "verdict": record.Approve})
		if _, err := o.submit(context.Background(), []*prepared{p}, false); err != nil {
			t.Fatal(err)
		}
		exchange(t, a, o)
	}
	exchange(t, a, b)
	if livesOf(t, a, man) != "reported_dead" || livesOf(t, b, man) != "reported_dead" {
		t.Fatal("one word counted as two")
	}
	if _, err := c.Approve(context.Background(), w, ""); !fault.Is(err, fault.Refused) {
		t.Error(err)
	}
	if _, err := b.Refuse(context.Background(), w, "no es él"); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, b)
	if livesOf(t, a, man) != "unknown" {
		t.Error(livesOf(t, a, man))
	}
}

// An approval of something that was not proposed, of another change than the one
// that was seen, or in another record, decides nothing.
func TestApprovalNamesWhatItMeans(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "coordinator")
	man, other := person(t, a, map[string]string{"given_names": "Ángel"}), person(t, a, map[string]string{"given_names": "Iván"})
	exchange(t, a, b)
	one, two := save(t, a, deathOf(man)).Write, save(t, a, deathOf(other)).Write
	exchange(t, a, b)
	if _, err := b.Approve(context.Background(), record.Write{Batch: one.Batch, Index: 40}, ""); err == nil {
		t.Error("approved what is not there")
	}
	p := writing(stateOf(t, b, man), "")
	p.entry(record.Approval, map[string]string{"of": two.String(), "verdict": record.Approve})
	if _, err := b.submit(context.Background(), []*prepared{p}, false); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, b)
	if livesOf(t, a, man) != "reported_dead" || livesOf(t, a, other) != "reported_dead" {
		t.Error(livesOf(t, a, man), livesOf(t, a, other))
	}
	if w := save(t, a, Change{Record: man, Set: map[string]string{"birth": "1990"}}).Write; true {
		if _, err := a.Approve(context.Background(), w, ""); !fault.Is(err, fault.Refused) {
			t.Error(err)
		}
	}
	if _, err := a.Refuse(context.Background(), one, ""); err != nil {
		t.Error("one's own is not withdrawn:", err)
	}
	if list, err := a.Proposals(context.Background(), true); err != nil || len(list) != 2 || list[1].State != ProposalWithdrawn {
		t.Errorf("%+v, %v", list, err)
	}
}

// Another role waits for a second coordinator where there is one, and counts from
// his word on.
func TestRoleTakesTwo(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "coordinator")
	c, _ := colleague(t, a, "Ana Paz", "lawyer")
	exchange(t, a, b)
	exchange(t, a, c)
	ana := c.Info().Member
	_, p, err := a.SetRole(context.Background(), ana, "coordinator", "asume la coordinación")
	if err != nil || p == nil || p.What != ProposalRole || p.Says != "coordinator" {
		t.Fatalf("%+v, %v", p, err)
	}
	exchange(t, a, c)
	if role := c.Info().Role; role != "lawyer" {
		t.Error(role)
	}
	exchange(t, a, b)
	if _, err := b.Approve(context.Background(), p.Write, ""); err != nil {
		t.Fatal(err)
	}
	exchange(t, b, c)
	exchange(t, a, b)
	same(t, a, b)
	same(t, a, c)
	if role := c.Info().Role; role != "coordinator" {
		t.Error(role)
	}
	if get(t, a, ana).Get("role") != "coordinator" {
		t.Error(get(t, a, ana).Get("role"))
	}
	team, err := a.Team(context.Background())
	if err != nil || len(team) != 3 || team[0].Role != "coordinator" || len(team[0].Devices) != 1 {
		t.Errorf("%+v, %v", team, err)
	}
}

// device lets a second device of the same member in.
func device(t *testing.T, o *Office) *Office {
	t.Helper()
	return enrolled(t, o, o.Info().Member)
}

func stateOf(t *testing.T, o *Office, id record.ID) *fold.State {
	t.Helper()
	s, _, err := o.readState(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A letter written into the register without a second member's word is not issued,
// whatever the program that wrote it calls it.
func TestLetterTakesTwo(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	man := person(t, b, map[string]string{"given_names": "Ángel"})
	p := &prepared{change: ledger.Change{Record: record.ID{7}, Kind: record.Document, Op: ledger.OpEdit}, size: 900}
	for name, text := range map[string]string{"kind": "condolence", "number": "CC-1", "about": man.String(), "state": "issued", "sha256": "ab"} {
		f, _ := record.SchemaOf(record.Document).Field(name)
		p.change.Fields = append(p.change.Fields, ledger.Field{Num: f.Num, Text: text})
	}
	if _, err := b.submit(context.Background(), []*prepared{p}, false); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, b)
	for _, o := range []*Office{a, b} {
		if r := get(t, o, record.ID{7}); rule.Issued(r) || r.Second != record.Waiting {
			t.Errorf("%q", r.Second)
		}
	}
	w := waitingOf(t, a)
	if w.What != ProposalLetter || w.Name != "Ángel" {
		t.Errorf("%+v", w)
	}
	if _, err := a.Approve(context.Background(), w.Write, ""); err != nil {
		t.Fatal(err)
	}
	if !rule.Issued(get(t, a, record.ID{7})) {
		t.Error("agreed and not issued")
	}
	f, _ := record.SchemaOf(record.Document).Field("sha256") // another page in its place
	p = writing(stateOf(t, a, record.ID{7}), "")
	p.add(f.Num, stateOf(t, a, record.ID{7}).Replaces(f.Num), "cd")
	if _, err := a.submit(context.Background(), []*prepared{p}, false); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, b)
	if rule.Issued(get(t, b, record.ID{7})) {
		t.Error("another page stands under the word that was given")
	}
	same(t, a, b)
}
