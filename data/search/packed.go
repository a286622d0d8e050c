package search

import "paradero/data/record"

// packed is a row as the index keeps it: its texts in one string, the texts
// that many rows share as numbers. It never changes once made, so that a
// Result may hold it while the index goes on.
type packed struct {
	id     record.ID
	about  record.ID
	text   string // sort key, then own texts
	lens   [ownTexts]uint32
	shared [sharedTexts]uint32
	flags  uint32
	kind   record.Kind
}

const (
	ownTexts    = 9 // sort key, given, paternal, maternal, alias, title, paper, born, day
	sharedTexts = 6 // life, release, legal, facility, wing, state
	facilityAt  = 3
)

func (r *Row) own() [ownTexts - 1]string {
	return [...]string{r.Given, r.Paternal, r.Maternal, r.Alias, r.Title, r.Paper, r.Born, r.Day}
}

func (r *Row) share() [sharedTexts]string {
	return [...]string{r.Life, r.Release, r.Legal, r.Facility, r.Wing, r.State}
}

// pack makes all but the shared texts, which need the index.
func pack(p *packed, r *Row, scratch []byte) []byte {
	p.id, p.about, p.kind, p.flags = r.ID, r.About, r.Kind, r.Flags
	scratch = appendSortKey(scratch[:0], r)
	p.lens[0] = uint32(len(scratch))
	for i, s := range r.own() {
		p.lens[i+1] = uint32(len(s))
		scratch = append(scratch, s...)
	}
	p.text = string(scratch)
	return scratch
}

func (p *packed) key() string { return p.text[:p.lens[0]] }

// row gives the row back.
func (p *packed) row(words []string) Row {
	var own [ownTexts]string
	rest := p.text
	for i, n := range p.lens {
		own[i], rest = rest[:n], rest[n:]
	}
	s := &p.shared
	return Row{
		ID: p.id, Kind: p.kind, About: p.about, Flags: p.flags,
		Given: own[1], Paternal: own[2], Maternal: own[3], Alias: own[4], Title: own[5], Paper: own[6], Born: own[7], Day: own[8],
		Life: words[s[0]], Release: words[s[1]], Legal: words[s[2]], Facility: words[s[3]], Wing: words[s[4]], State: words[s[5]],
	}
}

// less is the order of lists: by sort key, equal names by id, so that the order
// never depends on which row came first.
func less(a, b *packed) int {
	ka, kb := a.key(), b.key()
	switch {
	case ka < kb:
		return -1
	case ka > kb:
		return 1
	}
	for i := range a.id {
		if a.id[i] != b.id[i] {
			return int(a.id[i]) - int(b.id[i])
		}
	}
	return 0
}
