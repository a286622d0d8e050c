package data

import (
	"context"
	"maps"
	"slices"
	"time"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
)

// holding is what a depot is known to hold: these batches and all before them in
// their feeds.
type holding map[ledger.Hash]ledger.Tip

func holdingOf(tips []ledger.Tip) holding {
	h := holding{}
	for _, t := range tips {
		h[t.Hash] = t
	}
	return h
}

// add takes in a batch that is there, when all before it is.
func (h holding) add(b *head) {
	if _, ok := h[b.prev]; !ok && b.tip.Seq > 1 {
		return
	}
	delete(h, b.prev)
	h[b.hash] = b.tip
}

func (h holding) tips() []ledger.Tip {
	return slices.SortedFunc(maps.Values(h), compareTips)
}

func compareTips(a, b ledger.Tip) int {
	return slices.Compare(append(a.Device[:], a.Hash[:]...), append(b.Device[:], b.Hash[:]...))
}

// push leaves there what the depot lacks. What it holds is known from what it gave
// and took; from time to time, and when it is new or was emptied, all its names are
// compared with what is here.
func (x *meeting) push(ctx context.Context) error {
	o, w := x.office, x.way
	since := o.Now().Sub(w.Checked)
	compared := w.Checked.IsZero() || since > recheck || since < -recheck
	var named map[ledger.Hash]bool
	if compared {
		var err error
		if named, err = x.compare(ctx); err != nil {
			return err
		}
	}
	tips := o.ends().Tips()
	x.there.addLive(o.cameLive(w))
	list, err := x.beyond(ctx, tips, named)
	if err == nil {
		err = x.send(ctx, list)
	}
	if err != nil {
		return err
	}
	done := holdingOf(tips)
	if !compared && maps.Equal(done, x.there) {
		return nil
	}
	x.there = done
	return x.keep(func(w *way) {
		if compared {
			w.Checked = o.Now()
		}
	})
}

// sendOwn leaves there what this device itself said meanwhile: a long arrival does
// not keep it back.
func (x *meeting) sendOwn(ctx context.Context) error {
	this := x.office.Info().Device
	own := slices.DeleteFunc(x.office.ends().Tips(), func(t ledger.Tip) bool { return t.Device != this })
	if len(own) != 1 {
		return nil
	}
	if _, before := x.before[own[0].Hash]; before && x.way.Checked.IsZero() {
		return nil // nobody knows yet what is there: all is compared at the end
	}
	list, err := x.beyond(ctx, own, nil)
	if err != nil || len(list) > pushBatches {
		return err // so many go with the rest
	}
	return x.send(ctx, list)
}

// compare reads the names of all that the depot says it holds. What of it is not
// here was passed over by a mark that meant another place, and is read now.
func (x *meeting) compare(ctx context.Context) (map[ledger.Hash]bool, error) {
	o := x.office
	named := map[ledger.Hash]bool{}
	missed, doubted := 0, x.way.doubted()
	err := x.depot.Names(ctx, func(n sync.Name) error {
		if !o.has(n.Hash) && !o.held.has(n.Hash) {
			missed++
		}
		if !doubted[n.Hash] {
			named[n.Hash] = true
		}
		if len(named)%4096 == 0 {
			x.progress(Progress{Phase: "compare", Done: len(named)})
		}
		return nil
	})
	if err == nil && missed > 0 {
		err = x.pull(ctx, "")
	}
	if err == nil {
		x.office.setWay(x.way.proved) // whatever it lacks is left there now
	}
	x.there = holding{} // made anew from what is really named
	return named, err
}

// lacking gives where the batches stand that the depot does not name, in the order
// of the journal: each after those it depends on.
func (x *meeting) lacking(ctx context.Context, named map[ledger.Hash]bool) (list []ledger.Pos, err error) {
	o := x.office
	o.flush()
	if err := o.enter("exchange"); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	_, err = o.journal.Scan(ctx, o.journal.Start(), func(pos ledger.Pos, b *ledger.Batch) error {
		if at, ok := o.where(b.Hash); ok && at.Pos == pos && !named[b.Hash] { // else it is foreign here, or stands elsewhere now
			list = append(list, pos)
		}
		return nil
	})
	return list, err
}

// beyond gives where the batches stand that the depot lacks: what came here behind
// that which it is known to hold, or what it does not name.
func (x *meeting) beyond(ctx context.Context, tips []ledger.Tip, named map[ledger.Hash]bool) ([]ledger.Pos, error) {
	if named != nil {
		return x.lacking(ctx, named)
	}
	o := x.office
	if err := o.enter("exchange"); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	branches, reached := map[record.ID]int{}, map[record.ID]uint64{}
	for _, t := range tips {
		branches[t.Device]++
	}
	for _, t := range x.there {
		reached[t.Device] = max(reached[t.Device], t.Seq)
	}
	seen := map[ledger.Hash]bool{}
	var list []ledger.Pos
	var buf []byte
	for _, t := range tips {
		for h := t.Hash; ; {
			if _, there := x.there[h]; there {
				break
			}
			s, ok := o.where(h)
			if !ok || seen[h] || branches[t.Device] == 1 && s.Seq <= reached[t.Device] {
				break
			}
			seen[h] = true
			b, _, err := o.journal.ReadInto(s.Pos, &buf)
			if isForeign(err) {
				break // damaged here: others have it
			}
			if err != nil {
				return nil, err
			}
			list = append(list, s.Pos)
			if h = b.Prev; b.Seq == 1 {
				break
			}
		}
	}
	slices.SortFunc(list, func(a, b ledger.Pos) int {
		if a.Before(b) {
			return -1
		}
		return 1
	})
	return list, nil
}

