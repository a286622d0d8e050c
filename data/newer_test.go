package data

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/search"
)

// newer is a program of a later version on a colleague's device: its batches are
// made by hand, with kinds, fields, entries, operations and keys of maps that this
// program does not know.
type newer struct {
	t *testing.T
	o *Office
}

// What it knows that this program does not.
const (
	laterKind     record.Kind = 200
	laterEntry    record.Kind = 210
	laterField    uint16      = 900
	laterOp       ledger.Op   = 77
	laterCritical ledger.Op   = 78
	laterKey      uint64      = 40 // of every map
)

// change is one of its changes: a stem and a payload, each with one key more.
func (n *newer) change(i int, c *ledger.Change) (stem, payload []byte) {
	b := cbor.AppendMap(nil, 9)
	b = cbor.AppendBytes(cbor.AppendUint(b, 1), c.Record[:])
	b = cbor.AppendUint(cbor.AppendUint(b, 2), uint64(c.Kind))
	b = cbor.AppendUint(cbor.AppendUint(b, 3), uint64(c.Op))
	b = cbor.AppendArray(cbor.AppendUint(b, 4), len(c.Fields))
	for _, f := range c.Fields {
		b = cbor.AppendArray(cbor.AppendUint(cbor.AppendArray(b, 2), uint64(f.Num)), 0)
	}
	b = cbor.AppendArray(cbor.AppendUint(b, 5), len(c.Entries))
	for _, e := range c.Entries {
		b = cbor.AppendUint(b, uint64(e.Kind))
	}
	b = cbor.AppendUint(cbor.AppendUint(b, 6), 1)
	b = cbor.AppendBool(cbor.AppendUint(b, 7), c.Critical)
	b = cbor.AppendUint(cbor.AppendUint(b, 8), uint64(i))
	stem = cbor.AppendText(cbor.AppendUint(b, laterKey), "more of a stem")
	b = cbor.AppendMap(nil, 5)
	b = cbor.AppendArray(cbor.AppendUint(b, 1), len(c.Fields))
	for _, f := range c.Fields {
		b = cbor.AppendText(b, f.Text)
	}
	b = cbor.AppendArray(cbor.AppendUint(b, 2), len(c.Entries))
	for _, e := range c.Entries {
		b = cbor.AppendMap(b, len(e.Values))
		for _, v := range e.Values {
			b = cbor.AppendText(cbor.AppendUint(b, uint64(v.Num)), v.Text)
		}
	}
	b = cbor.AppendText(cbor.AppendUint(b, 3), c.Reason)
	b = cbor.AppendText(cbor.AppendUint(b, 4), c.List)
	return stem, cbor.AppendArray(cbor.AppendUint(b, laterKey), 0)
}

