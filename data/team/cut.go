package team

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"paradero/data/ledger"
	"paradero/data/record"
)

// A cut says of a device that it ended at a batch of its feed. What stands in
// the feed up to there counts; whatever else bears the device's name, behind it
// or on another branch, has no effect for ever, wherever it stands in the order
// and whenever it arrives. A member's removal cuts all his devices; one that the
// removal did not know has no effect at all.

// Links is what the law asks of the batches that are here.
type Links interface {
	Forked(device record.ID) bool                   // whether the device gave a number twice
	Prev(h ledger.Hash) (prev ledger.Hash, ok bool) // the batch before one that is here; zero before the first
}

type noLinks struct{}

func (noLinks) Forked(record.ID) bool                { return false }
func (noLinks) Prev(ledger.Hash) (ledger.Hash, bool) { return ledger.Hash{}, false }

var errCut = errors.New("not a cut")

// CutText is how a device's record says where it ended: the number and hash of
// the last batch that counts, zero and no hash when none does.
func CutText(seq uint64, hash ledger.Hash) string {
	return strconv.FormatUint(seq, 10) + "." + strings.ToLower(keyText.EncodeToString(hash[:]))
}

// ParseCut reads it.
func ParseCut(text string) (seq uint64, hash ledger.Hash, err error) {
	number, rest, ok := strings.Cut(text, ".")
	seq, err = strconv.ParseUint(number, 10, 64)
	b, err2 := keyText.DecodeString(strings.ToUpper(rest))
	if !ok || err != nil || err2 != nil || len(b) != len(hash) {
		return 0, ledger.Hash{}, errCut
	}
	copy(hash[:], b)
	if (seq == 0) != (hash == ledger.Hash{}) {
		return 0, ledger.Hash{}, errCut
	}
	return seq, hash, nil
}

// cut is one that was said.
type cut struct {
	act    Act
	from   Place     // from where on the member is gone: its act's, or that of the word that it took
	device record.ID // that ends; zero: a member's removal
	member record.ID // who is removed
	seq    uint64
	hash   ledger.Hash
	lets   []string // records of devices that go on for it
}

// newCut reads a cut of a device. One that a device says of itself takes in what
// says so.
func newCut(a *Act, device record.ID) (*cut, bool) {
	seq, hash, err := ParseCut(text(a.Change, record.Device, "ended_at"))
	if err != nil {
		return nil, false
	}
	if a.Device == device {
		seq, hash = a.Seq, a.At.Write.Batch
	}
	lets := record.SplitList(text(a.Change, record.Device, "followed_by"))
	return &cut{act: *a, from: a.At, device: device, seq: seq, hash: hash, lets: lets}, true
}

// ancestors are the batches of a branch of a feed.
type ancestors struct {
	of      map[ledger.Hash]bool
	missing bool // of which one is not here
}

// touchesCuts tells whether an act may change who is cut.
func (l *Law) touchesCuts(a *Act) bool {
	if slices.ContainsFunc(a.Change.Entries, isApproval) {
		return true
	}
	_, ended := given(a.Change, record.Device, "ended_at")
	_, removed := given(a.Change, record.Member, "removed_on")
	return ended || removed
}

// beyond tells whether a batch of a device does not count any more.
func (l *Law) beyond(device record.ID, seq uint64, batch ledger.Hash) bool {
	cuts := l.cuts[device]
	for _, c := range cuts {
		if !l.within(c, seq, batch) {
			return true
		}
	}
	if len(cuts) > 0 {
		return false
	}
	e, ok := l.devices[device]
	return ok && l.removed[e.member] != nil
}

// within tells whether a batch stands in what a cut lets count.
func (l *Law) within(c *cut, seq uint64, batch ledger.Hash) bool {
	switch forked := l.links.Forked(c.device); {
	case forked:
	case seq == c.seq:
		return batch == c.hash
	default:
		return seq < c.seq
	}
	if !l.forked[c.device] {
		l.forked[c.device] = true
		l.stale = l.stale || l.heard[c.device] > 0
	}
	chain := l.chains[c.hash]
	if chain != nil && chain.missing {
		if _, here := l.links.Prev(c.hash); here {
			chain = nil
		}
	}
	if chain == nil {
		chain = l.branch(c.hash)
		l.chains[c.hash] = chain
	}
	return chain.of[batch]
}

// branch gives a batch and all that came before it in its feed.
func (l *Law) branch(h ledger.Hash) *ancestors {
	a := &ancestors{of: map[ledger.Hash]bool{}}
	for h != (ledger.Hash{}) && !a.of[h] {
		prev, ok := l.links.Prev(h)
		if !ok {
			a.missing = true
			break
		}
		a.of[h] = true
		h = prev
	}
	return a
}

