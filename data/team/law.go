package team

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"

	"paradero/data/ledger"
	"paradero/data/record"
)

// Place is where a change stands in the one order of all changes.
type Place struct {
	Lamport uint64
	Write   record.Write
}

// Compare orders places.
func (p Place) Compare(q Place) int {
	return cmp.Or(
		cmp.Compare(p.Lamport, q.Lamport), bytes.Compare(p.Write.Batch[:], q.Write.Batch[:]),
		cmp.Compare(p.Write.Index, q.Write.Index),
	)
}

// Act is a change with who made it.
type Act struct {
	At     Place
	Device record.ID // that signed it
	Seq    uint64    // of its batch in the device's feed
	Author record.ID // the member who says so
	Change *ledger.Change
}

// Concerns tells whether a change of this kind makes law: members, devices, the
// keys they are given, and the office with its table of rights.
func Concerns(k record.Kind) bool {
	return k == record.Member || k == record.Device || k == record.OfficeKind || k == record.Epoch
}

// Law judges every change by what the team was at its place in the order of all
// changes: the same on every device, whenever it arrived. It begins with what
// the founder's first batch says. Safe for concurrent use.
type Law struct {
	mu      sync.RWMutex
	office  record.ID
	founder record.ID // the device that everything is traced back to
	acts    []Act     // in order

	devices map[record.ID]enrolment // by what their key is named
	records map[record.ID]record.ID // device record → device
	members map[record.ID][]held    // roles over time
	tables  []table                 // of rights over time
	epochs  []record.ID             // keys that the office seals with, in order
	good    map[record.Write]bool   // acts that hold
	refused map[record.ID]bool      // devices whose changes were refused as nobody's
	judged  Place                   // the latest that was judged
}

type enrolment struct {
	member record.ID
	key    []byte
	from   Place
}

type held struct {
	from Place
	role string
}

type table struct {
	from   Place
	rights Rights
}

// NewLaw makes the law of an office before its first batch.
func NewLaw(office, founder record.ID) *Law {
	l := &Law{office: office, founder: founder, refused: map[record.ID]bool{}}
	l.forget()
	return l
}

func (l *Law) forget() {
	l.devices, l.records, l.members = map[record.ID]enrolment{}, map[record.ID]record.ID{}, map[record.ID][]held{}
	l.tables, l.epochs, l.good = nil, nil, map[record.Write]bool{}
}

// Judged notes that what stands at a place was judged by the law as it is known.
func (l *Law) Judged(at Place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.judged.Compare(at) < 0 {
		l.judged = at
	}
}

// Refused notes that changes of a device were refused as nobody's.
func (l *Law) Refused(device record.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused[device] = true
}

// Learn takes in an act that makes law. late: it belongs before what was judged
// and changes what that may, so that it is to be judged again.
func (l *Law) Learn(a Act) (late bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, known := slices.BinarySearchFunc(l.acts, a, func(x, y Act) int { return x.At.Compare(y.At) })
	if known {
		return false
	}
	l.acts = slices.Insert(l.acts, i, a)
	if i == len(l.acts)-1 {
		lawless := len(l.tables) == 0 && l.judged != Place{}
		l.pass(&l.acts[i])
		return lawless && len(l.tables) > 0 || l.lets(&a) || l.good[a.At.Write] && a.At.Compare(l.judged) < 0 && changesRights(a.Change)
	}
	before, devices := l.good, l.devices
	l.forget()
	for i := range l.acts {
		l.pass(&l.acts[i])
	}
	late = l.moved(devices)
	for w := range before {
		late = late || !l.good[w]
	}
	return late || len(l.good) > len(before)+1 || l.good[a.At.Write] && (l.lets(&a) || changesRights(a.Change))
}

// knows tells whether an act was learned: then it was judged in its turn, by what
// the team was then, and nothing that came behind it makes it good.
func (l *Law) knows(a *Act) bool {
	_, known := slices.BinarySearchFunc(l.acts, *a, func(x, y Act) int { return x.At.Compare(y.At) })
	return known
}

// moved tells whether a device that was let in is another member's now, or later.
func (l *Law) moved(before map[record.ID]enrolment) bool {
	for d, was := range before {
		if now, ok := l.devices[d]; !ok || now.member != was.member || now.from.Compare(was.from) > 0 {
			return true
		}
	}
	return false
}

// lets tells whether an act lets a device in whose changes were refused.
func (l *Law) lets(a *Act) bool {
	if a.Change.Kind != record.Device {
		return false
	}
	key, err := ParseKey(text(a.Change, record.Device, "sign_key"))
	return err == nil && l.refused[ledger.DeviceOf(key)]
}

// changesRights tells whether an act changes what somebody may who is here already.
func changesRights(c *ledger.Change) bool {
	_, role := given(c, record.Member, "role")
	_, rights := given(c, record.OfficeKind, "rights")
	return role || rights || c.Op != ledger.OpEdit || setsField(c, ledger.FieldDeleted)
}

// pass lets an act make law, if it may.
func (l *Law) pass(a *Act) {
	if !l.may(a) {
		return
	}
	l.good[a.At.Write] = true
	switch c := a.Change; c.Kind {
	case record.Epoch:
		l.passEpoch(c)
	case record.Device:
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
			l.devices[device] = enrolment{member, key, a.At}
			l.records[c.Record] = device
		}
	case record.Member:
		if role, ok := given(c, record.Member, "role"); ok {
			l.members[c.Record] = append(l.members[c.Record], held{a.At, role})
		}
	case record.OfficeKind:
		if t, ok := given(c, record.OfficeKind, "rights"); ok {
			if r, err := ParseRights(t); err == nil {
				l.tables = append(l.tables, table{a.At, r})
			}
		}
	}
}

