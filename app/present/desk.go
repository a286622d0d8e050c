package present

import (
	"context"
	"strconv"
	"strings"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// Desk is the list of all that contradicts in the office: who says what, since
// when, on which device, and why it matters. It decides nothing; a person does.
type Desk struct {
	State   State
	Failure Failure
	Lines   []DeskLine // newest first
	Count   string
	Done    *DeskDone // what was decided last here, to be undone

	env    Env
	ctx    context.Context
	latest *Latest[[]DeskLine]
	shown  func()
}

// DeskLine is one contradiction.
type DeskLine struct {
	ID       record.ID
	Kind     record.Kind
	Field    string
	Key      string // names it: "<id>/<field>"
	Who      string // whom it is about
	Initials string
	What     string // which fact
	Why      string // what contradicts what
	Matters  string // why it matters
	Since    string
	Sides    []DeskSide
}

// DeskSide is one of those who contradict each other.
type DeskSide struct {
	Text   string // what it says
	Source string
	When   string // when it was written down, by whom
	Device string // on which device
	Record string // of another record than the line's: its name

	write record.Write
	entry record.ID
}

// name is what a side is called in a draft.
func (s *DeskSide) name() string { return s.write.String() + "/" + s.entry.String() }

// DeskDone is a decision that was just made.
type DeskDone struct {
	Text  string
	Write record.Write
}

// NewDesk makes the list; Load fills it.
func NewDesk(ctx context.Context, env Env, shown func()) *Desk {
	return &Desk{env: env, ctx: ctx, shown: shown, latest: NewLatest[[]DeskLine](env.Run)}
}

// Load reads the contradictions again; what is on the screen stays meanwhile.
func (d *Desk) Load() {
	d.latest.Ask(d.ctx, func(ctx context.Context) ([]DeskLine, error) {
		list, err := d.env.API.Contradictions(ctx)
		lines := make([]DeskLine, 0, len(list))
		for i := range list {
			lines = append(lines, deskLine(ctx, d.env, &list[i]))
		}
		return lines, err
	}, func(lines []DeskLine, err error) {
		w := d.env.Words
		switch {
		case isCancelled(err):
			return
		case err != nil:
			d.State, d.Failure, d.Lines, d.Count = Failed, failure(w, err), nil, ""
		case len(lines) == 0:
			d.State, d.Lines, d.Count = Empty, nil, ""
		default:
			d.State, d.Lines, d.Count = Ready, lines, w.N("clashes.count", len(lines))
		}
		d.shown()
	})
}

// Index finds a line by its name, -1 when it is no longer there.
func (d *Desk) Index(key string) int {
	for i := range d.Lines {
		if d.Lines[i].Key == key {
			return i
		}
	}
	return -1
}

func deskLine(ctx context.Context, env Env, c *data.Contradiction) DeskLine {
	w := env.Words
	line := DeskLine{
		ID: c.Record, Kind: c.Kind, Field: c.Field, Key: c.Record.String() + "/" + c.Field,
		What: deskFact(w, c.Kind, c.Field), Why: w.T("contradiction." + c.Why), Since: stamp(w, c.Since),
	}
	if key := "critical." + c.Field + ".why"; w.Has(key) {
		line.Matters = w.T(key)
	}
	line.Who, line.Initials = deskWho(ctx, env, c.Record)
	for i := range c.Sides {
		line.Sides = append(line.Sides, deskSide(ctx, env, c, &c.Sides[i]))
	}
	return line
}

// deskFact names the fact that is contradicted.
func deskFact(w *assets.Words, kind record.Kind, field string) string {
	if field == "deleted" {
		return w.T("clashes.fact.deleted")
	}
	return fieldLabel(w, kind, field)
}

// deskWho names a record of any kind, and gives the letters of its avatar.
func deskWho(ctx context.Context, env Env, id record.ID) (who, letters string) {
	r, err := env.API.Get(ctx, id)
	if err != nil {
		return env.Words.T("cases.person_gone"), ""
	}
	if r.Kind == record.Detainee || r.Kind == record.Contact {
		return fullName(env.Words, r), initials(r.Get("paternal_surname"), r.Get("maternal_surname"), r.Get("given_names"), "")
	}
	for _, field := range []string{"detainee", "contact", "about"} {
		if refs := r.Refs(field); len(refs) > 0 {
			who, letters = deskWho(ctx, env, refs[0])
			return dot(env.Words.T("kind."+r.Kind.String()), who), letters
		}
	}
	for _, field := range []string{"name", "what", "code", "number"} {
		if text := r.Get(field); text != "" {
			return text, ""
		}
	}
	return env.Words.T("kind." + r.Kind.String()), ""
}

func deskSide(ctx context.Context, env Env, c *data.Contradiction, s *data.Side) DeskSide {
	w := env.Words
	side := DeskSide{Text: s.Text, Source: s.Source, When: w.T("clashes.written", s.By, stamp(w, s.At)), write: s.Write, entry: s.Entry}
	if s.List != "" {
		side.When = w.T("clashes.listed", s.List, stamp(w, s.At))
	}
	side.Device = w.T("clashes.device", s.DeviceName)
	if s.DeviceName == "" {
		side.Device = w.T("clashes.device_unknown", s.Device.String()[:6])
	}
	switch {
	case c.Flag == data.BetweenDeletion:
		side.Text, side.Source = deletionSide(w, c.Kind, s), ""
	case c.Why == "merge_circle":
		into, _ := record.ParseID(s.Text)
		from, _ := deskWho(ctx, env, s.Record)
		to, _ := deskWho(ctx, env, into)
		side.Text, side.Source = w.T("clashes.side.merge", from, to), ""
	case c.Flag == data.BetweenClaims || c.Flag == data.BetweenMerged:
		if s.When != "" {
			side.Source = w.T("clashes.true_on", s.Source, dateText(w, s.When))
		}
		if c.Field != "facility" {
			side.Text = optionLabel(w, record.Claim, "status", s.Text)
		}
		if !s.Record.IsZero() && s.Record != c.Record {
			side.Record, _ = deskWho(ctx, env, s.Record)
			side.Record = w.T("clashes.side.of", side.Record)
		}
	case s.Text == "":
		side.Text, side.Source = w.T("clashes.side.empty"), ""
	default:
		if f, ok := record.SchemaOf(c.Kind).Field(c.Field); ok {
			side.Text = valueText(env, c.Kind, f, s.Text)
		}
		side.Source = ""
	}
	return side
}

// deletionSide says what somebody did to a record that another took away.
func deletionSide(w *assets.Words, kind record.Kind, s *data.Side) string {
	if s.Text != "edited" {
		return w.T("clashes.side." + s.Text)
	}
	names := make([]string, 0, len(s.Fields))
	for _, f := range s.Fields {
		if w.Has(kind.String() + "." + f) {
			names = append(names, fieldLabel(w, kind, f))
		} else {
			names = append(names, w.T("kind."+f))
		}
	}
	return w.T("clashes.side.edited", strings.Join(names, ", "))
}

// Decision is the form by which a person ends a contradiction.
type Decision struct {
	Line    DeskLine
	Sides   []Option
	Choice  string // the number of the side that stands
	Reason  string
	Problem string

	desk *Desk
}

// Decide opens the form, with a side chosen already or none (-1).
func (d *Desk) Decide(line DeskLine, chosen int) *Decision {
	f := &Decision{Line: line, desk: d}
	for i, s := range line.Sides {
		f.Sides = append(f.Sides, Option{Value: strconv.Itoa(i), Label: dot(s.Text, s.Source)})
	}
	if chosen >= 0 && chosen < len(f.Sides) {
		f.Choice = f.Sides[chosen].Value
	}
	return f
}

// Choose chooses a side in a form that stands open.
func (f *Decision) Choose(s DeskSide) {
	for i := range f.Line.Sides {
		if f.Line.Sides[i].write == s.write && f.Line.Sides[i].entry == s.entry {
			f.Choice = f.Sides[i].Value
		}
	}
}

// Dirty reports whether a reason was begun.
func (f *Decision) Dirty() bool { return strings.TrimSpace(f.Reason) != "" }

// Typing lends the form to its draft. The side is kept by its change, since the
// sides may stand in another order tomorrow.
func (f *Decision) Typing() *Typing {
	return &Typing{
		Typed: func() map[string]string {
			typed := map[string]string{"reason": f.Reason}
			for i, o := range f.Sides {
				if o.Value == f.Choice {
					typed["choice"] = f.Line.Sides[i].name()
				}
			}
			return typed
		},
		Restore: func(typed map[string]string) {
			f.Reason = typed["reason"]
			for i, s := range f.Line.Sides {
				if s.name() == typed["choice"] {
					f.Choice = f.Sides[i].Value
				}
			}
		},
		Dirty: f.Dirty,
	}
}

// Save writes the decision down.
func (f *Decision) Save(ctx context.Context, done func(ok bool)) {
	w, d := f.desk.env.Words, f.desk
	f.Problem = ""
	var chosen *DeskSide
	for i, o := range f.Sides {
		if o.Value == f.Choice {
			chosen = &f.Line.Sides[i]
		}
	}
	if chosen == nil || record.CleanLong(f.Reason) == "" {
		f.Problem = w.T("clashes.needs_reason")
		done(false)
		return
	}
	r := data.Resolution{Record: f.Line.ID, Field: f.Line.Field, Choose: chosen.write, Entry: chosen.entry, Reason: f.Reason}
	d.env.Run.Go(func() {
		receipt, err := d.env.API.Resolve(ctx, r)
		d.env.Run.Back(func() {
			if err != nil {
				fail := failure(w, err)
				f.Problem = join(" ", fail.Text, fail.Hint)
				done(false)
				return
			}
			d.Done = &DeskDone{Text: w.T("clashes.done", f.Line.Who, f.Line.What, chosen.Text), Write: receipt.Write}
			done(true)
		})
	})
}

// Undo opens the contradiction again that was decided last.
func (d *Desk) Undo(ctx context.Context, done func(Failure, bool)) {
	if d.Done == nil {
		return
	}
	undoChange(ctx, d.env, d.Done.Write, func(f Failure, ok bool) {
		if ok {
			d.Done = nil
		}
		done(f, ok)
	})
}

func undoChange(ctx context.Context, env Env, w record.Write, done func(Failure, bool)) {
	env.Run.Go(func() {
		_, err := env.API.Undo(ctx, w, "")
		env.Run.Back(func() {
			if err != nil {
				done(failure(env.Words, err), false)
				return
			}
			done(Failure{}, true)
		})
	})
}
