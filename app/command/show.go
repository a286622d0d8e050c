package command

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/rule"
)

// showVerb prints one record with what was said of it, by whom and when.
// Nothing in it differs between two devices that hold the same changes.
func showVerb(fs *pflag.FlagSet) action {
	asOf := fs.String("as-of", "", "")
	return func(c *call, args []string) error {
		return c.withOffice(func(o *data.Office) error {
			p, err := c.shownPage(o, args[0], *asOf)
			if err != nil {
				return err
			}
			o.Opened(p.record)
			p.circle, p.people = o.KnownTo(p.record)
			if c.common.json {
				c.line(p.object())
				return nil
			}
			c.sayPage(p)
			return nil
		})
	}
}

// shownPage is a record as it is, or as it was known at a moment.
func (c *call) shownPage(o *data.Office, id, asOf string) (*recordPage, error) {
	if asOf == "" {
		r, err := c.resolve(o, id)
		if err != nil {
			return nil, err
		}
		return c.pageOf(o, r)
	}
	at, err := c.moment(o, asOf)
	if err != nil {
		return nil, err
	}
	named, err := c.resolveID(o, id)
	if err != nil {
		return nil, err
	}
	return c.pastPage(o, named, at)
}

// recordPage is a record with all that belongs to it.
type recordPage struct {
	record   *record.Record
	status   rule.Status
	values   []member // plain and concluded, in the order of the schema
	links    []linked
	timeline []data.Moment
	names    map[record.ID]string // of the records that are named on the page
	merged   []*record.Record     // that were merged into it
	asOf     time.Time            // zero: as it is
	circle   string               // that it is restricted to
	people   []string             // who is in it
}

// linked are the records of one kind that speak of the record.
type linked struct {
	list    string // under which name they stand
	kind    record.Kind
	records []*record.Record
}

// linkLists are the lists of a page, in their order.
var linkLists = []struct {
	list string
	kind record.Kind
}{
	{"ties", record.Relationship},
	{"cases", record.Case},
	{"attempts", record.Attempt},
	{"notifications", record.Notification},
	{"tasks", record.Task},
	{"documents", record.Document},
	{"remains", record.Remains},
}

func (c *call) pageOf(o data.API, r *record.Record) (*recordPage, error) {
	p := &recordPage{record: r, names: map[record.ID]string{r.ID: name(r)}}
	if r.Kind == record.Detainee {
		p.status = rule.Conclude(r)
	}
	p.values = valuesOf(r, p.status)
	for _, l := range linkLists {
		records, err := o.Links(c.ctx, r.ID, l.kind)
		if err != nil {
			return nil, err
		}
		if len(records) == 0 {
			continue
		}
		slices.SortFunc(records, func(a, b *record.Record) int { return strings.Compare(a.ID.String(), b.ID.String()) })
		p.links = append(p.links, linked{l.list, l.kind, records})
		for _, ref := range records {
			c.nameRefs(o, p, ref)
		}
	}
	c.nameRefs(o, p, r)
	var err error
	if p.merged, err = o.MergedFrom(c.ctx, r.ID); err != nil {
		return nil, err
	}
	for _, m := range p.merged {
		p.names[m.ID] = name(m)
	}
	if into := r.MergedInto; !into.IsZero() {
		if k, err := o.Get(c.ctx, into); err == nil {
			p.names[into] = name(k)
		}
	}
	p.timeline, err = o.Timeline(c.ctx, r.ID)
	return p, err
}

// nameRefs remembers the names of the records that one refers to.
func (c *call) nameRefs(o data.API, p *recordPage, r *record.Record) {
	schema := record.SchemaOf(r.Kind)
	if schema == nil {
		return // a newer version's kind
	}
	for _, f := range schema.Fields {
		if f.Type != record.Ref && f.Type != record.Refs {
			continue
		}
		for _, id := range r.Refs(f.Name) {
			if _, known := p.names[id]; !known {
				if row, ok := o.Row(id); ok {
					p.names[id] = rowName(row)
				}
			}
		}
	}
}

