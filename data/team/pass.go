package team

import (
	"slices"

	"paradero/data/ledger"
	"paradero/data/record"
)

// pass lets an act make law, if it may.
func (l *Law) pass(a *Act) {
	if l.beyond(a.Device, a.Seq, a.At.Write.Batch) || !l.may(a) {
		return
	}
	v := verdict{second: l.takesTwo(a)}
	l.good[a.At.Write] = v
	l.decide(a)
	if v.second {
		l.waiting[a.At.Write] = *a
		return
	}
	l.enact(a, a.At)
}

// enact lets an act that holds count from a place on: its own, or that of the
// word by which a second member agreed to it.
func (l *Law) enact(a *Act, from Place) {
	l.turned = false
	if ofRings(a.Change) {
		l.passRing(a)
		return
	}
	switch c := a.Change; c.Kind {
	case record.Epoch:
		l.passEpoch(c)
	case record.Device:
		l.letIn(a, from)
	case record.Member:
		if role, ok := given(c, record.Member, "role"); ok {
			l.members[c.Record] = append(l.members[c.Record], held{from, role})
		}
	case record.OfficeKind:
		if t, ok := given(c, record.OfficeKind, "rights"); ok {
			if r, ok := l.rightsOf(t); ok {
				l.tables = append(l.tables, table{from, r})
			}
		}
	}
}

// rightsOf reads a table, each once.
func (l *Law) rightsOf(text string) (Rights, bool) {
	r, ok := l.parsed[text]
	if !ok {
		var err error
		if r, err = ParseRights(text); err != nil {
			return Rights{}, false
		}
		l.parsed[text] = r
	}
	return r, true
}

func (l *Law) letIn(a *Act, from Place) {
	c := a.Change
	if _, ok := l.records[c.Record]; ok {
		return
	}
	key, err := ParseKey(text(c, record.Device, "sign_key"))
	member, err2 := record.ParseID(text(c, record.Device, "member"))
	if err != nil || err2 != nil {
		return
	}
	device := ledger.DeviceOf(key)
	if _, ok := l.devices[device]; !ok {
		l.devices[device] = enrolment{member, key, from}
		l.records[c.Record] = device
		l.attach(c.Record, device)
	}
}

// may judges an act that makes law.
func (l *Law) may(a *Act) bool {
	if l.genesis(a) {
		return true
	}
	c := a.Change
	if ofRings(c) {
		return l.mayRing(a)
	}
	if c.Kind == record.Device && l.succession(a) {
		return true
	}
	if !l.enrolled(a.At, a.Device, a.Author) {
		return false
	}
	switch {
	case c.Op != ledger.OpEdit:
		return false // without it what others did could not be judged any more
	case slices.ContainsFunc(c.Entries, isApproval):
		return l.maySecond(a)
	case setsField(c, ledger.FieldDeleted):
		return l.holds(a.At, a.Author, "remove")
	}
	switch c.Kind {
	case record.Epoch:
		return l.epochAct(a)
	case record.Device:
		return l.deviceAct(a)
	case record.Member:
		return l.memberAct(a)
	}
	return l.officeAct(a)
}

// officeAct: the table of rights is for who changes roles; the hub that everybody's
// program goes to, and the texts of papers, for who changes texts; the rest, as
// its address, is everybody's.
func (l *Law) officeAct(a *Act) bool {
	c := a.Change
	for right, fields := range officeRights {
		for _, name := range fields {
			if _, ok := given(c, record.OfficeKind, name); ok && !l.holds(a.At, a.Author, right) {
				return false
			}
		}
	}
	return c.Record == l.office
}

// lacking names the right that an act lacks which makes law.
func (l *Law) lacking(a *Act) string {
	for _, name := range officeRights["change_texts"] {
		if _, ok := given(a.Change, record.OfficeKind, name); ok && !l.holds(a.At, a.Author, "change_texts") {
			return "change_texts"
		}
	}
	return "team"
}

// officeRights are the rights that single fields of the office's record need.
var officeRights = map[string][]string{
	"change_roles": {"rights", "rights_version"},
	"change_texts": {"hub", "condolence_text", "release_checklist", "help_contact"},
}

// genesis tells whether an act stands in the founder's first batch.
func (l *Law) genesis(a *Act) bool { return a.Device == l.founder && a.Seq == 1 }

