package present

import (
	"context"
	"maps"
	"strings"
	"time"

	"paradero/data/record"
)

// DraftOf names a form whose draft is kept: of which record, and which form of
// its page.
type DraftOf struct {
	Kind record.Kind
	ID   record.ID // zero: a record that is not yet made
	Form string    // "facts.identity", "claim", "note"; "new" for a new record
}

// Key is what all drafts of the form begin with.
func (d DraftOf) Key() string {
	id := "new"
	if !d.ID.IsZero() {
		id = d.ID.String()
	}
	return d.Kind.String() + "/" + id + "/" + d.Form
}

// slotMark stands between the form and the one opening of it: two drafts of
// one form stand beside each other, and neither takes the other's place.
const slotMark = "~"

// parseDraft reads a key back.
func parseDraft(key string) (DraftOf, bool) {
	parts := strings.SplitN(key, "/", 3)
	if len(parts) != 3 {
		return DraftOf{}, false
	}
	kind, ok := record.KindNamed(parts[0])
	if !ok {
		return DraftOf{}, false
	}
	form, _, _ := strings.Cut(parts[2], slotMark)
	of := DraftOf{Kind: kind, Form: form}
	if parts[1] == "new" {
		return of, true
	}
	id, err := record.ParseID(parts[1])
	of.ID = id
	return of, err == nil
}

// DraftLine is one unfinished form, and where it leads.
type DraftLine struct {
	Key  string // under which it is kept
	Of   DraftOf
	What string // which form
	Who  string // whom it is about
	When string // "hoy 14:32"

	typed map[string]string
}

// ReadDrafts lists all unfinished forms, the newest first, and how many files
// cannot be read. It takes time: not for the screen's goroutine.
func ReadDrafts(ctx context.Context, env Env) (lines []DraftLine, unreadable int, err error) {
	all, bad, err := env.API.Drafts().List()
	if err != nil {
		return nil, 0, err
	}
	unreadable = len(bad)
	for _, d := range all {
		of, ok := parseDraft(d.Key)
		if !ok { // of a form that this version does not have
			unreadable++
			continue
		}
		lines = append(lines, DraftLine{
			Key: d.Key, Of: of, typed: d.Typed,
			What: draftForm(env, of), Who: draftWho(ctx, env, of, d.Typed), When: draftWhen(env, d.At),
		})
	}
	return lines, unreadable, nil
}

// DropDraft forgets a draft, which only a person may ask for.
func DropDraft(env Env, line DraftLine) error { return env.API.Drafts().Drop(line.Key) }

// draftForm names a form.
func draftForm(env Env, of DraftOf) string {
	w := env.Words
	if of.ID.IsZero() {
		return w.T("draft.new." + of.Kind.String())
	}
	form, group, _ := strings.Cut(of.Form, ".")
	keys := []string{"draft.form." + form}
	if form == "facts" {
		switch of.Kind {
		case record.Case:
			keys = []string{"case.card." + group, keys[0]}
		case record.Incident:
			keys = []string{"incident.card." + group, keys[0]}
		case record.Household:
			keys = []string{"family.facts"}
		default:
			keys = []string{"group." + group, "family." + group, keys[0]}
		}
	}
	for _, key := range keys {
		if w.Has(key) {
			return w.T(key)
		}
	}
	return w.T("draft.form")
}

// draftWho says whom a draft is about: by the record, or by what was typed of
// one that is not yet made.
func draftWho(ctx context.Context, env Env, of DraftOf, typed map[string]string) string {
	if of.ID.IsZero() {
		if id, err := record.ParseID(typed["detainee"]); err == nil {
			return refName(env, id)
		}
		name := join(" ", typed["given_names"], typed["paternal_surname"], typed["maternal_surname"])
		for _, field := range []string{"name", "aliases", "cedula", "number"} {
			if name == "" {
				name = typed[field]
			}
		}
		return name
	}
	r, err := env.API.Get(ctx, of.ID)
	if err != nil { // the draft can be discarded all the same
		return env.Words.T("cases.person_gone")
	}
	switch of.Kind {
	case record.Case:
		return refName(env, r.Ref("detainee"))
	case record.Incident, record.Household, record.OfficeKind:
		return r.Get("name")
	}
	return refName(env, of.ID)
}

