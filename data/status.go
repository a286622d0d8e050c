package data

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/team"
)

// Status tells what can be proved of where the changes are: what the hub took or
// named, what other devices said that they hold, each under its own signature, and
// what the batches that a device wrote show that it had seen.
func (o *Office) Status(ctx context.Context) (Status, error) {
	const op = "tell the state"
	st := Status{Ways: o.Ways(), Refused: o.refusedOfWays()}
	waiting := o.Waiting()
	st.Waiting = len(waiting)
	words, hubs := o.words(), o.hubsHold()
	devices, err := o.devicesNamed(ctx)
	if err != nil {
		return Status{}, err
	}
	open, err := o.Contradictions(ctx)
	if err != nil {
		return Status{}, err
	}
	st.Contradictions = len(open)
	if err := o.enter(op); err != nil {
		return Status{}, err
	}
	defer o.use.RUnlock()
	if err := o.counted(ctx); err != nil {
		return Status{}, diskFault(op, err)
	}
	c := o.counter()
	st.Changes = c.all
	hub := o.coverOf(hubs, nil)
	st.OnHub = c.count(&hub)
	others := hub.clone()
	for i := range devices {
		d := &devices[i]
		if d.This = d.Device == o.Info().Device; d.This {
			d.Has, d.At, d.Signed, d.Program = c.all, o.Now(), true, o.cfg.Program
			continue
		}
		has := o.seenBy(c, d.Device)
		if w, ok := words[d.Device]; ok {
			said := o.coverOf(w.Tips, w.Lacks)
			d.At, d.Signed, d.Program = w.At, true, w.Program
			has.join(&said)
		}
		d.Has = c.count(&has)
		d.Lacks = c.all - d.Has
		if !d.Ended {
			others.join(&has)
		}
	}
	st.Devices = devices
	st.OnlyHere = max(c.all-c.count(&others), 0)
	return st, nil
}

// refusedOfWays gives what was refused in the last exchanges.
func (o *Office) refusedOfWays() (out []RefusedBatch) {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	ways := slices.SortedFunc(maps.Values(o.ways.ways), func(a, b *way) int { return b.At.Compare(a.At) })
	for _, w := range ways {
		out = append(out, w.Refused...)
	}
	return out
}

// hubsHold gives what the hubs were seen to hold: named, or taken with their word
// that it is durable.
func (o *Office) hubsHold() (tips []ledger.Tip) {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	for _, w := range o.ways.ways {
		if w.Kind == WayHub {
			tips = append(tips, w.There...)
		}
	}
	return tips
}

// devicesNamed gives the devices of the office with their members' names, this one
// first.
func (o *Office) devicesNamed(ctx context.Context) ([]DeviceStatus, error) {
	o.use.RLock()
	let := o.law.Devices()
	o.use.RUnlock()
	byID := map[record.ID]*DeviceStatus{}
	for device, member := range let {
		byID[device] = &DeviceStatus{Device: device, Member: member, MemberName: o.names.get(member)}
	}
	err := o.Each(ctx, record.Device, func(r *record.Record) error {
		key, err := team.ParseKey(r.Get("sign_key"))
		if err != nil {
			return nil //nolint:nilerr // it names no device
		}
		id := ledger.DeviceOf(key)
		d := byID[id]
		if d == nil {
			if r.Get("ended_at") == "" {
				return nil // nobody let it in
			}
			member, _ := record.ParseID(r.Get("member"))
			d = &DeviceStatus{Device: id, Member: member, MemberName: o.names.get(member)}
			byID[id] = d
		}
		d.Name = r.Get("name")
		d.Ended = r.Get("ended_at") != ""
		return nil
	})
	if err != nil {
		return nil, err
	}
	this := o.Info().Device
	out := make([]DeviceStatus, 0, len(byID))
	for _, d := range byID {
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b DeviceStatus) int {
		rank := func(d *DeviceStatus) int {
			switch {
			case d.Device == this:
				return 0
			case d.Ended:
				return 2
			}
			return 1
		}
		return cmp.Or(cmp.Compare(rank(&a), rank(&b)), cmp.Compare(a.MemberName, b.MemberName), bytes.Compare(a.Device[:], b.Device[:]))
	})
	return out, nil
}

