package present

import (
	"context"
	"strings"

	"paradero/data"
	"paradero/data/record"
)

// UndoOffer is a change that may be taken back, and what that would do, before
// anybody says yes.
type UndoOffer struct {
	Title string   // which change, of whom, when
	Does  []string // what would be set back
	Keeps []string // what stays, and why
	Write record.Write
}

// Text is the offer as one text.
func (u *UndoOffer) Text(env Env) string {
	lines := []string{u.Title}
	for _, d := range u.Does {
		lines = append(lines, "• "+d)
	}
	if len(u.Keeps) > 0 {
		lines = append(lines, env.Words.T("undo.keeps"))
		for _, k := range u.Keeps {
			lines = append(lines, "• "+k)
		}
	}
	return strings.Join(lines, "\n")
}

// lastLooked is how many of a member's changes are looked at for the one to undo.
const lastLooked = 40

// LastUndo offers the last change of the member that still stands; what he has
// undone already, and the undoing itself, are passed over. nil: there is none.
func LastUndo(ctx context.Context, env Env) (*UndoOffer, error) {
	mine, err := env.API.Mine(ctx, lastLooked)
	if err != nil {
		return nil, err
	}
	for _, r := range mine {
		if r.Undone || !r.Undoes.IsZero() || r.Erases > 0 || r.Erased || r.Kind == record.Document {
			continue
		}
		return OfferUndo(ctx, env, r.Write)
	}
	return nil, nil
}

// OfferUndo says what undoing a change would do.
func OfferUndo(ctx context.Context, env Env, write record.Write) (*UndoOffer, error) {
	plan, err := env.API.UndoPlan(ctx, write)
	if err != nil {
		return nil, err
	}
	w, u := env.Words, &UndoOffer{Write: write}
	var about []string
	for _, p := range plan.Parts {
		who := undoWho(ctx, env, p)
		if len(about) == 0 || about[len(about)-1] != who {
			about = append(about, who)
		}
		u.Does = append(u.Does, undoPart(env, p))
	}
	for _, p := range plan.Kept {
		name := p.Field
		if len(plan.Parts) > 0 && w.Has(plan.Parts[0].Kind.String()+"."+p.Field) {
			name = fieldLabel(w, plan.Parts[0].Kind, p.Field)
		}
		u.Keeps = append(u.Keeps, join(": ", name, problemText(w, p)))
	}
	u.Title = w.T("undo.of", strings.Join(about, ", "))
	if len(u.Does) == 0 {
		u.Title = w.T("undo.nothing")
	}
	return u, nil
}

func undoWho(ctx context.Context, env Env, p data.UndoPart) string {
	who, _ := deskWho(ctx, env, p.Record)
	if r, err := env.API.Get(ctx, p.Record); err == nil && r != nil {
		return who
	}
	return env.Words.T("kind." + p.Kind.String())
}

func undoPart(env Env, p data.UndoPart) string {
	w := env.Words
	switch p.Does {
	case "delete":
		return w.T("undo.does.delete")
	case "restore":
		return w.T("undo.does.restore")
	case "entry":
		return w.T("undo.does.entry", w.T("kind."+p.Entry.String()))
	}
	f, ok := record.SchemaOf(p.Kind).Field(p.Field)
	if !ok {
		return p.Field
	}
	blank := func(text string) string {
		if text == "" {
			return w.T("timeline.blank")
		}
		return valueText(env, p.Kind, f, text)
	}
	return w.T("timeline.was", fieldLabel(w, p.Kind, p.Field), blank(p.Now), blank(p.Then))
}

// Undo takes a change back.
func Undo(ctx context.Context, env Env, write record.Write, done func(Failure, bool)) {
	undoChange(ctx, env, write, done)
}
