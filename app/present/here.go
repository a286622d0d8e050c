package present

import (
	"context"

	"paradero/data"
	"paradero/data/record"
)

// Sharing is an office in which several people sign in on one computer.
type Sharing interface {
	Persons(ctx context.Context) ([]data.Person, error)
	RemovePerson(ctx context.Context, device record.ID) error
}

// Guests lets one more person sign in on this computer while somebody works. Nothing
// of it is called on the screen's goroutine.
type Guests interface {
	// Add answers an invitation; the passphrase is the one that he chose.
	Add(ctx context.Context, invitation, code string, passphrase []byte) (Applicant, error)
	// Complete takes his welcome: from then on this computer opens for him.
	Complete(ctx context.Context, welcome, passphrase []byte) (Joined, error)
}

// HereLine is one who signs in on this computer, in words.
type HereLine struct {
	Device   record.ID
	Name     string
	Initials string
	Line     string
	Chip     Chip
	Me       bool
}

// readHere reads who signs in on this computer; nothing where that cannot be known.
func readHere(ctx context.Context, env Env, members []data.TeamMember) ([]HereLine, error) {
	o, ok := env.API.(Sharing)
	if !ok {
		return nil, nil
	}
	list, err := o.Persons(ctx)
	if err != nil {
		return nil, err
	}
	w := env.Words
	out := make([]HereLine, 0, len(list))
	for i := range list {
		p := &list[i]
		line := HereLine{Device: p.Device, Name: p.Name, Initials: nameInitials(p.Name), Me: p.Me}
		for k := range members {
			if members[k].ID == p.Member {
				line.Line = roleText(w, members[k].Role)
			}
		}
		switch {
		case p.Me:
			line.Chip = Chip{w.T("teamroom.me"), Accent}
		case p.Ended:
			line.Chip = Chip{w.T("teamroom.removed"), Grey}
		case p.Name == "":
			line.Name, line.Initials, line.Line = w.T("teamroom.here.unknown"), "?", w.T("teamroom.here.unknown.line")
			line.Chip = Chip{w.T("teamroom.here.waits"), Warn}
		case p.Waits:
			line.Chip = Chip{w.T("teamroom.here.waits"), Warn}
		}
		out = append(out, line)
	}
	return out, nil
}

// RemoveHere takes a person off this computer; he stays in the team.
func (t *Team) RemoveHere(l HereLine, done func(Outcome, Failure, bool)) {
	o, ok := t.env.API.(Sharing)
	if !ok {
		return
	}
	t.act(func() (Outcome, error) {
		return Outcome{Text: t.env.Words.T("teamroom.here.removed", l.Name)}, o.RemovePerson(t.ctx, l.Device)
	}, done)
}