// memberAct: a coordinator brings members in, changes roles and removes; the
// rest is the member's own matter too. The last who leads stays.
func (l *Law) memberAct(a *Act) bool {
	c := a.Change
	_, role := given(c, record.Member, "role")
	on, removed := given(c, record.Member, "removed_on")
	_, known := l.members[c.Record]
	switch {
	case !known:
		return l.holds(a.At, a.Author, "invite") && !removed
	case removed && on == "": // who was removed does not come back: he is let in anew
		return false
	case removed:
		return (c.Record == a.Author || l.holds(a.At, a.Author, "remove")) && l.othersLead(a.At, c.Record)
	case role:
		return l.holds(a.At, a.Author, "change_roles") && l.othersLead(a.At, c.Record)
	}
	return c.Record == a.Author || l.holds(a.At, a.Author, "invite")
}

// othersLead tells whether an office that somebody leads is led without this one.
func (l *Law) othersLead(at Place, member record.ID) bool {
	if !l.leads(at, member) || l.alone(at) {
		return true
	}
	for m := range l.members {
		if m != member && l.leads(at, m) {
			return true
		}
	}
	return false
}

// deviceAct: a coordinator lets a device in and ends it; what it is called and
// its end are its member's matter too.
func (l *Law) deviceAct(a *Act) bool {
	c := a.Change
	_, key := given(c, record.Device, "sign_key")
	_, member := given(c, record.Device, "member")
	device, known := l.records[c.Record]
	if !known {
		_, ended := given(c, record.Device, "ended_at")
		return !ended && l.holds(a.At, a.Author, "invite")
	}
	if key || member {
		return false // a device is what it was let in as
	}
	own := l.devices[device].member == a.Author
	if end, ended := given(c, record.Device, "ended_at"); ended {
		seq, _, err := ParseCut(end)
		return err == nil && (seq > 0 || device != l.founder) && (own || l.holds(a.At, a.Author, "remove"))
	}
	if _, lets := given(c, record.Device, "followed_by"); lets {
		return false // only the act that ends it says who goes on for it
	}
	return own || l.holds(a.At, a.Author, "invite")
}

// succession tells whether a new device says in its first batch that it goes on
// for another one of the same member, by that one's word. Where that one has
// ended its word is worth nothing any more, unless who ended it names the new one:
// whoever found the old device could make himself another.
func (l *Law) succession(a *Act) bool {
	c := a.Change
	key, err := ParseKey(text(c, record.Device, "sign_key"))
	if err != nil || ledger.DeviceOf(key) != a.Device || a.Seq != 1 {
		return false
	}
	before, err := record.ParseID(text(c, record.Device, "succeeds"))
	if err != nil {
		return false
	}
	old, ok := l.devices[before]
	if !ok || old.from.Compare(a.At) >= 0 || old.member != a.Author || text(c, record.Device, "member") != old.member.String() {
		return false
	}
	if slices.ContainsFunc(l.cuts[before], func(e *cut) bool { return !slices.Contains(e.lets, c.Record.String()) }) {
		return false
	}
	return CheckEndorsement(old.key, l.office, key, text(c, record.Device, "endorsement")) == nil
}

func (l *Law) enrolled(at Place, device, author record.ID) bool {
	e, ok := l.devices[device]
	return ok && e.from.Compare(at) <= 0 && e.member == author
}

// holds tells whether a member has a right at a place. Who works alone holds
// the rights over the team itself: nobody else is there to ask.
func (l *Law) holds(at Place, member record.ID, right string) bool {
	table := l.table(at)
	role, ok := l.role(at, member)
	if !ok || table == nil {
		return false
	}
	if table.May(role, right) {
		return true
	}
	return slices.Contains(overTeam, right) && l.alone(at)
}

// overTeam are the rights that a team's only member holds whatever his role.
var overTeam = []string{"invite", "remove", "erase", "change_roles", "change_texts"}

func (l *Law) alone(at Place) bool {
	n := 0
	for _, roles := range l.members {
		if roles[0].from.Compare(at) <= 0 {
			n++
		}
	}
	return n == 1
}

func (l *Law) table(at Place) *Rights {
	for i := len(l.tables) - 1; i >= 0; i-- {
		if l.tables[i].from.Compare(at) <= 0 {
			return &l.tables[i].rights
		}
	}
	return nil
}

func (l *Law) role(at Place, member record.ID) (string, bool) {
	if c := l.removed[member]; c != nil && c.from.Compare(at) < 0 {
		return "", false
	}
	roles := l.members[member]
	for i := len(roles) - 1; i >= 0; i-- {
		if roles[i].from.Compare(at) <= 0 {
			return roles[i].role, true
		}
	}
	return "", false
}
