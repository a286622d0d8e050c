package data

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/team"
	"paradero/data/vault"
)

// JoinRequest is who asks to be let in, as the coordinator sees it before he
// decides.
type JoinRequest struct {
	Invitation record.ID
	Name       string
	Role       string
	Member     record.ID // a member already, whose further device it is; zero: somebody new
	Device     record.ID
	DeviceName string
	Words      string // twelve digits that both screens show
	Picture    string // the text of a picture that both screens show
	InvitedBy  string
	Asked      time.Time
	Expires    time.Time
	Known      bool   // it has been let in already: admitting again gives the same welcome anew
	Request    []byte // as it came
}

// LookAtRequest reads a request and checks all that can be checked without a
// person: the inviter's signature, that it was made by who has the invitation, that
// it is in time, not used and not withdrawn. It lets nobody in.
func (o *Office) LookAtRequest(ctx context.Context, request []byte) (JoinRequest, error) {
	const op = "read request"
	q, err := o.readRequest(op, request)
	if err != nil {
		return JoinRequest{}, err
	}
	out := JoinRequest{
		Invitation: q.offer.id, Name: q.offer.who, Role: q.offer.role, Member: q.offer.member,
		Device: ledger.DeviceOf(q.sign), DeviceName: q.device, Asked: q.at, Expires: q.offer.expires, Request: request,
	}
	if out.Known, err = o.checkOffer(ctx, op, q); err != nil {
		return JoinRequest{}, err
	}
	o.use.RLock()
	out.InvitedBy = o.names.get(o.law.Devices()[q.offer.inviter])
	o.use.RUnlock()
	if out.Words, out.Picture, err = q.compare(); err != nil {
		return JoinRequest{}, enrolFault(op, err)
	}
	return out, nil
}

func (o *Office) readRequest(op string, request []byte) (*asked, error) {
	_, plain, err := openLetter(requestMagic, request, func(id [16]byte) (*vault.Key, error) {
		return envelopeKey(&o.vault.Keys().Identity, id)
	})
	if errors.Is(err, vault.ErrSealed) {
		return nil, fault.New(fault.Refused, op, "request_other_office")
	}
	if err != nil {
		return nil, enrolFault(op, err)
	}
	q, err := readAsked(plain)
	if err != nil {
		return nil, fault.Wrap(err, fault.Refused, op, "request_forged")
	}
	if q.offer.envelope, err = envelopeKey(&o.vault.Keys().Identity, q.offer.id); err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	return q, nil
}

// checkOffer tells whether an offer still stands; known: its device was let in by
// it before.
func (o *Office) checkOffer(ctx context.Context, op string, q *asked) (known bool, err error) {
	f := q.offer
	o.use.RLock()
	let, remaining, key := o.law.Devices(), o.law.Remaining(), o.law.Key(f.inviter)
	o.use.RUnlock()
	inviter, in := remaining[f.inviter]
	switch {
	case f.office != o.Info().OfficeID:
		return false, fault.New(fault.Refused, op, "request_other_office")
	case key == nil || !in || string(key) != string(f.sign):
		return false, fault.New(fault.Refused, op, "request_inviter_unknown")
	case !o.memberMay(inviter, "invite"):
		return false, fault.New(fault.Refused, op, "request_inviter_may_not")
	}
	taken := record.ID{}
	err = o.Each(ctx, record.Device, func(r *record.Record) error {
		if r.Get("invitation") == record.ID(f.id).String() {
			if sign, err := team.ParseKey(r.Get("sign_key")); err == nil {
				taken = ledger.DeviceOf(sign)
			}
		}
		return nil
	})
	device := ledger.DeviceOf(q.sign)
	_, enrolled := let[device]
	_, stays := remaining[device]
	switch {
	case err != nil:
		return false, err
	case taken == device && stays:
		return true, nil
	case !taken.IsZero():
		return false, fault.New(fault.Refused, op, "invitation_used")
	case enrolled:
		return false, fault.New(fault.Refused, op, "request_device_known")
	case !o.Now().Before(f.expires):
		return false, fault.New(fault.Refused, op, "invitation_expired")
	}
	return false, o.checkWithdrawn(op, f)
}

// checkWithdrawn refuses an invitation of this device that it does not know any more.
func (o *Office) checkWithdrawn(op string, f *offer) error {
	if f.inviter != o.Info().Device {
		return nil
	}
	list, err := o.invited()
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.ID == f.id {
			return nil
		}
	}
	return fault.New(fault.Refused, op, "invitation_withdrawn")
}

// memberMay tells whether a member holds a right now, as far as his record and the
// table say.
func (o *Office) memberMay(member record.ID, right string) bool {
	if member == o.Info().Member {
		return true // his own right is asked for where he admits
	}
	rights := o.rights.Load()
	r, err := o.read(member)
	return err == nil && rights != nil && rights.May(r.Get("role"), right)
}

// Admit lets in who asks, after a person has compared what both screens show: his
// member's record, where he is new, and his device's stand in one batch. It gives
// the welcome, which is sealed to his device and which he needs to open the office.
// A request that was admitted before gets a welcome anew.
func (o *Office) Admit(ctx context.Context, request []byte) ([]byte, error) {
	const op = "admit"
	if err := o.mayInvite(op); err != nil {
		return nil, err
	}
	q, err := o.readRequest(op, request)
	if err != nil {
		return nil, err
	}
	known, err := o.checkOffer(ctx, op, q)
	if err != nil {
		return nil, err
	}
	o.use.RLock()
	member := o.law.Devices()[ledger.DeviceOf(q.sign)]
	o.use.RUnlock()
	if !known { // else he is who he was let in as
		if member, err = o.enrol(ctx, q); err != nil {
			return nil, err
		}
	}
	if err := o.tendKeys(ctx); err != nil {
		return nil, err
	}
	if err := o.shareComputer(ctx); err != nil {
		return nil, err
	}
	return o.welcomeFor(q, member)
}