// draftWhen says when a draft was kept, as one speaks of today and yesterday.
func draftWhen(env Env, at time.Time) string {
	now := env.API.Now()
	at = at.In(now.Location())
	switch at.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return env.Words.T("draft.at.today", at.Format("15:04"))
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return env.Words.T("draft.at.yesterday", at.Format("15:04"))
	}
	return stamp(env.Words, at)
}

// Drafts are the unfinished forms of one record's page.
type Drafts struct {
	Lines []DraftLine

	env    Env
	ctx    context.Context
	kind   record.Kind
	id     record.ID
	latest *Latest[[]DraftLine]
	shown  func()
}

// NewDrafts makes the list for a record, or for the new ones of a kind; Load
// fills it.
func NewDrafts(ctx context.Context, env Env, kind record.Kind, id record.ID, shown func()) *Drafts {
	return &Drafts{env: env, ctx: ctx, kind: kind, id: id, shown: shown, latest: NewLatest[[]DraftLine](env.Run)}
}

// Load reads the drafts again. That they cannot be read keeps nobody from the
// page; the room of today says it.
func (d *Drafts) Load() {
	d.latest.Ask(d.ctx, func(ctx context.Context) ([]DraftLine, error) {
		all, _, err := ReadDrafts(ctx, d.env)
		var own []DraftLine
		for _, line := range all {
			if line.Of.Kind == d.kind && line.Of.ID == d.id {
				own = append(own, line)
			}
		}
		return own, err
	}, func(lines []DraftLine, err error) {
		if err != nil {
			lines = nil
		}
		d.Lines = lines
		d.shown()
	})
}

// Drop forgets what is under way.
func (d *Drafts) Drop() { d.latest.Drop() }

// Typing is what a form lends to its draft.
type Typing struct {
	Typed   func() map[string]string      // as it stands now
	Restore func(typed map[string]string) // brings a part of it back
	Dirty   func() bool                   // whether a person typed anything
}

// wasMark stands before a field's stored value as it was when it was typed
// over, in a draft.
const wasMark = "was:"

// Typing lends a form to its draft.
func (f *Form) Typing() *Typing {
	return &Typing{Typed: f.drafted, Restore: f.restoreDraft, Dirty: f.Dirty}
}

// drafted is what was typed, with what stood there before.
func (f *Form) drafted() map[string]string {
	typed := f.Typed()
	if f.Base != nil {
		for name := range maps.Clone(typed) {
			typed[wasMark+name] = f.Base.Get(name)
		}
	}
	return typed
}

// restoreDraft brings a draft back onto the record as it stands today. Where
// somebody changed the same fact meanwhile it is said beside the field: what
// was typed yesterday must not silently replace what was learned since.
func (f *Form) restoreDraft(typed map[string]string) {
	for name, value := range typed {
		own := f.Field(name)
		if own == nil || strings.HasPrefix(name, wasMark) {
			continue
		}
		f.Propose(name, value)
		was, known := typed[wasMark+name]
		if f.Base == nil || !known || was == f.Base.Get(name) || own.Value == f.Base.Get(name) {
			continue
		}
		text := f.words.T("draft.changed_since_empty")
		if now := f.Base.Get(name); now != "" {
			text = f.words.T("draft.changed_since", f.entryText(&FormField{Type: own.Type, Value: now}))
		}
		own.Warning = join(" ", own.Warning, text)
	}
}

// within puts a part's fields under a name of their own, for a draft of a form
// of several parts.
func within(part string, typed map[string]string) map[string]string {
	out := make(map[string]string, len(typed))
	for name, value := range typed {
		out[part+"/"+name] = value
	}
	return out
}

// part takes them out again.
func part(name string, typed map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range typed {
		if own, ok := strings.CutPrefix(key, name+"/"); ok {
			out[own] = value
		}
	}
	return out
}
