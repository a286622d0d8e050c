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
)

// arrival measures the memory of a device, a process of its own, while a long
// history comes to it.
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
	empty, file := filepath.Join(dir, "empty.backup"), filepath.Join(dir, "all.bundle")
	if _, err := o.Backup(ctx, empty, nil); err != nil {
		return err
	}
	for round := range max(b.changes/b.people, 1) {
		if err := updateAll(ctx, o, b.people, round); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
	}
	made, err := o.WriteBundle(ctx, file, nil)
	if err != nil {
		return err
	}
	reader, err := secondDevice(ctx, filepath.Join(dir, "reader"), empty)
	if err != nil {
		return err
	}
	if err := reader.Close(); err != nil {
		return err
	}
	got, err := b.receive(ctx, filepath.Join(dir, "reader"), file)
	if err != nil {
		return err
	}
	if got.People != b.people {
		return fmt.Errorf("%d people of %d came", got.People, b.people)
	}
	fmt.Fprintf(b.out, "%s changes of %s people come to a device (a process of its own)\n", grouped(int64(made.Changes)), grouped(int64(got.People)))
	report(b.out, "taken in", float64(made.Changes)/got.Seconds, "changes/s", 0)
	report(b.out, "memory at its peak", got.Memory, "MB", 350)
	return nil
}

// receive runs a device in a fresh process that takes in what stands in a file.
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
	var got worked
	start := time.Now()
	taken, err := o.ReadBundle(ctx, from, nil)
	if err != nil {
		return err
	}
	got.Seconds, got.Changes, got.People = time.Since(start).Seconds(), taken.Taken, o.Count(record.Detainee)
	if got.Memory, err = peakMemory("self"); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(got)
}
