package fold

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"paradero/data/ledger"
	"paradero/data/record"
)

// drawn makes pieces of one record from a seed, with no regard for what an honest
// program would write: changes that replace what they cannot have seen, erasures
// of what comes later, holds, values that are missing, another kind.
func drawn(seed uint64, n int) []Piece {
	r := rand.New(rand.NewPCG(seed, 7))
	hold, _ := record.SchemaOf(record.Detainee).Field(HoldField)
	write := func() record.Write {
		return record.Write{Batch: [32]byte{byte(r.IntN(n + 1))}, Index: uint16(r.IntN(2))}
	}
	var out []Piece
	for i := range n {
		c := &ledger.Change{Record: record.ID{1}, Kind: record.Detainee, Op: ledger.OpEdit}
		switch r.IntN(12) {
		case 0:
			c.Op, c.Critical = ledger.OpErase, true
			for range 1 + r.IntN(4) {
				c.Erases = append(c.Erases, write())
			}
		case 1:
			c.Kind = record.Contact
		case 2:
			c.Op, c.Critical = ledger.Op(9), r.IntN(2) == 0
		case 3:
			c.Erased = true
			fallthrough
		default:
			nums := []uint16{ledger.FieldDeleted, 1, 2, hold.Num}
			f := ledger.Field{Num: nums[r.IntN(len(nums))], Text: []string{"", "a", "b", "true"}[r.IntN(4)]}
			for range r.IntN(3) {
				f.Pred = append(f.Pred, write())
			}
			c.Fields = append(c.Fields, f)
			if r.IntN(3) == 0 {
				c.Entries = []ledger.Entry{{Kind: record.Claim, Values: []ledger.Text{{Num: 1, Text: "reported_alive"}}}}
			}
		}
		o := Origin{Write: record.Write{Batch: [32]byte{byte(i + 1)}, Index: uint16(r.IntN(2))}, Lamport: 1 + uint64(r.IntN(n)), Wall: int64(r.IntN(99))}
		if r.IntN(3) == 0 {
			o.List = []string{"SNAI", "Hospital"}[r.IntN(2)]
		}
		out = append(out, Piece{Change: c, Origin: o})
	}
	return out
}

// arrive folds pieces as they come: simply while each comes behind all others,
// and anew when one belongs before them, which is what an office does.
func arrive(pieces []Piece) *State {
	s := &State{}
	for i := range pieces {
		if s.Follows(&pieces[i].Origin) {
			Apply(s, pieces[i].Change, pieces[i].Origin)
		} else {
			s = All(slices.Clone(pieces[:i+1]))
		}
	}
	return s
}

// FuzzOrder: whatever was said, by whomever, and in whatever order it arrives, the
// record is what its changes are in their one order, byte for byte.
func FuzzOrder(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed, uint8(2+seed%20))
	}
	f.Fuzz(func(t *testing.T, seed uint64, n uint8) {
		pieces := drawn(seed, 1+int(n)%32)
		want := All(slices.Clone(pieces)).Encode(nil)
		r := rand.New(rand.NewPCG(seed, 11))
		for range 3 {
			r.Shuffle(len(pieces), func(i, k int) { pieces[i], pieces[k] = pieces[k], pieces[i] })
			if got := arrive(pieces).Encode(nil); !bytes.Equal(got, want) {
				t.Fatalf("another order, another record:\n%x\n%x", got, want)
			}
		}
	})
}
