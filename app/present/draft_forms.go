package present

import (
	"maps"

	"paradero/data/record"
)

// Typing lends the tie to its draft: what is said of it, who was chosen, and
// what was typed of a new one.
func (f *TieForm) Typing() *Typing {
	const fresh = "new"
	return &Typing{
		Typed: func() map[string]string {
			typed := f.Form.Typed()
			delete(typed, f.own)
			if f.New != nil {
				maps.Copy(typed, within(fresh, f.New.Typed()))
			}
			return typed
		},
		Restore: func(typed map[string]string) {
			if of := part(fresh, typed); len(of) > 0 {
				f.Fresh()
				f.New.Restore(of)
			} else if id, err := record.ParseID(typed[f.other]); err == nil {
				f.Take(PersonRowOf(f.env, id))
			}
			for _, name := range tieFields[2:] {
				if value, ok := typed[name]; ok {
					f.Propose(name, value)
				}
			}
		},
		Dirty: f.TypedInto,
	}
}

// TypedInto reports whether a person chose or typed anything.
func (f *TieForm) TypedInto() bool {
	if f.Chosen != nil || f.New != nil && f.New.Dirty() {
		return true
	}
	for _, name := range tieFields[2:] {
		if own := f.Field(name); own != nil && own.Changed() {
			return true
		}
	}
	return false
}

// Typing lends the form to its draft.
func (f *MemberForm) Typing() *Typing {
	t := f.TieForm.Typing()
	typed, restore := t.Typed, t.Restore
	t.Typed = func() map[string]string {
		all := typed()
		all["role"] = f.Role
		return all
	}
	t.Restore = func(all map[string]string) {
		restore(all)
		if role, ok := all["role"]; ok {
			f.Role = role
		}
	}
	return t
}

// Typing lends the talk to its draft.
func (f *AttemptForm) Typing() *Typing {
	t := f.Form.Typing()
	t.Restore = func(typed map[string]string) {
		f.Restore(typed)
		chosen := record.SplitList(f.Field("about").Value)
		on := map[string]bool{}
		for _, id := range chosen {
			on[id] = true
		}
		for i := range f.About {
			f.About[i].On = on[f.About[i].ID.String()]
		}
	}
	return t
}

// Typing lends the record of the telling to its draft. The person it is about
// comes first: choosing him fills in what is then typed over.
func (f *TellingForm) Typing() *Typing {
	t := f.Form.Typing()
	t.Restore = func(typed map[string]string) {
		if about, ok := typed["about"]; ok {
			f.ChooseAboutText(about)
		}
		f.Restore(typed)
		if names := record.SplitList(f.Field("notifiers").Value); len(names) > 0 {
			f.First, f.Other = names[0], ""
			if len(names) > 1 {
				f.Other = names[1]
			}
		}
	}
	return t
}

// Typing lends the choice to its draft.
func (f *FieldChoice) Typing() *Typing {
	return &Typing{
		Typed: func() map[string]string { return map[string]string{"choice": f.Choice, "reason": f.Reason} },
		Restore: func(typed map[string]string) {
			if choice, ok := typed["choice"]; ok {
				f.Choice = choice
			}
			if reason, ok := typed["reason"]; ok {
				f.Reason = reason
			}
		},
		Dirty: f.Dirty,
	}
}

// Typing lends the step to its draft: the case's fields and the entry.
func (a *Advance) Typing() *Typing {
	return &Typing{
		Typed: func() map[string]string {
			typed := within("facts", a.Facts.drafted())
			maps.Copy(typed, within("entry", a.Entry.Typed()))
			return typed
		},
		Restore: func(typed map[string]string) {
			a.Facts.restoreDraft(part("facts", typed))
			a.Entry.Restore(part("entry", typed))
		},
		Dirty: func() bool { return a.Facts.Dirty() || a.Typed() },
	}
}
