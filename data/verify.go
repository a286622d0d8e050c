package data

import (
	"context"
	"crypto/ed25519"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
)

// Verify checks every frame, signature, link and sealed value of the journal,
// and that the working copy holds every row it counts and every record it
// lists. It changes nothing but the note of what it found. A torn tail that was never acknowledged is a note.
func (o *Office) Verify(ctx context.Context, progress func(Progress)) ([]Finding, error) {
	if progress == nil {
		progress = func(Progress) {}
	}
	o.closing.Lock()
	defer o.closing.Unlock()
	if o.closed {
		return nil, fault.New(fault.Cancelled, "verify", "office_closed")
	}
	o.drain()
	var found []Finding
	if o.vault.Mended {
		found = append(found, o.vaultFinding())
	}
	found = append(found, o.verifyDrafts()...)
	if o.wrong != nil {
		found = append(found, *o.wrong)
	}
	if o.rebuilt {
		found = append(found, Finding{Key: "store_rebuilt", File: recordsDir})
	}
	if n, _ := o.Away(); n > 0 {
		found = append(found, Finding{Key: "records_away", File: travelName, Args: []string{strconv.Itoa(n)}})
	}
	found = append(found, o.verifySealed(ctx)...)
	idle, err := o.withoutEffect(ctx)
	if err != nil {
		return nil, err
	}
	found = append(found, idle...)
	if o.trimmed > 0 {
		found = append(found, Finding{Key: "journal_torn_tail", File: journalDir, Args: []string{strconv.FormatInt(o.trimmed, 10)}})
	}
	tails, err := o.journal.Tails()
	if err != nil {
		return nil, diskFault("verify", err)
	}
	for _, name := range tails {
		found = append(found, Finding{Key: "journal_shorter", Damage: true, File: filepath.Join(journalDir, name)})
	}
	more, damage, err := o.verifyJournal(ctx, progress)
	if err != nil {
		return nil, diskFault("verify", err)
	}
	found = append(append(found, more...), o.verifyOwed()...)
	o.remember(damage)
	more, err = o.verifyStore(ctx, damage, progress)
	if err != nil {
		return nil, diskFault("verify", err)
	}
	if found, err = o.rehearse(ctx, progress, append(found, more...)); err != nil {
		return nil, err
	}
	o.noteVerified(found)
	return found, nil
}

// remember keeps in mind what was found damaged, so that it is mended when what
// stood there comes again.
func (o *Office) remember(damage []ledger.Damage) {
	o.use.Lock()
	defer o.use.Unlock()
	for _, d := range damage {
		if !d.Tail && !slices.Contains(o.damage, d) {
			o.damage = append(o.damage, d)
		}
	}
}

// verifyJournal reads the journal from its beginning, with feeds of its own;
// signatures and seals are checked on all cores.
func (o *Office) verifyJournal(ctx context.Context, progress func(Progress)) ([]Finding, []ledger.Damage, error) {
	feeds, here := ledger.NewFeeds(), map[ledger.Hash]bool{}
	check := newBatchChecker(o.keys)
	done := 0
	damage, err := o.journal.Scan(ctx, o.journal.Start(), func(pos ledger.Pos, b *ledger.Batch) error {
		here[b.Hash] = true
		check.work <- checking{pos, b, o.publicOf(feeds, b)}
		feeds.Add(b, func(h ledger.Hash) bool { return here[h] })
		done += len(b.Envelope.Payloads)
		progress(Progress{Phase: "verify", Done: done})
		return nil
	})
	found := check.end()
	for _, d := range damage {
		f := journalFinding("journal_damaged_at", d.Pos)
		f.Args = append(f.Args, strconv.FormatInt(d.Length, 10))
		found = append(found, f)
	}
	return append(found, verifyFeeds(feeds)...), damage, err
}

// verifyFeeds names the batches that are named and not here, and the feeds that
// gave a number twice.
func verifyFeeds(feeds *ledger.Feeds) []Finding {
	var found []Finding
	for _, g := range feeds.Gaps() {
		f := Finding{Key: "batch_lost", Damage: true, File: journalDir, Args: []string{g.Device.String()[:8], strconv.FormatUint(g.Seq, 10)}}
		if g.Device.IsZero() {
			f.Key, f.Args = "batch_lost_unnamed", []string{shortHash(g.Hash)}
		}
		found = append(found, f)
	}
	for _, fork := range forksOf(feeds) {
		found = append(found, Finding{Key: "fork", File: journalDir, Args: []string{fork.Device.String()[:8]}})
	}
	return found
}

// shortHash is enough of a batch's name to tell it from others.
func shortHash(h ledger.Hash) string { return record.ID(h[:16]).String()[:12] }

// verifyOwed names the batches of which a payload is missing that nothing erased.
func (o *Office) verifyOwed() []Finding {
	var found []Finding
	for _, h := range o.owed.list() {
		if o.stillOwed(h) {
			found = append(found, Finding{Key: "payload_owed", Damage: true, File: journalDir, Args: []string{shortHash(h)}})
		}
	}
	return found
}

