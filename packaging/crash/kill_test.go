package crash

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"paradero/packaging/program"
)

const rowsOfList = 20_000

// TestKilledImport kills the program in the middle of its import, again and
// again, and finds every row that it had acknowledged.
func TestKilledImport(t *testing.T) {
	t.Parallel()
	o := found(t)
	path, cedulas := program.List(t, rowsOfList)
	r := chance(t)
	killed, rounds := 0, roundsWanted(t, 3)
	for round := range rounds {
		// Each round is let a little further than the one before.
		until := (round*rowsOfList + r.IntN(rowsOfList)) / rounds
		acked, ended := o.importAndKill(path, until, time.Duration(r.IntN(20))*time.Millisecond)
		if !ended {
			killed++
		}
		held := o.Exported()
		for i, c := range cedulas[:acked] {
			if _, found := slices.BinarySearch(held, c); !found {
				t.Fatalf("round %d: row %d (cédula %s) was acknowledged (%d were) and is gone; %d are there", round, i+1, c, acked, len(held))
			}
		}
		t.Logf("round %d: killed at %d acknowledged rows, %d are there", round, acked, len(held))
	}
	if killed == 0 {
		t.Fatal("no round was killed before its end; the list is too short for this machine")
	}
	o.Want(o.Run("import", path, "--as", "detainees", "--json"), program.Done, "the import after the last kill")
	want := slices.Sorted(slices.Values(cedulas))
	if held := o.Exported(); !slices.Equal(held, want) {
		t.Fatalf("after running again %d people are there, want %d", len(held), len(want))
	}
	got, last := o.Verify()
	o.Want(got, program.Done, "verify after the kills")
	if last["ok"] != true {
		t.Fatalf("verify: %s", got.Out)
	}
	// Bringing the same list in once more changes nothing.
	again := o.Run("import", path, "--as", "detainees", "--json")
	o.Want(again, program.Done, "the same list again")
	if sum := lastLine(t, again.Out); sum["unchanged"] != float64(rowsOfList) || sum["imported"] != 0.0 || sum["updated"] != 0.0 {
		t.Fatalf("the same list again: %v", sum)
	}
	o.lostFolder(want)
}

// lostFolder deletes the whole of Badger and finds everything again.
func (o *office) lostFolder(want []string) {
	o.t.Helper()
	if err := os.RemoveAll(filepath.Join(o.Dir, "records")); err != nil {
		o.t.Fatal(err)
	}
	if held := o.Exported(); !slices.Equal(held, want) {
		o.t.Fatalf("after the records folder was deleted %d people are there, want %d", len(held), len(want))
	}
}

// importAndKill starts an import and kills it a moment after it acknowledged
// some number of rows. Everything it wrote to its output counts as acknowledged.
func (o *office) importAndKill(path string, until int, moment time.Duration) (acked int, ended bool) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), 3*time.Minute)
	defer cancel()
	cmd := o.Command(ctx, "import", path, "--as", "detainees", "--json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		o.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		o.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	dying := false
	for lines.Scan() {
		var line struct {
			Durable  *int `json:"durable"`
			Imported *int `json:"imported"`
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			continue // cut by the kill
		}
		if line.Durable != nil {
			acked = *line.Durable
		}
		ended = ended || line.Imported != nil
		if acked >= until && !dying {
			dying = true
			time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
		}
	}
	if err := cmd.Wait(); err == nil {
		ended = true
	} else if !dying {
		o.t.Fatalf("the import ended by itself after %d rows: %v", acked, err)
	}
	return acked, ended
}

// importWhile runs an import, does something after its first acknowledgement,
// and gives how many rows it acknowledged before it ended, however it ended.
func (o *office) importWhile(ctx context.Context, path string, do func()) (acked int) {
	o.t.Helper()
	cmd := o.Command(ctx, "import", path, "--as", "detainees", "--json")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		o.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		o.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for first := true; lines.Scan(); first = false {
		var line struct {
			Durable *int `json:"durable"`
		}
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Durable != nil {
			acked = *line.Durable
		}
		if first {
			do()
		}
	}
	err = cmd.Wait()
	if ctx.Err() != nil {
		o.t.Fatal("the import did not end in time")
	}
	if read, _ := program.Said(errs.String()); program.Trace.MatchString(read) {
		o.t.Fatalf("the import shows its inside:\n%s", errs.String())
	}
	if code := cmd.ProcessState.ExitCode(); code != program.Done && code != program.Failed {
		o.t.Fatalf("the import ended with %d: %v\n%s", code, err, errs.String())
	}
	return acked
}

// TestKilledAtOnce kills the program before it acknowledged anything, at
// moments spread over its start: whatever it was doing, the office opens.
func TestKilledAtOnce(t *testing.T) {
	t.Parallel()
	o := found(t)
	path, _ := program.List(t, 2000)
	for i := range 4 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i+1)*400*time.Millisecond)
		_ = o.Command(ctx, "import", path, "--as", "detainees").Run() // killed by its context
		cancel()
	}
	o.Want(o.Run("import", path, "--as", "detainees"), program.Done, "import after the kills")
	if held := o.Exported(); len(held) != 2000 {
		t.Fatalf("%d people are there, want 2000", len(held))
	}
}

// TestSecondProcess: while one program has the office open, another says so.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	o := found(t)
	path, cedulas := program.List(t, rowsOfList)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	first := o.Command(ctx, "import", path, "--as", "detainees", "--json")
	out, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the import said nothing")
	}
	// Not reading on stops the first program at a full pipe, with the office open.
	o.Want(o.Run("find", "Zambrano"), program.Locked, "find while another has the office")
	for lines.Scan() {
		continue
	}
	if err := first.Wait(); err != nil {
		t.Fatalf("the first program: %v", err)
	}
	if held := o.Exported(); len(held) != len(cedulas) {
		t.Fatalf("%d people are there, want %d", len(held), len(cedulas))
	}
}

func lastLine(t *testing.T, out string) map[string]any {
	t.Helper()
	var last map[string]any
	for line := range splitLines(out) {
		last = nil
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	return last
}
