package team

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paradero/data/ledger"
	"paradero/data/record"
)

// feeds are the batches that have come, one act in each.
type feeds struct {
	prev map[ledger.Hash]ledger.Hash
	seqs map[record.ID]map[uint64]int
}

func newFeeds() *feeds {
	return &feeds{prev: map[ledger.Hash]ledger.Hash{}, seqs: map[record.ID]map[uint64]int{}}
}

func (f *feeds) add(e *event) {
	if f.seqs[e.act.Device] == nil {
		f.seqs[e.act.Device] = map[uint64]int{}
	}
	if _, here := f.prev[e.act.At.Write.Batch]; here {
		return
	}
	f.prev[e.act.At.Write.Batch] = e.prev
	f.seqs[e.act.Device][e.act.Seq]++
}

// Forked implements Links.
func (f *feeds) Forked(device record.ID) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(f.seqs[device])), func(n int) bool { return n > 1 })
}

// Prev implements Links.
func (f *feeds) Prev(h ledger.Hash) (ledger.Hash, bool) { p, ok := f.prev[h]; return p, ok }

// event is an act that makes law or not, with what its batch follows.
type event struct {
	act  Act
	prev ledger.Hash
}

// story invents what a quarrelsome team says, with lies about numbers and times.
type story struct {
	t       *rapid.T
	office  record.ID
	members []record.ID
	devices []record.ID // by key
	rows    []record.ID // their records
	owner   []int
	events  []*event
	tips    map[record.ID][]*event
}

func (s *story) say(device int, change *ledger.Change) *event {
	d := s.devices[device]
	var prev *event
	if n := len(s.tips[d]); n > 0 {
		prev = s.tips[d][n-1]
		if n > 1 && rapid.IntRange(0, 9).Draw(s.t, "fork") == 0 {
			prev = s.tips[d][rapid.IntRange(0, n-1).Draw(s.t, "from")]
		}
	}
	e := &event{act: Act{Device: d, Seq: 1, Author: s.members[s.owner[device]], Change: change}}
	lamport := uint64(0)
	if prev != nil {
		e.prev, e.act.Seq, lamport = prev.act.At.Write.Batch, prev.act.Seq+1, prev.act.At.Lamport
	}
	if n := len(s.events); n > 0 { // it has heard up to some act, or pretends not to have
		lamport = max(lamport, s.events[rapid.IntRange(0, n-1).Draw(s.t, "heard")].act.At.Lamport)
	}
	n := len(s.events) + 1
	e.act.At = Place{Lamport: lamport + 1, Write: record.Write{Batch: ledger.Hash{byte(rapid.IntRange(0, 255).Draw(s.t, "hash")), byte(n), byte(n >> 8), 1}}}
	s.tips[d] = append(s.tips[d], e)
	s.events = append(s.events, e)
	return e
}

func (s *story) key(i int) []byte { return append(make([]byte, 31), byte(i+1)) }

func (s *story) begin() {
	s.office, s.tips = record.ID{1}, map[record.ID][]*event{}
	for i := range 4 {
		s.members = append(s.members, record.ID{2, byte(i + 1)})
	}
	for i := range 6 {
		s.devices = append(s.devices, ledger.DeviceOf(s.key(i)))
		s.rows = append(s.rows, record.ID{3, byte(i + 1)})
		s.owner = append(s.owner, i%4)
	}
	first := s.say(0, said(s.office, record.OfficeKind, "rights", FirstRights()))
	for i, c := range []*ledger.Change{
		said(s.members[0], record.Member, "role", "coordinator"),
		said(s.rows[0], record.Device, "member", s.members[0].String(), "sign_key", keyText.EncodeToString(s.key(0))),
	} {
		e := *first
		e.act.Change = c
		e.act.At.Write.Index = uint16(i + 1)
		s.events = append(s.events, &e)
	}
	for i := 1; i < 4; i++ {
		role := []string{"coordinator", "lawyer"}[rapid.IntRange(0, 1).Draw(s.t, "first role")]
		s.say(0, said(s.members[i], record.Member, "role", role))
		s.let(0, i)
	}
}

func (s *story) let(by, device int) {
	s.say(by, said(s.rows[device], record.Device, "member", s.members[s.owner[device]].String(), "sign_key", keyText.EncodeToString(s.key(device))))
}