// cutOf gives the cut that an act says; nil when it says none.
func (l *Law) cutOf(a *Act) *cut {
	switch c := a.Change; c.Kind {
	case record.Device:
		if device, known := l.records[c.Record]; known {
			if said, ok := newCut(a, device); ok {
				return said
			}
		}
	case record.Member:
		if text(c, record.Member, "removed_on") != "" {
			return &cut{act: *a, from: a.At, member: c.Record}
		}
	}
	return nil
}

// settle works out anew what all acts amount to. Cuts reach back in the order,
// so those that hold are found first: those that stand under all that hold.
func (l *Law) settle() {
	said := l.said()
	l.awaits(said)
	if len(said) == 0 {
		l.passAll(nil)
		return
	}
	if !l.agreed(said) {
		l.contested(said)
	}
}

// awaits notes the batches that cuts name and that are not here: when they come
// what was judged is to be judged again.
func (l *Law) awaits(said map[record.Write]bool) {
	for h := range l.wanted {
		if _, here := l.links.Prev(h); here {
			l.stale = true
		}
	}
	l.wanted = map[ledger.Hash]bool{}
	if len(said) == 0 {
		return
	}
	for i := range l.acts {
		_, hash, err := ParseCut(text(l.acts[i].Change, record.Device, "ended_at"))
		if err != nil || hash == (ledger.Hash{}) {
			continue
		}
		if _, here := l.links.Prev(hash); !here {
			l.wanted[hash] = true
		}
	}
}

// said gives the places of the acts that say a cut.
func (l *Law) said() map[record.Write]bool {
	out := map[record.Write]bool{}
	for i := range l.acts {
		c := l.acts[i].Change
		_, ended := given(c, record.Device, "ended_at")
		on, _ := given(c, record.Member, "removed_on")
		if ended || on != "" {
			out[l.acts[i].At.Write] = true
		}
	}
	return out
}

// passAll passes all acts under some cuts. A cut counts for all acts of its
// device, also for those before it.
func (l *Law) passAll(under map[record.Write]bool) {
	chains := l.chains
	l.standing = nothing()
	l.chains = chains
	for i := range l.acts {
		a := &l.acts[i]
		if !under[a.At.Write] {
			continue
		}
		if text(a.Change, record.Member, "removed_on") != "" {
			if l.removed[a.Change.Record] == nil {
				l.removed[a.Change.Record] = &cut{act: *a, from: a.At, member: a.Change.Record}
			}
			continue
		}
		l.ends[a.Change.Record] = append(l.ends[a.Change.Record], a)
	}
	l.attach(l.founder, l.founder) // its record has its name, and its first batch is not let in by anybody
	for i := range l.acts {
		l.pass(&l.acts[i])
	}
}

// attach puts the cuts that a device's record bears in force for the device.
func (l *Law) attach(id, device record.ID) {
	if len(l.cuts[device]) > 0 {
		return
	}
	for _, a := range l.ends[id] {
		if c, ok := newCut(a, device); ok {
			l.cuts[device] = append(l.cuts[device], c)
		}
	}
}

// holdsCut tells whether the act of a cut holds as things stand, with the word
// that it takes.
func (l *Law) holdsCut(w record.Write) bool {
	v, ok := l.good[w]
	return ok && (!v.second || v.word)
}

// agreed finds the cuts that hold where none stands against another: those that
// hold under each other, when no other one would. false: some do.
func (l *Law) agreed(said map[record.Write]bool) bool {
	under := map[record.Write]bool{}
	for w := range said {
		under[w] = true
	}
	for {
		l.passAll(under)
		n := len(under)
		for w := range under {
			if !l.holdsCut(w) {
				delete(under, w)
			}
		}
		if len(under) == n {
			break
		}
	}
	for w := range said {
		if !under[w] && l.holdsCut(w) {
			return false
		}
	}
	return true
}

