package present

import (
	"slices"
	"strings"
	"time"

	"paradero/data/record"
)

// Elsewhere is what was changed in a record, on this computer or another, while a
// form stands open on it. The form still rests on the record as it was, so that
// what is typed in it and what came meanwhile are kept side by side.
type Elsewhere struct {
	Text    string  // who changed which fields, and when
	Changes []Shift // as they were, as they are
}

// openForms follows what is changed in a record under its open forms.
type openForms struct {
	n    int
	base *record.Record // as it stood when the first of them was opened, or was looked at since
}

func (o *openForms) any() bool { return o.n > 0 }

func (o *openForms) begin(r *record.Record) {
	if o.n == 0 {
		o.base = r
	}
	o.n++
}

// end says that a form was saved or given up; true when it was the last.
func (o *openForms) end() bool {
	o.n = max(0, o.n-1)
	if o.n == 0 {
		o.base = nil
	}
	return o.n == 0
}

// seen takes what is there now as known: only what comes later is told.
func (o *openForms) seen(r *record.Record) {
	if o.n > 0 {
		o.base = r
	}
}

// changes tells what was changed since the forms were opened; nil: nothing that
// whoever writes must know. A note or a claim that he added beside the form is none.
func (o *openForms) changes(env Env, is *record.Record) *Elsewhere {
	if o.n == 0 || o.base == nil || is == nil {
		return nil
	}
	w, me := env.Words, env.API.Info().Name
	var out Elsewhere
	var names, by []string
	var at time.Time
	note := func(label, who string, when time.Time) {
		if !slices.Contains(names, label) {
			names = append(names, label)
		}
		if who != "" && !slices.Contains(by, who) {
			by = append(by, who)
		}
		if when.After(at) {
			at = when
		}
	}
	schema := record.SchemaOf(is.Kind)
	for i := range schema.Fields {
		f := &schema.Fields[i]
		if f.Concluded || sameVals(o.base.Values[f.Name], is.Values[f.Name]) {
			continue
		}
		label := fieldLabel(w, is.Kind, f.Name)
		shift := Shift{Label: label, Was: valueText(env, is.Kind, f, o.base.Get(f.Name)), Is: valueText(env, is.Kind, f, is.Get(f.Name))}
		if shift.Was != shift.Is {
			out.Changes = append(out.Changes, shift)
		}
		note(label, "", time.Time{})
		for _, v := range is.Values[f.Name] {
			if !slices.ContainsFunc(o.base.Values[f.Name], func(b record.Val) bool { return b.Write == v.Write }) {
				note(label, v.By, v.At)
			}
		}
	}
	for i := range is.Entries {
		e := &is.Entries[i]
		if e.By == me || slices.ContainsFunc(o.base.Entries, func(b record.Entry) bool { return b.ID == e.ID }) {
			continue
		}
		label := w.T("kind." + e.Kind.String())
		out.Changes = append(out.Changes, Shift{Label: label, Is: entrySays(env, e)})
		note(label, e.By, e.At)
	}
	if len(names) == 0 {
		return nil
	}
	out.Text = w.T("stale.who", staleWho(env, by), strings.Join(names, ", "), staleWhen(env, at))
	return &out
}

func sameVals(a, b []record.Val) bool {
	return slices.EqualFunc(a, b, func(x, y record.Val) bool { return x.Write == y.Write && x.Text == y.Text })
}

// entrySays is an entry in a line.
func entrySays(env Env, e *record.Entry) string {
	schema := record.SchemaOf(e.Kind)
	var parts []string
	for i := range schema.Fields {
		f := &schema.Fields[i]
		if text := e.Get(f.Name); text != "" && f.Type != record.Ref {
			parts = append(parts, valueText(env, e.Kind, f, text))
		}
	}
	return dot(parts...)
}

func staleWho(env Env, by []string) string {
	if len(by) == 0 {
		return env.Words.T("stale.somebody")
	}
	return strings.Join(by, ", ")
}

// justNow is how long ago still counts as a moment.
const justNow = 5 * time.Minute

func staleWhen(env Env, at time.Time) string {
	ago := env.API.Now().Sub(at)
	if at.IsZero() || ago < justNow && ago > -justNow {
		return env.Words.T("stale.now")
	}
	return env.Words.T("stale.at", stamp(env.Words, at))
}