// valuesOf gives what stands in a record: what was typed, and what is
// concluded from its claims.
func valuesOf(r *record.Record, s rule.Status) []member {
	concluded := map[string]string{
		"life_status": s.Life, "release_status": s.Release, "facility": s.Facility, "wing": s.Wing, "cell": s.Cell,
	}
	var out []member
	schema := record.SchemaOf(r.Kind)
	if schema == nil {
		return nil
	}
	for _, f := range schema.Fields {
		text := r.Get(f.Name)
		if f.Concluded {
			text = concluded[f.Name]
		}
		if f.Name == "age" && text == "" {
			// An age is kept as a birth with the day on which it was said.
			if said, _, ok := strings.Cut(strings.TrimPrefix(r.Get("birth"), "~"), "@"); ok {
				text = said
			}
		}
		if text != "" {
			out = append(out, member{f.Name, text})
		}
	}
	return out
}

func (p *recordPage) object() object {
	var o object
	o.put("id", p.record.ID.String())
	o.put("kind", p.record.Kind.String())
	if !p.asOf.IsZero() {
		o.put("as_of", utc(p.asOf))
	}
	if p.record.Deleted {
		o.put("deleted", true)
	}
	p.putRestricted(&o)
	for _, v := range p.values {
		o.put(v.name, v.value)
	}
	for _, l := range []struct {
		list string
		kind record.Kind
	}{{"claims", record.Claim}, {"tolls", record.Toll}, {"notes", record.Note}, {"steps", record.Step}} {
		entries := p.record.Of(l.kind)
		if len(entries) == 0 && l.kind != record.Claim {
			continue
		}
		list := make([]object, len(entries))
		for i := range entries {
			list[i] = entryObject(&entries[i])
		}
		o.put(l.list, list)
	}
	o.put("contradictions", p.contradictions())
	if others := p.others(); len(others) > 0 {
		o.put("also_said", others)
	}
	if len(p.merged) > 0 {
		o.put("merged", p.mergedObjects())
	}
	for _, l := range p.links {
		// A body or paper has fields of these names too; the record's own win.
		if record.SchemaOf(p.record.Kind) == nil || !hasField(p.record.Kind, l.list) {
			o.put(l.list, p.linkObjects(l))
		}
	}
	o.put("timeline", timelineObjects(p.timeline))
	return o
}

func hasField(k record.Kind, field string) bool {
	_, ok := record.SchemaOf(k).Field(field)
	return ok
}

func entryObject(e *record.Entry) object {
	var o object
	o.put("id", e.ID.String())
	for _, f := range record.SchemaOf(e.Kind).Fields {
		if v := e.Get(f.Name); v != "" {
			o.put(f.Name, v)
		}
	}
	o.put("by", e.By)
	o.put("at", utc(e.At))
	if e.List != "" {
		o.put("list", e.List)
	}
	o.put("change", e.Write.String())
	return o
}

// contradictions are claims that cannot both be true, and critical fields with
// several values at once.
func (p *recordPage) contradictions() []object {
	list := []object{}
	for _, con := range p.status.Contradictions {
		var o object
		o.put("field", con.Field)
		o.put("why", con.Why)
		o.put("a", entryObject(&con.A))
		o.put("b", entryObject(&con.B))
		list = append(list, o)
	}
	for _, field := range rule.FieldContradictions(p.record) {
		var o object
		o.put("field", field)
		o.put("why", "two_values")
		var values []object
		for _, v := range p.record.Values[field] {
			var said object
			said.put("value", v.Text)
			said.put("by", v.By)
			said.put("at", utc(v.At))
			said.put("change", v.Write.String())
			values = append(values, said)
		}
		o.put("values", values)
		list = append(list, o)
	}
	for _, con := range data.Contradicted(p.record) {
		if con.Flag == data.BetweenDeletion {
			list = append(list, deletionObject(con))
		}
	}
	return list
}

