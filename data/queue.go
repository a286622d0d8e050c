package data

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
)

// queue holds the jobs that wait to be committed. Who finds nobody leading
// leads: he commits for all who wait, under one signature and one flush (group
// commit), and a lone writer changes no goroutine between his key and the disk.
type queue struct {
	mu      sync.Mutex
	jobs    []*job
	led     bool
	company int // how many writers the batch before had
}

// enter adds a job and tells whether its owner must lead.
func (q *queue) enter(j *job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, j)
	lead := !q.led
	q.led = true
	return lead
}

// next gives the jobs of the next batch, or the one that waits for a flush; nil
// when the queue is empty, and then nobody leads any more.
func (q *queue) next() []*job {
	q.wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		q.led, q.jobs = false, nil
		return nil
	}
	g := gathering{seen: map[record.ID]bool{}}
	for len(q.jobs) > 0 && g.fits(q.jobs[0]) {
		g.add(q.jobs[0])
		q.jobs = q.jobs[1:]
	}
	q.company = len(g.group)
	return g.group
}

// leave ends leading when nothing waits; otherwise somebody must go on.
func (q *queue) leave() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) > 0 {
		return false
	}
	q.led, q.jobs = false, nil
	return true
}

// companyWait is how long a batch waits for as many writers as the one before
// had: they have just been answered and are about to save again. A lone writer
// never waits. A flush takes several times as long.
const companyWait = 150 * time.Microsecond

func (q *queue) wait() {
	var end time.Time
	for {
		q.mu.Lock()
		enough := len(q.jobs) == 0 || len(q.jobs) >= q.company
		q.mu.Unlock()
		if enough {
			return
		}
		now := time.Now()
		if end.IsZero() {
			end = now.Add(companyWait)
		}
		if now.After(end) {
			return
		}
		runtime.Gosched()
	}
}

// gathering is the group of jobs that become one batch.
type gathering struct {
	group       []*job
	count, size int
	seen        map[record.ID]bool
}

// fits tells whether a job may join: within the limits of a batch, and about
// records that nobody in the group speaks of. Two changes of one record never
// share a batch, for the later could not name the earlier.
func (g *gathering) fits(j *job) bool {
	if len(g.group) == 0 {
		return true
	}
	if j.alone() || g.group[0].alone() {
		return false
	}
	if g.count+len(j.changes) > ledger.MaxChanges || g.size+j.size > batchRoom {
		return false
	}
	for i := range j.changes {
		if g.seen[j.changes[i].Record] {
			return false
		}
	}
	return true
}

// alone tells whether a job shares a batch with no other: a flush, what others
// wrote, and keys.
func (j *job) alone() bool { return j.flush != nil || j.land != nil || j.foreign != nil || j.keys }

func (g *gathering) add(j *job) {
	for i := range j.changes {
		g.seen[j.changes[i].Record] = true
	}
	g.group, g.count, g.size = append(g.group, j), g.count+len(j.changes), g.size+j.size
}

// hand gives a job to be committed and returns when it is queued or, when
// nobody else was leading, done. It refuses when the caller has stopped or the
// office is closed.
func (o *Office) hand(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return fault.Wrap(err, fault.Cancelled, "save", "cancelled")
	}
	o.closing.RLock()
	defer o.closing.RUnlock()
	if o.closed {
		return fault.New(fault.Cancelled, "save", "office_closed")
	}
	o.line(j)
	return nil
}

// line queues a job and leads when nobody does; an import is led for, so that
// it prepares the next batch meanwhile. The caller holds closing.
func (o *Office) line(j *job) {
	if !o.queue.enter(j) {
		return
	}
	if j.bulk {
		o.leaders.Go(func() { o.lead(nil) })
		return
	}
	o.lead(j)
}

// lead commits until nothing waits. One who leads for himself hands the rest
// over once he is served.
func (o *Office) lead(own *job) {
	for {
		group := o.queue.next()
		if group == nil {
			return
		}
		switch {
		case group[0].flush != nil:
			o.folds <- &folded{flush: group[0].flush}
		case group[0].land != nil:
			o.folds <- &folded{land: group[0].land}
		case group[0].foreign != nil:
			o.commitForeign(group[0])
		default:
			o.commit(group)
		}
		if own == nil || !slices.Contains(group, own) {
			continue
		}
		if !o.queue.leave() {
			o.leaders.Go(func() { o.lead(nil) })
		}
		return
	}
}

// flush waits until everything that was handed over before is folded.
func (o *Office) flush() {
	j := &job{flush: make(chan struct{})}
	if o.hand(context.Background(), j) == nil {
		<-j.flush
	}
}

// drain is flush for one who holds closing for himself, so that nothing new comes.
func (o *Office) drain() {
	j := &job{flush: make(chan struct{})}
	o.line(j)
	<-j.flush
}
