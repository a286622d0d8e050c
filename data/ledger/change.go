// Package ledger is the truth: what was said, by whom, on which device, in an
// order that can be checked. A change says something of one record; a batch
// carries changes, hash-linked and signed; the journal file keeps batches.
//
// What must not live here: what a record is folded to (data/fold), where the
// working copy is (data/store), keys themselves (data/vault; sealing comes
// through an interface), and who may do what (data/team).
package ledger

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"paradero/data/ledger/cbor"
	"paradero/data/record"
)

// Limits against hostile input (DESIGN §3).
const (
	MaxChange  = 64 << 10  // bytes of a change's payload
	MaxBatch   = 256 << 10 // bytes of a batch with its payloads
	MaxChanges = 512       // changes in a batch
	MaxPred    = 64        // writes that a write may replace; hashes that a batch may depend on
	maxFields  = 256
	MaxEntries = 64   // entries that one change adds
	MaxErases  = 2048 // writes that one erasure names
)

// Op is what a change does to its record.
type Op uint8

// What a change may do. OpEdit sets fields and adds entries; the first one makes
// the record. OpErase takes away for ever what the changes said that it names
// (DESIGN §3). OpRestrict says whom what is written of the record from then on is
// restricted to. Other numbers are a newer version's.
const (
	OpEdit     Op = 1
	OpErase    Op = 2
	OpRestrict Op = 3
)

// FieldDeleted is a field that every kind has: "true" takes the record away,
// "false" brings it back. Being a field, it meets a concurrent edit as any
// other write does, and neither is lost.
const FieldDeleted uint16 = 0

// Change is what was said of one record in one saved form or imported row.
type Change struct {
	Record   record.ID
	Kind     record.Kind
	Op       Op
	Fields   []Field
	Entries  []Entry
	Erases   []record.Write // of OpErase: the changes of this record whose values go
	Rights   uint64         // version of the rights table it cites
	Critical bool           // a program that does not know Op must make the record read-only
	Reason   string
	List     string // the imported list that says so, "" when the author does
	Erased   bool   // the payload is gone: Fields have no text, Entries no values

	Circle record.ID // the circle's key that seals the payload; zero: the office's of the batch's epoch
	Target record.ID // of OpRestrict: the circle; zero: the whole team
	Closed bool      // the payload is here and cannot be read: as Erased, but not for ever
}

// Field is one write.
type Field struct {
	Num  uint16
	Pred []record.Write // the writes it replaces: those on the screen when the form was opened
	Text string
}

// Entry is one added row.
type Entry struct {
	Kind   record.Kind
	Values []Text
}

// Text gives the value of a field, "" when it has none.
func (e *Entry) Text(num uint16) string {
	for i := range e.Values {
		if e.Values[i].Num == num {
			return e.Values[i].Text
		}
	}
	return ""
}

// Text is one field of an entry; an entry's are sorted by number.
type Text struct {
	Num  uint16
	Text string
}

// hashTable collects the batch hashes that a body refers to, each once.
type hashTable struct {
	list []Hash
	at   map[Hash]int
}

func (t *hashTable) index(h Hash) int {
	if i, ok := t.at[h]; ok {
		return i
	}
	if t.at == nil {
		t.at = map[Hash]int{}
	}
	t.at[h] = len(t.list)
	t.list = append(t.list, h)
	return len(t.list) - 1
}

// check refuses what could be written and never be read again.
func (c *Change) check() error {
	if len(c.Fields) > maxFields || len(c.Entries) > MaxEntries || len(c.Erases) > MaxErases {
		return fmt.Errorf("write change of %d fields, %d entries: %w", len(c.Fields), len(c.Entries), ErrTooLarge)
	}
	ok := utf8.ValidString(c.Reason) && utf8.ValidString(c.List)
	for i := range c.Fields {
		if len(c.Fields[i].Pred) > MaxPred {
			return fmt.Errorf("write field that replaces %d: %w", len(c.Fields[i].Pred), ErrTooLarge)
		}
		ok = ok && utf8.ValidString(c.Fields[i].Text)
	}
	for i := range c.Entries {
		for _, v := range c.Entries[i].Values {
			ok = ok && utf8.ValidString(v.Text)
		}
	}
	if !ok {
		return fmt.Errorf("write change: %w: text is not UTF-8", ErrMalformed)
	}
	return nil
}

// Blank takes the values out of a change: what is left is what it speaks of.
func (c *Change) Blank() {
	c.Erased = true
	c.silence()
}

// Veil is Blank for a change whose values are there and not for who reads it here.
func (c *Change) Veil() {
	c.Closed = true
	c.silence()
}

// Veiled gives the change as who is not in its circle sees it; one that no circle
// seals is given as it is.
func (c *Change) Veiled() *Change {
	if c.Circle.IsZero() || c.Closed {
		return c
	}
	v := *c
	v.Fields, v.Entries = slices.Clone(c.Fields), slices.Clone(c.Entries)
	v.Veil()
	return &v
}

func (c *Change) silence() {
	c.Reason, c.List = "", ""
	for i := range c.Fields {
		c.Fields[i].Text = ""
	}
	for i := range c.Entries {
		c.Entries[i].Values = nil
	}
}

// Fits tells whether a change is small enough to be written, alone or with others.
func (c *Change) Fits() bool { return c.check() == nil && len(c.appendPayload(nil)) <= MaxChange }