func deletionObject(con data.Contradiction) object {
	var o object
	o.put("field", con.Field)
	o.put("why", con.Why)
	var values []object
	for _, s := range con.Sides {
		var said object
		said.put("value", s.Text)
		if len(s.Fields) > 0 {
			said.put("fields", s.Fields)
		}
		said.put("at", utc(s.At))
		said.put("change", s.Write.String())
		values = append(values, said)
	}
	o.put("values", values)
	return o
}

// others are what else was said of an ordinary field at the same time as what
// is shown: kept beside it, for a person to take instead.
func (p *recordPage) others() []object {
	var list []object
	schema := record.SchemaOf(p.record.Kind)
	if schema == nil {
		return nil
	}
	for i := range schema.Fields {
		f := &schema.Fields[i]
		vals := p.record.Values[f.Name]
		if f.Critical || len(vals) < 2 {
			continue
		}
		for _, v := range vals[1:] {
			var o object
			o.put("field", f.Name)
			o.put("value", v.Text)
			o.put("by", v.By)
			o.put("at", utc(v.At))
			o.put("change", v.Write.String())
			list = append(list, o)
		}
	}
	return list
}

// mergedObjects tells of those who were found to be this person: what was said
// of them stays theirs.
func (p *recordPage) mergedObjects() []object {
	list := make([]object, 0, len(p.merged))
	for _, m := range p.merged {
		var o object
		o.put("id", m.ID.String())
		o.put("name", name(m))
		o.put("change", m.Values["merged_into"][0].Write.String())
		if m.Kind == record.Detainee {
			o.put("life_status", rule.Conclude(m).Life)
			claims := []object{}
			for _, e := range m.Standing(record.Claim) {
				claims = append(claims, entryObject(&e))
			}
			o.put("claims", claims)
		}
		list = append(list, o)
	}
	return list
}

// linkObjects tells of the records that speak of this one: all of theirs but
// the field that only points back, with the other's name.
func (p *recordPage) linkObjects(l linked) []object {
	list := make([]object, 0, len(l.records))
	for _, r := range l.records {
		var o object
		o.put("id", r.ID.String())
		for _, v := range valuesOf(r, rule.Status{}) {
			o.put(v.name, v.value)
			if id := r.Ref(v.name); !id.IsZero() && id != p.record.ID && p.names[id] != "" {
				o.put(v.name+"_name", p.names[id])
			}
		}
		list = append(list, o)
	}
	return list
}

func timelineObjects(moments []data.Moment) []object {
	list := make([]object, 0, len(moments))
	for _, m := range moments {
		var o object
		o.put("at", utc(m.At))
		o.put("by", m.By)
		for _, extra := range []member{{"list", m.List}, {"reason", m.Reason}} {
			if extra.value != "" {
				o.put(extra.name, extra.value)
			}
		}
		if m.Created {
			o.put("created", true)
		}
		if m.Deleted {
			o.put("deleted", true)
		}
		if m.Restored {
			o.put("restored", true)
		}
		if m.Closed {
			o.put("closed", true)
		}
		if m.Restricts {
			o.put("restricts", !m.Circle.IsZero())
		}
		fields := make([]object, 0, len(m.Fields))
		for _, f := range m.Fields {
			var said object
			said.put("field", f.Field)
			said.put("text", f.Text)
			if f.Was != "" {
				said.put("was", f.Was)
			}
			fields = append(fields, said)
		}
		o.put("fields", fields)
		if len(m.Entries) > 0 {
			entries := make([]object, len(m.Entries))
			for i := range m.Entries {
				entries[i] = entryObject(&m.Entries[i])
			}
			o.put("entries", entries)
		}
		o.put("device", m.Device.String())
		o.put("change", m.Write.String())
		list = append(list, o)
	}
	return list
}

func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }
