package present

import (
	"unicode/utf8"

	"paradero/assets"
	"paradero/data/record"
	"paradero/data/rule"
)

// head makes what is seen first of a detainee.
func (p *Person) head(d *personData) Head {
	w, r, s := p.env.Words, d.record, p.status
	h := Head{
		Initials: initials(r.Get("paternal_surname"), r.Get("maternal_surname"), r.Get("given_names"), r.Get("original_name")),
		Name:     fullName(w, r),
		Aliases:  join(", ", r.List("aliases")...),
		Paper:    paperText(w, r),
		Age:      bornText(w, r.Get("birth"), p.env.API.Now()),
		Where:    whereText(w, s.Facility, s.Wing, s.Cell),
		Life:     Chip{Text: w.T("person.life." + s.Life), Tone: lifeChip(w, s.Life).Tone},
	}
	if s.PlaceClaim != nil {
		h.WhereBy = w.T("person.where_by", claimSource(w, s.PlaceClaim), claimWhen(w, s.PlaceClaim))
	}
	if h.Age == "" && r.Get("age") != "" {
		h.Age = w.T("person.age.other", r.Get("age"))
	}
	if r.Get("name_doubtful") == "true" {
		h.Original = w.T("person.name_doubtful", r.Get("original_name"))
	}
	h.Doubt = doubtOf(w, r.Kind, "cedula", r.Get("cedula"), p.env.API.Now())
	if s.Release != "" && s.Release != "detained" {
		h.Release = Chip{Text: optionLabel(w, record.Claim, "status", s.Release), Tone: Accent}
	}
	h.Sure, h.Since = sureText(w, s)
	h.Clashes = clashes(p.env, r, s)
	h.Due = due(p.env, d)
	h.Knows = knows(p.env, d)
	return h
}

// whereText says the place from the largest to the smallest. A wing or cell
// that is a bare number or letter gets its word; "Pabellón 6" has it already.
func whereText(w *assets.Words, facility, wing, cell string) string {
	return dot(facility, named(w, "person.wing", wing), named(w, "person.cell", cell))
}

func named(w *assets.Words, key, name string) string {
	if name == "" || utf8.RuneCountInString(name) > 3 {
		return name
	}
	return w.T(key, name)
}

// sureText says how sure a life status is, by whom, and since when.
func sureText(w *assets.Words, s rule.Status) (sure, since string) {
	level := w.T("person.level.none")
	switch s.Level {
	case rule.Reported:
		level = w.T("person.level.reported")
	case rule.Confirmed:
		level = w.T("person.level.confirmed")
	}
	if s.LifeClaim == nil {
		return level, ""
	}
	sure = w.T("person.sure", level, claimSource(w, s.LifeClaim))
	if m := s.LifeClaim.Get("method"); m != "" {
		sure = dot(sure, optionLabel(w, record.Claim, "method", m))
	}
	if s.LifeSince != "" {
		since = w.T("person.since", dateText(w, s.LifeSince))
	}
	return sure, since
}

// claimSource names who says it: the source as written, else the list, else
// the colleague who wrote it down.
func claimSource(w *assets.Words, e *record.Entry) string {
	switch {
	case e.Get("source") != "":
		return e.Get("source")
	case e.List != "":
		return e.List
	case e.By != "":
		return e.By
	}
	return w.T("person.source.unknown")
}

// clashes names both sides of everything that contradicts, claims first, then
// fields that two colleagues wrote at once.
func clashes(env Env, r *record.Record, s rule.Status) []Clash {
	w := env.Words
	var all []Clash
	for _, c := range s.Contradictions {
		all = append(all, Clash{
			What:  w.T("contradiction." + c.Why),
			Sides: []string{clashSide(w, c.Field, &c.A), clashSide(w, c.Field, &c.B)},
			IDs:   []record.ID{c.A.ID, c.B.ID},
		})
	}
	schema := record.SchemaOf(r.Kind)
	for _, name := range rule.FieldContradictions(r) {
		f, ok := schema.Field(name)
		if !ok {
			continue
		}
		clash := Clash{What: w.T("person.clash.field", fieldLabel(w, r.Kind, name)), Field: name}
		for _, v := range r.Values[name] {
			clash.Sides = append(clash.Sides, w.T("person.clash.value", valueText(env, r.Kind, f, v.Text), source(w, v)))
		}
		all = append(all, clash)
	}
	return all
}

// clashSide is one side of a contradiction between claims: what, who, when.
func clashSide(w *assets.Words, field string, e *record.Entry) string {
	what := w.T("person.life." + orUnknown(e.Get("status")))
	switch field {
	case "facility":
		what = whereText(w, e.Get("facility"), e.Get("wing"), "")
	case "release_status":
		what = optionLabel(w, record.Claim, "status", e.Get("status"))
	}
	return w.T("person.clash.side", what, claimSource(w, e), claimWhen(w, e))
}

func orUnknown(status string) string {
	if status == "" {
		return "unknown"
	}
	return status
}

// claimWhen is when a claim was true by its source; when that is not known, it
// says when it was written down.
func claimWhen(w *assets.Words, e *record.Entry) string {
	if when := e.Get("when"); when != "" {
		return dateText(w, when)
	}
	return w.T("person.claim.arrived", stamp(w, e.At))
}
