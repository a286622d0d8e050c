package present

import (
	"context"
	"slices"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// TieLine is one relative of a detainee, or one detainee of a contact with
// his own status: a son is never implied dead by his brother's record.
type TieLine struct {
	Tie     record.ID
	Other   record.ID
	Kind    record.Kind
	Name    string
	Kinship string
	Notes   string // next of kin, proof
	Chip    Chip   // the detainee's life status
	Danger  Chip   // threat, or not to be contacted; empty text when neither
}

// CaseLine is one case.
type CaseLine struct {
	ID    record.ID
	Title string
	Line  string
	Chip  Chip
}

// NoteLine is one note, with whether it was corrected since.
type NoteLine struct {
	ID        record.ID
	Text      string
	By        string
	Corrects  bool // it takes the place of an older one
	Corrected bool
	Circle    string // that alone reads it; "" where whoever reads the page does
}

// TimelineLine is one change of a record.
type TimelineLine struct {
	When    string
	By      string
	Device  string // on which device; "" where the office knows only one
	What    string
	Reason  string
	Mark    string // why it has no effect or cannot be read; "" otherwise
	Changes []Shift

	Write record.Write // zero: it cannot be undone
}

// Shift is one field as it was and as it is.
type Shift struct {
	Label string
	Was   string
	Is    string
}

// fullName writes a name as the person does: given names, then surnames.
func fullName(w *assets.Words, r *record.Record) string {
	name := join(" ", r.Get("given_names"), r.Get("paternal_surname"), r.Get("maternal_surname"))
	if name == "" {
		name = r.Get("original_name")
	}
	if name == "" {
		name = join(" · ", r.List("aliases")...)
	}
	if name == "" && !r.Circle.IsZero() {
		name = w.T("person.restricted")
	}
	if name == "" {
		name = w.T("person.nameless")
	}
	return name
}

// restrictedStep names what a change did that a circle sealed, or that says who
// reads what comes.
func restrictedStep(m data.Moment) string {
	switch {
	case m.Closed:
		return "timeline.closed"
	case m.Circle.IsZero():
		return "timeline.lifted"
	}
	return "timeline.restricts"
}

// restrictedText says which circle alone reads a record, or a part of it, and who
// is in it; "" when the whole team does.
func restrictedText(env Env, r *record.Record) string {
	of, ok := env.API.(interface {
		KnownTo(*record.Record) (string, []string)
	})
	if !ok || !r.Restricted() {
		return ""
	}
	circle, people := of.KnownTo(r)
	if r.Circle.IsZero() {
		return env.Words.T("person.restricted_part", circle, join(", ", people...))
	}
	return env.Words.T("person.restricted_to", circle, join(", ", people...))
}

// ties says who a detainee's relatives are.
func (p *Person) ties(d *personData) []TieLine {
	w := p.env.Words
	lines := make([]TieLine, 0, len(d.ties))
	for _, t := range d.ties {
		line := TieLine{
			Tie: t.record.ID, Other: t.other.ID, Kind: record.Contact, Name: fullName(w, t.other),
			Kinship: optionLabel(w, record.Relationship, "kinship", t.record.Get("kinship")),
			Notes:   tieNotes(w, t.record), Danger: dangerChip(w, t.other),
		}
		lines = append(lines, line)
	}
	slices.SortStableFunc(lines, func(a, b TieLine) int { return compareKin(d.ties, a, b) })
	return lines
}

// compareKin puts the next of kin first and keeps the rest as they came.
func compareKin(ties []tie, a, b TieLine) int {
	rank := func(id record.ID) int {
		for _, t := range ties {
			if t.record.ID == id && t.record.Get("next_of_kin") == "true" {
				return 0
			}
		}
		return 1
	}
	return rank(a.Tie) - rank(b.Tie)
}

func tieNotes(w *assets.Words, r *record.Record) string {
	kin := ""
	if r.Get("next_of_kin") == "true" {
		kin = w.T("person.next_of_kin")
	}
	return dot(kin, r.Get("proof"), r.Get("note"))
}

// dangerChip warns before anybody calls.
func dangerChip(w *assets.Words, contact *record.Record) Chip {
	switch {
	case contact.Get("do_not_contact") == "true":
		return Chip{Text: w.T("family.do_not_contact"), Tone: Bad}
	case contact.Get("consent_withdrawn_on") != "":
		return Chip{Text: w.T("family.consent_withdrawn"), Tone: Bad}
	case contact.Get("threat") == "threat" || contact.Get("threat") == "extortion":
		return Chip{Text: optionLabel(w, record.Contact, "threat", contact.Get("threat")), Tone: Bad}
	}
	return Chip{}
}

// caseLines lists cases, the open ones first, then the newest.
func caseLines(env Env, cases []*record.Record) []CaseLine {
	w := env.Words
	lines := make([]CaseLine, 0, len(cases))
	ordered := sorted(cases, "opened_on")
	slices.SortStableFunc(ordered, func(a, b *record.Record) int { return closed(a) - closed(b) })
	for _, c := range ordered {
		line := CaseLine{ID: c.ID, Title: optionLabel(w, record.Case, "type", c.Get("type"))}
		step := optionLabel(w, record.Case, "step", c.Get("step"))
		opened := ""
		if day := c.Get("opened_on"); day != "" {
			opened = w.T("person.case_opened", dateText(w, day))
		}
		line.Line = dot(c.Get("number"), step, c.Get("assigned_to"), opened)
		line.Chip = Chip{Text: optionLabel(w, record.Case, "state", c.Get("state"))}
		if c.Get("state") == "open" {
			line.Chip.Tone = OK
		}
		if c.Get("state") == "waiting" {
			line.Chip.Tone = Warn
		}
		lines = append(lines, line)
	}
	return lines
}

func closed(c *record.Record) int {
	if c.Get("state") == "closed" {
		return 1
	}
	return 0
}

// noteLines lists notes, newest first, each corrected one marked.
func noteLines(env Env, r *record.Record) []NoteLine {
	notes, taken := r.Of(record.Note), record.TakenBack(r.Entries)
	lines := make([]NoteLine, 0, len(notes))
	for _, n := range slices.Backward(notes) {
		if n.Get("text") == "" { // it only takes another back
			continue
		}
		lines = append(lines, NoteLine{
			ID: n.ID, Text: n.Get("text"), By: dot(n.By, stamp(env.Words, n.At)),
			Corrects: n.Get("corrects") != "", Corrected: taken[n.ID], Circle: circleOf(env, r, &n),
		})
	}
	return lines
}

// timeline writes every change, newest first: who, when, what it was and is.
func timeline(env Env, kind record.Kind, moments []data.Moment) []TimelineLine {
	lines := make([]TimelineLine, 0, len(moments))
	devices := map[record.ID]string{}
	for _, m := range slices.Backward(moments) {
		line := timelineLine(env, kind, m)
		if !m.Device.IsZero() {
			name, known := devices[m.Device]
			if !known {
				name = env.API.DeviceName(context.Background(), m.Device)
				devices[m.Device] = name
			}
			line.Device = env.Words.T("clashes.device", name)
			if name == "" {
				line.Device = env.Words.T("clashes.device_unknown", m.Device.String()[:6])
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func timelineLine(env Env, kind record.Kind, m data.Moment) TimelineLine {
	w := env.Words
	line := TimelineLine{When: stamp(w, m.At), By: m.By, Reason: m.Reason}
	switch {
	case m.Lost:
		line.Mark = w.T("timeline.lost")
	case m.Refused != "":
		line.Mark = w.T("timeline.refused")
	case m.Erased:
		line.Mark = w.T("timeline.erased")
	default:
		line.Write = m.Write
	}
	if m.List != "" {
		line.By = w.T("timeline.list", m.List)
	}
	switch {
	case m.Lost, m.Erased:
		line.What = w.T("timeline.unknown")
	case m.Closed, m.Restricts:
		line.What, line.Write = w.T(restrictedStep(m)), record.Write{}
	case m.Erases > 0:
		line.What, line.Write = w.T("timeline.erases"), record.Write{}
	case m.Deleted:
		line.What = w.T("timeline.deleted")
	case m.Restored:
		line.What = w.T("timeline.restored")
	case m.Created:
		line.What = w.T("timeline.created")
	case len(m.Fields) == 1 && m.Fields[0].Field == "merged_into":
		line.What = w.T("timeline.merged")
		if m.Fields[0].Text == "" {
			line.What = w.T("timeline.unmerged")
		}
	case len(m.Fields) > 0:
		line.What = w.N("timeline.changed", len(m.Fields))
	case len(m.Entries) == 1:
		line.What = w.T("timeline.added." + m.Entries[0].Kind.String())
	default:
		line.What = w.N("timeline.added", len(m.Entries))
	}
	schema := record.SchemaOf(kind)
	for _, said := range m.Fields {
		shift := Shift{Label: fieldLabel(w, kind, said.Field), Was: said.Was, Is: said.Text}
		if schema != nil {
			if f, ok := schema.Field(said.Field); ok {
				shift.Was, shift.Is = valueText(env, kind, f, said.Was), valueText(env, kind, f, said.Text)
			}
		}
		line.Changes = append(line.Changes, shift)
	}
	for _, e := range m.Entries {
		is := entrySummary(env, e)
		if e.Get("corrects") != "" {
			is = join(" · ", w.T("timeline.takes_back"), is)
		}
		line.Changes = append(line.Changes, Shift{Label: w.T("kind." + e.Kind.String()), Is: is})
	}
	return line
}

// entrySummary says an entry in one line, in the order of its schema.
func entrySummary(env Env, e record.Entry) string {
	schema := record.SchemaOf(e.Kind)
	var parts []string
	for i := range schema.Fields {
		f := &schema.Fields[i]
		if f.Name == "corrects" || f.Name == "resolves" || e.Get(f.Name) == "" {
			continue
		}
		parts = append(parts, valueText(env, e.Kind, f, e.Get(f.Name)))
	}
	return dot(parts...)
}

// due gathers what is owed to a person: tasks not done, next contacts, the
// next step of each open case; the earliest first.
func due(env Env, d *personData) []DueLine {
	w, today := env.Words, env.Day()
	type dated struct {
		day  string
		line DueLine
	}
	var all []dated
	add := func(r *record.Record, what, day string) {
		line := DueLine{ID: r.ID, Kind: r.Kind, What: what, Late: day != "" && day < today}
		if day != "" {
			line.When = dateText(w, day)
		}
		all = append(all, dated{day: day, line: line})
	}
	for _, t := range d.tasks {
		if t.Get("done_on") == "" {
			add(t, t.Get("what"), t.Get("due"))
		}
	}
	if next := nextContact(d); next != nil {
		field := "next_due"
		if next.Kind == record.Notification {
			field = "next_contact"
		}
		add(next, w.T("person.due.contact", contactName(w, d, next.Ref("contact"))), next.Get(field))
	}
	for _, c := range d.cases {
		if c.Get("state") != "closed" && c.Get("next_step") != "" {
			add(c, c.Get("next_step"), c.Get("next_step_due"))
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return compareDays(a.day, b.day) })
	lines := make([]DueLine, 0, len(all))
	for _, one := range all {
		lines = append(lines, one.line)
	}
	return lines
}

// compareDays orders canonical days, those without one last.
func compareDays(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "" || a < b:
		return -1
	}
	return 1
}

// nextContact is the newest attempt or telling when it promised another; an
// older promise was kept or replaced by the newer talk.
func nextContact(d *personData) *record.Record {
	newest := newestOf(append(slices.Clone(d.attempts), d.tellings...))
	if newest == nil || newest.Get("next_due") == "" && newest.Get("next_contact") == "" {
		return nil
	}
	return newest
}

func newestOf(talks []*record.Record) *record.Record {
	ordered := sorted(talks, "when")
	if len(ordered) == 0 {
		return nil
	}
	return ordered[0]
}

func contactName(w *assets.Words, d *personData, id record.ID) string {
	for _, t := range d.ties {
		if t.other.ID == id {
			return fullName(w, t.other)
		}
	}
	return w.T("person.due.someone")
}

// knows says, relative by relative, what the family has been told.
func knows(env Env, d *personData) []KnowsLine {
	w := env.Words
	lines := make([]KnowsLine, 0, len(d.ties))
	for _, t := range d.ties {
		line := KnowsLine{
			Contact: t.other.ID, Name: fullName(w, t.other),
			Tie: optionLabel(w, record.Relationship, "kinship", t.record.Get("kinship")),
		}
		told, reached := lastWith(d.tellings, t.other.ID, ""), lastWith(d.attempts, t.other.ID, "reached")
		switch {
		case told != nil:
			line.What = w.T("person.knows.told", dateText(w, told.Get("when")), optionLabel(w, record.Notification, "mode", told.Get("mode")))
			line.Chip = Chip{Text: w.T("person.knows.chip.told"), Tone: Accent}
		case t.other.Get("role_in_household") == "must_not_be_told":
			line.What = w.T("person.knows.must_not")
			line.Chip = Chip{Text: w.T("person.knows.chip.must_not"), Tone: Bad}
		case reached != nil:
			line.What = w.T("person.knows.reached", dateText(w, reached.Get("when")))
		default:
			line.What = w.T("person.knows.nothing")
		}
		lines = append(lines, line)
	}
	return lines
}

// lastWith is the newest talk with one contact, with that outcome if any.
func lastWith(talks []*record.Record, contact record.ID, outcome string) *record.Record {
	for _, r := range sorted(talks, "when") {
		if r.Ref("contact") == contact && (outcome == "" || r.Get("outcome") == outcome) {
			return r
		}
	}
	return nil
}
