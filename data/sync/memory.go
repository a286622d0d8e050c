package sync

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"paradero/data/ledger"
	"paradero/data/record"
)

// Memory is a depot in memory, for tests and for two offices in one program.
type Memory struct {
	mu         sync.Mutex
	life       int // counted up when it is emptied
	frames     [][]byte
	names      []Name
	at         map[ledger.Hash]int
	statements map[record.ID][]byte
	boxes      map[string][]byte
	listeners  map[*listener]bool
	Requests   int // made so far, for those who count what an exchange costs
}

type listener struct {
	frames chan []byte // nil: something was missed
}

// NewMemory makes an empty one.
func NewMemory() *Memory {
	return &Memory{at: map[ledger.Hash]int{}, statements: map[record.ID][]byte{}, boxes: map[string][]byte{}, listeners: map[*listener]bool{}}
}

// Name implements Depot.
func (*Memory) Name() string { return "memory" }

// Empty takes away all that it holds, as a hub does that was set up anew.
func (m *Memory) Empty() { m.Keep(func(int) bool { return false }) }

// Keep drops all frames but some, by their number, and is another depot
// afterwards: one that was restored from an old backup.
func (m *Memory) Keep(which func(i int) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.life++
	m.keep(which)
	clear(m.statements)
}

// Lose drops frames and tells nobody, as a damaged or a lying depot does.
func (m *Memory) Lose(which func(i int) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(func(i int) bool { return !which(i) })
}

func (m *Memory) keep(which func(i int) bool) {
	frames := m.frames
	m.frames, m.names, m.at = nil, nil, map[ledger.Hash]int{}
	for i, f := range frames {
		if n, err := NameOf(f); err == nil && which(i) {
			m.at[n.Hash] = len(m.frames)
			m.frames, m.names = append(m.frames, f), append(m.names, n)
		}
	}
}

// Len is how many frames it holds.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.frames)
}

func (m *Memory) mark(i int) Mark { return Mark(fmt.Sprintf("%d.%d", m.life, i)) }

// place reads a mark.
func (m *Memory) place(mark Mark) (int, error) {
	if mark == "" {
		return 0, nil
	}
	life, n, ok := strings.Cut(string(mark), ".")
	i, err := strconv.Atoi(n)
	if !ok || err != nil || life != strconv.Itoa(m.life) || i < 0 || i > len(m.frames) {
		return 0, ErrMark
	}
	return i, nil
}

// Since implements Depot.
func (m *Memory) Since(ctx context.Context, from Mark, do func([]byte, Mark) error) (Mark, error) {
	m.mu.Lock()
	m.Requests++
	i, err := m.place(from)
	frames, life := m.frames, m.life
	m.mu.Unlock()
	if err != nil {
		return from, err
	}
	for ; i < len(frames); i++ {
		if err := ctx.Err(); err != nil {
			return from, err
		}
		next := Mark(fmt.Sprintf("%d.%d", life, i+1))
		if err := do(frames[i], next); err != nil {
			return from, err
		}
		from = next
	}
	if from == "" {
		from = Mark(fmt.Sprintf("%d.%d", life, i))
	}
	return from, nil
}

// Names implements Depot.
func (m *Memory) Names(ctx context.Context, do func(Name) error) error {
	m.mu.Lock()
	m.Requests++
	names := slices.Clone(m.names)
	m.mu.Unlock()
	for _, n := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := do(n); err != nil {
			return err
		}
	}
	return nil
}

// Holds implements Teller.
func (m *Memory) Holds(ctx context.Context, names []Name, do func(Name) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	m.Requests++
	there := slices.DeleteFunc(slices.Clone(names), func(n Name) bool { _, ok := m.at[n.Hash]; return !ok })
	m.mu.Unlock()
	for _, n := range there {
		if err := do(n); err != nil {
			return err
		}
	}
	return nil
}

// Push implements Depot.
func (m *Memory) Push(ctx context.Context, frames [][]byte, read Mark) (Mark, error) {
	if err := ctx.Err(); err != nil {
		return read, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Requests++
	behind := read == m.mark(len(m.frames))
	for _, f := range frames {
		n, err := NameOf(f)
		if err != nil {
			return read, fmt.Errorf("%w: %w", ErrRefused, err)
		}
		if _, ok := m.at[n.Hash]; ok {
			continue
		}
		f = bytes.Clone(f)
		m.at[n.Hash] = len(m.frames)
		m.frames, m.names = append(m.frames, f), append(m.names, n)
		for l := range m.listeners {
			l.tell(f)
		}
	}
	if behind {
		read = m.mark(len(m.frames))
	}
	return read, nil
}

// tell gives a listener a frame, or the word that it missed one.
func (l *listener) tell(f []byte) {
	select {
	case l.frames <- f:
		return
	default:
	}
	for { // it is too slow: it shall ask
		select {
		case <-l.frames:
			continue
		default:
		}
		break
	}
	l.frames <- nil
}

// Live implements Depot.
func (m *Memory) Live(ctx context.Context, do func([]byte)) error {
	l := &listener{frames: make(chan []byte, 256)}
	m.mu.Lock()
	m.Requests++
	m.listeners[l] = true
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		delete(m.listeners, l)
		m.mu.Unlock()
	}()
	do(nil)
	for {
		select {
		case f := <-l.frames:
			do(f)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Tell implements Depot.
func (m *Memory) Tell(ctx context.Context, statement []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := ReadStatement(statement)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Requests++
	m.statements[s.Device] = bytes.Clone(statement)
	return nil
}

// Told implements Depot.
func (m *Memory) Told(ctx context.Context, do func([]byte) error) error {
	m.mu.Lock()
	m.Requests++
	var all [][]byte
	for _, id := range slices.SortedFunc(maps.Keys(m.statements), func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) }) {
		all = append(all, m.statements[id])
	}
	m.mu.Unlock()
	for _, s := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := do(s); err != nil {
			return err
		}
	}
	return nil
}

// PutBox implements Depot.
func (m *Memory) PutBox(ctx context.Context, box string, b []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !GoodBox(box) || len(b) > MaxBox {
		return ErrRefused
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(b) == 0 {
		delete(m.boxes, box)
	} else {
		m.boxes[box] = bytes.Clone(b)
	}
	return nil
}

// GetBox implements Depot.
func (m *Memory) GetBox(ctx context.Context, box string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.boxes[box]
	if !ok {
		return nil, ErrNoBox
	}
	return bytes.Clone(b), nil
}

// Close implements Depot. What it holds stays for others.
func (*Memory) Close() error { return nil }
