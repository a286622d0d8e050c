package present

import (
	"context"
	"slices"
	"strings"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// Righting is an office whose table of rights can be changed.
type Righting interface {
	SetRights(ctx context.Context, changed map[string][]string, reason string) (data.Receipt, *data.Proposal, error)
}

// ReadRights reads what each role may do.
func ReadRights(ctx context.Context, env Env) (RightsTable, error) {
	office, err := env.API.Get(ctx, env.API.Info().OfficeID)
	if err != nil {
		return RightsTable{}, err
	}
	return rightsTable(env.Words, readRights(office.Get("rights"))), nil
}

// Of gives the rights of a role in words, by its place in the table.
func (t RightsTable) Of(role int) []string {
	var out []string
	for _, row := range t.Rows {
		if role < len(row.May) && row.May[role] {
			out = append(out, row.Text)
		}
	}
	return out
}

// MayChangeRights tells whether this office's rights can be changed here.
func (t *Team) MayChangeRights() bool {
	_, ok := t.env.API.(Righting)
	return ok && t.MayRoles && len(t.Rights.Rows) > 0
}

// SetRight gives a right to the roles that are on, in the order of the table, and to no
// other, or proposes it.
func (t *Team) SetRight(row RightRow, on []bool, reason string, done func(Outcome, Failure, bool)) {
	o, ok := t.env.API.(Righting)
	if !ok {
		return
	}
	var roles []string
	for i, role := range record.Roles {
		if i < len(on) && on[i] {
			roles = append(roles, role)
		}
	}
	w := t.env.Words
	t.act(func() (Outcome, error) {
		_, proposal, err := o.SetRights(t.ctx, map[string][]string{row.Right: roles}, reason)
		if proposal != nil {
			return Outcome{w.T("teamroom.rights.waits", row.Text), true}, err
		}
		return Outcome{Text: w.T("teamroom.rights.done", row.Text)}, err
	}, done)
}

// rightsShifts says in words which rights a change of the table gives or takes.
func rightsShifts(w *assets.Words, fields []data.Said) []Shift {
	var out []Shift
	for _, f := range fields {
		if f.Field != "rights" {
			continue
		}
		was, is := rightsTable(w, readRights(f.Was)), rightsTable(w, readRights(f.Text))
		who := func(t RightsTable, right string) string {
			for _, row := range t.Rows {
				if row.Right == right {
					var names []string
					for i, may := range row.May {
						if may {
							names = append(names, t.Roles[i])
						}
					}
					return strings.Join(names, ", ")
				}
			}
			return ""
		}
		nobody := func(text string) string {
			if text == "" {
				return w.T("teamroom.rights.nobody")
			}
			return text
		}
		rows := slices.Clone(is.Rows)
		for _, row := range was.Rows {
			if !slices.ContainsFunc(rows, func(r RightRow) bool { return r.Right == row.Right }) {
				rows = append(rows, row)
			}
		}
		for _, row := range rows {
			if a, b := who(was, row.Right), who(is, row.Right); a != b {
				out = append(out, Shift{Label: row.Text, Was: nobody(a), Is: nobody(b)})
			}
		}
	}
	return out
}

// whoWaits names the contacts of a person, how each is tied to him, and when somebody
// last spoke with each.
func whoWaits(ctx context.Context, env Env, id record.ID) ([]Line, error) {
	ties, err := env.API.Links(ctx, id, record.Relationship)
	if err != nil {
		return nil, err
	}
	w := env.Words
	var out []Line
	for _, r := range ties {
		row, ok := env.API.Row(r.Ref("contact"))
		if r.Deleted || !ok {
			continue
		}
		last := ""
		for _, kind := range []record.Kind{record.Attempt, record.Notification} {
			talks, err := env.API.Links(ctx, row.ID, kind)
			if err != nil {
				return nil, err
			}
			for _, t := range talks {
				if !t.Deleted {
					last = max(last, t.Get("when"))
				}
			}
		}
		spoke := w.T("proposal.waits.never")
		if last != "" {
			spoke = w.T("proposal.waits.spoke", dateText(w, last))
		}
		out = append(out, Line{Label: optionLabel(w, record.Relationship, "kinship", r.Get("kinship")), Value: dot(listName(w, row), spoke)})
	}
	slices.SortFunc(out, func(a, b Line) int { return strings.Compare(a.Value, b.Value) })
	return out, nil
}
