package data

import (
	"context"
	"crypto/ed25519"
	"errors"
	"path/filepath"
	"strconv"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
)

// Verify checks every frame, signature, link and sealed value of the journal,
// and that the working copy holds every row it counts and every record it
// lists. It changes nothing. A torn tail that was never acknowledged is a note.
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
		found = append(found, Finding{Key: "vault_mended", File: "vault"})
	}
	if o.wrong != nil {
		found = append(found, *o.wrong)
	}
	if o.rebuilt {
		found = append(found, Finding{Key: "store_rebuilt", File: recordsDir})
	}
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
	more, err := o.verifyJournal(ctx, progress)
	if err != nil {
		return nil, diskFault("verify", err)
	}
	found = append(found, more...)
	more, err = o.verifyStore(ctx, progress)
	if err != nil {
		return nil, diskFault("verify", err)
	}
	return o.rehearse(ctx, progress, append(found, more...))
}

// verifyJournal reads the journal from its beginning, with heads of its own.
func (o *Office) verifyJournal(ctx context.Context, progress func(Progress)) ([]Finding, error) {
	var found []Finding
	feeds, here := ledger.NewFeeds(), map[ledger.Hash]bool{}
	done := 0
	damage, err := o.journal.Scan(ctx, o.journal.Start(), func(pos ledger.Pos, b *ledger.Batch) error {
		here[b.Hash] = true
		if key := verifyBatch(b, o.publicOf(feeds, b), o.keys); key != "" {
			found = append(found, journalFinding(key, pos))
		}
		feeds.Add(b, func(h ledger.Hash) bool { return here[h] })
		done += len(b.Envelope.Payloads)
		progress(Progress{Phase: "verify", Done: done})
		return nil
	})
	for _, d := range damage {
		f := journalFinding("journal_damaged_at", d.Pos)
		f.Args = append(f.Args, strconv.FormatInt(d.Length, 10))
		found = append(found, f)
	}
	return found, err
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

// verifyStore reads every row and record of the working copy.
func (o *Office) verifyStore(ctx context.Context, progress func(Progress)) ([]Finding, error) {
	var found []Finding
	rows, missing, bad := map[record.Kind]int{}, 0, 0
	done := 0
	err := o.store.Rows(ctx, 0, 1, func(kind record.Kind, id record.ID, row []byte) error {
		if len(row) > 0 {
			rows[kind]++
		}
		switch _, _, err := o.state(id); {
		case errors.Is(err, store.ErrMissing):
			missing++
		case err != nil:
			bad++
		}
		done++
		progress(Progress{Phase: "verify", Done: done})
		return nil
	})
	if ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		bad++
	}
	for _, id := range o.packs.ids() {
		s, _, err := o.state(id)
		switch {
		case errors.Is(err, store.ErrMissing):
			missing++
		case err != nil:
			bad++
		default:
			rows[s.Kind]++
		}
		done++
		progress(Progress{Phase: "verify", Done: done})
	}
	for kind, n := range o.counts.copy() {
		if rows[kind] < n {
			missing += n - rows[kind]
		}
	}
	if missing > 0 {
		found = append(found, Finding{Key: "store_missing", Damage: true, File: recordsDir, Args: []string{strconv.Itoa(missing)}})
	}
	if bad > 0 {
		found = append(found, Finding{Key: "store_unreadable", Damage: true, File: recordsDir, Args: []string{strconv.Itoa(bad)}})
	}
	if len(found) > 0 {
		o.suspect()
	}
	return found, nil
}