// enrol writes the member and his device.
func (o *Office) enrol(ctx context.Context, q *asked) (record.ID, error) {
	const op = "admit"
	member := q.offer.member
	var list []*prepared
	if member.IsZero() {
		if _, err := io.ReadFull(o.cfg.Rand, member[:]); err != nil {
			return member, fault.Wrap(err, fault.Internal, op, "random_failed")
		}
		p, err := o.prepareNew(member, record.Member, &Change{Kind: record.Member, Set: map[string]string{"name": q.offer.who, "role": q.offer.role}})
		if err != nil {
			return member, err
		}
		list = append(list, p)
	} else if r, err := o.read(member); err != nil || r.Get("removed_on") != "" {
		return member, fault.New(fault.Refused, op, "invite_no_member")
	}
	device := map[string]string{
		"member": member.String(), "sign_key": encodeKey(q.sign), "box_key": keyBase.EncodeToString(q.box),
		"hub_key": encodeKey(q.hub), "invitation": record.ID(q.offer.id).String(),
	}
	if q.device != "" {
		device["name"] = q.device
	}
	p, err := o.prepareNew(ledger.DeviceOf(q.sign), record.Device, &Change{Kind: record.Device, Set: device})
	if err != nil {
		return member, err
	}
	// The device first: one who works alone lets people in whatever his role, and with
	// the new member he is not alone any more.
	list = append([]*prepared{p}, list...)
	if err := o.checkGates(ctx, list); err != nil {
		return member, err
	}
	if err := o.checkRights(list); err != nil {
		return member, err
	}
	if _, err := o.submit(ctx, list, false); err != nil {
		return member, err
	}
	o.flush() // the law knows of it now
	return member, nil
}

func (o *Office) welcomeFor(q *asked, member record.ID) ([]byte, error) {
	const op = "admit"
	own := o.vault.Keys()
	w := &welcome{name: o.Info().Office, keys: vault.Keys{
		Office: own.Office, Identity: own.Identity, Founder: o.founder(), Member: member,
	}}
	w.keys.Epochs, w.keys.Current = o.keysToGive()
	w.hub, _ = o.Hub()
	b, err := w.seal(o.cfg.Rand, q, o.sign)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	return b, nil
}

// mostGiven bounds the keys that a welcome carries: whoever is in the team can make
// others learn keys that nobody uses.
const mostGiven = 2048

// keysToGive gives the office's keys for who is let in, and which is in use: those
// that the law ever put in use before all others.
func (o *Office) keysToGive() (map[uint32]vault.Key, uint32) {
	o.use.RLock()
	law, current := o.law.Epochs(), o.epochNow()
	o.use.RUnlock()
	out := map[uint32]vault.Key{}
	give := func(number uint32) {
		if key, ok := o.keys.get(number); ok && len(out) < mostGiven {
			out[number] = key
		}
	}
	give(0)
	give(current)
	for _, id := range slices.Backward(law) {
		give(team.EpochNumber(id))
	}
	for number := range *o.keys.keys.Load() {
		give(number)
	}
	return out, current
}

// enrolFault gives what is wrong with a file of enrolment its key.
func enrolFault(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, vault.ErrCode):
		return fault.New(fault.Passphrase, op, "invitation_code_mistyped")
	case errors.Is(err, vault.ErrSecret):
		return fault.New(fault.Passphrase, op, "invitation_code_wrong")
	case errors.Is(err, errEnrol):
		return fault.Wrap(err, fault.Damaged, op, "enrolment_damaged")
	case errors.Is(err, vault.ErrSealed):
		return fault.New(fault.Refused, op, "welcome_not_ours")
	}
	return diskFault(op, err)
}

// Knocks fetches the requests that were left in a depot for invitations of this
// device, and gives those that still stand.
func (o *Office) Knocks(ctx context.Context, d sync.Depot) ([]JoinRequest, error) {
	const op = "read request"
	list, err := o.Invitations(ctx)
	if err != nil {
		return nil, err
	}
	var out []JoinRequest
	for _, i := range list {
		if i.Over {
			continue
		}
		envelope, err := envelopeKey(&o.vault.Keys().Identity, i.ID)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, op, "keys_failed")
		}
		request, err := fetch(ctx, d, envelope, "request")
		if err != nil {
			return nil, err
		}
		if request == nil {
			continue
		}
		if look, err := o.LookAtRequest(ctx, request); err == nil && look.Invitation == i.ID {
			out = append(out, look) // others are noise: whoever can reach the depot may write there
		}
	}
	return out, nil
}

// fetch gives a letter of an invitation; nil: there is none.
func fetch(ctx context.Context, d sync.Depot, envelope *vault.Key, what string) ([]byte, error) {
	box, err := boxName(envelope, what)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "fetch letter", "keys_failed")
	}
	b, err := d.GetBox(ctx, box)
	if errors.Is(err, sync.ErrNoBox) || err == nil && len(b) == 0 {
		return nil, nil
	}
	return b, err
}

// SendWelcome leaves the welcome for a request in a depot, where who asked looks
// for it, and takes his request away.
func (o *Office) SendWelcome(ctx context.Context, d sync.Depot, request, welcome []byte) error {
	const op = "send welcome"
	q, err := o.readRequest(op, request)
	if err != nil {
		return err
	}
	box, err := boxName(q.offer.envelope, "welcome")
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	if err := d.PutBox(ctx, box, welcome); err != nil {
		return err
	}
	if box, err = boxName(q.offer.envelope, "request"); err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	return d.PutBox(ctx, box, nil)
}
