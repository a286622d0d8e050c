package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"paradero/data"
)

// large makes, once a run, the office and the SQLite database with all people.
func (b *bench) large(ctx context.Context) (office, peerDir string, err error) {
	office, peerDir = filepath.Join(b.dir, "large"), filepath.Join(b.dir, "large-peer")
	if _, err := os.Stat(office); err == nil {
		return office, peerDir, nil
	}
	// The real cost of a passphrase: opening is what a person meets.
	o, err := found(ctx, office, data.Cost{})
	if err != nil {
		return "", "", err
	}
	start := time.Now()
	err = importAll(ctx, o, b.people, newInventor(1).next)
	took := rate(b.people, start)
	if closing := o.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return "", "", err
	}
	if err := os.MkdirAll(peerDir, 0o700); err != nil {
		return "", "", err
	}
	p, err := openPeer(peerDir, "NORMAL")
	if err != nil {
		return "", "", err
	}
	start = time.Now()
	err = p.importAll(ctx, b.people, newInventor(1).next)
	theirs := rate(b.people, start)
	if closing := p.close(); err == nil {
		err = closing
	}
	if err != nil {
		return "", "", err
	}
	ours, err := sizeOf(office)
	if err != nil {
		return "", "", err
	}
	other, err := sizeOf(peerDir)
	fmt.Fprintf(b.out, "the large office: %s people, imported at %s rows/s (SQLite %s), %s MB on disk (SQLite %s MB)\n\n", grouped(int64(b.people)),
		figure(took), figure(theirs), figure(float64(ours)/1e6), figure(float64(other)/1e6))
	return office, peerDir, err
}

// open compares opening and searching, each turn in a fresh process.
func (b *bench) open(ctx context.Context) error {
	office, peerDir, err := b.large(ctx)
	if err != nil {
		return err
	}
	type pair struct{ ours, theirs opened }
	var turns []pair
	for range b.rounds {
		var p pair
		if p.ours, err = fresh(ctx, "open", office, b.people); err != nil {
			return err
		}
		if p.theirs, err = fresh(ctx, "peer", peerDir, b.people); err != nil {
			return err
		}
		if p.ours.People != b.people || p.theirs.People != b.people {
			return fmt.Errorf("of %d people ours has %d, SQLite %d", b.people, p.ours.People, p.theirs.People)
		}
		turns = append(turns, p)
	}
	column := func(of func(opened) float64) [2][]float64 {
		var c [2][]float64
		for _, p := range turns {
			c[0], c[1] = append(c[0], of(p.ours)), append(c[1], of(p.theirs))
		}
		return c
	}
	for _, m := range []struct {
		name, unit string
		of         func(opened) float64
		atMost     float64
	}{
		{"deriving the key (by design)", "s", func(o opened) float64 { return o.Unlock }, 0},
		{"from the key to all rows loaded", "s", func(o opened) float64 { return o.Load }, 0},
		{"… and the first answer", "s", func(o opened) float64 { return o.First }, 1},
		{"one keystroke, median", "ms", func(o opened) float64 { return o.Median }, 0},
		{"one keystroke, 99th of 100", "ms", func(o opened) float64 { return o.P99 }, 0},
		{"memory at its peak", "MB", func(o opened) float64 { return o.Memory }, 250},
	} {
		c := column(m.of)
		report(b.out, m.name, median(c[0]), fmt.Sprintf("%-3s SQLite %s %s", m.unit, figure(median(c[1])), m.unit), m.atMost)
	}
	return nil
}
