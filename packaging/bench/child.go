package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// opened is what a process of its own found when it opened an office; a fresh
// process, so that nothing is warm and its memory is its own.
type opened struct {
	Unlock, Load, First float64 // seconds: passphrase, from there to loaded, first answer
	Median, P99         float64 // milliseconds for one keystroke
	Memory              float64 // MB at the peak
	People              int
}

// sample gives some of the people of the large office, spread over it, without
// keeping the others in the memory that is measured.
func sample(people, n int) []person {
	v := newInventor(1)
	var some []person
	for i := range people {
		if p := v.next(); i%max(people/n, 1) == 0 {
			some = append(some, p)
		}
	}
	return some
}

// keystrokes types names as people do, letter by letter, and gives the
// milliseconds that each keystroke took.
func keystrokes(ctx context.Context, people int, search func(context.Context, string) (int, error)) ([]float64, error) {
	r := rand.New(rand.NewPCG(3, 3))
	var took []float64
	for _, p := range sample(people, 60) {
		text := p.values["paternal_surname"] + " " + p.values["given_names"]
		switch r.IntN(6) {
		case 0:
			text = p.values["cedula"]
		case 1:
			text = p.values["given_names"] + " " + p.values["paternal_surname"]
		case 2:
			text = fold(text) // without accents, as most people type
		}
		letters := []rune(text)
		for i := range min(len(letters), 14) {
			start := time.Now()
			n, err := search(ctx, string(letters[:i+1]))
			if err != nil {
				return nil, err
			}
			took = append(took, float64(time.Since(start).Microseconds())/1000)
			if n == 0 && i < 3 {
				return nil, fmt.Errorf("%q finds nobody", string(letters[:i+1]))
			}
		}
	}
	return took, nil
}

// openChild runs in the fresh process.
func openChild(ctx context.Context, dir string, people int, out io.Writer) error {
	var unlocked time.Time
	start := time.Now()
	o, err := data.Open(ctx, data.Config{Dir: dir, Progress: func(p data.Progress) {
		if p.Phase != "unlock" && unlocked.IsZero() {
			unlocked = time.Now()
		}
	}}, []byte(passphrase))
	if err != nil {
		return err
	}
	defer func() { _ = o.Close() }()
	if unlocked.IsZero() {
		return fmt.Errorf("opening told no progress after unlocking")
	}
	got := opened{Unlock: unlocked.Sub(start).Seconds(), Load: time.Since(unlocked).Seconds()}
	search := func(ctx context.Context, text string) (int, error) {
		found, err := o.List(ctx, data.ListQuery{Kind: record.Detainee, Text: text})
		if err != nil {
			return 0, err
		}
		return found.Len(), nil
	}
	if got.People, err = search(ctx, ""); err != nil {
		return err
	}
	got.First = time.Since(unlocked).Seconds()
	took, err := keystrokes(ctx, people, search)
	if err != nil {
		return err
	}
	got.Median, got.P99 = median(took), quantile(took, 0.99)
	if got.Memory, err = peakMemory("self"); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(got)
}

// openPeerChild does the same with SQLite.
func openPeerChild(ctx context.Context, dir string, people int, out io.Writer) error {
	start := time.Now()
	p, err := openPeer(dir, "NORMAL")
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	got := opened{Load: time.Since(start).Seconds()}
	if got.People, err = p.search(ctx, ""); err != nil {
		return err
	}
	got.First = time.Since(start).Seconds()
	took, err := keystrokes(ctx, people, p.search)
	if err != nil {
		return err
	}
	got.Median, got.P99 = median(took), quantile(took, 0.99)
	if got.Memory, err = peakMemory("self"); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(got)
}

// fresh runs one of them in a process of its own.
func fresh(ctx context.Context, what, dir string, people int) (opened, error) {
	var got opened
	self, err := os.Executable()
	if err != nil {
		return got, err
	}
	cmd := exec.CommandContext(ctx, self, "-child", what, "-dir", dir, "-people", strconv.Itoa(people))
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return got, fmt.Errorf("%s: %w", what, err)
	}
	return got, json.Unmarshal(text, &got)
}

// peakMemory gives the most memory that a process ever held, in MB (Linux).
func peakMemory(pid string) (float64, error) {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmHWM for %s", pid)
}
