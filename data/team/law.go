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
// keys they are given, circles, and the office with its table of rights.
func Concerns(k record.Kind) bool {
	return k == record.Member || k == record.Device || k == record.OfficeKind || k == record.Epoch || k == record.Circle
}

// Law judges every change by what the team was at its place in the order of all
// changes, and by all cuts that are known (cut.go): the same on every device,
// whenever it arrived. It begins with what the founder's first batch says. Safe
// for concurrent use.
type Law struct {
	mu      sync.Mutex
	office  record.ID
	founder record.ID // the device that everything is traced back to
	links   Links     // the batches that are here
	acts    []Act     // in order
	dirty   bool      // acts came that were not passed yet

	standing
	parsed  map[string]Rights    // tables that were read
	refused map[record.ID]bool   // devices whose changes were refused as nobody's
	heard   map[record.ID]uint64 // how far each device's feed was judged
	wanted  map[ledger.Hash]bool // that cuts name and that are not here
	forked  map[record.ID]bool   // devices with a cut that were seen to have given a number twice
	judged  Place                // the latest that was judged
	stale   bool                 // what was judged is to be judged again
}

// standing is what the acts amount to.
type standing struct {
	devices map[record.ID]enrolment    // by what their key is named
	records map[record.ID]record.ID    // device record → device
	members map[record.ID][]held       // roles over time
	tables  []table                    // of rights over time
	epochs  []record.ID                // keys that the office seals with, in order
	good    map[record.Write]verdict   // acts that hold
	waiting map[record.Write]Act       // those that wait for a second member's word
	ends    map[record.ID][]*Act       // device record → the acts in force that end it
	cuts    map[record.ID][]*cut       // device → where it ended
	removed map[record.ID]*cut         // members
	chains  map[ledger.Hash]*ancestors // of the cuts of devices that gave a number twice
	turns   []Place                    // see flips; worked out when it is asked for
	turned  bool
	rings   rings
}

// verdict is what was found of an act that holds.
type verdict struct {
	second bool // it takes a second member's word
	word   bool // and has it
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
	return &Law{
		office: office, founder: founder, links: noLinks{}, parsed: map[string]Rights{}, refused: map[record.ID]bool{},
		heard: map[record.ID]uint64{}, forked: map[record.ID]bool{}, standing: nothing(),
	}
}

func nothing() standing {
	return standing{
		devices: map[record.ID]enrolment{}, records: map[record.ID]record.ID{}, members: map[record.ID][]held{},
		good: map[record.Write]verdict{}, waiting: map[record.Write]Act{}, cuts: map[record.ID][]*cut{}, ends: map[record.ID][]*Act{},
		removed: map[record.ID]*cut{}, chains: map[ledger.Hash]*ancestors{}, rings: noRings(),
	}
}

// Follow gives the law the batches that are here, by which it knows the branches
// of a feed.
func (l *Law) Follow(links Links) { l.links = links }

// Judged notes that what stands at a place was judged by the law as it is known.
func (l *Law) Judged(at Place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.judged.Compare(at) < 0 {
		l.judged = at
	}
}

// Heard notes that a device's feed was judged up to a number.
func (l *Law) Heard(device record.ID, seq uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard[device] = max(l.heard[device], seq)
}

// Refused notes that changes of a device were refused as nobody's.
func (l *Law) Refused(device record.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused[device] = true
}

// Learn takes in an act that makes law. late: it changes what holds of what was
// judged already, so that it is to be judged again.
func (l *Law) Learn(a Act) (late bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, known := slices.BinarySearchFunc(l.acts, a, func(x, y Act) int { return x.At.Compare(y.At) })
	if known {
		return false
	}
	l.acts = slices.Insert(l.acts, i, a)
	if l.dirty || l.judged == (Place{}) { // nothing was judged: it is passed when something is
		l.dirty = true
		return false
	}
	if i == len(l.acts)-1 && !l.touchesCuts(&l.acts[i]) {
		lawless, flips := len(l.tables) == 0, l.flips()
		l.pass(&l.acts[i])
		_, good := l.good[a.At.Write]
		return l.flipsOtherwise(flips) || lawless && len(l.tables) > 0 || l.lets(&a) || good && a.At.Compare(l.judged) < 0 && changesRights(a.Change)
	}
	before := l.standing
	l.settle()
	_, good := l.good[a.At.Write]
	return l.differs(&before) || good && (l.lets(&a) || a.At.Compare(l.judged) < 0 && changesRights(a.Change))
}

// ready passes the acts that came since the law was last asked.
func (l *Law) ready() {
	if l.dirty {
		l.dirty = false
		l.settle()
	}
}

