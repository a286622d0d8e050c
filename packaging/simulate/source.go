package simulate

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"time"
)

// source gives a replica its random bytes: the same for the same seed. Who
// draws at once draws equal lengths (nonces), so that the order does not matter.
type source struct {
	mu     sync.Mutex
	stream *rand.ChaCha8
}

func newSource(seed, of uint64) *source {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.LittleEndian.PutUint64(key[8:], of)
	copy(key[16:], "paradero random")
	return &source{stream: rand.NewChaCha8(key)}
}

// Read implements io.Reader.
func (s *source) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stream.Read(b)
}

// clock is a replica's: it stands still within a step, goes on between steps,
// and may jump anywhere.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is what the clock shows.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
	if c.now.Year() < 1990 || c.now.Year() > 2090 {
		c.now = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	}
}