// send leaves the batches at these places there, in portions. The journal is not
// held while the depot is waited for.
func (x *meeting) send(ctx context.Context, list []ledger.Pos) error {
	o := x.office
	for at := 0; at < len(list); {
		var frames [][]byte
		var heads []head
		size := 0
		if err := o.enter("exchange"); err != nil {
			return err
		}
		for ; at < len(list) && len(frames) < pushBatches && size < pushBytes; at++ {
			b, _, err := o.journal.Read(list[at])
			if isForeign(err) {
				continue // it rotted meanwhile
			}
			if err != nil {
				o.use.RUnlock()
				return err
			}
			f := ledger.AppendFrame(nil, b)
			frames, size = append(frames, f), size+len(f)
			heads = append(heads, head{
				hash: b.Hash, prev: b.Prev, changes: len(b.Envelope.Payloads),
				tip: ledger.Tip{Device: b.Device, Seq: b.Seq, Hash: b.Hash, Lamport: b.Lamport},
			})
		}
		o.use.RUnlock()
		if len(frames) == 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		mark, err := x.depot.Push(ctx, frames, x.way.Mark)
		if err != nil {
			return err
		}
		for i := range heads {
			x.there.add(&heads[i])
			x.out.Sent += heads[i].changes
		}
		x.out.SentBatches, x.out.SentB = x.out.SentBatches+len(frames), x.out.SentB+int64(size)
		x.progress(Progress{Phase: "send", Done: at, Total: len(list)})
		if err := x.keep(func(w *way) { w.Mark = mark; w.promise(heads) }); err != nil {
			return err
		}
	}
	return nil
}

// tell says what this device holds, when that is new there, and asks what others
// said. Both cost more the larger the team is, and are done the less often.
func (x *meeting) tell(ctx context.Context) error {
	o, w := x.office, x.way
	s := o.statement()
	print, size := tellingOf(&s)
	if print != w.Told && x.due(w.ToldAt, size) {
		s.Serial = o.nextSerial()
		if err := x.depot.Tell(ctx, s.Sign(deviceKey{o.sign}.Sign)); err != nil {
			return err
		}
		o.setWay(func() { w.Told, w.ToldAt = print, o.Now() })
		x.dirty = true
		if err := o.keepWords(); err != nil {
			return err
		}
	}
	if x.due(w.Asked, 3*wordRate+w.Words) {
		return x.ask(ctx)
	}
	return nil
}

// due tells whether so much may be sent or read again.
func (x *meeting) due(last time.Time, size int) bool {
	since := x.office.Now().Sub(last)
	return since < 0 || since >= time.Duration(size-wordRate)*time.Second/wordRate
}

// ask reads what other devices said.
func (x *meeting) ask(ctx context.Context) error {
	o, w := x.office, x.way
	news, own, size := false, w.ToldAt.IsZero(), 0
	err := x.depot.Told(ctx, func(b []byte) error {
		size += len(b)
		s, err := sync.ReadStatement(b)
		if err != nil {
			return nil //nolint:nilerr // it is nobody's word
		}
		own = own || s.Device == o.Info().Device
		news = o.hear(s) || news
		return nil
	})
	if err != nil {
		return err
	}
	o.setWay(func() {
		w.Asked, w.Words = o.Now(), size
		if !own { // it has forgotten what it was told: what else?
			w.Told, w.Checked = "", time.Time{}
		}
	})
	x.dirty = true
	if news {
		return o.keepWords()
	}
	return nil
}

// statement is this device's word of what it holds, without its serial.
func (o *Office) statement() sync.Statement {
	info := o.Info()
	feeds := o.ends()
	s := sync.Statement{
		Office: info.OfficeID, Device: info.Device, Public: deviceKey{o.sign}.Public(), At: o.Now(), Program: o.cfg.Program, Tips: feeds.Tips(),
	}
	for _, g := range feeds.Gaps() {
		s.Lacks = append(s.Lacks, sync.Name{Device: g.Device, Seq: g.Seq, Hash: g.Hash})
	}
	return s
}

// tellingOf names what a statement says, whenever it is said, and how long it is.
func tellingOf(s *sync.Statement) (print string, size int) {
	plain := *s
	plain.At, plain.Serial = time.Time{}, 0
	plain.Sign(func(m []byte) []byte { print, size = shortHash(ledger.HashOf(m)), len(m); return nil })
	return print, size
}

// nextSerial counts this device's words: later ones are greater, also after what
// is kept of them was lost, as long as the clock is not turned back.
func (o *Office) nextSerial() uint64 {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	o.ways.serial = max(o.ways.serial+1, uint64(max(o.Now().UnixMilli(), 0)))
	return o.ways.serial
}
