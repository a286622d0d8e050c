package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"paradero/app"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/sync/hub"
)

// arrival measures the memory of a device, a process of its own, while a long
// history comes to it from a hub.
func (b *bench) arrival(ctx context.Context) error {
	dir, err := b.folder("arrival")
	if err != nil {
		return err
	}
	o, err := found(ctx, filepath.Join(dir, "source"), cheap)
	if err != nil {
		return err
	}
	defer func() { _ = o.Close() }()
	empty := filepath.Join(dir, "empty.backup")
	if _, err := o.Backup(ctx, empty, nil); err != nil {
		return err
	}
	for round := range max(b.changes/b.people, 1) {
		if err := updateAll(ctx, o, b.people, round); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
	}
	t, err := b.together(ctx, o, empty)
	if err != nil {
		return err
	}
	defer t.close()
	start := time.Now()
	sent, err := o.SyncWith(ctx, t.da, nil)
	if err != nil {
		return err
	}
	took := rate(sent.Sent, start)
	second, file := t.b.Info().Dir, filepath.Join(dir, "hub.invitation")
	err = t.b.Close()
	t.b = nil
	if err == nil {
		err = os.WriteFile(file, t.hub.invitation, 0o600)
	}
	if err != nil {
		return err
	}
	got, err := b.receive(ctx, second, file)
	if err != nil {
		return err
	}
	if got.People != b.people {
		return fmt.Errorf("%d people of %d came", got.People, b.people)
	}
	fmt.Fprintf(b.out, "%s changes of %s people come to a device (a process of its own) from a hub\n", grouped(int64(got.Changes)), grouped(int64(got.People)))
	report(b.out, "sent by the first device", took, "changes/s", 0)
	report(b.out, "fetched, checked, taken in", float64(got.Changes)/got.Seconds, "changes/s", 0)
	report(b.out, "memory of its own at its peak", got.Own, "MB", 350)
	report(b.out, "… with mapped pages of its tables", got.Memory, "MB (clean ones, which the system takes back when it needs them)", 0)
	return nil
}

// receive runs a device in a fresh process that takes in what a hub has.
func (b *bench) receive(ctx context.Context, dir, from string) (got worked, err error) {
	self, err := os.Executable()
	if err != nil {
		return got, err
	}
	cmd := exec.CommandContext(ctx, self, "-child", "receive", "-dir", dir, "-from", from)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return got, fmt.Errorf("receive: %w", err)
	}
	return got, json.Unmarshal(text, &got)
}

// receiveChild runs in the fresh process, with the memory limit of the program.
func receiveChild(ctx context.Context, dir, from string, out io.Writer) error {
	app.LimitMemory()
	o, err := data.Open(ctx, data.Config{Dir: dir}, []byte(passphrase))
	if err != nil {
		return err
	}
	defer func() { _ = o.Close() }()
	invitation, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	device, seed, err := hubDevice(o)
	if err != nil {
		return err
	}
	var got worked
	own := watchOwn()
	start := time.Now()
	d, err := hub.Dial(ctx, invitation, hub.Identity{Device: device.ID, Seed: seed})
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	taken, err := o.SyncWith(ctx, d, nil)
	if err != nil {
		return err
	}
	got.Seconds, got.Changes, got.People = time.Since(start).Seconds(), taken.Got, o.Count(record.Detainee)
	if got.Memory, err = peakMemory("self"); err != nil {
		return err
	}
	if got.Own, err = own(); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(got)
}

// watchOwn looks at the memory that is this process's alone, twenty times a second;
// what it gives back ends that and tells the most, in MB (Linux).
func watchOwn() func() (float64, error) {
	stop, most := make(chan struct{}), make(chan float64)
	var failed error
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		peak := 0.0
		for {
			now, err := memoryLine(os.Getpid(), "RssAnon:")
			if peak = max(peak, now); err != nil {
				failed = err
			}
			select {
			case <-tick.C:
			case <-stop:
				most <- peak
				return
			}
		}
	}()
	return func() (float64, error) {
		close(stop)
		peak := <-most
		return peak, failed
	}
}
