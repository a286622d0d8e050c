package data

import (
	"fmt"

	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/data/search"
	"paradero/data/store"
)

// listed tells whether records of a kind stand in lists; the others are only
// ever reached through what they refer to.
func listed(k record.Kind) bool {
	switch k {
	case record.Relationship, record.Attempt, record.Notification, record.Device, record.Circle, record.Access, record.Epoch:
		return false
	}
	return record.SchemaOf(k) != nil // what a newer version made is kept and not shown
}

// rowOf gives what lists show of a record.
func rowOf(r *record.Record) search.Row {
	row := search.Row{
		ID: r.ID, Kind: r.Kind, Given: r.Get("given_names"), Paternal: r.Get("paternal_surname"),
		Maternal: r.Get("maternal_surname"), Alias: r.Get("aliases"),
	}
	if len(rule.FieldContradictions(r)) > 0 || r.EditedAfterDelete {
		row.Flags |= search.Contradicted
	}
	if r.Get("merged_into") != "" {
		row.Flags |= search.Merged
	}
	switch r.Kind {
	case record.Detainee:
		detaineeRow(&row, r)
	case record.Contact:
		row.Paper, row.Born = paperOf(r), r.Get("birth")
		if t := r.Get("threat"); t != "" && t != "none" {
			row.Flags |= search.Threatened
		}
	case record.Case:
		row.Title, row.Paper = r.Get("type"), r.Get("number")
		row.State, row.About, row.Day = r.Get("state"), r.Ref("detainee"), r.Get("next_step_due")
		if row.State == "closed" {
			row.Flags |= search.Closed
		}
	case record.Task:
		row.Title, row.About, row.Day = r.Get("what"), r.Ref("about"), r.Get("due")
		if r.Get("done_on") != "" {
			row.Flags |= search.Closed
		}
	case record.Document:
		row.Title, row.Paper, row.Day = r.Get("kind"), r.Get("number"), r.Get("issued_at")
		row.State = rule.Proposed(r)
		if about := r.Refs("about"); len(about) > 0 {
			row.About = about[0]
		}
	case record.Incident:
		row.Title, row.Facility, row.Day, row.State = r.Get("name"), r.Get("facility"), r.Get("started"), r.Get("kind_of")
	case record.Remains:
		row.Paper, row.Facility, row.About, row.State = r.Get("code"), r.Get("morgue"), r.Ref("identified_as"), r.Get("extent")
	case record.Member:
		row.Title, row.State = r.Get("name"), r.Get("role")
	default:
		row.Title = r.Get("name")
	}
	return row
}

func detaineeRow(row *search.Row, r *record.Record) {
	row.Paper, row.Born, row.Legal = paperOf(r), r.Get("birth"), r.Get("legal_status")
	row.About = r.Ref("incident")
	s := rule.Conclude(r)
	row.Life, row.Release, row.Facility, row.Wing = s.Life, s.Release, s.Facility, s.Wing
	if len(s.Contradictions) > 0 {
		row.Flags |= search.Contradicted
	}
	if r.Get("name_doubtful") == "true" {
		row.Flags |= search.Doubtful
	}
}

// paperOf gives the paper that names one person: "none" and "unknown" name nobody.
func paperOf(r *record.Record) string { return onePaper(r.Get("cedula"), r.Get("passport")) }

func onePaper(cedula, passport string) string {
	if cedula != "" && cedula != record.NoCedula && cedula != record.UnknownCedula {
		return cedula
	}
	return passport
}

// encodeRow appends a row without its id and kind, which are its key.
func encodeRow(b []byte, r *search.Row) []byte {
	texts := [...]string{
		r.Given, r.Paternal, r.Maternal, r.Alias, r.Title, r.Paper, r.Born, r.Life, r.Release,
		r.Legal, r.Facility, r.Wing, r.State, r.Day,
	}
	b = cbor.AppendArray(b, len(texts)+2)
	b = cbor.AppendUint(b, uint64(r.Flags))
	b = cbor.AppendBytes(b, r.About[:])
	for _, t := range texts {
		b = cbor.AppendText(b, t)
	}
	return b
}

func decodeRow(kind record.Kind, id record.ID, b []byte) (search.Row, error) {
	row := search.Row{ID: id, Kind: kind}
	texts := [...]*string{
		&row.Given, &row.Paternal, &row.Maternal, &row.Alias, &row.Title, &row.Paper, &row.Born, &row.Life, &row.Release,
		&row.Legal, &row.Facility, &row.Wing, &row.State, &row.Day,
	}
	r := cbor.NewReader(b)
	if r.Array(len(texts)+2) != len(texts)+2 {
		r.Fail("row of another version")
	}
	row.Flags = uint32(r.Below(1 << 32))
	r.Fixed(row.About[:])
	for _, t := range texts {
		*t = r.Text()
	}
	if err := r.Done(); err != nil {
		return search.Row{}, fmt.Errorf("read row: %w", err)
	}
	return row, nil
}

// putLinks notes which records a touched one refers to, and to which no more.
func putLinks(tx *store.Tx, t *touched) error {
	after := map[record.ID]bool{}
	if !t.gone {
		after = refs(t.state)
	}
	for id := range after {
		if !t.before[id] {
			if err := tx.Link(id, t.state.Kind, t.state.ID); err != nil {
				return err
			}
		}
	}
	for id := range t.before {
		if !after[id] {
			if err := tx.Unlink(id, t.state.Kind, t.state.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