// says writes a batch and gives its frame; the device itself takes it in as well.
func (n *newer) says(changes ...ledger.Change) []byte {
	t, o := n.t, n.o
	t.Helper()
	e := o.feeds.Next(o.Info().OfficeID, o.Info().Device)
	b := &ledger.Batch{}
	seal := func(ad, plain []byte) []byte {
		sealed, err := o.keys.Seal(e.Epoch, ad, plain)
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	stems := cbor.AppendArray(nil, len(changes))
	for i := range changes {
		stem, payload := n.change(i, &changes[i])
		ad := cbor.AppendBytes(cbor.AppendArray(nil, 4), e.Office[:])
		device := o.Info().Device
		ad = cbor.AppendUint(cbor.AppendUint(cbor.AppendBytes(ad, device[:]), e.Seq), uint64(i))
		b.Payloads = append(b.Payloads, seal(ad, payload))
		e.Payloads = append(e.Payloads, sha256.Sum256(b.Payloads[i]))
		stems = append(stems, stem...)
	}
	author := o.Info().Member
	body := cbor.AppendUint(cbor.AppendUint(cbor.AppendMap(nil, 6), 1), uint64(o.Now().UnixMilli()))
	body = cbor.AppendUint(cbor.AppendUint(body, 2), 24*60)
	body = cbor.AppendBytes(cbor.AppendUint(body, 3), author[:])
	body = cbor.AppendArray(cbor.AppendUint(body, 4), 0)
	body = append(cbor.AppendUint(body, 5), stems...)
	body = cbor.AppendBytes(cbor.AppendUint(body, laterKey), []byte("more of a body"))
	more := cbor.AppendText(cbor.AppendUint(nil, laterKey), "more of an envelope")
	keys := n.envelope(&e)
	b.Bytes = append(append(append(cbor.AppendMap(nil, keys.n+2), keys.b...), cbor.AppendBytes(cbor.AppendUint(nil, 11), seal(
		append(append(cbor.AppendMap(nil, keys.n+1), keys.b...), more...), body))...), more...)
	read, err := ledger.ReadEnvelope(b.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	b.Envelope, b.Hash = *read, ledger.HashOf(b.Bytes)
	b.Sig = ed25519.Sign(o.sign, append([]byte("paradero batch signature 1"), b.Hash[:]...))
	frame := ledger.AppendFrame(nil, b)
	if got := receive(t, o, [][]byte{frame}); got.Taken != 1 {
		t.Fatalf("the newer program does not take its own batch: %+v", got)
	}
	return frame
}

type rawMap struct {
	b []byte
	n int
}

func (n *newer) envelope(e *ledger.Envelope) rawMap {
	hashes := func(b []byte, list []ledger.Hash) []byte {
		b = cbor.AppendArray(b, len(list))
		for i := range list {
			b = cbor.AppendBytes(b, list[i][:])
		}
		return b
	}
	device := n.o.Info().Device
	b := cbor.AppendUint(cbor.AppendUint(nil, 1), 1)
	b = cbor.AppendBytes(cbor.AppendUint(b, 2), e.Office[:])
	b = cbor.AppendBytes(cbor.AppendUint(b, 3), device[:])
	b = cbor.AppendUint(cbor.AppendUint(b, 4), e.Seq)
	b = cbor.AppendBytes(cbor.AppendUint(b, 5), e.Prev[:])
	b = hashes(cbor.AppendUint(b, 6), e.Deps)
	b = cbor.AppendUint(cbor.AppendUint(b, 7), e.Lamport)
	b = cbor.AppendUint(cbor.AppendUint(b, 8), uint64(e.Epoch))
	b = hashes(cbor.AppendUint(b, 9), e.Payloads)
	if e.Seq > 1 {
		return rawMap{b, 9}
	}
	return rawMap{cbor.AppendBytes(cbor.AppendUint(b, 10), deviceKey{n.o.sign}.Public()), 10}
}

// A newer program's colleague works in the same team: what the older one does not
// know it keeps, passes on byte for byte, and leaves standing when it writes
// itself; and it does everything else as before.
func TestNewerProgramInTheTeam(t *testing.T) {
	ctx := context.Background()
	a, cfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	c, _ := colleague(t, a, "Ana Paz", "lawyer")
	exchange(t, a, b)
	n := &newer{t, b}
	man, strange := record.ID{0xA1}, record.ID{0xB2}
	given, _ := record.SchemaOf(record.Detainee).Field("given_names")
	frames := [][]byte{
		n.says(ledger.Change{
			Record: man, Kind: record.Detainee, Op: ledger.OpEdit,
			Fields:  []ledger.Field{{Num: given.Num, Text: "Ángel"}, {Num: laterField, Text: "algo nuevo"}},
			Entries: []ledger.Entry{{Kind: laterEntry, Values: []ledger.Text{{Num: 3, Text: "renglón"}}}},
		}),
		n.says(ledger.Change{Record: strange, Kind: laterKind, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: 1, Text: "cosa"}}}),
		n.says(ledger.Change{Record: man, Kind: record.Detainee, Op: laterOp, Fields: []ledger.Field{{Num: laterField, Text: "no importa"}}}),
	}
	if got := receive(t, a, frames); got.Taken != len(frames) || len(got.Refused) > 0 {
		t.Fatalf("%+v", got)
	}
	hasFrames(t, a, frames)
	if r := get(t, a, man); r.Get("given_names") != "Ángel" {
		t.Errorf("%v", r.Values)
	}
	if r := get(t, a, strange); r.Kind != laterKind {
		t.Errorf("kind %v", r.Kind)
	}
	undone, err := a.Undo(ctx, record.Write{Batch: hashOf(t, frames[0])}, "error")
	if err == nil || get(t, a, man).Get("given_names") == "" { // he was made by it and was changed since
		t.Errorf("undone: %+v, %v", undone, err)
	}
	// The older one writes: what it does not know stands on.
	save(t, a, Change{Record: man, Set: map[string]string{"given_names": "Ángel María", "birth": "1990"}})
	keepsLater(t, a, man)
	if _, err := a.Edit(ctx, Change{Record: strange, Set: map[string]string{"name": "x"}}); !fault.Is(err, fault.Newer) {
		t.Errorf("a record of an unknown kind is written: %v", err)
	}
	everything(t, a, man, strange)
	// Old → new → old, and over a third that is old as well.
	exchange(t, a, c)
	hasFrames(t, c, frames)
	receive(t, b, framesOf(t, c))
	keepsLater(t, b, man)
	for _, o := range []*Office{b, c} {
		same(t, a, o)
	}
	if err := c.Rebuild(ctx, nil); err != nil {
		t.Fatal(err)
	}
	keepsLater(t, c, man)
	same(t, a, c)
	a = reopen(t, a, cfg)
	same(t, a, c)
	hasFrames(t, a, frames)
	if n := a.Count(laterKind); n != 1 {
		t.Errorf("%d of the unknown kind", n)
	}
	sound(t, a)
	sound(t, c)
}