// counter counts changes by the tally and the tips of one moment. The tally stays
// locked no longer than a count takes.
type counter struct {
	tally *tally
	tips  map[record.ID][]ledger.Tip
	all   int
}

func (o *Office) counter() *counter {
	c := &counter{tally: &o.tally, tips: map[record.ID][]ledger.Tip{}}
	for _, t := range o.feeds.Tips() {
		c.tips[t.Device] = append(c.tips[t.Device], t)
	}
	o.tally.mu.Lock()
	defer o.tally.mu.Unlock()
	c.all = o.tally.all
	return c
}

// count tells how many of the changes here are in a cover.
func (c *counter) count(of *cover) int {
	c.tally.mu.Lock()
	defer c.tally.mu.Unlock()
	n := 0
	for device, tips := range c.tips {
		n += c.tally.hasTo(device, of, tips)
	}
	for _, l := range of.lacks {
		n -= l.changes
	}
	return min(max(n, 0), c.all)
}

// coverOf makes a cover of tips: what is known here counts to its own number,
// what is not here is further on.
func (o *Office) coverOf(tips []ledger.Tip, lacks []sync.Name) cover {
	c := newCover()
	for _, t := range tips {
		if s, ok := o.where(t.Hash); ok {
			t.Device, t.Seq = s.Device, s.Seq
		}
		c.seqs[t.Device] = max(c.seqs[t.Device], t.Seq)
		c.tips[t.Hash] = true
	}
	for _, l := range lacks {
		if s, ok := o.where(l.Hash); ok && s.Seq <= c.seqs[s.Device] {
			c.lacks[l.Hash] = lack{s.Device, s.Seq, max(s.Changes, 0)}
		}
	}
	return c
}

func newCover() cover {
	return cover{seqs: map[record.ID]uint64{}, tips: map[ledger.Hash]bool{}, lacks: map[ledger.Hash]lack{}}
}

func (c *cover) clone() cover {
	return cover{seqs: maps.Clone(c.seqs), tips: maps.Clone(c.tips), lacks: maps.Clone(c.lacks)}
}

// holds tells whether what another lacks is in a cover.
func (c *cover) holds(h ledger.Hash, l lack) bool {
	_, lacks := c.lacks[h]
	return !lacks && l.seq <= c.seqs[l.device]
}

// join takes in what another holds: the two together lack what neither has.
func (c *cover) join(more *cover) {
	lacks := map[ledger.Hash]lack{}
	for h, l := range c.lacks {
		if !more.holds(h, l) {
			lacks[h] = l
		}
	}
	for h, l := range more.lacks {
		if !c.holds(h, l) {
			lacks[h] = l
		}
	}
	c.lacks = lacks
	for d, seq := range more.seqs {
		c.seqs[d] = max(c.seqs[d], seq)
	}
	maps.Copy(c.tips, more.tips)
}

// seenReads bounds how many batches are read to tell what a device had seen.
const seenReads = 64

// seenBy tells what a device holds by what it wrote: its own feed, and what its
// last batches depend on. It is little where it said nothing itself, and never more
// than what it has.
func (o *Office) seenBy(c *counter, device record.ID) cover {
	out := newCover()
	var next []ledger.Hash
	for _, t := range c.tips[device] {
		next = append(next, t.Hash)
	}
	if len(next) != 1 { // nobody knows which of two is whose
		return out
	}
	seen := map[ledger.Hash]bool{}
	var buf []byte
	for reads := 0; len(next) > 0 && reads < seenReads; {
		h := next[0]
		next = next[1:]
		s, ok := o.where(h)
		if !ok || seen[h] {
			continue
		}
		seen[h] = true
		out.seqs[s.Device], out.tips[h] = max(out.seqs[s.Device], s.Seq), true
		b, _, err := o.journal.ReadInto(s.Pos, &buf)
		reads++
		if err != nil {
			continue
		}
		next = append(next, b.Deps...)
		if b.Seq > 1 {
			next = append(next, b.Prev)
		}
	}
	return out
}
