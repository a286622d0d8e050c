package data

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/data/team"
)

// breachDays is how long the law gives for telling of a breach (DOMAIN §9).
const breachDays = 5

// Breach is what a device held that was lost, seized or sent away: what a notice of
// the breach must say. What is known to have reached it is told apart from what it
// could read if it came to it by a way that nobody saw.
type Breach struct {
	Device, Record record.ID
	Name           string
	Member         record.ID
	MemberName     string
	Since          time.Time // let in
	Ended          bool      // it may sign no more
	LastWrote      time.Time // by its own clock; zero: never
	LastSaid       time.Time // its signed word of what it holds; zero: never heard
	Made           time.Time
	Due            time.Time // until when the authority must be told, if it is learned of now
	Epochs         []uint32  // the office's keys that it has
	AllEpochs      int       // that there are
	Circles        []BreachCircle
	Changes        int // it could read
	ChangesKnown   int // of these, that are known to have reached it
	Kinds          []BreachKind
	People         []BreachPerson
	Erased         int // records erased since, which it may still have
	Restricted     int // records of which circles that it is not in hold something
	Readings       []Reading
}

// BreachCircle is a circle of which it has keys.
type BreachCircle struct {
	ID      record.ID
	Name    string
	Keys    int // of how many it has
	AllKeys int
}

// BreachKind counts the records of a kind.
type BreachKind struct {
	Kind           record.Kind
	Records, Known int
}

// BreachPerson is somebody whose data it could read.
type BreachPerson struct {
	ID         record.ID
	Kind       record.Kind
	Name       string
	Fields     []string // sensitive ones and papers that hold something there
	Why        string   // rule.Sensitive…, "" for a name alone
	Restricted bool     // a circle holds some of it, and the device has its key
	Known      bool     // it is known to have reached the device
}