// knows tells whether an act was learned: then it was judged in its turn, by what
// the team was then, and nothing that came behind it makes it good.
func (l *Law) knows(a *Act) bool {
	_, known := slices.BinarySearchFunc(l.acts, *a, func(x, y Act) int { return x.At.Compare(y.At) })
	return known
}

// differs tells whether something that was judged is to be judged otherwise.
func (l *Law) differs(before *standing) bool {
	for w, v := range before.good {
		if now, ok := l.good[w]; !ok || now.second != v.second {
			return true
		}
	}
	return len(l.good) > len(before.good)+1 || l.moved(before.devices) || l.cutOtherwise(before) || l.livedOtherwise(before)
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

// livedOtherwise tells whether the team or its rights were others than was
// thought, at places that were judged.
func (l *Law) livedOtherwise(before *standing) bool {
	for m, was := range before.members {
		if l.reaches(was, l.members[m]) {
			return true
		}
	}
	for m, now := range l.members {
		if _, ok := before.members[m]; !ok && l.reaches(nil, now) {
			return true
		}
	}
	for m, c := range l.removed {
		if old := before.removed[m]; (old == nil || old.from != c.from) && c.from.Compare(l.judged) < 0 {
			return true
		}
	}
	for m, c := range before.removed {
		if l.removed[m] == nil && c.from.Compare(l.judged) < 0 {
			return true
		}
	}
	past := func(list []table) []Place {
		var out []Place
		for _, t := range list {
			if t.from.Compare(l.judged) < 0 {
				out = append(out, t.from)
			}
		}
		return out
	}
	return !slices.Equal(past(before.tables), past(l.tables)) || l.flipsOtherwise(before.flips())
}

// flipsOtherwise tells whether somebody else could speak, at places that were
// judged, when it was thought that nobody could, or the other way round.
func (l *Law) flipsOtherwise(before []Place) bool {
	past := func(list []Place) []Place {
		i := slices.IndexFunc(list, func(p Place) bool { return p.Compare(l.judged) >= 0 })
		if i < 0 {
			return list
		}
		return list[:i]
	}
	return !slices.Equal(past(before), past(l.flips()))
}

func (l *Law) reaches(was, now []held) bool {
	for _, list := range [][]held{was, now} {
		for _, h := range list {
			if h.from.Compare(l.judged) < 0 && (!slices.Contains(was, h) || !slices.Contains(now, h)) {
				return true
			}
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
	return role || rights || c.Op != ledger.OpEdit && c.Op != ledger.OpRestrict || setsField(c, ledger.FieldDeleted) || decides(c)
}

// Weigh judges a change that stands in the ledger and notes that it was judged.
// second: what takes two members takes a second one's word there. stale: what was
// judged before is to be judged again, since a feed turned out to have two ends.
func (l *Law) Weigh(a *Act) (ok bool, why string, second, stale bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	if l.wanted[a.At.Write.Batch] {
		l.stale = true
		delete(l.wanted, a.At.Write.Batch)
	}
	ok, why = l.judge(a)
	second = l.second(a)
	if l.judged.Compare(a.At) < 0 {
		l.judged = a.At
	}
	if l.heard[a.Device] < a.Seq {
		l.heard[a.Device] = a.Seq
	}
	stale, l.stale = l.stale, false
	return ok, why, second, stale
}

// Judge tells whether a change has effect; why names the right that is missing,
// "enrolled" when its device or author is nobody here, "cut" when its device had
// ended before it.
func (l *Law) Judge(a *Act) (ok bool, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.judge(a)
}

func (l *Law) judge(a *Act) (ok bool, why string) {
	c := a.Change
	if len(l.tables) == 0 {
		return c.Op != ledger.OpErase, "erase" // its first batch is lost: nobody can judge without a law
	}
	if l.beyond(a.Device, a.Seq, a.At.Write.Batch) {
		return false, "cut"
	}
	if Makes(c) {
		_, ok := l.good[a.At.Write]
		if !ok && !l.knows(a) { // one that is about to be made, or whose values are not here
			ok = l.may(a)
		}
		if ok {
			return true, ""
		}
		return false, l.lacking(a)
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
	if decides(c) && c.Circle.IsZero() {
		return "approve"
	}
	if c.Kind == record.Document {
		if kind, ok := given(c, record.Document, "kind"); ok && c.Circle.IsZero() {
			return "issue:" + kind
		}
	}
	return "edit"
}

// Devices gives who was let in, by the name of the key.
func (l *Law) Devices() map[record.ID]record.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	out := map[record.ID]record.ID{}
	for d, e := range l.devices {
		out[d] = e.member
	}
	return out
}

// Alone tells whether the office has one member only.
func (l *Law) Alone(at Place) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.alone(at)
}

// Key gives the key of a device that was let in; nil when none was.
func (l *Law) Key(device record.ID) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
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
