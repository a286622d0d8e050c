package search

import (
	"bytes"
	"slices"
	"strings"

	"paradero/data/match"
	"paradero/data/record"
)

// Query asks for rows. Every word of Text must begin a word of the row's names,
// paper, title or place; order, accents and capitals do not count.
type Query struct {
	Kinds                          []record.Kind // empty: detainee, contact, remains
	Text                           string
	Life, Release, Facility, State string // only rows that have exactly this; "" for any
	Flag                           uint32 // only rows that have all these flags
	Limit                          int    // 0: all
}

// Ranks of a word's best match, better first; a row's rank is their sum.
const (
	rankFirst       = iota // the first surname, in full; or the paper
	rankFirstPart          // its beginning
	rankSurname            // another surname, or a title
	rankSurnamePart        //
	rankGiven
	rankGivenPart
	rankAlias
	rankSoundSurname
	rankSoundGiven
	rankPlace
	ranks
	noMatch = 255
)

// Why a row was found.
const (
	bySurname uint8 = 1 << iota
	byGiven
	byAlias
	byPaper
	byTitle
	bySound
	byPlace
)

const (
	mostWords = 8  // more words than these do not narrow a search further
	fewHits   = 20 // with fewer, rows that sound alike are looked for
	fewToSort = 512
)

// word is one word of the query.
type word struct {
	key      []byte
	sounds   [][]byte
	places   []bool // by number of a shared text; nil when no place begins so
	particle bool
}

// finding is one query at work, under the read lock.
type finding struct {
	x       *Index
	version uint64
	q       Query
	kinds   [256]bool
	want    facts
	none    bool // a filter names what no row has
	words   []word
	leads   int      // which of them is looked for first
	mark    []uint16 // by slot: rank+1 in the high byte, why in the low; 0 not found
	hits    []uint32
	sound   bool
}

// Find gives the rows that a query asks for: without text in the order of
// names, with text the best first.
func (x *Index) Find(q Query) *Result {
	x.mu.RLock()
	for !x.clean() {
		x.mu.RUnlock()
		x.mu.Lock()
		x.tidy()
		x.mu.Unlock()
		x.mu.RLock()
	}
	defer x.mu.RUnlock()
	f := x.finding(q)
	switch {
	case f.none:
		return &Result{}
	case len(f.words) == 0 && strings.TrimSpace(q.Text) != "":
		return &Result{} // marks only: nothing can begin so
	}
	before := x.recent.before(f)
	switch {
	case before != nil && before.same(f):
		return before.result
	case len(f.words) == 0:
		return x.recent.keep(f, nil, f.all())
	}
	f.mark = make([]uint16, len(x.rows))
	if before != nil {
		for _, slot := range before.hits {
			f.look(slot, x.key(slot), headBytes)
		}
	} else {
		f.run()
	}
	hits := slices.Clone(f.hits[:min(len(f.hits), mostKept+1)])
	if len(f.hits) < fewHits && f.canSound() {
		f.sound = true
		f.run()
	}
	return x.recent.keep(f, hits, f.result())
}

func (x *Index) finding(q Query) *finding {
	f := &finding{x: x, q: q}
	kinds := q.Kinds
	if len(kinds) == 0 {
		kinds = []record.Kind{record.Detainee, record.Contact, record.Remains}
	}
	for _, k := range kinds {
		f.kinds[k] = true
	}
	for _, c := range []struct {
		text string
		to   *uint32
	}{{q.Life, &f.want.life}, {q.Release, &f.want.release}, {q.Facility, &f.want.facility}, {q.State, &f.want.state}} {
		n, ok := x.shared[c.text]
		if !ok {
			f.none = true
		}
		*c.to = n
	}
	f.words = x.queryWords(q.Text)
	f.version = x.version
	return f
}

// queryWords reads the text: what holds a digit is one word without the marks
// that people put between digits.
func (x *Index) queryWords(text string) []word {
	var words []word
	for _, typed := range strings.Fields(text) {
		folded := match.Fold(typed)
		parts := strings.Fields(folded)
		if strings.ContainsAny(folded, "0123456789") {
			parts = []string{strings.Join(parts, "")}
		}
		for _, p := range parts {
			if p != "" && len(words) < mostWords {
				words = append(words, x.queryWord(p))
			}
		}
	}
	return words
}