// stillOwed tells whether a payload of a batch is missing that nothing erased:
// its erasure may have come after it.
func (o *Office) stillOwed(h ledger.Hash) bool {
	at, ok := o.where(h)
	if !ok {
		return false
	}
	b, _, err := o.journal.Read(at.Pos)
	if err != nil {
		return true
	}
	body, err := b.OpenHeads(o.keys)
	if err != nil {
		return true
	}
	for i := range body.Changes {
		if b.Payloads[i] != nil {
			continue
		}
		if o.away.has(body.Changes[i].Record) {
			continue // it was taken off this machine
		}
		if s, _, err := o.state(body.Changes[i].Record); err != nil || !s.Gone(record.Write{Batch: h, Index: uint16(i)}) {
			return true
		}
	}
	return false
}

// checking is one batch to be checked.
type checking struct {
	pos    ledger.Pos
	batch  *ledger.Batch
	public ed25519.PublicKey
}

// batchChecker checks signatures and seals on all cores.
type batchChecker struct {
	work  chan checking
	wg    sync.WaitGroup
	mu    sync.Mutex
	found []checking
	keys  []string
}

func newBatchChecker(keys ledger.Keys) *batchChecker {
	c := &batchChecker{work: make(chan checking, 64)}
	for range runtime.NumCPU() {
		c.wg.Go(func() {
			for w := range c.work {
				if key := verifyBatch(w.batch, w.public, keys); key != "" {
					c.mu.Lock()
					c.found, c.keys = append(c.found, checking{pos: w.pos}), append(c.keys, key)
					c.mu.Unlock()
				}
			}
		})
	}
	return c
}

// end gives what was found, in the order of the journal.
func (c *batchChecker) end() []Finding {
	close(c.work)
	c.wg.Wait()
	order := make([]int, len(c.found))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if c.found[a].pos.Before(c.found[b].pos) {
			return -1
		}
		return 1
	})
	var out []Finding
	for _, i := range order {
		out = append(out, journalFinding(c.keys[i], c.found[i].pos))
	}
	return out
}

func verifyBatch(b *ledger.Batch, public ed25519.PublicKey, keys ledger.Keys) string {
	if b.Verify(public) != nil {
		return "batch_signature"
	}
	if _, err := b.Open(keys); err != nil {
		return "batch_sealed"
	}
	return ""
}

func journalFinding(key string, pos ledger.Pos) Finding {
	return Finding{
		Key: key, Damage: true, File: filepath.Join(journalDir, ledger.SegmentName(pos.Segment)),
		Args: []string{strconv.FormatInt(pos.Offset, 10)},
	}
}

// maxTouched bounds how many records damage is told of one by one.
const maxTouched = 1000

// verifyStore reads every row and record of the working copy, and names those of
// which changes stand in damaged stretches of the journal.
func (o *Office) verifyStore(ctx context.Context, damage []ledger.Damage, progress func(Progress)) ([]Finding, error) {
	v := storeVerdict{office: o, rows: map[record.Kind]int{}, damage: damage, progress: progress}
	err := o.store.Rows(ctx, 0, 1, func(kind record.Kind, id record.ID, row []byte) error {
		if len(row) > 0 {
			v.rows[kind]++
		}
		v.look(id)
		return nil
	})
	if ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		v.bad++
	}
	for _, id := range o.packs.ids() {
		if s := v.look(id); s != nil {
			v.rows[s.Kind]++
		}
	}
	for kind, n := range o.counts.copy() {
		if v.rows[kind] < n {
			v.missing += n - v.rows[kind]
		}
	}
	var found []Finding
	if v.missing > 0 {
		found = append(found, Finding{Key: "store_missing", Damage: true, File: recordsDir, Args: []string{strconv.Itoa(v.missing)}})
	}
	if v.bad > 0 {
		found = append(found, Finding{Key: "store_unreadable", Damage: true, File: recordsDir, Args: []string{strconv.Itoa(v.bad)}})
	}
	if len(found) > 0 {
		o.suspect()
	}
	return append(found, v.touched...), nil
}

// storeVerdict gathers what is found while the working copy is read.
type storeVerdict struct {
	office       *Office
	rows         map[record.Kind]int
	missing, bad int
	done         int
	damage       []ledger.Damage
	touched      []Finding
	progress     func(Progress)
}

func (v *storeVerdict) look(id record.ID) *fold.State {
	s, places, err := v.office.state(id)
	switch {
	case errors.Is(err, store.ErrMissing):
		v.missing++
	case err != nil:
		v.bad++
	}
	v.done++
	v.progress(Progress{Phase: "verify", Done: v.done})
	if err != nil {
		return nil
	}
	lost := 0
	for _, p := range places {
		if within(v.damage, p.Pos) {
			lost++
		}
	}
	if lost > 0 && len(v.touched) < maxTouched {
		v.touched = append(v.touched, Finding{Key: "record_touched", Damage: true, File: journalDir, Args: []string{id.String(), s.Kind.String(), strconv.Itoa(lost)}})
	}
	return s
}
