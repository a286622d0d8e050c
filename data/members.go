package data

import (
	"cmp"
	"context"
	"slices"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// Team gives the members with their devices: those who are here first, each by
// name.
func (o *Office) Team(ctx context.Context) ([]TeamMember, error) {
	info := o.Info()
	o.use.RLock()
	enrolled := o.law.Enrolled()
	o.use.RUnlock()
	said, refused, err := o.saidBy(ctx)
	if err != nil {
		return nil, err
	}
	var out []TeamMember
	err = o.Each(ctx, record.Member, func(r *record.Record) error {
		m := TeamMember{
			ID: r.ID, Name: r.Get("name"), Role: r.Get("role"), Licence: r.Get("licence"), Phone: r.Get("phone"),
			Since: r.Created, Me: r.ID == info.Member,
		}
		o.use.RLock()
		role, here := o.law.Role(r.ID)
		act, gone := o.law.Removed(r.ID)
		o.use.RUnlock()
		if here {
			m.Role = role
		}
		if gone {
			m.Removed, m.Why = setAt(r, "removed_on", r.Changed), act.Change.Reason
		}
		for _, e := range enrolled {
			if e.Member == r.ID {
				d := o.teamDevice(ctx, e, &m)
				d.Said, d.Refused = said[e.Device]-refused[e.Device], refused[e.Device]
				m.Devices = append(m.Devices, d)
			}
		}
		slices.SortStableFunc(m.Devices, func(a, b TeamDevice) int { return a.Since.Compare(b.Since) })
		out = append(out, m)
		return nil
	})
	slices.SortFunc(out, func(a, b TeamMember) int {
		gone := func(m *TeamMember) int {
			if m.Removed.IsZero() {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(gone(&a), gone(&b)), cmp.Compare(record.Plain(a.Name), record.Plain(b.Name)), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return out, err
}

// setAt gives when a field got the value that it shows.
func setAt(r *record.Record, field string, otherwise time.Time) time.Time {
	if vals := r.Values[field]; len(vals) > 0 {
		return vals[0].At
	}
	return otherwise
}

func (o *Office) teamDevice(ctx context.Context, e team.Enrolled, m *TeamMember) TeamDevice {
	d := TeamDevice{ID: e.Device, Record: e.Record, Member: e.Member, This: e.Device == o.Info().Device}
	r, err := o.Get(ctx, e.Record)
	if err == nil {
		d.Name, d.Since = r.Get("name"), r.Created
	}
	if e.Ended != nil {
		d.Ended, d.Why = m.Removed, e.Ended.Change.Reason
		if err == nil {
			d.Ended = setAt(r, "ended_at", m.Removed)
		}
	}
	return d
}

// saidBy counts what each device said, and what of it has no effect.
func (o *Office) saidBy(ctx context.Context) (said, refused map[record.ID]int, err error) {
	const op = "read team"
	said, refused = map[record.ID]int{}, map[record.ID]int{}
	list, err := o.Powerless(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range list {
		refused[p.Device]++
	}
	if err := o.enter(op); err != nil {
		return nil, nil, err
	}
	defer o.use.RUnlock()
	_, err = o.journal.Scan(ctx, o.journal.Start(), func(_ ledger.Pos, b *ledger.Batch) error {
		said[b.Device] += len(b.Payloads)
		return nil
	})
	return said, refused, diskFault(op, err)
}

// LoneCoordinator tells whether fewer than two of the team may agree to what takes
// two: then what that one proposes himself waits until he invites somebody.
func (o *Office) LoneCoordinator() bool {
	o.use.RLock()
	defer o.use.RUnlock()
	return len(o.law.Seconds()) < 2
}

// SetRole gives a member another role. Where another coordinator can be asked it
// waits for his word, and the proposal is given.
func (o *Office) SetRole(ctx context.Context, member record.ID, role, reason string) (Receipt, *Proposal, error) {
	const op = "change role"
	r, err := o.Get(ctx, member)
	if err != nil {
		return Receipt{}, nil, err
	}
	if r.Kind != record.Member {
		return Receipt{}, nil, fault.New(fault.NotFound, op, "not_found", member.String())
	}
	o.use.RLock()
	now, here := o.law.Role(member)
	led := o.law.OthersLead(member)
	o.use.RUnlock()
	switch {
	case !here:
		return Receipt{}, nil, fault.New(fault.Refused, op, "member_gone", r.Get("name"))
	case now == role:
		return Receipt{}, nil, fault.New(fault.Refused, op, "role_same", r.Get("name"))
	case !led:
		return Receipt{}, nil, fault.New(fault.Refused, op, "last_coordinator", r.Get("name"))
	}
	receipts, err := o.Edit(ctx, Change{Record: member, Base: r, Set: map[string]string{"role": role}, Reason: reason})
	if err != nil {
		return Receipt{}, nil, err
	}
	p, err := o.proposed(ctx, op, receipts[0].Write)
	return receipts[0], p, err
}

// Remove ends a member with all his devices, or one device: nothing counts that is
// said there from now on, whenever it arrives and whatever time it bears. What was
// said until now stays. A coordinator's end waits for another coordinator's word
// where one can be asked.
func (o *Office) Remove(ctx context.Context, id record.ID, reason string) (Removal, error) {
	const op = "remove"
	if reason = record.CleanLong(reason); reason == "" {
		return Removal{}, fault.New(fault.Invalid, op, "remove_needs_reason")
	}
	ends, member, err := o.toEnd(ctx, op, id)
	if err != nil {
		return Removal{}, err
	}
	var list []*prepared
	out := Removal{}
	for _, e := range ends {
		p, err := o.ending(e, reason, member != nil)
		if err != nil {
			return Removal{}, err
		}
		list, out.Devices = append(list, p), append(out.Devices, e.Device)
	}
	if member != nil {
		p, err := o.prepare(&Change{Record: member.ID, Base: member, Set: map[string]string{"removed_on": o.today()}, Reason: reason})
		if err != nil {
			return Removal{}, err
		}
		list = append(list, p)
	}
	if err := o.checkRights(list); err != nil {
		return Removal{}, err
	}
	receipts, err := o.submit(ctx, list, false)
	if err != nil {
		return Removal{}, err
	}
	out.Receipt = receipts[len(receipts)-1]
	if out.Proposal, err = o.proposed(ctx, op, out.Receipt.Write); err != nil || out.Proposal != nil {
		return out, err
	}
	out.Epoch, err = o.renewKeys(context.WithoutCancel(ctx), out.Devices)
	return out, err
}

// toEnd finds what is to be ended: a member with the devices that he still has, or
// a device, by its name or its record.
func (o *Office) toEnd(ctx context.Context, op string, id record.ID) ([]team.Enrolled, *record.Record, error) {
	o.use.RLock()
	enrolled := o.law.Enrolled()
	led := o.law.OthersLead(id)
	_, gone := o.law.Removed(id)
	o.use.RUnlock()
	for _, e := range enrolled {
		if e.Device != id && e.Record != id {
			continue
		}
		if e.Ended != nil {
			return nil, nil, fault.New(fault.Refused, op, "device_ended_already")
		}
		return []team.Enrolled{e}, nil, nil
	}
	r, err := o.Get(ctx, id)
	switch {
	case err != nil:
		return nil, nil, err
	case r.Kind != record.Member:
		return nil, nil, fault.New(fault.NotFound, op, "not_found", id.String())
	case gone:
		return nil, nil, fault.New(fault.Refused, op, "member_gone", r.Get("name"))
	case !led:
		return nil, nil, fault.New(fault.Refused, op, "last_coordinator", r.Get("name"))
	}
	return slices.DeleteFunc(enrolled, func(e team.Enrolled) bool { return e.Member != id || e.Ended != nil }), r, nil
}

// ending makes the change by which a device ends at what is known of it here.
// Where its member stays, those of his devices that went on for it go on.
func (o *Office) ending(e team.Enrolled, reason string, all bool) (*prepared, error) {
	s, _, err := o.readState(e.Record)
	if err != nil {
		return nil, err
	}
	schema := record.SchemaOf(record.Device)
	p := writing(s, reason)
	o.use.RLock()
	last := o.feeds.Last(e.Device)
	after := o.after(e.Device)
	o.use.RUnlock()
	f, _ := schema.Field("ended_at")
	p.add(f.Num, s.Replaces(f.Num), team.CutText(last.Seq, last.Hash))
	if f, _ := schema.Field("followed_by"); len(after) > 0 && !all {
		p.add(f.Num, s.Replaces(f.Num), record.JoinList(after))
	}
	return p, nil
}

// after gives the records of the devices that went on for one, by its own word.
func (o *Office) after(device record.ID) []string {
	var out []string
	for _, e := range o.law.Enrolled() {
		s, _, err := o.state(e.Record)
		if err != nil || e.Ended != nil {
			continue
		}
		f, _ := record.SchemaOf(record.Device).Field("succeeds")
		for _, v := range s.Vals(f.Num) {
			if v.Text == device.String() {
				out = append(out, e.Record.String())
			}
		}
	}
	return out
}

// devicesOf gives the devices that proposals of removal end.
func (o *Office) devicesOf(list []Proposal) []record.ID {
	o.use.RLock()
	defer o.use.RUnlock()
	var out []record.ID
	for _, e := range o.law.Enrolled() {
		if slices.ContainsFunc(list, func(p Proposal) bool { return p.Record == e.Record || p.Record == e.Member }) {
			out = append(out, e.Device)
		}
	}
	return out
}
