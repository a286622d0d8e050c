package present

import (
	"context"

	"paradero/data"
	"paradero/data/record"
)

// Naming is an office whose devices can be called otherwise.
type Naming interface {
	NameDevice(ctx context.Context, device record.ID, name string) (data.Receipt, error)
}

// MayName tells whether who is signed in may name a device: its own member may, and
// who may invite.
func (t *Team) MayName(m TeamMember, d TeamDevice) bool {
	_, ok := t.env.API.(Naming)
	return ok && !d.Ended && (m.Me || t.MayInvite)
}

// Rename calls a device otherwise; "" takes its name away.
func (t *Team) Rename(d TeamDevice, name string, done func(Outcome, Failure, bool)) {
	o, ok := t.env.API.(Naming)
	if !ok {
		return
	}
	w := t.env.Words
	t.act(func() (Outcome, error) {
		_, err := o.NameDevice(t.ctx, d.Key, name)
		if name == "" {
			return Outcome{Text: w.T("teamroom.name.none")}, err
		}
		return Outcome{Text: w.T("teamroom.name.done", name)}, err
	}, done)
}
