package command

import (
	"cmp"
	"slices"
	"strings"

	"paradero/data/record"
)

// sayPage prints a record for people: its name, what stands in it, what was
// said, who belongs to it, and how it came to be so.
func (c *call) sayPage(p *recordPage) {
	r := p.record
	c.text(name(r))
	c.text(c.kind(r.Kind) + " · " + r.ID.String())
	if !p.asOf.IsZero() {
		c.print("command.show.as_of", p.asOf.Format("2006-01-02 15:04"))
	}
	if r.Deleted {
		c.print("command.show.deleted")
	}
	if !r.MergedInto.IsZero() {
		c.print("command.show.merged_into", cmp.Or(p.names[r.MergedInto], r.MergedInto.String()), r.MergedInto.String())
	}
	c.sayRestricted(p)
	c.text("")
	var rows [][]string
	for _, v := range p.values {
		rows = append(rows, []string{"  " + c.label(r.Kind, v.name), c.shown(p, r.Kind, v.name, v.value.(string))})
		if f, ok := record.SchemaOf(r.Kind).Field(v.name); ok && !f.Critical && len(r.Values[v.name]) > 1 {
			for _, other := range r.Values[v.name][1:] {
				text := c.shown(p, r.Kind, v.name, other.Text)
				rows = append(rows, []string{"", c.words.T("command.show.also", cmp.Or(text, c.words.T("command.show.empty")), join(other.By, other.At.Format("2006-01-02 15:04"), other.Write.String()))})
			}
		}
	}
	c.pairs(rows)
	c.sayEntries(p)
	for _, con := range p.contradictions() {
		c.sayContradiction(r.Kind, con)
	}
	c.sayMerged(p)
	for _, l := range p.links {
		c.section("command.show." + l.list)
		for _, linked := range l.records {
			c.text("  " + c.linkLine(p, linked))
		}
	}
	c.sayTimeline(p)
}

func (c *call) sayTimeline(p *recordPage) {
	c.section("command.show.timeline")
	for _, m := range p.timeline {
		what := make([]string, 0, len(m.Fields))
		for _, f := range m.Fields {
			what = append(what, c.label(p.record.Kind, f.Field))
		}
		for _, e := range m.Entries {
			what = append(what, c.kind(e.Kind))
		}
		line := "  " + m.At.Format("2006-01-02 15:04") + "  " + join(m.By, m.List)
		if len(what) > 0 {
			line += ": " + strings.Join(what, ", ")
		}
		switch {
		case m.Deleted:
			line += ": " + c.words.T("command.show.step_deleted")
		case m.Restored:
			line += ": " + c.words.T("command.show.step_restored")
		case m.Restricts && m.Circle.IsZero():
			line += ": " + c.words.T("command.show.step_lifted")
		case m.Restricts:
			line += ": " + c.words.T("command.show.step_restricts")
		case m.Closed:
			line += ": " + c.words.T("command.show.step_closed")
		}
		if m.Reason != "" {
			line += " (" + m.Reason + ")"
		}
		c.text(line + "  " + m.Write.String())
	}
}

// sayMerged tells of those who were found to be this person, beside what is
// said of himself: nobody's life crosses a merge.
func (c *call) sayMerged(p *recordPage) {
	for _, m := range p.merged {
		c.text("")
		c.print("command.show.merged", name(m), m.ID.String())
		entries := m.Standing(record.Claim)
		for i := range entries {
			c.text("  " + c.entryLine(&entries[i]))
		}
	}
}

func (c *call) section(key string) {
	c.text("")
	c.print(key)
}

// pairs prints labels and values in two columns, a value of several lines
// under itself.
func (c *call) pairs(rows [][]string) {
	var split [][]string
	for _, r := range rows {
		for i, line := range strings.Split(r[1], "\n") {
			if i > 0 {
				r[0] = ""
			}
			split = append(split, []string{r[0], line})
		}
	}
	if len(split) == 0 {
		return
	}
	width := 0
	for _, r := range split {
		width = max(width, len([]rune(r[0])))
	}
	for _, r := range split {
		c.text(strings.TrimRight(r[0]+strings.Repeat(" ", width-len([]rune(r[0]))+2)+r[1], " "))
	}
}

// shown is a value as people read it: a choice by its word, a reference by the
// name of the record.
func (c *call) shown(p *recordPage, k record.Kind, field, text string) string {
	f, ok := record.SchemaOf(k).Field(field)
	if !ok {
		return text
	}
	lines := record.SplitList(text)
	for i, line := range lines {
		switch f.Type {
		case record.Enum, record.Enums:
			lines[i] = c.option(k, field, line)
		case record.Ref, record.Refs:
			if id, err := record.ParseID(line); err == nil && p.names[id] != "" {
				lines[i] = p.names[id] + "  " + line
			}
		case record.Moment:
			lines[i] = strings.Replace(line, "T", " ", 1)
		case record.Bool:
			lines[i] = c.words.T("command." + line)
		}
	}
	return strings.Join(lines, "\n")
}