// appendStem appends what is sealed in the batch itself: which record, which
// fields, what they replace; everything but the values.
func (c *Change) appendStem(b []byte, payload int, hashes *hashTable) []byte {
	n := 8 + min(len(c.Erases), 1)
	if !c.Circle.IsZero() {
		n++
	}
	if c.Op == OpRestrict {
		n++
	}
	b = cbor.AppendMap(b, n)
	b = cbor.AppendBytes(cbor.AppendUint(b, 1), c.Record[:])
	b = cbor.AppendUint(cbor.AppendUint(b, 2), uint64(c.Kind))
	b = cbor.AppendUint(cbor.AppendUint(b, 3), uint64(c.Op))
	b = cbor.AppendArray(cbor.AppendUint(b, 4), len(c.Fields))
	for _, f := range c.Fields {
		b = appendWrites(cbor.AppendUint(cbor.AppendArray(b, 2), uint64(f.Num)), f.Pred, hashes)
	}
	b = cbor.AppendArray(cbor.AppendUint(b, 5), len(c.Entries))
	for _, e := range c.Entries {
		b = cbor.AppendUint(b, uint64(e.Kind))
	}
	b = cbor.AppendUint(cbor.AppendUint(b, 6), c.Rights)
	b = cbor.AppendBool(cbor.AppendUint(b, 7), c.Critical)
	b = cbor.AppendUint(cbor.AppendUint(b, 8), uint64(payload))
	if len(c.Erases) > 0 {
		b = appendWrites(cbor.AppendUint(b, 9), c.Erases, hashes)
	}
	if !c.Circle.IsZero() {
		b = cbor.AppendBytes(cbor.AppendUint(b, 10), c.Circle[:])
	}
	if c.Op == OpRestrict {
		b = cbor.AppendBytes(cbor.AppendUint(b, 11), c.Target[:])
	}
	return b
}

func appendWrites(b []byte, list []record.Write, hashes *hashTable) []byte {
	b = cbor.AppendArray(b, len(list))
	for _, w := range list {
		b = cbor.AppendUint(cbor.AppendArray(b, 2), uint64(hashes.index(w.Batch)))
		b = cbor.AppendUint(b, uint64(w.Index))
	}
	return b
}

func readWrites(r *cbor.Reader, hashes []Hash, limit int) []record.Write {
	n := r.Array(limit)
	if n == 0 {
		return nil
	}
	list := make([]record.Write, 0, n)
	for range n {
		if r.Array(2) != 2 {
			r.Fail("write is not a pair")
			return nil
		}
		h, i := r.Below(uint64(len(hashes))), r.Below(MaxChanges)
		if r.Err() != nil {
			return nil
		}
		list = append(list, record.Write{Batch: hashes[h], Index: uint16(i)})
	}
	return list
}

// appendPayload appends the values, in the order of the stem's fields.
func (c *Change) appendPayload(b []byte) []byte {
	b = cbor.AppendMap(b, 4)
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
	return cbor.AppendText(cbor.AppendUint(b, 4), c.List)
}

// readStem reads the change at a place in its batch without its values, or as much
// of it as is wanted. Unknown keys of a newer version are passed over; they stay
// in the batch's bytes, which are never re-encoded.
func readStem(r *cbor.Reader, hashes []Hash, at int, want part, c *Change) {
	if want == nothing {
		r.Skip()
		return
	}
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		key := keys.Next()
		if want == headOnly && key > 3 && key != 8 {
			r.Skip()
			continue
		}
		switch key {
		case 1:
			r.Fixed(c.Record[:])
		case 2:
			c.Kind = record.Kind(r.Below(256))
		case 3:
			c.Op = Op(r.Below(256))
		case 4:
			c.Fields = readFields(r, hashes)
		case 5:
			for range r.Array(MaxEntries) {
				c.Entries = append(c.Entries, Entry{Kind: record.Kind(r.Below(256))})
			}
		case 6:
			c.Rights = r.Uint()
		case 7:
			c.Critical = r.Bool()
		case 8:
			if payload := r.Below(MaxChanges); payload != uint64(at) { // or one erasure could take another change's values away
				r.Fail("payload %d of change %d", payload, at)
			}
		case 9:
			c.Erases = readWrites(r, hashes, MaxErases)
		case 10:
			r.Fixed(c.Circle[:])
		case 11:
			r.Fixed(c.Target[:])
		default:
			r.Skip()
		}
	}
}

func readFields(r *cbor.Reader, hashes []Hash) []Field {
	n := r.Array(maxFields)
	fields := make([]Field, 0, n)
	for range n {
		if r.Array(2) != 2 {
			r.Fail("field is not a pair")
			return nil
		}
		f := Field{Num: uint16(r.Below(1 << 16))}
		f.Pred = readWrites(r, hashes, MaxPred)
		fields = append(fields, f)
	}
	return fields
}

// readPayload fills a change's values from its payload.
func (c *Change) readPayload(plain []byte) error {
	r := cbor.NewReader(plain)
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			if r.Array(maxFields) != len(c.Fields) {
				r.Fail("values do not match fields")
			}
			for i := range c.Fields {
				c.Fields[i].Text = r.Text()
			}
		case 2:
			if r.Array(MaxEntries) != len(c.Entries) {
				r.Fail("values do not match entries")
			}
			for i := range c.Entries {
				c.Entries[i].Values = readTexts(r)
			}
		case 3:
			c.Reason = r.Text()
		case 4:
			c.List = r.Text()
		default:
			r.Skip()
		}
	}
	if err := r.Done(); err != nil {
		return fmt.Errorf("read payload: %w", err)
	}
	return nil
}

func readTexts(r *cbor.Reader) []Text {
	n := r.Map(maxFields)
	texts := make([]Text, 0, n)
	keys := r.Keys()
	for range n {
		num := keys.Next()
		if num >= 1<<16 {
			r.Fail("field number %d", num)
			return nil
		}
		texts = append(texts, Text{Num: uint16(num), Text: r.Text()})
	}
	return texts
}
