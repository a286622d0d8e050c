package simulate

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
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
		counts, _, err := one(t, seed)
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
	counts, failures := runAll(t, seeds)
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

// runAll runs seeds on all cores and stops after a few failures. Each core has a
// process of its own: keys are sealed to devices with the machine's randomness,
// which a test can only give for all of a process.
func runAll(t *testing.T, seeds []uint64) (Counts, []error) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	counts := Counts{}
	var failures []error
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	n := runtime.GOMAXPROCS(0)
	for core := range n {
		var own []string
		for i := core; i < len(seeds); i += n {
			own = append(own, strconv.FormatUint(seeds[i], 10))
		}
		wg.Go(func() {
			done, err := child(ctx, own, func(r told) {
				mu.Lock()
				defer mu.Unlock()
				for k, n := range r.Counts {
					counts[k] += n
				}
				if r.Failure != "" {
					if failures = append(failures, errors.New(r.Failure)); len(failures) >= number("PARADERO_ENOUGH", most) {
						stop()
					}
				}
			})
			mu.Lock()
			defer mu.Unlock()
			if done < len(own) && ctx.Err() == nil {
				failures = append(failures, fmt.Errorf("seed %s: the program ended: %w", own[done], err))
			}
		})
	}
	wg.Wait()
	return counts, failures
}

// told is what a child tells of a seed.
type told struct {
	Counts  Counts
	Failure string
}

const childLine = "paradero-seed "

// child runs seeds in a process of their own.
func child(ctx context.Context, seeds []string, tell func(told)) (done int, err error) {
	run := exec.CommandContext(ctx, os.Args[0], "-test.run", "^TestChild$", "-test.timeout", "0", "-test.v")
	run.Env = append(os.Environ(), "PARADERO_CHILD=1", "GOMAXPROCS=1")
	run.Stdin = strings.NewReader(strings.Join(seeds, " "))
	out, err := run.StdoutPipe()
	if err != nil {
		return 0, err
	}
	var wrong, other bytes.Buffer // one is written by who runs it, the other here
	run.Stderr = &wrong
	if err := run.Start(); err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), childLine)
		var r told
		if ok && json.Unmarshal([]byte(text), &r) == nil {
			done++
			tell(r)
		} else {
			fmt.Fprintln(&other, lines.Text())
		}
	}
	if err := run.Wait(); err != nil {
		return done, fmt.Errorf("%w: %s%s", err, wrong.String(), other.String())
	}
	return done, nil
}

// TestChild runs the seeds that it is given, one after the other.
func TestChild(t *testing.T) {
	if os.Getenv("PARADERO_CHILD") == "" {
		t.Skip("it works for another")
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range strings.Fields(string(text)) {
		seed, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		counts, _, err := one(t, seed)
		r := told{Counts: counts}
		if err != nil {
			r.Failure = err.Error()
		}
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(os.Stdout, "\n%s%s\n", childLine, line)
	}
}

// one runs a seed with all randomness given.
func one(t *testing.T, seed uint64) (Counts, [32]byte, error) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, seed)
	return Run(context.Background(), seed)
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
	for seed := range uint64(6) {
		_, a, err := one(t, seed)
		_, b, err2 := one(t, seed)
		if a != b || err != nil || err2 != nil {
			t.Errorf("seed %d gives %x and %x, %v, %v", seed, a[:4], b[:4], err, err2)
		}
	}
}