// An operation that must not be passed over makes its record read-only where it
// is not known, and only that one; all else goes on.
func TestNewerCriticalOperation(t *testing.T) {
	ctx := context.Background()
	a, cfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	man := person(t, a, map[string]string{"given_names": "Ángel"})
	twin := person(t, a, map[string]string{"given_names": "Angel"})
	exchange(t, a, b)
	n := &newer{t, b}
	frame := n.says(ledger.Change{Record: man, Kind: record.Detainee, Op: laterCritical, Critical: true})
	receive(t, a, [][]byte{frame})
	for _, reopened := range []bool{false, true} {
		if reopened {
			a = reopen(t, a, cfg)
		}
		_, err := a.Edit(ctx, Change{Record: man, Set: map[string]string{"birth": "1990"}})
		if !fault.Is(err, fault.Newer) {
			t.Errorf("written: %v", err)
		}
		_, err = a.Merge(ctx, Merging{Keep: twin, Other: man, Reason: "la misma persona"})
		if !fault.Is(err, fault.Newer) {
			t.Errorf("merged: %v", err)
		}
		moments, err := a.Timeline(ctx, man)
		if err != nil || len(moments) != 2 {
			t.Fatalf("%+v, %v", moments, err)
		}
		if _, err := a.Undo(ctx, moments[0].Write, "error"); !fault.Is(err, fault.Newer) {
			t.Errorf("undone: %v", err)
		}
		if get(t, a, man).Get("given_names") != "Ángel" {
			t.Error("it is not read any more")
		}
	}
	save(t, a, Change{Record: twin, Set: map[string]string{"birth": "1990"}})
	exchange(t, a, b)
	same(t, a, b)
	sound(t, a)
}

// everything reads a record that holds what is not known, in all the ways there are.
func everything(t *testing.T, o *Office, ids ...record.ID) {
	t.Helper()
	ctx := context.Background()
	for _, id := range ids {
		moments, err := o.Timeline(ctx, id)
		if err != nil || len(moments) == 0 {
			t.Fatalf("timeline: %v", err)
		}
		if _, err := o.AsOf(ctx, id, o.Now().Add(time.Hour)); err != nil {
			t.Errorf("as of: %v", err)
		}
		if _, err := o.FindChange(ctx, moments[0].Write.String(), id); err != nil {
			t.Errorf("find change: %v", err)
		}
		if _, err := o.Links(ctx, id, 0); err != nil {
			t.Errorf("links: %v", err)
		}
		if _, err := o.UndoPlan(ctx, moments[0].Write); err != nil && !fault.Is(err, fault.Newer) && !fault.Is(err, fault.Refused) {
			t.Errorf("undo plan: %v", err)
		}
	}
	if _, err := o.Contradictions(ctx); err != nil {
		t.Errorf("contradictions: %v", err)
	}
	if _, err := o.Mine(ctx, 50); err != nil {
		t.Errorf("mine: %v", err)
	}
	rows, err := o.List(ctx, ListQuery{Kind: laterKind})
	if err != nil || rows.Len() != 0 {
		t.Errorf("it stands in a list: %v", err)
	}
	var _ *search.Result = rows
}

func keepsLater(t *testing.T, o *Office, id record.ID) {
	t.Helper()
	s, _, err := o.readState(id)
	if err != nil {
		t.Fatal(err)
	}
	vals := s.Vals(laterField)
	if len(vals) != 1 || vals[0].Text != "algo nuevo" {
		t.Errorf("the unknown field says %v", vals)
	}
	if i := entryOf(s, laterEntry); i < 0 || s.Entries[i].Values[0].Text != "renglón" {
		t.Errorf("the unknown entry is lost: %+v", s.Entries)
	}
}

func hashOf(t *testing.T, frame []byte) ledger.Hash {
	t.Helper()
	b, err := ledger.ReadFrame(frame)
	if err != nil {
		t.Fatal(err)
	}
	return b.Hash
}

func entryOf(s *fold.State, kind record.Kind) int {
	for i := range s.Entries {
		if s.Entries[i].Kind == kind {
			return i
		}
	}
	return -1
}

func hasFrames(t *testing.T, o *Office, want [][]byte) {
	t.Helper()
	here := framesOf(t, o)
	for i, w := range want {
		found := false
		for _, f := range here {
			found = found || bytes.Equal(f, w)
		}
		if !found {
			t.Errorf("frame %d is not passed on byte for byte", i)
		}
	}
}

func sound(t *testing.T, o *Office) {
	t.Helper()
	found, err := o.Verify(context.Background(), nil)
	if err != nil || damaged(found) {
		t.Errorf("verify: %v, %v", found, err)
	}
	if refused, err := o.Powerless(context.Background()); err != nil || len(refused) > 0 {
		t.Errorf("powerless: %v, %v", refused, err)
	}
}

// A whole batch of a newer format is not taken for damage, and says what it is.
func TestNewerBatchIsRefusedInWords(t *testing.T) {
	a, _ := founded(t)
	frame := framesOf(t, a)[0]
	b, err := ledger.ReadFrame(frame)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b.Bytes, []byte{1, ledger.Version})
	b.Bytes[i+1] = ledger.Version + 1
	got := receive(t, a, [][]byte{ledger.AppendFrame(nil, b)})
	if len(got.Refused) != 1 || !strings.Contains(got.Refused[0].Why, "newer") {
		t.Errorf("%+v", got)
	}
}
