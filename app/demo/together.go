package demo

import (
	"strconv"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// What waits in the demonstration for the person who signs in.
const (
	waitingDeaths = 2 // of those who are missing, proposed by a colleague
	afterTheft    = 2 // changes from the stolen computer, which have no effect
)

// confirm has two colleagues propose the deaths of the identified, each on his own
// computer, and the founder approve them.
func (m *maker) confirm(people []identified, dets []record.ID) error {
	parts := map[*colleague][]data.Change{}
	for i, d := range people {
		by := m.lawyer
		if i%3 == 2 {
			by = m.social
		}
		parts[by] = append(parts[by], data.Change{Record: dets[i], Kind: record.Detainee, Add: []data.Addition{m.deathOf(d)}})
	}
	for _, by := range []*colleague{m.lawyer, m.social} {
		receipts, err := m.says(by, parts[by]...)
		if err != nil {
			return err
		}
		for _, r := range receipts {
			if _, err := m.office.Approve(m.ctx, r.Write, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// deathOf is the claim by which one of the dead has his name back.
func (m *maker) deathOf(d identified) data.Addition {
	return add(record.Claim, "status", "confirmed_dead", "source", morgue, "source_kind", "authority",
		"when", moment(d.on), "reliability", "high", "method", d.method, "proof", d.proof, "authority", morgue, "incident", m.firstID.String())
}

// together is what the team does with each other: proposals that wait and that were
// decided, circles, readings, and a computer that was stolen.
func (m *maker) together() error {
	for _, step := range []func() error{m.refused, m.circles, m.read, m.theft, m.waiting, m.last} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// refused: a death was proposed of somebody whom a hospital has alive.
func (m *maker) refused() error {
	d := identified{method: "fingerprints", proof: m.t("proof.fingerprints", pad(163, 4), strconv.Itoa(m.now.Year())), on: m.now.Add(-9 * time.Hour)}
	got, err := m.says(m.lawyer, data.Change{Record: m.doubted, Kind: record.Detainee, Add: []data.Addition{m.deathOf(d)}, Reason: m.t("second.reason")})
	if err != nil {
		return err
	}
	_, err = m.office.Refuse(m.ctx, got[0].Write, m.t("second.refused"))
	return err
}

// circles: a family under threat that two may read, and what the lawyer was told in
// confidence, which the founder may not.
func (m *maker) circles() error {
	made, err := m.office.NewCircle(m.ctx, m.t("circle.threat"), []record.ID{m.social.member})
	if err != nil {
		return err
	}
	aunt := kin{m.people.someone(true, 41, 58), "aunt"}
	ids, err := m.office.Edit(m.ctx, data.Change{
		Kind: record.Contact, Circle: made.ID,
		Set: m.contact(aunt, "threat", "extortion", "threat_note", m.t("threat_note"), "forbidden_channels", "whatsapp\nsms", "preferred_channel", "in_person"),
		Add: []data.Addition{add(record.Note, "text", m.t("circle.threat.note"))},
	})
	if err != nil {
		return err
	}
	m.threatened = ids[0].ID
	if _, err := m.office.Edit(m.ctx, data.Change{Kind: record.Relationship, Circle: made.ID, Set: tie(m.threatened, m.missed[2], aunt.kinship, false).Set}); err != nil {
		return err
	}
	if err := m.tell(m.lawyer); err != nil {
		return err
	}
	private, err := m.lawyer.office.NewCircle(m.ctx, m.t("circle.defence"), nil)
	if err != nil {
		return err
	}
	_, err = m.says(m.lawyer, data.Change{
		Record: m.videoSon, Kind: record.Detainee, Circle: private.ID,
		Add: []data.Addition{add(record.Note, "text", m.t("circle.defence.note"))},
	})
	return err
}

// read: who opened what is sensitive, printed a list, carried one out.
func (m *maker) read() error {
	if err := m.tell(m.social); err != nil {
		return err
	}
	for i, c := range []*colleague{m.social, m.lawyer} {
		sees := m.dead[3*i : 3*i+3]
		if c == m.social { // the lawyer is not in that circle
			sees = append([]record.ID{m.threatened}, sees...)
		}
		for _, id := range sees {
			r, err := c.office.Get(m.ctx, id)
			if err != nil {
				return err
			}
			c.office.Opened(r)
		}
	}
	m.social.office.Printed("notification-record", "", m.dead[0])
	m.lawyer.office.Exported(record.Detainee.String(), "", missing)
	for _, c := range []*colleague{m.social, m.lawyer} {
		if err := m.again(c); err != nil {
			return err
		}
	}
	return nil
}

// theft: the social worker's old computer was stolen; it was removed, and what it
// says afterwards arrives and has no effect.
func (m *maker) theft() error {
	if _, err := m.says(m.stolen, m.attempt(m.videoFather, []record.ID{m.videoSon}, m.now.AddDate(0, 0, -3), socialWorker, "phone", "no_answer", "", "")); err != nil {
		return err
	}
	if _, err := m.office.Remove(m.ctx, m.stolen.device, m.t("device.stolen.why")); err != nil {
		return err
	}
	for i := range afterTheft {
		if _, err := m.stolen.office.Edit(m.ctx, data.Change{Record: m.missed[3+i], Kind: record.Detainee, Set: set("health", m.t("device.stolen.says"))}); err != nil {
			return err
		}
	}
	return m.hear(m.stolen, "from")
}

// waiting: what the person who signs in has to decide, and what he proposed himself.
func (m *maker) waiting() error {
	var deaths []data.Change
	for i := range waitingDeaths {
		d := identified{method: "fingerprints", on: m.now.Add(-time.Duration(5+i) * time.Hour)}
		d.proof = m.t("proof.fingerprints", pad(171+i, 4), strconv.Itoa(m.now.Year()))
		deaths = append(deaths, data.Change{Record: m.missed[i], Kind: record.Detainee, Add: []data.Addition{m.deathOf(d)}, Reason: m.t("second.reason")})
	}
	if _, err := m.says(m.social, deaths...); err != nil {
		return err
	}
	if err := m.tell(m.quito); err != nil {
		return err
	}
	if _, _, err := m.quito.office.SetRole(m.ctx, m.social.member, "coordinator", m.t("second.role")); err != nil {
		return err
	}
	if err := m.hear(m.quito, "quito"); err != nil {
		return err
	}
	_, _, err := m.office.SetRole(m.ctx, m.lawyer.member, "coordinator", m.t("second.role.mine"))
	return err
}

// last: what each computer holds when the story ends. The lawyer's in Latacunga has
// everything but what was said after its stick was written.
func (m *maker) last() error {
	if err := m.tell(m.lawyer); err != nil {
		return err
	}
	if _, err := m.lawyer.office.Edit(m.ctx, data.Change{Kind: record.Task, Set: set("what", m.t("task.latacunga"), "assigned_to", lawyer, "due", day(m.now.AddDate(0, 0, 2)))}); err != nil {
		return err
	}
	if err := m.hear(m.lawyer, "latacunga"); err != nil {
		return err
	}
	_, err := m.save(data.Change{Kind: record.Task, Set: set("what", m.t("task.readings"), "assigned_to", coordinator, "due", day(m.now.AddDate(0, 0, 1)))})
	return err
}
