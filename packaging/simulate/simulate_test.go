package simulate

import (
	"context"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const kept = "testdata/failing-seeds"

// TestSeeds runs the seeds that once failed, then as many as it is told.
func TestSeeds(t *testing.T) {
	if text := os.Getenv("PARADERO_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		counts, _, err := Run(context.Background(), seed)
		tell(t, counts)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	seeds := failing(t)
	n, first := number("PARADERO_SEEDS", shortly), number("PARADERO_FIRST", 1)
	for i := range n {
		seeds = append(seeds, uint64(first+i))
	}
	began := time.Now()
	counts, failures := runAll(seeds)
	tell(t, counts)
	t.Logf("%d seeds in %.1f s: %.1f a second", len(seeds), time.Since(began).Seconds(), float64(len(seeds))/time.Since(began).Seconds())
	for _, err := range failures {
		t.Error(err)
	}
}

// number reads how many from the environment.
func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

func failing(t *testing.T) []uint64 {
	t.Helper()
	b, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	var seeds []uint64
	for line := range strings.Lines(string(b)) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if seed, err := strconv.ParseUint(word, 10, 64); err == nil {
			seeds = append(seeds, seed)
		}
	}
	return seeds
}

// runAll runs seeds on all cores and stops after a few failures.
func runAll(seeds []uint64) (Counts, []error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var next atomic.Int64
	counts := Counts{}
	var failures []error
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				mu.Lock()
				enough := len(failures) >= number("PARADERO_ENOUGH", most)
				mu.Unlock()
				if i >= len(seeds) || enough {
					return
				}
				got, _, err := Run(context.Background(), seeds[i])
				mu.Lock()
				for k, n := range got {
					counts[k] += n
				}
				if err != nil {
					failures = append(failures, err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return counts, failures
}

const most = 5

func tell(t *testing.T, counts Counts) {
	t.Helper()
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%9d %s\n", counts[k], k)
	}
	t.Logf("what happened:\n%s", b.String())
}

// TestOneSeedOneHistory: the same seed gives the same history, to the hash.
func TestOneSeedOneHistory(t *testing.T) {
	for seed := range uint64(3) {
		_, a, err := Run(context.Background(), seed)
		_, b, err2 := Run(context.Background(), seed)
		if a != b || err != nil || err2 != nil {
			t.Errorf("seed %d gives %x and %x, %v, %v", seed, a[:4], b[:4], err, err2)
		}
	}
}
