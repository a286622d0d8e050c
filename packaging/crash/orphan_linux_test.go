package crash

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"paradero/packaging/program"
)

// TestKilledWhileTrying kills a process while its child tries a working copy
// that a crash left. The child is still in that copy then: who opens the office
// next waits until it is gone, and neither works beside it nor takes the copy
// away under its hands.
func TestKilledWhileTrying(t *testing.T) {
	t.Parallel()
	o := found(t)
	o.Want(o.Run("new", "detainee", "given_names=Íñigo", "paternal_surname=Núñez", "cedula="+program.Cedula(1)), program.Done, "new")
	child := o.orphan()
	left := time.AfterFunc(500*time.Millisecond, func() { _ = syscall.Kill(child, syscall.SIGCONT) }) // it was only slow
	defer left.Stop()
	got, last := o.Verify()
	o.Want(got, program.Done, "verify beside the child of a killed process")
	if last["ok"] != true || strings.Contains(got.Out, "store_rebuilt") {
		t.Errorf("a sound working copy was thrown away:\n%s", got.Out)
	}
	if held := o.Exported(); len(held) != 1 {
		t.Errorf("%d people are there, want 1", len(held))
	}
	for range 200 {
		if gone(child) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the child of a killed process lives on")
}

// gone tells whether a process has ended, also where nobody buries it.
func gone(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, state, _ := strings.Cut(string(text), ") ")
	return err != nil || strings.HasPrefix(state, "Z") || strings.HasPrefix(state, "X")
}

// orphan kills a process while its child has the working copy open, and stops
// the child there.
func (o *office) orphan() (child int) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), time.Minute)
	defer cancel()
	for range 50 {
		if err := os.WriteFile(o.records()+".opening", nil, 0o600); err != nil { // as a crash while opening leaves it
			o.t.Fatal(err)
		}
		cmd := o.Command(ctx, "find", "nadie")
		if err := cmd.Start(); err != nil {
			o.t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { defer close(ended); _ = cmd.Wait() }()
		child = o.holder(cmd.Process.Pid, ended)
		stopped := child > 0 && syscall.Kill(child, syscall.SIGSTOP) == nil
		_ = cmd.Process.Kill()
		<-ended
		if stopped && o.holder(cmd.Process.Pid, nil) == child {
			o.t.Cleanup(func() { _ = syscall.Kill(child, syscall.SIGKILL) })
			return child
		}
	}
	o.t.Fatal("no process was killed while its child tried the working copy")
	return 0
}

// holder gives the process, another than the parent, that has Badger open, as
// its own file tells; 0 when there is none before the end.
func (o *office) holder(parent int, ended <-chan struct{}) int {
	for {
		text, _ := os.ReadFile(filepath.Join(o.records(), "LOCK"))
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && pid != parent {
			return pid
		}
		select {
		case <-ended:
			return 0
		case <-time.After(200 * time.Microsecond):
			if ended == nil {
				return 0
			}
		}
	}
}
