package synctest

import (
	"bytes"
	"context"
	"math/rand/v2"
	gosync "sync"

	"paradero/data/sync"
)

// Faulty is a depot that cannot be relied on: it breaks off, repeats, gives things
// in another order, keeps some back, cuts some, lies about marks and about what it
// took and holds. Honest ends that. It is safe for concurrent use.
type Faulty struct {
	sync.Depot
	mu   gosync.Mutex
	rand *rand.Rand
	off  bool
	// Did counts what it did, by name, so that a test can tell that it was tried.
	Did map[string]int
}

// NewFaulty makes one over an honest depot.
func NewFaulty(d sync.Depot, seed uint64) *Faulty {
	return &Faulty{Depot: d, rand: rand.New(rand.NewPCG(seed, 7)), Did: map[string]int{}}
}

// Honest makes it tell the truth from now on, or not.
func (f *Faulty) Honest(yes bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.off = yes
}

// does draws whether a fault happens now, about once in n times.
func (f *Faulty) does(what string, n int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.off || f.rand.IntN(n) != 0 {
		return false
	}
	f.Did[what]++
	return true
}

func (f *Faulty) shuffle(frames [][]byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rand.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
}

// Since implements sync.Depot.
func (f *Faulty) Since(ctx context.Context, m sync.Mark, do func([]byte, sync.Mark) error) (sync.Mark, error) {
	if f.does("away", 6) {
		return m, sync.ErrAway
	}
	if f.does("another mark is asked for", 6) {
		return m, sync.ErrMark
	}
	var frames [][]byte
	var marks []sync.Mark
	end, err := f.Depot.Since(ctx, m, func(frame []byte, next sync.Mark) error {
		frames, marks = append(frames, bytes.Clone(frame)), append(marks, next)
		return nil
	})
	if err != nil {
		return m, err
	}
	if f.does("another order", 3) {
		f.shuffle(frames)
	}
	last := m
	for i, frame := range frames {
		switch {
		case f.does("broken off", 150):
			return last, sync.ErrAway
		case f.does("withheld", 60):
			last = marks[i]
			continue
		case f.does("cut", 80):
			frame = frame[:len(frame)/2]
		case f.does("changed", 80):
			frame[len(frame)/2] ^= 1
		case f.does("repeated", 30):
			if err := do(bytes.Clone(frame), marks[i]); err != nil {
				return last, err
			}
		}
		if err := do(frame, marks[i]); err != nil {
			return last, err
		}
		last = marks[i]
	}
	if f.does("a wrong mark", 8) {
		return "nonsense", nil
	}
	return end, nil
}

// Names implements sync.Depot.
func (f *Faulty) Names(ctx context.Context, do func(sync.Name) error) error {
	return f.Depot.Names(ctx, func(n sync.Name) error {
		if f.does("not named", 30) {
			return nil
		}
		if f.does("names broken off", 200) {
			return sync.ErrAway
		}
		if f.does("named what is nowhere", 60) {
			if err := do(sync.Name{Device: n.Device, Seq: n.Seq + 1000, Hash: [32]byte{1, byte(n.Seq)}}); err != nil {
				return err
			}
		}
		return do(n)
	})
}

// Holds implements sync.Teller.
func (f *Faulty) Holds(ctx context.Context, names []sync.Name, do func(sync.Name) error) error {
	t, ok := f.Depot.(sync.Teller)
	if !ok || f.does("asked in vain", 8) {
		return sync.ErrAway
	}
	return t.Holds(ctx, names, func(n sync.Name) error {
		if f.does("denied", 30) {
			return nil
		}
		return do(n)
	})
}

// Push implements sync.Depot.
func (f *Faulty) Push(ctx context.Context, frames [][]byte, read sync.Mark) (sync.Mark, error) {
	switch {
	case f.does("push is lost", 6):
		return read, sync.ErrAway
	case f.does("said to be taken", 4):
		return read, nil
	case f.does("half taken", 4):
		_, _ = f.Depot.Push(ctx, frames[:len(frames)/2], "")
		return read, sync.ErrAway
	case f.does("taken and not said", 8):
		_, _ = f.Depot.Push(ctx, frames, "")
		return read, sync.ErrAway
	}
	return f.Depot.Push(ctx, frames, read)
}

// Told implements sync.Depot.
func (f *Faulty) Told(ctx context.Context, do func([]byte) error) error {
	return f.Depot.Told(ctx, func(s []byte) error {
		if f.does("a statement changed", 4) {
			s = bytes.Clone(s)
			s[len(s)/2] ^= 1
		}
		return do(s)
	})
}