// may judges an act that makes law.
func (l *Law) may(a *Act) bool {
	if l.genesis(a) {
		return true
	}
	c := a.Change
	if c.Kind == record.Device && l.succession(a) {
		return true
	}
	if !l.enrolled(a.At, a.Device, a.Author) {
		return false
	}
	switch {
	case c.Op != ledger.OpEdit:
		return false // without it what others did could not be judged any more
	case setsField(c, ledger.FieldDeleted):
		return l.holds(a.At, a.Author, "remove")
	}
	switch c.Kind {
	case record.Epoch:
		return l.epochAct(a)
	case record.Device:
		return l.deviceAct(a)
	case record.Member:
		_, role := given(c, record.Member, "role")
		_, known := l.members[c.Record]
		switch {
		case !known:
			return l.holds(a.At, a.Author, "invite")
		case role:
			return l.holds(a.At, a.Author, "change_roles")
		}
		return c.Record == a.Author || l.holds(a.At, a.Author, "invite")
	}
	_, rights := given(c, record.OfficeKind, "rights")
	_, version := given(c, record.OfficeKind, "rights_version")
	return c.Record == l.office && (!rights && !version || l.holds(a.At, a.Author, "change_roles"))
}

// genesis tells whether an act stands in the founder's first batch.
func (l *Law) genesis(a *Act) bool { return a.Device == l.founder && a.Seq == 1 }

// deviceAct: a coordinator lets a device in; what it is called is its member's matter.
func (l *Law) deviceAct(a *Act) bool {
	c := a.Change
	_, key := given(c, record.Device, "sign_key")
	_, member := given(c, record.Device, "member")
	device, known := l.records[c.Record]
	if !known {
		return l.holds(a.At, a.Author, "invite")
	}
	if key || member {
		return false // a device is what it was let in as
	}
	if _, ended := given(c, record.Device, "ended_at"); ended {
		return l.holds(a.At, a.Author, "remove")
	}
	return l.devices[device].member == a.Author || l.holds(a.At, a.Author, "invite")
}

// succession tells whether a new device says in its first batch that it goes on
// for another one of the same member, by that one's word.
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
	roles := l.members[member]
	for i := len(roles) - 1; i >= 0; i-- {
		if roles[i].from.Compare(at) <= 0 {
			return roles[i].role, true
		}
	}
	return "", false
}

// Judge tells whether a change has effect; why names the right that is missing,
// "enrolled" when its device or author is nobody here.
func (l *Law) Judge(a *Act) (ok bool, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := a.Change
	if len(l.tables) == 0 {
		return c.Op != ledger.OpErase, "erase" // its first batch is lost: nobody can judge without a law
	}
	if Concerns(c.Kind) {
		ok := l.good[a.At.Write]
		if !ok && !l.knows(a) { // one that is about to be made, or whose values are not here
			ok = l.may(a)
		}
		if ok {
			return true, ""
		}
		return false, "team"
	}
	if !l.genesis(a) && !l.enrolled(a.At, a.Device, a.Author) {
		l.refused[a.Device] = true
		return false, "enrolled"
	}
	if kept(c) {
		return false, "kept"
	}
	if right := RightFor(c); !l.holds(a.At, a.Author, right) {
		return false, right
	}
	return true, ""
}

// RightFor names the right that a change needs which makes no law.
func RightFor(c *ledger.Change) string {
	if c.Op == ledger.OpErase {
		return "erase"
	}
	if c.Kind == record.Document {
		if kind, ok := given(c, record.Document, "kind"); ok {
			return "issue:" + kind
		}
	}
	return "edit"
}

// Devices gives who may sign now, by the name of the key.
func (l *Law) Devices() map[record.ID]record.ID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := map[record.ID]record.ID{}
	for d, e := range l.devices {
		out[d] = e.member
	}
	return out
}

// Alone tells whether the office has one member only.
func (l *Law) Alone(at Place) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.alone(at)
}

// Key gives the key of a device that was let in; nil when none was.
func (l *Law) Key(device record.ID) []byte {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.devices[device].key
}

// ParseKey reads an Ed25519 public key as a device's record holds it.
func ParseKey(text string) ([]byte, error) {
	key, err := keyText.DecodeString(strings.ToUpper(text))
	if err != nil || len(key) != 32 {
		return nil, errKey
	}
	return key, nil
}

func text(c *ledger.Change, kind record.Kind, name string) string {
	t, _ := given(c, kind, name)
	return t
}

func given(c *ledger.Change, kind record.Kind, name string) (string, bool) {
	f, ok := record.SchemaOf(kind).Field(name)
	if !ok || c.Kind != kind {
		return "", false
	}
	for i := range c.Fields {
		if c.Fields[i].Num == f.Num {
			return c.Fields[i].Text, true
		}
	}
	return "", false
}

func setsField(c *ledger.Change, num uint16) bool {
	return slices.ContainsFunc(c.Fields, func(f ledger.Field) bool { return f.Num == num })
}
