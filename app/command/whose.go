package command

import (
	"strconv"
	"strings"

	"paradero/data"
	"paradero/data/exchange"
	"paradero/data/fault"
	"paradero/data/record"
)

// How a list names whom a tie is of.
const (
	whoseDetainee = "detainee_"
	whoseContact  = "contact_"
)

// whose finds the records that the rows of a list speak of: by id or paper. A
// name only ever finds candidates, between whom a person decides (DOMAIN §7).
type whose struct {
	c                 *call
	office            data.API
	papers, passports map[record.Kind]map[string][]record.ID
}

func newWhose(c *call, o data.API) *whose {
	return &whose{c: c, office: o, papers: map[record.Kind]map[string][]record.ID{}, passports: map[record.Kind]map[string][]record.ID{}}
}

// book gives who bears which paper, read once from the rows that lists show: a
// cédula, or a passport where there is no cédula.
func (w *whose) book(kind record.Kind) (map[string][]record.ID, error) {
	if b, ok := w.papers[kind]; ok {
		return b, nil
	}
	res, err := w.office.List(w.c.ctx, data.ListQuery{Kind: kind})
	if err != nil {
		return nil, err
	}
	b := make(map[string][]record.ID, res.Len())
	for i := range res.Len() {
		if row := res.At(i); row.Paper != "" {
			b[row.Paper] = append(b[row.Paper], row.ID)
		}
	}
	w.papers[kind] = b
	return b, nil
}

// bearers gives who bears a paper. A passport may stand beside a cédula, where
// only the records themselves tell of it.
func (w *whose) bearers(kind record.Kind, field, paper string) ([]record.ID, error) {
	book, err := w.book(kind)
	if err != nil || field == "cedula" {
		return book[paper], err
	}
	all, ok := w.passports[kind]
	if !ok {
		all = map[string][]record.ID{}
		err = w.office.Each(w.c.ctx, kind, func(r *record.Record) error {
			if p := r.Get("passport"); p != "" {
				all[p] = append(all[p], r.ID)
			}
			return nil
		})
		w.passports[kind] = all
	}
	return all[paper], err
}

// known reports whether somebody with the paper of these values is here.
func (w *whose) known(kind record.Kind, values map[string]string) bool {
	if kind != record.Detainee && kind != record.Contact {
		return false
	}
	b, err := w.book(kind)
	return err == nil && (len(b[values["cedula"]]) > 0 || len(b[values["passport"]]) > 0)
}

// find puts the ids of those whom a row speaks of in their places; it gives
// the reason when it cannot.
func (w *whose) find(row *exchange.Row) *fault.Problem {
	if row.Parent == nil {
		row.Parent = map[string]string{}
	}
	parent := row.Parent
	switch row.Kind {
	case record.Claim:
		id, p := w.person(record.Detainee, "", parent)
		if p == nil {
			parent["id"] = id.String()
		}
		return p
	case record.Toll:
		id, p := w.incident(parent["incident"])
		if p == nil {
			parent["id"] = id.String()
		}
		return p
	case record.Relationship:
		contact, p := w.person(record.Contact, whoseContact, parent)
		if p != nil {
			return p
		}
		detainee, p := w.person(record.Detainee, whoseDetainee, parent)
		if p != nil {
			return p
		}
		row.Values["contact"], row.Values["detainee"] = contact.String(), detainee.String()
	}
	return nil
}

// person finds one by id, cédula or passport.
func (w *whose) person(kind record.Kind, prefix string, parent map[string]string) (record.ID, *fault.Problem) {
	field := prefix + "id"
	if text := parent[field]; text != "" {
		id, err := record.ParseID(text)
		if err != nil {
			return record.ID{}, missing(field, text)
		}
		if r, ok := w.office.Row(id); !ok || r.Kind != kind {
			return record.ID{}, missing(field, text)
		}
		return id, nil
	}
	for _, name := range []string{"cedula", "passport"} {
		paper := parent[prefix+name]
		if paper == "" {
			continue
		}
		ids, err := w.bearers(kind, name, paper)
		switch {
		case err != nil || len(ids) == 0:
			return record.ID{}, missing(prefix+name, paper)
		case len(ids) == 1:
			return ids[0], nil
		default:
			return record.ID{}, &fault.Problem{Field: prefix + name, Key: "parent_several", Args: []string{paper}}
		}
	}
	return record.ID{}, w.candidates(kind, prefix+"name", parent[prefix+"name"])
}

func missing(field, text string) *fault.Problem {
	return &fault.Problem{Field: field, Key: "parent_not_found", Args: []string{text}}
}

// candidates says whom a name alone might mean.
func (w *whose) candidates(kind record.Kind, field, name string) *fault.Problem {
	if name == "" {
		return &fault.Problem{Field: field, Key: "parent_missing"}
	}
	res, err := w.office.List(w.c.ctx, data.ListQuery{Kind: kind, Text: name})
	if err != nil || res.Len() == 0 {
		return &fault.Problem{Field: field, Key: "parent_name_none"}
	}
	var found []string
	for i := range min(res.Len(), 3) {
		r := res.At(i)
		found = append(found, join(rowName(r), r.Paper, r.ID.String()))
	}
	if more := res.Len() - 3; more > 0 {
		found = append(found, "+"+strconv.Itoa(more))
	}
	return &fault.Problem{Field: field, Key: "parent_by_name", Args: []string{strings.Join(found, "; ")}}
}

// incident finds one by id or by its whole name; where the office has a single
// one, a list need not name it.
func (w *whose) incident(text string) (record.ID, *fault.Problem) {
	if id, err := record.ParseID(text); err == nil {
		if r, ok := w.office.Row(id); ok && r.Kind == record.Incident {
			return id, nil
		}
		return record.ID{}, missing("incident", text)
	}
	var found []record.ID
	err := w.office.Each(w.c.ctx, record.Incident, func(r *record.Record) error {
		if text == "" || record.Plain(r.Get("name")) == record.Plain(text) {
			found = append(found, r.ID)
		}
		return nil
	})
	switch {
	case err != nil || (len(found) == 0 && text != ""):
		return record.ID{}, missing("incident", text)
	case len(found) == 0 || text == "" && len(found) > 1:
		return record.ID{}, &fault.Problem{Field: "incident", Key: "parent_missing"}
	case len(found) > 1:
		return record.ID{}, &fault.Problem{Field: "incident", Key: "parent_several", Args: []string{text}}
	}
	return found[0], nil
}