// contested finds the cuts that hold where some stand against each other: one
// after the other, first those that no other one reaches, then those to which two
// agreed, then by their place in the order. So who was removed by two does not
// remove them by a word with an earlier time.
func (l *Law) contested(said map[record.Write]bool) {
	under := map[record.Write]bool{}
	for {
		var list []candidate
		for i := range l.acts {
			w := l.acts[i].At.Write
			if said[w] && !under[w] {
				if c, ok := l.candidate(i, under); ok {
					list = append(list, c)
				}
			}
		}
		if len(list) == 0 {
			break
		}
		for i := range list {
			list[i].reached = slices.ContainsFunc(list, func(c candidate) bool { return c.place != list[i].place && c.reaches(&list[i]) })
		}
		slices.SortFunc(list, func(a, b candidate) int {
			return cmp.Or(compareBools(a.reached, b.reached), compareBools(b.word, a.word), a.place.Compare(b.place))
		})
		under[list[0].place.Write] = true
	}
	l.passAll(under)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// candidate is a cut that would hold.
type candidate struct {
	place   Place
	word    bool       // a second member agreed
	reached bool       // another one reaches what says it
	by      []position // what says it: the act, and the word that it took
	kills   func(position) bool
}

type position struct {
	device record.ID
	seq    uint64
	batch  ledger.Hash
}

func (c *candidate) reaches(d *candidate) bool { return slices.ContainsFunc(d.by, c.kills) }

// candidate tries a cut beside those that hold.
func (l *Law) candidate(i int, under map[record.Write]bool) (candidate, bool) {
	a := &l.acts[i]
	try := map[record.Write]bool{a.At.Write: true}
	for w := range under {
		try[w] = true
	}
	l.passAll(try)
	said := l.cutOf(a)
	if !l.holdsCut(a.At.Write) || said == nil {
		return candidate{}, false
	}
	c := candidate{place: a.At, word: l.good[a.At.Write].word, by: []position{{a.Device, a.Seq, a.At.Write.Batch}}}
	for k := range l.acts {
		y := &l.acts[k]
		if _, good := l.good[y.At.Write]; good && agreesTo(y.Change, a.At.Write) {
			c.by = append(c.by, position{y.Device, y.Seq, y.At.Write.Batch})
		}
	}
	if !said.device.IsZero() {
		c.kills = func(p position) bool { return p.device == said.device && !l.within(said, p.seq, p.batch) }
		return c, true
	}
	named := map[record.ID]bool{} // his devices that were ended beside it, as far as they counted
	for k := range l.acts {
		if y := &l.acts[k]; y.At.Write.Batch == a.At.Write.Batch && text(y.Change, record.Device, "ended_at") != "" {
			named[l.records[y.Change.Record]] = true
		}
	}
	devices := l.devices
	c.kills = func(p position) bool { return devices[p.device].member == said.member && !named[p.device] }
	return c, true
}

// agreesTo tells whether a change says yes to a proposal.
func agreesTo(c *ledger.Change, w record.Write) bool {
	return slices.ContainsFunc(c.Entries, func(e ledger.Entry) bool {
		return isApproval(e) && e.Text(record.ApprovalOf) == w.String() && e.Text(record.ApprovalVerdict) == record.Approve
	})
}

// cutOtherwise tells whether what was judged of some device is beyond a cut now
// and was not, or the other way round.
func (l *Law) cutOtherwise(before *standing) bool {
	for d, heard := range l.heard {
		was, whole := before.reach(d)
		now, whole2 := l.reach(d)
		if was == now && whole == whole2 {
			continue
		}
		least := min(was.seq, now.seq)
		if l.links.Forked(d) || least < heard {
			return true
		}
		if _, here := l.links.Prev(now.hash); least == heard && !here {
			return true
		}
	}
	return false
}

// end is up to where a device counts.
type end struct {
	seq  uint64
	hash ledger.Hash
}

// reach gives up to where a device counts, and how many cuts say so.
func (s *standing) reach(device record.ID) (least end, cuts int) {
	if s.gone(device) {
		return end{}, 0
	}
	least.seq = 1<<64 - 1
	for _, c := range s.cuts[device] {
		if c.seq < least.seq {
			least = end{c.seq, c.hash}
		}
	}
	return least, len(s.cuts[device])
}

// gone tells whether a device does not count at all, since its member was removed
// and nobody said up to where it counts.
func (s *standing) gone(device record.ID) bool {
	e, ok := s.devices[device]
	return ok && len(s.cuts[device]) == 0 && s.removed[e.member] != nil
}

// Ended gives the act by which a device ended, if it did: that of its own cut, or
// of its member's removal.
func (l *Law) Ended(device record.ID) (Act, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	if list := l.cuts[device]; len(list) > 0 {
		return list[0].act, true
	}
	if c := l.removed[l.devices[device].member]; c != nil && !device.IsZero() {
		return c.act, true
	}
	return Act{}, false
}

// Removed gives the act by which a member was removed, if he was.
func (l *Law) Removed(member record.ID) (Act, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	if c := l.removed[member]; c != nil {
		return c.act, true
	}
	return Act{}, false
}