func (x *Index) queryWord(p string) word {
	w := word{key: capital(nil, []byte(p)), particle: particleWord(p)}
	if len(p) >= 3 && p[0] >= 'a' && p[0] <= 'z' {
		w.addSound(p)
		for _, full := range match.FullForms(p) {
			w.addSound(full)
		}
		// How the last letters sound may hang on those still to be typed.
		if begun := strings.TrimRight(p, "gcqhlu"); len(begun) >= 3 {
			w.addSound(begun)
		}
	}
	if len(p) >= 4 {
		for i, place := range x.places {
			if at := strings.Index(place, p); at == 0 || at > 0 && strings.Contains(place, " "+p) {
				if w.places == nil {
					w.places = make([]bool, len(x.places))
				}
				w.places[i] = true
			}
		}
	}
	return w
}

func (w *word) addSound(p string) {
	s := capital(nil, match.AppendSound(nil, p))
	if len(s) < 2 || slices.ContainsFunc(w.sounds, func(o []byte) bool { return bytes.Equal(o, s) }) {
		return
	}
	w.sounds = append(w.sounds, s)
}

func particleWord(p string) bool {
	t := match.Tokens(p + " x")
	return len(t) == 1
}

// canSound: at least one word is long enough to be told by its sound.
func (f *finding) canSound() bool {
	for _, w := range f.words {
		if len(w.sounds) > 0 && !w.particle {
			return true
		}
	}
	return false
}

// passes reports whether a slot is one of those asked for.
func (f *finding) passes(slot uint32) bool {
	c, w := &f.x.facts[slot], &f.want
	return c.live && f.kinds[c.kind] && c.flags&f.q.Flag == f.q.Flag && (c.flags&Hidden == 0 || f.q.Flag&Hidden != 0) &&
		(w.life == 0 || c.life == w.life) && (w.release == 0 || c.release == w.release) &&
		(w.facility == 0 || c.facility == w.facility) && (w.state == 0 || c.state == w.state)
}

// all gives every row that passes, in the order of names.
func (f *finding) all() *Result {
	r := &Result{words: f.x.words}
	most := len(f.x.order)
	if f.q.Limit > 0 {
		most = min(most, f.q.Limit)
	}
	r.rows = make([]*packed, 0, most)
	for _, slot := range f.x.order {
		if len(r.rows) == most {
			break
		}
		if f.passes(slot) {
			r.rows = append(r.rows, f.x.rows[slot])
		}
	}
	return r
}

// run looks through the arena for the word that narrows most, and at each row
// that has it for the others.
func (f *finding) run() {
	f.leads = f.lead()
	lead := &f.words[f.leads]
	f.scan(f.x.keys, lead.key, true)
	if f.sound && !lead.particle {
		for _, s := range lead.sounds {
			f.scan(f.x.sounds, s, false)
		}
	}
	if lead.places == nil {
		return
	}
	for slot := range f.x.facts {
		if lead.places[f.x.facts[slot].facility] {
			f.look(uint32(slot), f.x.key(uint32(slot)), headBytes)
		}
	}
}

// lead gives the number of the word to look for first: one that names no place
// and is no particle if there is one, and of those the longest.
func (f *finding) lead() int {
	weight := func(w *word) int {
		n := len(w.key)
		if w.places == nil {
			n += 1000
		}
		if !w.particle {
			n += 2000
		}
		return n
	}
	best := 0
	for i := range f.words {
		if weight(&f.words[i]) > weight(&f.words[best]) {
			best = i
		}
	}
	return best
}

// scan looks at each row of an arena in which a word begins with key.
func (f *finding) scan(arena, key []byte, ofKeys bool) {
	first, rest := key[0], key[1:]
	for i := 0; ; {
		n := bytes.IndexByte(arena[i:], first)
		if n < 0 {
			return
		}
		i += n + 1
		if !bytes.HasPrefix(arena[i:], rest) {
			continue
		}
		start, hit := i-1, i-1
		for arena[start] != rowStart {
			start--
		}
		i = rowEnd(arena, i)
		switch slot := readSlot(arena[start+1:]); {
		case slot == deadSlot:
		case ofKeys:
			f.look(slot, arena[start:i], hit-start)
		default:
			f.look(slot, f.x.key(slot), headBytes)
		}
	}
}