// Breach tells what a device held. It reads the whole journal's outline, and is for
// those who may send a device away.
func (o *Office) Breach(ctx context.Context, device record.ID, progress func(Progress)) (*Breach, error) {
	const op = "breach report"
	if !o.holds("remove") {
		return nil, fault.New(fault.Refused, op, "right_missing", "remove", o.Info().Role)
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	b, err := o.breachOf(ctx, op, device)
	if err != nil {
		return nil, err
	}
	readings, err := o.readings(ctx, op, ReadingFilter{Device: b.Device})
	if err != nil {
		return nil, err
	}
	b.Readings = readings
	if err := o.breachKeys(ctx, b); err != nil {
		return nil, err
	}
	o.flush()
	if err := o.enter(op); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	h := &holdings{office: o, out: b, at: map[uint64]bool{}, keys: map[record.ID]bool{}, kinds: map[record.Kind]*BreachKind{}, progress: progress}
	if err := h.survey(ctx); err != nil {
		return nil, diskFault(op, err)
	}
	if err := h.look(ctx); err != nil {
		return nil, diskFault(op, err)
	}
	return b, nil
}

// breachOf gives who the device is.
func (o *Office) breachOf(ctx context.Context, op string, device record.ID) (*Breach, error) {
	b := &Breach{Made: o.Now()}
	b.Due = b.Made.AddDate(0, 0, breachDays)
	err := o.Each(ctx, record.Device, func(r *record.Record) error {
		key, err := team.ParseKey(r.Get("sign_key"))
		if err != nil || device != r.ID && device != ledger.DeviceOf(key) {
			return nil //nolint:nilerr // it is another, or nobody's
		}
		b.Device, b.Record, b.Member, b.Since = ledger.DeviceOf(key), r.ID, r.Ref("member"), r.Created
		b.Name, b.MemberName = o.DeviceName(ctx, r.ID), o.names.get(b.Member)
		b.Ended = r.Get("ended_at") != ""
		return nil
	})
	if err != nil {
		return nil, err
	}
	if b.Device.IsZero() {
		return nil, fault.New(fault.NotFound, op, "device_unknown", device.String())
	}
	if _, in := o.letIn()[b.Device]; !in {
		b.Ended = true
	}
	if w, ok := o.words()[b.Device]; ok {
		b.LastSaid = w.At
	}
	return b, nil
}

// breachKeys finds out which keys it has: those that were sealed to it, and those
// that were in use when it was let in.
func (o *Office) breachKeys(ctx context.Context, b *Breach) error {
	if err := o.enter("breach report"); err != nil {
		return err
	}
	epochs := o.law.Epochs()
	o.use.RUnlock()
	b.Epochs, b.AllEpochs = []uint32{0}, len(epochs)+1
	since, err := o.firstSaid(b.Record)
	if err != nil {
		return err
	}
	for _, id := range epochs {
		to, err := o.wrappedTo(ctx, id)
		if err != nil {
			return err
		}
		first, err := o.firstSaid(id)
		if err != nil {
			return err
		}
		if to[b.Device] || first < since {
			b.Epochs = append(b.Epochs, team.EpochNumber(id))
		}
	}
	for _, c := range o.circles.all() {
		has := 0
		for _, k := range c.keys {
			if slices.Contains(k.to, b.Device) {
				has++
			}
		}
		if has > 0 {
			b.Circles = append(b.Circles, BreachCircle{c.id, c.name, has, len(c.keys)})
		}
	}
	return nil
}

// firstSaid gives the Lamport time at which a record was made.
func (o *Office) firstSaid(id record.ID) (uint64, error) {
	s, _, err := o.readState(id)
	if err != nil || len(s.Origins) == 0 {
		return 0, err
	}
	return s.Origins[s.First].Lamport, nil
}

// holdings finds out what a device holds.
type holdings struct {
	office   *Office
	out      *Breach
	at       map[uint64]bool    // where the batches stand that it could read; true: it has them
	keys     map[record.ID]bool // of circles that it has
	kinds    map[record.Kind]*BreachKind
	progress func(Progress)
	done     int
}

// outline is a batch without what it says.
type outline struct {
	pos     ledger.Pos
	device  record.ID
	seq     uint64
	before  []ledger.Hash
	epoch   uint32
	changes int
}

// survey goes through the journal: what the device wrote, what that depends on and
// what it said itself that it has is known to have reached it.
func (h *holdings) survey(ctx context.Context) error {
	o, b := h.office, h.out
	all := map[ledger.Hash]outline{}
	var last ledger.Pos
	var reached []ledger.Hash
	_, err := o.journal.Scan(ctx, o.journal.Start(), func(pos ledger.Pos, batch *ledger.Batch) error {
		l := outline{pos: pos, device: batch.Device, seq: batch.Seq, before: slices.Clone(batch.Deps), epoch: batch.Epoch, changes: len(batch.Payloads)}
		if batch.Seq > 1 {
			l.before = append(l.before, batch.Prev)
		}
		all[batch.Hash] = l
		if batch.Device == b.Device {
			reached, last = append(reached, batch.Hash), pos
		}
		h.progress(Progress{Phase: "breach", Done: len(all)})
		return nil
	})
	if err != nil {
		return err
	}
	b.LastWrote = o.wroteAt(last)
	said, lacks := o.saidToHold(b.Device)
	seen := map[ledger.Hash]bool{}
	for reached = append(reached, said...); len(reached) > 0; {
		hash := reached[len(reached)-1]
		reached = reached[:len(reached)-1]
		l, here := all[hash]
		if !here || seen[hash] {
			continue
		}
		seen[hash] = true
		reached = append(reached, l.before...)
	}
	for hash, l := range all {
		known := seen[hash] && !lacks[hash]
		if !known && !slices.Contains(b.Epochs, l.epoch) {
			continue
		}
		h.at[place40(l.pos)] = known
		b.Changes += l.changes
		if known {
			b.ChangesKnown += l.changes
		}
	}
	for _, c := range o.circles.all() {
		for _, k := range c.keys {
			h.keys[k.id] = slices.Contains(k.to, b.Device)
		}
	}
	return nil
}

// wroteAt gives the time that a batch bears; zero where none stands.
func (o *Office) wroteAt(pos ledger.Pos) time.Time {
	if pos == (ledger.Pos{}) {
		return time.Time{}
	}
	batch, _, err := o.journal.Read(pos)
	if err != nil {
		return time.Time{}
	}
	body, err := batch.OpenHeads(o.keys)
	if err != nil {
		return time.Time{}
	}
	return body.Wall
}

// saidToHold gives what a device said itself that it holds: everything up to these,
// but for what it lacks.
func (o *Office) saidToHold(device record.ID) (tips []ledger.Hash, lacks map[ledger.Hash]bool) {
	lacks = map[ledger.Hash]bool{}
	w, ok := o.words()[device]
	if !ok {
		return nil, lacks
	}
	for _, t := range w.Tips {
		tips = append(tips, t.Hash)
	}
	for _, l := range w.Lacks {
		lacks[l.Hash] = true
	}
	return tips, lacks
}

// look goes through the records.
func (h *holdings) look(ctx context.Context) error {
	o, b := h.office, h.out
	ids := o.packs.ids()
	err := o.store.Rows(ctx, 0, 1, func(_ record.Kind, id record.ID, _ []byte) error {
		ids = append(ids, id)
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := h.record(id); err != nil {
			return err
		}
		h.done++
		h.progress(Progress{Phase: "breach", Done: h.done, Total: len(ids)})
	}
	for _, k := range h.kinds {
		b.Kinds = append(b.Kinds, *k)
	}
	slices.SortFunc(b.Kinds, func(a, b BreachKind) int { return cmp.Compare(a.Kind, b.Kind) })
	slices.SortFunc(b.People, func(a, b BreachPerson) int {
		return cmp.Or(strings.Compare(record.Plain(a.Name), record.Plain(b.Name)), strings.Compare(a.ID.String(), b.ID.String()))
	})
	return nil
}

// record notes what of one record the device could read.
func (h *holdings) record(id record.ID) error {
	o, b := h.office, h.out
	s, places, err := o.state(id)
	if err != nil {
		return err
	}
	could, known, sealed, opened := 0, 0, 0, 0
	for _, p := range places {
		if has, ok := h.at[place40(p.Pos)]; ok {
			could++
			if has {
				known++
			}
		}
	}
	if could == 0 || len(s.Origins) == 0 {
		return nil
	}
	for _, c := range s.Circled {
		if sealed++; h.keys[c.Key] {
			opened++
		}
	}
	if sealed > opened {
		b.Restricted++
	}
	if len(s.Erased) > 0 {
		b.Erased++
		return nil
	}
	k := h.kinds[s.Kind]
	if k == nil {
		k = &BreachKind{Kind: s.Kind}
		h.kinds[s.Kind] = k
	}
	k.Records++
	if known > 0 {
		k.Known++
	}
	if s.Kind != record.Detainee && s.Kind != record.Contact && s.Kind != record.Remains {
		return nil
	}
	if could < len(places) || opened > 0 {
		if s, err = h.asThere(s, places); err != nil {
			return err
		}
	}
	p := personOf(fold.View(s, o.names.get))
	p.Known, p.Restricted = known > 0, opened > 0
	if p.Restricted {
		p.Why = rule.SensitiveRestricted
	}
	b.People = append(b.People, p)
	return nil
}

// asThere folds a record from what the device could read of it, as far as it can be
// read here.
func (h *holdings) asThere(s *fold.State, places []fold.Place) (*fold.State, error) {
	var pieces []fold.Piece
	for _, p := range places {
		if _, ok := h.at[place40(p.Pos)]; !ok {
			continue
		}
		t, err := h.office.telling(p)
		if err != nil {
			return nil, err
		}
		if t.lost || t.refused != "" {
			continue
		}
		if !t.Change.Circle.IsZero() && !h.keys[t.Change.Circle] {
			t.Change.Veil()
		}
		pieces = append(pieces, t.Piece)
	}
	there := fold.Inside(pieces)
	if len(there.Origins) == 0 {
		return s, nil
	}
	return there, nil
}

func personOf(r *record.Record) BreachPerson {
	p := BreachPerson{ID: r.ID, Kind: r.Kind, Name: fullName(r), Fields: rule.SensitiveFields(r), Why: rule.Sensitive(r, false)}
	if p.Name == "" {
		p.Name = cmp.Or(r.Get("original_name"), r.Get("code"))
	}
	for _, paper := range []string{"cedula", "passport"} {
		if r.Get(paper) != "" {
			p.Fields = append(p.Fields, paper)
		}
	}
	return p
}
