package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"paradero/app"
	"paradero/data"
	"paradero/data/record"
)

// worked is what a process of its own did with a long journal.
type worked struct {
	Seconds float64
	Memory  float64 // MB at the peak
	Own     float64 // of it, that is not pages of files
	People  int
	Changes int
}

// ledger measures what a long history costs: the working copy made anew from
// the journal alone, and everything in it verified.
func (b *bench) ledger(ctx context.Context) error {
	dir := filepath.Join(b.dir, "long")
	if b.keep != "" {
		dir = b.keep
	}
	if _, err := os.Stat(dir); err != nil {
		if err := b.history(ctx, dir); err != nil {
			return err
		}
	}
	for _, m := range []struct {
		what, name string
		seconds    float64 // the aim
		memory     float64
	}{
		{"rebuild", "working copy made anew", 30, 500},
		{"verify", "every signature, link and value", 0, 0},
	} {
		var seconds, memory, each, opened []float64
		for range min(b.rounds, 3) {
			var got worked
			if err := b.freshWork(ctx, m.what, dir, &got); err != nil {
				return err
			}
			if got.People != b.people {
				return fmt.Errorf("%s: %d people of %d", m.what, got.People, b.people)
			}
			opened = append(opened, float64(got.Changes))
			seconds, memory = append(seconds, got.Seconds), append(memory, got.Memory)
			each = append(each, got.Seconds*1e6/float64(max(got.Changes, 1)))
		}
		fmt.Fprintf(b.out, "%s, %s changes of %s people\n", m.name, grouped(int64(median(opened))), grouped(int64(b.people)))
		spread(b.out, "time", seconds, "s", m.seconds)
		spread(b.out, "for one change", each, "µs", 0)
		spread(b.out, "memory at its peak", memory, "MB", m.memory)
	}
	return nil
}

// history makes the office: a list, and then the same list again and again with
// something changed for everybody, by the same way as a person brings it in.
func (b *bench) history(ctx context.Context, dir string) error {
	o, err := found(ctx, dir, cheap)
	if err != nil {
		return err
	}
	start := time.Now()
	rounds := max(b.changes/b.people, 1)
	for round := range rounds {
		if err := updateAll(ctx, o, b.people, round); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
	}
	took := rate(rounds*b.people, start)
	if err := o.Close(); err != nil {
		return err
	}
	journal, err := sizeOf(filepath.Join(dir, "journal"))
	if err != nil {
		return err
	}
	records, err := sizeOf(filepath.Join(dir, "records"))
	fmt.Fprintf(b.out, "the long office: %s people, %d times the list, written at %s changes/s; journal %s MB, working copy %s MB\n",
		grouped(int64(b.people)), rounds, figure(took), figure(float64(journal)/1e6), figure(float64(records)/1e6))
	return err
}

// updateAll brings the list in, everybody with another penalty.
func updateAll(ctx context.Context, o *data.Office, n, round int) error {
	next, i := newInventor(1).next, 0
	count, refused, err := o.Import(ctx, "lista de medida", func() (*data.ImportRow, error) {
		if i == n {
			return nil, io.EOF
		}
		p := next()
		i++
		claim := maps.Clone(p.claim)
		claim["source"] = "SNAI"
		p.values["penalty_months"] = strconv.Itoa(12 + round)
		return &data.ImportRow{Row: i, Kind: record.Detainee, Values: p.values, Claims: []map[string]string{claim}}, nil
	}, func(int) {})
	if err != nil {
		return err
	}
	if count.Imported+count.Updated != n || len(refused) > 0 {
		return fmt.Errorf("%d new and %d changed of %d, %d refused", count.Imported, count.Updated, n, len(refused))
	}
	return nil
}

// workChild runs in the fresh process, with the memory limit of the program.
func workChild(ctx context.Context, what, dir string, out io.Writer) error {
	app.LimitMemory()
	if what == "rebuild" {
		if err := os.RemoveAll(filepath.Join(dir, "records")); err != nil {
			return err
		}
	}
	var got worked
	var unlocked time.Time
	o, err := data.Open(ctx, data.Config{Dir: dir, Progress: func(p data.Progress) {
		if p.Phase != "unlock" && unlocked.IsZero() {
			unlocked = time.Now()
		}
		if p.Phase == "rebuild" {
			got.Changes = p.Done
		}
	}}, []byte(passphrase))
	if err != nil {
		return err
	}
	defer func() { _ = o.Close() }()
	if unlocked.IsZero() {
		unlocked = time.Now()
	}
	got.Seconds = time.Since(unlocked).Seconds()
	if what == "verify" {
		start := time.Now()
		found, err := o.Verify(ctx, func(p data.Progress) { got.Changes = max(got.Changes, p.Done) })
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return fmt.Errorf("verify found %v", found)
		}
		got.Seconds = time.Since(start).Seconds()
	}
	got.People = o.Count(record.Detainee)
	if got.Memory, err = peakMemory("self"); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(got)
}

func (b *bench) freshWork(ctx context.Context, what, dir string, got *worked) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"-child", what, "-dir", dir}
	if b.childProfile != "" {
		args = append(args, "-profile", b.childProfile+"."+what)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return json.Unmarshal(text, got)
}