// key gives the search key of a slot.
func (x *Index) key(slot uint32) []byte {
	at := int(x.keyAt[slot])
	return x.keys[at:rowEnd(x.keys, at+headBytes)]
}

// rowEnd gives where the row ends in which from lies, from being past its head.
func rowEnd(arena []byte, from int) int {
	if n := bytes.IndexByte(arena[from:], rowStart); n >= 0 {
		return from + n
	}
	return len(arena)
}

// look asks whether a row has all words, and how well; the lead stands at from
// in its key or behind.
func (f *finding) look(slot uint32, key []byte, from int) {
	if f.mark[slot] != 0 || !f.passes(slot) {
		return
	}
	sum, why := 0, uint8(0)
	for i := range f.words {
		w := &f.words[i]
		at := headBytes
		if i == f.leads {
			at = from
		}
		rank, by := inKey(key, w.key, at)
		if rank == noMatch && w.places != nil && w.places[f.x.facts[slot].facility] {
			rank, by = rankPlace, byPlace
		}
		if rank == noMatch && f.sound {
			rank, by = f.inSounds(slot, w)
		}
		if rank == noMatch {
			return
		}
		sum += rank
		why |= by
	}
	f.mark[slot] = uint16(sum+1)<<8 | uint16(why)
	f.hits = append(f.hits, slot)
}

// inSounds: names that sound so; what joins surnames has no sound of its own.
func (f *finding) inSounds(slot uint32, w *word) (rank int, why uint8) {
	if w.particle {
		return rankSoundGiven, 0
	}
	at := int(f.x.saidAt[slot])
	said := f.x.sounds[at:rowEnd(f.x.sounds, at+headBytes)]
	best := noMatch
	for _, s := range w.sounds {
		switch rank, by := inKey(said, s, headBytes); {
		case rank == noMatch:
		case by == bySurname:
			best = min(best, rankSoundSurname)
		default:
			best = min(best, rankSoundGiven)
		}
	}
	if best == noMatch {
		return noMatch, 0
	}
	return best, bySound
}

// inKey gives the best place, not before from, at which a word of a key begins
// with w. What comes after the first surname is hardly ever better.
func inKey(key, w []byte, from int) (rank int, why uint8) {
	rank = noMatch
	for i := from; ; i++ {
		n := bytes.IndexByte(key[i:], w[0])
		if n < 0 {
			return rank, why
		}
		i += n
		end := i + len(w)
		if end > len(key) || string(key[i:end]) != string(w) {
			continue
		}
		full := end == len(key) || key[end] < anyMark || key[end] == digitStart || key[end] >= 'A' && key[end] <= 'Z'
		if n, by := rankAt(key, i, full); n < rank {
			rank, why = n, by
		}
		if rank <= rankFirstPart {
			return rank, why
		}
	}
}

func rankAt(key []byte, at int, full bool) (rank int, why uint8) {
	mark := byte(0)
	for i := at - 1; i >= headBytes; i-- {
		if key[i] < anyMark {
			mark = key[i]
			break
		}
	}
	part := 1
	if full {
		part = 0
	}
	switch mark {
	case 0:
		if firstSurname(key[headBytes:at]) {
			return rankFirst + part, bySurname
		}
		return rankSurname + part, bySurname
	case markGiven:
		return rankGiven + part, byGiven
	case markAlias:
		return rankAlias, byAlias
	case markPaper:
		return rankFirst + part, byPaper
	}
	return rankSurname + part, byTitle
}

// firstSurname reports whether only particles stand before a surname.
func firstSurname(before []byte) bool {
	for len(before) > 0 {
		n := 1
		for n < len(before) && !(before[n] >= 'A' && before[n] <= 'Z' || before[n] == digitStart) {
			n++
		}
		switch string(before[:n]) {
		case "De", "Del", "La", "Las", "Los", "San", "Santa", "Santo", "Da", "Dos", "Von", "Van":
			before = before[n:]
		default:
			return false
		}
	}
	return true
}
