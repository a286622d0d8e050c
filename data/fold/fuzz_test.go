package fold

import (
	"bytes"
	"testing"

	"paradero/data/ledger"
	"paradero/data/record"
)

// FuzzState: what decodes has one form, and can be looked at.
func FuzzState(f *testing.F) {
	s := &State{}
	Apply(s, &ledger.Change{Record: record.ID{1}, Kind: record.Task, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: 1, Text: "x"}}}, Origin{Lamport: 1})
	f.Add(s.Encode(nil))
	Apply(s, &ledger.Change{Record: record.ID{1}, Kind: record.Task, Op: ledger.OpEdit, Fields: []ledger.Field{{Num: 1, Text: "y"}}}, Origin{Lamport: 2})
	f.Add(s.Encode(nil))
	f.Add([]byte{})
	f.Add([]byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Decode(b)
		if err != nil {
			return
		}
		_ = View(s, func(record.ID) string { return "" })
		once := s.Encode(nil)
		again, err := Decode(once)
		if err != nil {
			t.Fatalf("what was encoded does not decode: %v", err)
		}
		if twice := again.Encode(nil); !bytes.Equal(once, twice) {
			t.Fatalf("two forms:\n%x\n%x", once, twice)
		}
	})
}

// FuzzPlaces: places decode or do not; what does can be written again.
func FuzzPlaces(f *testing.F) {
	f.Add(EncodePlaces(nil, []Place{{Pos: ledger.Pos{Segment: 1, Offset: 19}, Index: 3}}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		places, rest, err := DecodePlaces(b)
		if err != nil {
			return
		}
		again, _, err := DecodePlaces(append(EncodePlaces(nil, places), rest...))
		if err != nil || len(again) != len(places) {
			t.Fatalf("%d places became %d, %v", len(places), len(again), err)
		}
	})
}