func (c *call) sayEntries(p *recordPage) {
	for _, l := range []struct {
		key  string
		kind record.Kind
	}{{"claims", record.Claim}, {"tolls", record.Toll}, {"notes", record.Note}, {"steps", record.Step}} {
		entries := p.record.Of(l.kind)
		if len(entries) == 0 {
			continue
		}
		c.section("command.show." + l.key)
		slices.SortStableFunc(entries, func(a, b record.Entry) int { return strings.Compare(a.Get("when"), b.Get("when")) })
		for i := range entries {
			c.text("  " + c.entryLine(&entries[i]))
		}
	}
}

// entryLine is one claim, toll, note or step in a line.
func (c *call) entryLine(e *record.Entry) string {
	when := e.Get("when")
	if when == "" {
		when = e.At.Format("2006-01-02 15:04")
	}
	when = strings.Replace(when, "T", " ", 1)
	var what string
	switch e.Kind {
	case record.Claim:
		what = joinWith(": ", c.option(record.Claim, "status", e.Get("status")), c.placeOf(e.Get("facility"), e.Get("wing"), e.Get("cell")))
	case record.Toll:
		what = join(e.Get("count"), c.option(record.Toll, "category", e.Get("category")))
	default:
		what = join(e.Get("step"), e.Get("text"), e.Get("note"))
	}
	line := when + "  " + what
	if s := join(e.Get("source"), e.Get("who")); s != "" {
		line += "  — " + s
	}
	if e.Kind == record.Claim {
		for _, extra := range []string{"through", "method", "proof", "evidence", "approved_by"} {
			if v := e.Get(extra); v != "" && (extra != "evidence" || v != e.Get("proof")) {
				line += "; " + c.option(record.Claim, extra, v)
			}
		}
	}
	return line
}

func (c *call) sayContradiction(kind record.Kind, o object) {
	var field, why string
	var sides []object
	for _, m := range o {
		switch v := m.value.(type) {
		case []object:
			sides = append(sides, v...)
		case object:
			sides = append(sides, v)
		}
		if s, ok := m.value.(string); ok && m.name == "field" {
			field = s
		} else if ok && m.name == "why" {
			why = s
		}
	}
	text := why
	if key := "contradiction." + why; c.words.Has(key) {
		text = c.words.T(key)
	}
	c.text("")
	c.print("command.show.contradiction", c.label(kind, field), text)
	for _, side := range sides {
		c.text("  " + c.sideLine(kind, field, side))
	}
}

// sideLine is one of those who contradict each other: what, by whom, when, and
// the change by which it is chosen.
func (c *call) sideLine(kind record.Kind, field string, side object) string {
	said := map[string]string{}
	for _, m := range side {
		if text, ok := m.value.(string); ok {
			said[m.name] = text
		}
	}
	what, known := said["value"]
	switch {
	case field == "deleted":
		what = c.words.T("command.show.side_" + what)
	case known && what == "":
		what = c.words.T("command.show.empty")
	case known:
		what = c.option(kind, field, what)
	default:
		what = joinWith(": ", c.option(record.Claim, "status", said["status"]), c.placeOf(said["facility"], said["wing"], said["cell"]))
	}
	return join(what, cmp.Or(said["source"], said["by"]), said["at"], said["change"])
}

// linkLine is a tie, case, attempt… in a line.
func (c *call) linkLine(p *recordPage, r *record.Record) string {
	var parts []string
	for _, field := range []string{"when", "number", "kind", "type", "kinship", "contact", "detainee", "about", "code", "state", "step", "channel", "mode", "outcome", "what", "due", "notifiers", "note"} {
		f, ok := record.SchemaOf(r.Kind).Field(field)
		if !ok || r.Get(field) == "" {
			continue
		}
		text := r.Get(field)
		switch f.Type {
		case record.Ref, record.Refs:
			var names []string
			for _, id := range r.Refs(field) {
				if id != p.record.ID && p.names[id] != "" {
					names = append(names, p.names[id])
				}
			}
			text = strings.Join(names, ", ")
		case record.Enum:
			text = c.option(r.Kind, field, text)
		case record.Moment:
			text = strings.Replace(text, "T", " ", 1)
		}
		if text != "" {
			parts = append(parts, strings.ReplaceAll(text, "\n", ", "))
		}
	}
	if r.Kind == record.Contact {
		parts = append([]string{name(r)}, parts...)
	}
	return r.ID.String() + "  " + strings.Join(parts, " · ")
}
