package data

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"time"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/store"
)

// recheckEvery is how often an open office counts its working copy, and
// recheckAgain how long it waits when somebody saved while it was counting.
const (
	recheckEvery = 10 * time.Minute
	recheckAgain = 2 * time.Second
	recheckTries = 5
)

// checker is the goroutine that counts the working copy while people work.
type checker struct {
	stop context.CancelFunc
	done chan struct{}
}

// beginChecks starts it.
func (o *Office) beginChecks() {
	every := o.cfg.Recheck
	if every == 0 {
		every = recheckEvery
	}
	if every < 0 {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.checks = checker{stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(o.checks.done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if o.Behind() {
				continue // known already
			}
			if !o.agrees(ctx) {
				o.suspect()
			}
		}
	}()
}

// end stops it and waits until it has let the working copy go.
func (c *checker) end() {
	if c.stop != nil {
		c.stop()
		<-c.done
	}
}

// errSaved says that somebody saved while the working copy was counted.
var errSaved = errors.New("the working copy changed meanwhile")

// agrees tells whether the working copy holds as many rows of each kind as it
// says, and has come as far in every feed as the journal. A machine that is too
// busy to be counted counts as one that agrees; the next time comes.
func (o *Office) agrees(ctx context.Context) bool {
	for range recheckTries {
		err := o.recount(ctx)
		switch {
		case err == nil, ctx.Err() != nil:
			return true
		case errors.Is(err, errStale):
			return false
		case !errors.Is(err, errSaved):
			return o.closedMeanwhile()
		}
		select {
		case <-ctx.Done():
			return true
		case <-time.After(recheckAgain):
		}
	}
	return true
}

// closedMeanwhile tells whether a failed count speaks of an office that is closed,
// and not of a working copy that does not read.
func (o *Office) closedMeanwhile() bool {
	o.use.RLock()
	defer o.use.RUnlock()
	return o.shut
}

// recount reads every row once. Nil: all agrees; errStale: it does not;
// errSaved: it changed under the count; any other: it does not read.
func (o *Office) recount(ctx context.Context) error {
	o.use.RLock()
	tips := o.feeds.Tips()
	o.use.RUnlock()
	o.flush()                                             // an import's batches too
	if err := o.enter("check working copy"); err != nil { // waits until what was saved is folded
		return err
	}
	defer o.use.RUnlock()
	before, err := o.store.Meta(metaPlace)
	if err != nil {
		return err
	}
	found, err := o.census(ctx)
	if err != nil {
		return err
	}
	b, err := o.store.Meta(metaCounts)
	if err != nil {
		return err
	}
	said, err := store.DecodeCounts(b)
	if err != nil {
		return errStale
	}
	if b, err = o.store.Meta(metaFeeds); err != nil {
		return err
	}
	come, err := ledger.ReadFeeds(b)
	if err != nil {
		return errStale
	}
	after, err := o.store.Meta(metaPlace)
	switch {
	case err != nil:
		return err
	case !bytes.Equal(before, after):
		return errSaved
	case !maps.Equal(found, said) || !come.Reaches(tips):
		return errStale
	}
	return nil
}

// census counts the rows of each kind, one after the other so that whoever
// works does not notice.
func (o *Office) census(ctx context.Context) (map[record.Kind]int, error) {
	found, own := map[record.Kind]int{}, map[record.ID]bool{}
	err := o.store.Rows(ctx, 0, 1, func(kind record.Kind, id record.ID, row []byte) error {
		own[id] = true
		if len(row) > 0 {
			found[kind]++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = o.store.Packs(ctx, func(_ store.Pack, plain []byte) error {
		_, rows, err := packedRows(plain, func(id record.ID) bool { return own[id] })
		for i := range rows {
			found[rows[i].Kind]++
		}
		return err
	})
	return found, err
}
