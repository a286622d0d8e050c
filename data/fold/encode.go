package fold

import (
	"encoding/binary"
	"fmt"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
)

const (
	maxOrigins = 1 << 16
	maxVals    = 1 << 12
	maxItems   = 1 << 16
)

// Encode appends the state's one encoding: equal states, equal bytes.
func (s *State) Encode(b []byte) []byte {
	b = cbor.AppendArray(b, 13)
	b = cbor.AppendBytes(b, s.ID[:])
	b = cbor.AppendUint(b, uint64(s.Kind))
	b = cbor.AppendArray(b, len(s.Origins))
	for i := range s.Origins {
		b = s.Origins[i].append(b)
	}
	b = cbor.AppendUint(b, uint64(s.First))
	b = cbor.AppendUint(b, uint64(s.Last))
	b = cbor.AppendArray(b, len(s.Cells))
	for i := range s.Cells {
		c := &s.Cells[i]
		b = cbor.AppendUint(cbor.AppendArray(b, 1+2*len(c.Vals)), uint64(c.Num))
		for _, v := range c.Vals {
			b = cbor.AppendText(cbor.AppendUint(b, uint64(v.Origin)), v.Text)
		}
	}
	b = cbor.AppendArray(b, len(s.Entries))
	for i := range s.Entries {
		b = s.Entries[i].append(b)
	}
	b = cbor.AppendArray(b, len(s.Said))
	for i := range s.Said {
		d := &s.Said[i]
		b = cbor.AppendText(cbor.AppendArray(b, 4), d.List)
		b = cbor.AppendUint(b, uint64(d.Num))
		b = cbor.AppendUint(b, d.Lamport)
		b = cbor.AppendUint(b, d.Hash)
	}
	b = cbor.AppendBool(b, s.Later)
	b = appendWrites(b, s.Erased)
	b = cbor.AppendArray(b, len(s.Asks))
	for i := range s.Asks {
		b = s.Asks[i].append(b)
	}
	b = cbor.AppendBytes(b, s.Circle[:])
	b = cbor.AppendArray(b, 2*len(s.Circled))
	for i := range s.Circled {
		b = cbor.AppendBytes(cbor.AppendUint(b, uint64(s.Circled[i].Origin)), s.Circled[i].Key[:])
	}
	return b
}

func appendWrites(b []byte, list []record.Write) []byte {
	b = cbor.AppendArray(b, 2*len(list))
	for _, w := range list {
		b = cbor.AppendUint(cbor.AppendBytes(b, w.Batch[:]), uint64(w.Index))
	}
	return b
}

func readWrites(r *cbor.Reader) []record.Write {
	n := r.Array(maxItems) / 2
	if n == 0 {
		return nil
	}
	list := make([]record.Write, n)
	for i := range list {
		r.Fixed(list[i].Batch[:])
		list[i].Index = uint16(r.Below(1 << 16))
	}
	return list
}

func (a *Ask) append(b []byte) []byte {
	b = cbor.AppendUint(cbor.AppendArray(b, 5), uint64(a.Origin))
	b = cbor.AppendBool(cbor.AppendBool(b, a.Erase), a.Done)
	b = appendWrites(b, a.Erases)
	b = cbor.AppendArray(b, len(a.Fields))
	for _, f := range a.Fields {
		b = cbor.AppendUint(cbor.AppendArray(b, 3), uint64(f.Num))
		b = cbor.AppendText(appendWrites(b, f.Pred), f.Text)
	}
	return b
}

func (a *Ask) read(r *cbor.Reader, origins uint64) {
	tuple(r, 5)
	a.Origin = int(r.Below(origins))
	a.Erase, a.Done = r.Bool(), r.Bool()
	a.Erases = readWrites(r)
	for range r.Array(maxItems) {
		tuple(r, 3)
		f := ledger.Field{Num: uint16(r.Below(1 << 16))}
		f.Pred, f.Text = readWrites(r), r.Text()
		if r.Err() != nil {
			return
		}
		a.Fields = append(a.Fields, f)
	}
}

func (o *Origin) append(b []byte) []byte {
	b = cbor.AppendBytes(cbor.AppendArray(b, 9), o.Write.Batch[:])
	b = cbor.AppendUint(b, uint64(o.Write.Index))
	b = cbor.AppendUint(b, o.Lamport)
	b = cbor.AppendUint(b, uint64(max(o.Wall, 0)))
	b = cbor.AppendUint(b, uint64(o.Zone+24*60))
	b = cbor.AppendBytes(b, o.Author[:])
	b = cbor.AppendBytes(b, o.Device[:])
	return cbor.AppendBool(cbor.AppendText(b, o.List), o.Second)
}

func (e *Entry) append(b []byte) []byte {
	b = cbor.AppendUint(cbor.AppendArray(b, 4), uint64(e.Kind))
	b = cbor.AppendUint(b, uint64(e.Origin))
	b = cbor.AppendUint(b, uint64(e.Index))
	b = cbor.AppendArray(b, 2*len(e.Values))
	for _, v := range e.Values {
		b = cbor.AppendText(cbor.AppendUint(b, uint64(v.Num)), v.Text)
	}
	return b
}

