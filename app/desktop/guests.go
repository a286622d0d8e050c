package desktop

import (
	"context"

	"paradero/app/present"
	"paradero/data"
)

// computer is an office on whose computer several people sign in.
type computer interface {
	AddPerson(ctx context.Context, invite, code string, passphrase []byte) (*data.Joining, error)
	CompletePerson(ctx context.Context, answer, passphrase []byte) (data.Joined, error)
}

var _ computer = (*data.Office)(nil)

// asker asks, for one more person of this computer, by the ways of the office.
type asker interface {
	present.Courier
	Ask(ctx context.Context, j *data.Joining) (welcome []byte, posted bool, err error)
}

// guests lets people sign in beside who works.
type guests struct {
	office computer
	post   asker // nil: only files carry requests
}

// Guests implements team.Controls.
func (n *session) Guests() present.Guests {
	c, ok := n.office.(computer)
	if !ok || n.office.Info().Demo {
		return nil
	}
	post, _ := n.courier.(asker)
	return guests{c, post}
}

// Add implements present.Guests.
func (g guests) Add(ctx context.Context, invitation, code string, passphrase []byte) (present.Applicant, error) {
	j, err := g.office.AddPerson(ctx, invitation, code, passphrase)
	if err != nil {
		return nil, err
	}
	return guestApplicant{applicant{j}, g.post}, nil
}

// Complete implements present.Guests.
func (g guests) Complete(ctx context.Context, welcome, passphrase []byte) (present.Joined, error) {
	got, err := g.office.CompletePerson(ctx, welcome, passphrase)
	if err != nil {
		return present.Joined{}, err
	}
	return present.Joined{Office: got.Office, Name: got.Name, Waits: got.Waits, Hub: got.Hub}, nil
}

// guestApplicant asks by the ways of the office that is open, whatever its invitation
// names.
type guestApplicant struct {
	applicant
	post asker
}

// State implements present.Applicant.
func (a guestApplicant) State() present.Joining {
	st := a.applicant.State()
	st.Hub = false
	if a.post != nil {
		for _, w := range a.post.Ways() {
			st.Hub = st.Hub || w.Kind != data.WayBundle
		}
	}
	return st
}

// Ask implements present.Applicant.
func (a guestApplicant) Ask(ctx context.Context) ([]byte, error) {
	if a.post == nil {
		return nil, nil
	}
	welcome, _, err := a.post.Ask(ctx, a.j)
	return welcome, err
}