func (s *story) step() {
	by := rapid.IntRange(0, 5).Draw(s.t, "by")
	d, m := rapid.IntRange(0, 5).Draw(s.t, "device"), rapid.IntRange(0, 3).Draw(s.t, "member")
	switch rapid.IntRange(0, 8).Draw(s.t, "what") {
	case 0, 1:
		s.say(by, said(record.ID{9, byte(d)}, record.Task, "what", "x"))
	case 2:
		role := []string{"coordinator", "lawyer"}[rapid.IntRange(0, 1).Draw(s.t, "role")]
		s.say(by, said(s.members[m], record.Member, "role", role))
	case 3:
		s.let(by, d)
	case 4, 5:
		seq, hash := uint64(0), ledger.Hash{}
		if n := len(s.tips[s.devices[d]]); n > 0 {
			e := s.tips[s.devices[d]][rapid.IntRange(0, n-1).Draw(s.t, "until")]
			seq, hash = e.act.Seq, e.act.At.Write.Batch
		}
		s.say(by, said(s.rows[d], record.Device, "ended_at", CutText(seq, hash)))
	case 6:
		s.say(by, said(s.members[m], record.Member, "removed_on", "2026-11-25"))
	default:
		e := s.events[rapid.IntRange(0, len(s.events)-1).Draw(s.t, "of")]
		verdict := []string{record.Approve, record.Approve, record.Refuse, record.Withdraw}[rapid.IntRange(0, 3).Draw(s.t, "verdict")]
		s.say(by, &ledger.Change{Record: e.act.Change.Record, Kind: e.act.Change.Kind, Op: ledger.OpEdit, Entries: []ledger.Entry{{
			Kind: record.Approval, Values: []ledger.Text{{Num: record.ApprovalOf, Text: e.act.At.Write.String()}, {Num: record.ApprovalVerdict, Text: verdict}},
		}}})
	}
}

// order gives the events in some order in which each comes behind what its feed
// had before it.
func (s *story) order() []*event {
	rest, here := slices.Clone(s.events), map[ledger.Hash]bool{{}: true}
	var out []*event
	for len(rest) > 0 {
		var ready []int
		for i, e := range rest {
			if here[e.prev] {
				ready = append(ready, i)
			}
		}
		i := ready[rapid.IntRange(0, len(ready)-1).Draw(s.t, "next")]
		batch := rest[i].act.At.Write.Batch
		here[batch] = true
		of := func(e *event) bool { return e.act.At.Write.Batch == batch }
		for _, e := range rest {
			if of(e) {
				out = append(out, e)
			}
		}
		rest = slices.DeleteFunc(rest, of)
	}
	return out
}

type found struct{ ok, second bool }

// heardOneByOne judges each event as it comes, and all of them again only when the
// law says that it must.
func heardOneByOne(l *Law, f *feeds, events []*event) map[record.Write]found {
	l.Follow(f)
	out, here := map[record.Write]found{}, []*event{}
	for _, e := range events {
		f.add(e)
		here = append(here, e)
		again := Concerns(e.act.Change.Kind) && l.Learn(e.act)
		weigh := func(e *event) {
			ok, _, second, stale := l.Weigh(&e.act)
			out[e.act.At.Write] = found{ok, second && ok}
			again = again || stale
		}
		weigh(e)
		if again { // as the working copy is made anew
			fresh := NewLaw(l.office, l.founder)
			fresh.Follow(f)
			for _, h := range here {
				if Concerns(h.act.Change.Kind) {
					fresh.Learn(h.act)
				}
			}
			*l = Law{}
			l.office, l.founder, l.links, l.acts, l.dirty, l.standing = fresh.office, fresh.founder, fresh.links, fresh.acts, fresh.dirty, fresh.standing
			l.parsed, l.refused, l.heard, l.forked = fresh.parsed, fresh.refused, fresh.heard, fresh.forked
			for _, h := range here {
				weigh(h)
			}
		}
	}
	return out
}

// Whatever a quarrelsome team says, with whatever lies, and in whatever order it is
// heard: all judge each word alike.
func TestAnyOrderOneJudgement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &story{t: t}
		s.begin()
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			s.step()
		}
		one := heardOneByOne(NewLaw(s.office, s.devices[0]), newFeeds(), s.order())
		two := heardOneByOne(NewLaw(s.office, s.devices[0]), newFeeds(), s.order())
		all := NewLaw(s.office, s.devices[0])
		f := newFeeds()
		all.Follow(f)
		for _, e := range s.events {
			f.add(e)
			if Concerns(e.act.Change.Kind) {
				all.Learn(e.act)
			}
		}
		for i, e := range s.events {
			ok, _, second, _ := all.Weigh(&e.act)
			w, want := e.act.At.Write, found{ok, second && ok}
			for _, got := range []found{one[w], two[w]} {
				if got != want {
					t.Fatalf("act %d: %+v, and for who hears all at once %+v\n%s", i, got, want, s)
				}
			}
		}
	})
}

func (s *story) String() string {
	out := ""
	for i, e := range s.events {
		out += fmt.Sprintf("%d: at %d device %x seq %d prev %x batch %x member %x: %s\n", i, e.act.At.Lamport, e.act.Device[:2], e.act.Seq, e.prev[:3], e.act.At.Write.Batch[:3], e.act.Author[:2], short(e.act.Change))
	}
	return out
}

func short(c *ledger.Change) string {
	out := fmt.Sprintf("%s %x", c.Kind, c.Record[:2])
	for _, f := range c.Fields {
		out += fmt.Sprintf(" %d=%.20q", f.Num, f.Text)
	}
	for i := range c.Entries {
		w, _ := record.ParseWrite(c.Entries[i].Text(record.ApprovalOf))
		out += fmt.Sprintf(" %s of %x.%d", c.Entries[i].Text(record.ApprovalVerdict), w.Batch[:3], w.Index)
	}
	return out
}