// Decode reads what Encode wrote.
func Decode(b []byte) (*State, error) {
	s := &State{}
	r := cbor.NewReader(b)
	tuple(r, 13)
	r.Fixed(s.ID[:])
	s.Kind = record.Kind(r.Below(256))
	s.Origins = make([]Origin, r.Array(maxOrigins))
	for i := range s.Origins {
		s.Origins[i].read(r)
	}
	n := uint64(len(s.Origins))
	s.First, s.Last = int(r.Below(max(n, 1))), int(r.Below(max(n, 1)))
	s.Cells = make([]Cell, r.Array(maxItems))
	for i := range s.Cells {
		items := r.Array(maxVals)
		s.Cells[i].Num = uint16(r.Below(1 << 16))
		s.Cells[i].Vals = make([]Val, max(items/2, 0))
		for k := range s.Cells[i].Vals {
			s.Cells[i].Vals[k] = Val{Origin: int(r.Below(n)), Text: r.Text()}
		}
	}
	s.Entries = make([]Entry, r.Array(maxItems))
	for i := range s.Entries {
		s.Entries[i].read(r, n)
	}
	if r.Err() == nil {
		for i := range s.Entries {
			e := &s.Entries[i]
			e.ID = EntryID(s.Origins[e.Origin].Write, int(e.Index))
		}
	}
	s.Said = make([]Said, r.Array(maxItems))
	for i := range s.Said {
		tuple(r, 4)
		s.Said[i] = Said{List: r.Text(), Num: uint16(r.Below(1 << 16)), Lamport: r.Uint(), Hash: r.Uint()}
	}
	s.Later = r.Bool()
	s.Erased = readWrites(r)
	for range r.Array(maxItems) {
		var a Ask
		a.read(r, n)
		if r.Err() != nil {
			break
		}
		s.Asks = append(s.Asks, a)
	}
	r.Fixed(s.Circle[:])
	s.Circled = make([]Circled, r.Array(maxItems)/2)
	for i := range s.Circled {
		s.Circled[i].Origin = int(r.Below(n))
		r.Fixed(s.Circled[i].Key[:])
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("decode record: %w", err)
	}
	return s, nil
}

// tuple reads the head of an array that has exactly n items.
func tuple(r *cbor.Reader, n int) {
	if got := r.Array(n); got != n {
		r.Fail("%d items where %d were expected", got, n)
	}
}

func (o *Origin) read(r *cbor.Reader) {
	tuple(r, 9)
	r.Fixed(o.Write.Batch[:])
	o.Write.Index = uint16(r.Below(1 << 16))
	o.Lamport = r.Uint()
	o.Wall = int64(r.Below(1 << 48))
	o.Zone = int32(r.Below(48*60)) - 24*60
	r.Fixed(o.Author[:])
	r.Fixed(o.Device[:])
	o.List, o.Second = r.Text(), r.Bool()
}

func (e *Entry) read(r *cbor.Reader, origins uint64) {
	tuple(r, 4)
	e.Kind = record.Kind(r.Below(256))
	e.Origin = int(r.Below(origins))
	e.Index = uint16(r.Below(1 << 16))
	e.Values = make([]ledger.Text, r.Array(maxVals)/2)
	for i := range e.Values {
		e.Values[i] = ledger.Text{Num: uint16(r.Below(1 << 16)), Text: r.Text()}
	}
}

// Place is where one change of a record stands in this machine's journal. It
// is not part of the state, which is the same on every device.
type Place struct {
	Pos   ledger.Pos
	Index uint16
}

// EncodePlaces appends places, each as differences small enough for a byte or
// three.
func EncodePlaces(b []byte, places []Place) []byte {
	b = binary.AppendUvarint(b, uint64(len(places)))
	for _, p := range places {
		b = binary.AppendUvarint(b, uint64(p.Pos.Segment))
		b = binary.AppendUvarint(b, uint64(p.Pos.Offset))
		b = binary.AppendUvarint(b, uint64(p.Index))
	}
	return b
}

// DecodePlaces reads what EncodePlaces wrote and gives what follows it.
func DecodePlaces(b []byte) ([]Place, []byte, error) {
	var bad bool
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			bad = true
			return 0
		}
		b = b[n:]
		return v
	}
	n := next()
	if bad || n > uint64(len(b)) {
		return nil, nil, fmt.Errorf("decode places: %w", cbor.ErrMalformed)
	}
	places := make([]Place, n)
	for i := range places {
		places[i] = Place{ledger.Pos{Segment: uint32(next()), Offset: int64(next())}, uint16(next())}
	}
	if bad {
		return nil, nil, fmt.Errorf("decode places: %w", cbor.ErrMalformed)
	}
	return places, b, nil
}
