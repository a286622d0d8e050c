package desktop

import (
	"context"

	"paradero/app/present"
	"paradero/data"
)

var _ joiner = realOffices{}

// Join implements joiner.
func (realOffices) Join(ctx context.Context, cfg data.Config, invitation, code string, passphrase []byte) (present.Applicant, error) {
	j, err := data.Join(ctx, cfg, invitation, code, passphrase)
	if err != nil {
		return nil, err
	}
	return applicant{j}, nil
}

// ResumeJoin implements joiner.
func (realOffices) ResumeJoin(ctx context.Context, cfg data.Config, passphrase []byte) (present.Applicant, error) {
	j, err := data.ResumeJoin(ctx, cfg, passphrase)
	if err != nil {
		return nil, err
	}
	return applicant{j}, nil
}

// CompleteJoin implements joiner.
func (realOffices) CompleteJoin(ctx context.Context, cfg data.Config, welcome, passphrase []byte) (present.Joined, error) {
	got, err := data.CompleteJoin(ctx, cfg, welcome, passphrase, nil)
	if err != nil {
		return present.Joined{}, err
	}
	return present.Joined{Office: got.Office, Name: got.Name, Waits: got.Waits, Hub: got.Hub}, nil
}

// applicant is one who asked to be let in.
type applicant struct{ j *data.Joining }

// State implements present.Applicant.
func (a applicant) State() present.Joining {
	return present.Joining{
		Office: a.j.Office, Name: a.j.Name, Role: a.j.Role, Words: a.j.Words, Picture: a.j.Picture, Recovery: a.j.RecoveryCode,
		Expires: a.j.Expires, Hub: len(a.j.Hub) > 0, Waits: a.j.Waits,
	}
}

// Request implements present.Applicant.
func (a applicant) Request() []byte { return a.j.Request() }

// Ask implements present.Applicant.
func (a applicant) Ask(ctx context.Context) ([]byte, error) { return askAtHub(ctx, a.j) }

// AskFolder implements present.Applicant.
func (a applicant) AskFolder(ctx context.Context, dir string) ([]byte, error) {
	return askInFolder(ctx, a.j, dir)
}

// Rehearse implements present.Applicant.
func (a applicant) Rehearse(code string) bool { return a.j.Rehearse(code) }

// letsIn is an office that lets people in.
type letsIn interface {
	Invite(ctx context.Context, who data.Inviting, file string) (data.Invitation, error)
	LookAtRequest(ctx context.Context, request []byte) (data.JoinRequest, error)
	Admit(ctx context.Context, request []byte) ([]byte, error)
}

var _ letsIn = (*data.Office)(nil)

// postman carries requests and welcomes by the ways of an office.
type postman interface {
	Knocks(ctx context.Context) ([]data.JoinRequest, error)
	SendWelcome(ctx context.Context, request, welcome []byte) error
}

// door is the door of an open office.
type door struct {
	office letsIn
	post   postman // nil: only files carry them
}

// doorOf gives the door of an office that lets people in, nil when it does not.
func doorOf(o office, c carrier) present.Door {
	in, ok := o.(letsIn)
	if !ok {
		return nil
	}
	post, _ := c.(postman)
	return door{in, post}
}

// Invite implements present.Door.
func (d door) Invite(ctx context.Context, in present.Inviting, file string) (present.Invited, error) {
	got, err := d.office.Invite(ctx, data.Inviting{Name: in.Name, Role: in.Role, Member: in.Member}, file)
	return present.Invited{File: got.File, Code: got.Code, Fingerprint: got.Fingerprint, Expires: got.Expires}, err
}

// LookAt implements present.Door.
func (d door) LookAt(ctx context.Context, request []byte) (present.Knock, error) {
	got, err := d.office.LookAtRequest(ctx, request)
	return knockOf(&got), err
}

func knockOf(r *data.JoinRequest) present.Knock {
	return present.Knock{
		Name: r.Name, Role: r.Role, Device: r.DeviceName, Words: r.Words, Picture: r.Picture, Request: r.Request,
		Known: !r.Member.IsZero(), Again: r.Known,
	}
}

// Knocks implements present.Door.
func (d door) Knocks(ctx context.Context) ([]present.Knock, error) {
	if d.post == nil {
		return nil, nil
	}
	list, err := d.post.Knocks(ctx)
	out := make([]present.Knock, 0, len(list))
	for i := range list {
		out = append(out, knockOf(&list[i]))
	}
	return out, err
}

// Admit implements present.Door. The welcome goes by the ways of the office as
// well; where none carries it, the file does.
func (d door) Admit(ctx context.Context, request []byte) ([]byte, error) {
	welcome, err := d.office.Admit(ctx, request)
	if err == nil && d.post != nil {
		_ = d.post.SendWelcome(ctx, request, welcome) // how a way goes is told on its page
	}
	return welcome, err
}
