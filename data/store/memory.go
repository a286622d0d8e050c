package store

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Memory keeps working copies in memory, by the name of their folder, beyond
// the closing of an office: the home of a simulation. Each is lost with it.
type Memory struct {
	mu     sync.Mutex
	copies map[string]*memory
	marked map[string]bool
}

// NewMemory makes an empty home.
func NewMemory() *Memory { return &Memory{copies: map[string]*memory{}, marked: map[string]bool{}} }

// Exists implements Home.
func (m *Memory) Exists(dir string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.copies[dir] != nil
}

// Open implements Home.
func (m *Memory) Open(dir string, _ []byte, seal Sealer) (*Store, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.marked[dir] {
		return nil, ErrSuspect
	}
	c := m.copies[dir]
	if c == nil {
		c = &memory{values: map[string][]byte{}}
		m.copies[dir] = c
	}
	return &Store{db: c, seal: seal, marker: memoryMarker{m, dir}}, nil
}

// Remove implements Home.
func (m *Memory) Remove(dir string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.copies, dir)
	delete(m.marked, dir)
	return nil
}

// SetAside implements Home; a simulation needs no copy that it cannot use.
func (m *Memory) SetAside(dir string) error { return m.Remove(dir) }

// Snapshot gives a function that puts all copies back as they are now: what a
// crash leaves of a store that does not flush.
func (m *Memory) Snapshot() (back func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := map[string]map[string][]byte{}
	for dir, c := range m.copies {
		c.mu.RLock()
		kept[dir] = maps.Clone(c.values)
		c.mu.RUnlock()
	}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.copies = map[string]*memory{}
		for dir, values := range kept {
			m.copies[dir] = &memory{values: maps.Clone(values)}
		}
	}
}

type memoryMarker struct {
	home *Memory
	dir  string
}

func (m memoryMarker) set() {
	m.home.mu.Lock()
	defer m.home.mu.Unlock()
	m.home.marked[m.dir] = true
}

func (m memoryMarker) clear() {
	m.home.mu.Lock()
	defer m.home.mu.Unlock()
	delete(m.home.marked, m.dir)
}

// memory is a map as an engine.
type memory struct {
	mu     sync.RWMutex
	values map[string][]byte
}

func (m *memory) view(do func(reader) error) error { return do(m) }
func (m *memory) begin() writer                    { return &memoryTxn{into: m} }
func (m *memory) close() error                     { return nil }

func (m *memory) get(key []byte, use func([]byte) error) error {
	m.mu.RLock()
	v, ok := m.values[string(key)]
	m.mu.RUnlock()
	if !ok {
		return ErrMissing
	}
	return use(v)
}

func (m *memory) each(prefix, from []byte, _ int, do func([]byte, func() ([]byte, error)) (bool, error)) error {
	m.mu.RLock()
	var keys []string
	for k := range m.values {
		if strings.HasPrefix(k, string(prefix)) && k >= string(from) {
			keys = append(keys, k)
		}
	}
	values := maps.Clone(m.values)
	m.mu.RUnlock()
	slices.Sort(keys)
	for _, k := range keys {
		more, err := do([]byte(k), func() ([]byte, error) { return bytes.Clone(values[k]), nil })
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// memoryTxn gathers what a transaction writes.
type memoryTxn struct {
	into *memory
	puts []Item
	done bool
}

var errEnded = errors.New("transaction has ended")

func (t *memoryTxn) set(key, value []byte) error {
	if t.done {
		return errEnded
	}
	t.puts = append(t.puts, Item{bytes.Clone(key), append([]byte{}, value...)})
	return nil
}

func (t *memoryTxn) remove(key []byte) error {
	if t.done {
		return errEnded
	}
	t.puts = append(t.puts, Item{bytes.Clone(key), nil})
	return nil
}

func (t *memoryTxn) commit() error {
	if t.done {
		return errEnded
	}
	t.done = true
	t.into.mu.Lock()
	defer t.into.mu.Unlock()
	for _, p := range t.puts {
		if p.value == nil {
			delete(t.into.values, string(p.key))
		} else {
			t.into.values[string(p.key)] = p.value
		}
	}
	return nil
}

func (t *memoryTxn) discard() { t.done = true }
