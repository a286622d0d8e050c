package present

import (
	"context"

	"paradero/data"
	"paradero/data/record"
)

// save hands changes to the door, away from the screen, and tells in words how
// it went.
func save(ctx context.Context, env Env, done func(Failure, bool), changes ...data.Change) {
	env.Run.Go(func() {
		_, err := env.API.Edit(ctx, changes...)
		env.Run.Back(func() {
			if err != nil {
				done(failure(env.Words, err), false)
				return
			}
			done(Failure{}, true)
		})
	})
}

// saveForm saves the changes that came of a form; refusals stand beside the
// form's fields.
func saveForm(ctx context.Context, env Env, f *Form, done func(bool), changes ...data.Change) {
	env.Run.Go(func() {
		_, err := env.API.Edit(ctx, changes...)
		env.Run.Back(func() { done(!f.Refuse(err)) })
	})
}

// create saves the form of a new record, which is the first of the changes,
// and gives its id.
func create(ctx context.Context, env Env, f *Form, done func(record.ID, bool), changes ...data.Change) {
	env.Run.Go(func() {
		receipts, err := env.API.Edit(ctx, changes...)
		env.Run.Back(func() {
			if f.Refuse(err) || len(receipts) == 0 {
				done(record.ID{}, false)
				return
			}
			done(receipts[0].ID, true)
		})
	})
}

// refName is how a record is named where another one points at it.
func refName(env Env, id record.ID) string {
	if id.IsZero() {
		return ""
	}
	row, ok := env.API.Row(id)
	if !ok {
		return env.Words.T("cases.person_gone")
	}
	return listName(env.Words, row)
}

// relatives are the contacts who are tied to a person, with their ties.
func relatives(ctx context.Context, env Env, person record.ID) ([]Option, error) {
	w := env.Words
	ties, err := env.API.Links(ctx, person, record.Relationship)
	if err != nil {
		return nil, err
	}
	var tos []Option
	for _, t := range ties {
		if t.Deleted || t.Ref("detainee") != person {
			continue
		}
		label := dot(refName(env, t.Ref("contact")), optionLabel(w, record.Relationship, "kinship", t.Get("kinship")))
		tos = append(tos, Option{Value: t.Ref("contact").String(), Label: label})
	}
	return tos, nil
}
