package data

import (
	"strings"
	"sync"

	"paradero/data/record"
)

// placeBook knows the office's facilities by every name they go by, so that
// «CPL GUAYAS Nº 1», «Penitenciaría del Litoral» and «CPL Guayas N°1» are one
// place in every list, claim and count. What it does not know stays as written.
type placeBook struct {
	mu    sync.RWMutex
	names map[string]string               // key → the facility's own name
	known map[string]string               // as written → own name: a list writes few names many times
	of    map[record.ID]map[string]string // what each facility has put there
}

func newPlaceBook() *placeBook {
	return &placeBook{names: map[string]string{}, known: map[string]string{}, of: map[record.ID]map[string]string{}}
}

// set learns a facility's names; the first facility of a name keeps it.
func (b *placeBook) set(r *record.Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key := range b.of[r.ID] {
		delete(b.names, key)
	}
	clear(b.known)
	put := map[string]string{}
	for _, name := range append([]string{r.Get("name")}, r.List("known_as")...) {
		key := placeKey(name)
		if _, taken := b.names[key]; key != "" && !taken && !r.Deleted {
			put[key], b.names[key] = r.Get("name"), r.Get("name")
		}
	}
	b.of[r.ID] = put
}

// maxKnown bounds what is remembered of names as written.
const maxKnown = 4096

// name gives the facility's own name, or what was written.
func (b *placeBook) name(written string) string {
	b.mu.RLock()
	own, ok := b.known[written]
	b.mu.RUnlock()
	if ok || written == "" {
		return own
	}
	key := placeKey(written)
	b.mu.Lock()
	defer b.mu.Unlock()
	if own, ok = b.names[key]; !ok {
		own = written
	}
	if len(b.known) < maxKnown {
		b.known[written] = own
	}
	return own
}

// placeKey is a facility's name without accents, capitals, signs and the many
// ways to write "number".
func placeKey(name string) string {
	var key strings.Builder
	for _, word := range strings.FieldsFunc(record.Plain(strings.NewReplacer("º", " ", "°", " ", "N.", "N ").Replace(name)), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != 'ñ'
	}) {
		switch word {
		case "n", "no", "nro", "num", "numero":
			continue
		}
		key.WriteString(word)
	}
	return key.String()
}
