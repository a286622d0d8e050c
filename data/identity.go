package data

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"paradero/data/fault"
	"paradero/data/match"
	"paradero/data/record"
	"paradero/data/search"
)

// identify gives the record that a row speaks of. Its id is an HMAC of what
// identifies the row in its list, so that two devices that import one list
// apart make the same records. A person who is already here under the same
// paper and a compatible name is that person: two independent fields agree
// (DOMAIN §7). A name alone never decides.
func (im *importing) identify(row *ImportRow) (record.ID, error) {
	schema := record.SchemaOf(row.Kind)
	switch row.Kind { // papers and members pass gates that a list does not meet
	case record.Document, record.Notification, record.Member, record.Device, record.OfficeKind, record.Epoch:
		schema = nil
	}
	if schema == nil {
		return record.ID{}, &fault.Error{Code: fault.Invalid, Op: "import", Key: "invalid", Problems: []fault.Problem{{Key: "kind_unknown"}}}
	}
	if schema.Entry {
		return record.ParseID(row.Parent["id"])
	}
	if row.Key != "" {
		return im.byKey(row), nil
	}
	paper := onePaper(row.Values["cedula"], row.Values["passport"])
	if paper != "" && (row.Kind == record.Detainee || row.Kind == record.Contact) {
		return im.byPaper(row, paper), nil
	}
	key := im.rowKey(row)
	im.seen[key]++
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(im.seen[key]))
	return im.hash(row.Kind, "row", key, string(n[:])), nil
}

// byKey gives the record of a row that brings its own id: the one that this
// office gave out under it, otherwise the same one for whoever says it.
func (im *importing) byKey(row *ImportRow) record.ID {
	if own, ok := strings.CutPrefix(row.Key, im.office.Info().OfficeID.String()+".paradero.local/"); ok {
		if id, err := record.ParseID(own); err == nil {
			if _, err := im.known(row.Kind, id); err == nil {
				return id
			}
		}
	}
	return im.hashAll(row.Kind, "", "key", row.Key)
}

func (im *importing) hash(kind record.Kind, parts ...string) record.ID {
	return im.hashAll(kind, append([]string{im.list}, parts...)...)
}

func (im *importing) hashAll(kind record.Kind, parts ...string) record.ID {
	h := hmac.New(sha256.New, im.office.vault.Keys().Identity[:])
	_, _ = h.Write([]byte{byte(kind)})
	for _, p := range parts {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(p)))
		_, _ = h.Write(n[:])
		_, _ = h.Write([]byte(p))
	}
	return record.ID(h.Sum(nil)[:16])
}

// rowKey is what identifies a row that has no paper: what does not change when
// a list is brought up to date. Kinds that have a natural name use that.
func (im *importing) rowKey(row *ImportRow) string {
	fields := map[record.Kind][]string{
		record.Facility: {"name"}, record.Incident: {"name", "started"}, record.Remains: {"code"},
		record.Relationship: {"contact", "detainee"},
	}[row.Kind]
	if fields == nil {
		fields = []string{"given_names", "paternal_surname", "maternal_surname", "original_name", "birth"}
	}
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(record.Plain(row.Values[f]))
		b.WriteByte(0)
	}
	return b.String()
}

// byPaper gives the record of a row that has a paper. One paper with two names
// that cannot be one is two people, one of them with a mistyped paper: they
// stay apart and are reported.
func (im *importing) byPaper(row *ImportRow, paper string) record.ID {
	book := im.paperBook(row.Kind)
	for _, known := range book[paper] {
		if im.agrees(known, row) {
			return known
		}
	}
	id := im.hash(row.Kind, "paper", paper)
	if others := book[paper]; len(others) > 0 {
		if slices.Contains(others, id) {
			id = im.hash(row.Kind, "paper and name", paper, im.rowKey(row))
		}
		im.count.Doubles = append(im.count.Doubles, Double{Row: row.Row, ID: id, With: others[0]})
	}
	return id
}

// paperBook gives who is here by paper, read once for each import.
func (im *importing) paperBook(kind record.Kind) map[string][]record.ID {
	if book, ok := im.papers[kind]; ok {
		return book
	}
	book := map[string][]record.ID{}
	// What a list says of one who was merged into another is written where it
	// was: his claims never become the other's, and a merge can be taken back.
	for _, flag := range []uint32{0, search.Hidden} {
		rows := im.office.rows().Find(search.Query{Kinds: []record.Kind{kind}, Flag: flag})
		for i := range rows.Len() {
			if row := rows.At(i); row.Paper != "" {
				book[row.Paper] = append(book[row.Paper], row.ID)
			}
		}
	}
	im.papers[kind] = book
	return book
}

// remember notes a record that this import made, which cannot be read yet.
func (im *importing) remember(row *ImportRow, id record.ID) {
	paper := onePaper(row.Values["cedula"], row.Values["passport"])
	if book := im.papers[row.Kind]; book != nil && paper != "" {
		book[paper] = append(book[paper], id)
		im.named[id] = nameOf(row)
	}
}

func nameOf(row *ImportRow) match.Name {
	return match.Name{Given: row.Values["given_names"], Paternal: row.Values["paternal_surname"], Maternal: row.Values["maternal_surname"]}
}

// agrees tells whether a row's name can be that of a record with its paper:
// names alike, or the very name that this list gave it before somebody
// corrected it here.
func (im *importing) agrees(id record.ID, row *ImportRow) bool {
	b := nameOf(row)
	a, fresh := im.named[id]
	if !fresh {
		known, ok := im.office.rows().Get(id)
		if !ok {
			return false
		}
		a = match.Name{Given: known.Given, Paternal: known.Paternal, Maternal: known.Maternal}
	}
	if a.Given+a.Paternal+a.Maternal == "" || b.Given+b.Paternal+b.Maternal == "" {
		return true
	}
	if score, _ := match.Compare(a, b); score >= samePaperScore {
		return true
	}
	s, err := im.known(row.Kind, id)
	if err != nil {
		return false
	}
	schema := record.SchemaOf(row.Kind)
	for _, name := range []string{"given_names", "paternal_surname", "maternal_surname"} {
		f, _ := schema.Field(name)
		if same, _ := s.ListSaid(im.list, f.Num, row.Values[name]); row.Values[name] != "" && !same {
			return false
		}
	}
	return true
}

// samePaperScore is how alike two names must be when the paper is the same:
// enough for a missing second surname or a swapped order, not for a stranger.
const samePaperScore = 0.5
