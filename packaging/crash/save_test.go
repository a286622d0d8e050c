package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paradero/packaging/program"
)

// known is what the world outside knows of one person: what was acknowledged,
// and what was asked for without an answer, which may have come or not.
type known struct {
	cedula, id string
	offence    string
	perhaps    map[string]bool // offences asked for since, without an answer
	sources    []string        // of acknowledged claims
}

// saver saves by one process after the other, each killed or not, and keeps the
// books of what was acknowledged.
type saver struct {
	*office
	dice    *rand.Rand
	people  []*known
	maybe   map[string]bool // cédulas asked for without an answer
	count   tally
	usual   time.Duration // how long a process takes that nobody kills
	serial  int
	claimed []*known // whose claims are to be looked at
}

// TestKilledSaves kills processes that save, one after the other, at moments
// from before the start to after the end; what one of them acknowledged stands,
// and nothing stands that nobody asked for.
func TestKilledSaves(t *testing.T) {
	t.Parallel()
	s := &saver{office: found(t), dice: chance(t), maybe: map[string]bool{}}
	s.usual = s.timed()
	for range roundsWanted(t, 3) {
		s.count.rounds++
		for range 8 {
			s.save()
		}
		s.compare()
	}
	s.count.print(t)
	if s.count.kills == 0 || s.count.acknowledged == 0 {
		t.Error("nothing was killed or nothing was acknowledged: the moments are chosen badly")
	}
}

// timed measures a process that is left alone.
func (s *saver) timed() time.Duration {
	start := time.Now()
	s.Want(s.Run("find", "nadie"), program.Done, "find")
	return time.Since(start)
}

func (s *saver) save() {
	s.t.Helper()
	s.serial++
	n := s.serial
	kind := s.dice.IntN(3)
	if kind == 0 || len(s.people) == 0 {
		c := program.Cedula(n)
		s.maybe[c] = true
		if got := s.kill("new", "detainee", "given_names=Íñigo", "paternal_surname=Núñez", "cedula="+c); got != "" {
			delete(s.maybe, c)
			s.people = append(s.people, &known{cedula: c, id: got, perhaps: map[string]bool{}})
		}
		return
	}
	p := s.people[s.dice.IntN(len(s.people))]
	text := fmt.Sprintf("Robo %d", n)
	if kind == 1 {
		p.perhaps[text] = true
		if s.kill("edit", p.id, "offence="+text) != "" {
			p.offence, p.perhaps = text, map[string]bool{}
		}
		return
	}
	if s.kill("claim", p.id, "reported_alive", "--source", text) != "" {
		p.sources = append(p.sources, text)
		s.claimed = append(s.claimed, p)
	}
}

// kill runs a verb and kills it at some moment; the id that it acknowledged, or
// nothing.
func (s *saver) kill(args ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	cmd := s.Command(ctx, append(args, "--json")...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	moment := time.Duration(s.dice.Int64N(int64(s.usual) * 3 / 2))
	timer := time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	timer.Stop()
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit) && exit.ExitCode() < 0:
		s.count.kills++
	default:
		s.t.Fatalf("%v: %v\n%s%s", args, err, out.String(), errs.String())
	}
	var said struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(out.Bytes(), &said) != nil || said.ID == "" {
		if err == nil {
			s.t.Fatalf("%v ended well and acknowledged nothing: %q", args, out.String())
		}
		return ""
	}
	s.count.acknowledged++
	return said.ID
}

// compare reads the office and holds it against the books.
func (s *saver) compare() {
	s.t.Helper()
	held := s.exportedJSON()
	for _, p := range s.people {
		row, ok := held[p.cedula]
		delete(held, p.cedula)
		switch {
		case !ok:
			s.lose("the person %s was acknowledged and is gone", p.cedula)
		case row["offence"] == p.offence:
			s.count.found++
		case p.perhaps[row["offence"]]:
			p.offence = row["offence"] // it had come, only its word had not
			s.count.found++
		default:
			s.lose("of %s %q was acknowledged and %q stands", p.cedula, p.offence, row["offence"])
		}
	}
	for c, row := range held {
		if !s.maybe[c] {
			s.t.Errorf("nobody asked for the person %s", c)
			continue
		}
		delete(s.maybe, c)
		s.people = append(s.people, &known{cedula: c, id: row["id"], perhaps: map[string]bool{}})
	}
	for _, p := range s.claimed {
		got := s.Run("show", p.id, "--json")
		s.Want(got, program.Done, "show")
		for _, source := range p.sources {
			if !strings.Contains(got.Out, `"`+source+`"`) {
				s.lose("the claim of %q about %s was acknowledged and is gone", source, p.cedula)
				continue
			}
			s.count.found++
		}
	}
	s.claimed = nil
	s.sound("after the kills")
}

func (s *saver) lose(format string, args ...any) {
	s.t.Helper()
	s.count.lost++
	s.t.Errorf(format, args...)
}

// sound wants that verify finds no damage.
func (o *office) sound(when string) {
	o.t.Helper()
	got, last := o.Verify()
	o.Want(got, program.Done, "verify "+when)
	if last["ok"] != true {
		o.t.Fatalf("verify %s: %s", when, got.Out)
	}
}

// exportedJSON gives the people whom the office holds, by cédula.
func (o *office) exportedJSON() map[string]map[string]string {
	o.t.Helper()
	file := filepath.Join(o.t.TempDir(), "out.json")
	o.Want(o.Run("export", "--as", "json", "-o", file), program.Done, "export")
	text, err := os.ReadFile(file)
	if err != nil {
		o.t.Fatal(err)
	}
	var rows []map[string]string
	if err := json.Unmarshal(text, &rows); err != nil {
		o.t.Fatal(err)
	}
	held := map[string]map[string]string{}
	for _, r := range rows {
		if held[r["cedula"]] != nil {
			o.t.Fatalf("%s stands twice", r["cedula"])
		}
		held[r["cedula"]] = r
	}
	return held
}

// TestKilledRebuild kills the making anew of the working copy; the next process
// takes it up, and nothing is missing.
func TestKilledRebuild(t *testing.T) {
	t.Parallel()
	o, dice := found(t), chance(t)
	path, cedulas := program.List(t, 4000)
	o.Want(o.Run("import", path, "--as", "detainees"), program.Done, "import")
	want := slices.Sorted(slices.Values(cedulas))
	start := time.Now()
	o.Want(o.Run("rebuild"), program.Done, "a rebuild that is left alone")
	usual := time.Since(start)
	count := tally{acknowledged: len(want)}
	for range roundsWanted(t, 3) {
		count.rounds++
		if untilKilled(time.Duration(dice.Int64N(int64(usual))), func(after time.Duration, _ int) bool { return o.runAndKill(after, "rebuild") }) {
			count.kills++
		}
		held := o.Exported()
		count.found = len(held)
		if !slices.Equal(held, want) {
			count.lost += len(want) - len(held)
			t.Errorf("%d people are there, want %d", len(held), len(want))
		}
	}
	o.sound("after killed rebuilds")
	count.print(t)
	if count.kills == 0 {
		t.Error("no rebuild was killed")
	}
}

// TestKilledCompaction makes Badger flush and compact, by changing every person
// of a long list, and kills it in the middle and while it closes.
func TestKilledCompaction(t *testing.T) {
	t.Parallel()
	o, dice := found(t), chance(t)
	const people = 6000
	path, cedulas := program.List(t, people)
	want := slices.Sorted(slices.Values(cedulas))
	o.Want(o.Run("import", path, "--as", "detainees", "--source", "lista"), program.Done, "import")
	start := time.Now()
	o.Want(o.Run("import", changedList(t, path, -1), "--as", "detainees", "--source", "lista"), program.Done, "an import that is left alone")
	usual := time.Since(start)
	count := tally{}
	for round := range roundsWanted(t, 2) {
		count.rounds++
		changed, offence := "", ""
		if untilKilled(usual/3+time.Duration(dice.Int64N(int64(usual)*2/3)), func(after time.Duration, try int) bool {
			offence = offenceOf(10*round + try)
			changed = changedList(t, path, 10*round+try)
			return o.runAndKill(after, "import", changed, "--as", "detainees", "--source", "lista")
		}) {
			count.kills++
		}
		held := o.Exported()
		count.acknowledged, count.found = count.acknowledged+people, count.found+len(held)
		if !slices.Equal(held, want) {
			count.lost += len(want) - len(held)
			t.Errorf("%d people are there, want %d", len(held), len(want))
		}
		// To its end, so that the next round changes all of them again.
		o.Want(o.Run("import", changed, "--as", "detainees", "--source", "lista"), program.Done, "the same list after the kill")
		for c, row := range o.exportedJSON() {
			if row["offence"] != offence {
				count.lost++
				t.Errorf("%s: %q stands, want %q", c, row["offence"], offence)
			}
		}
		o.sound("after a killed compaction")
	}
	tables, err := filepath.Glob(filepath.Join(o.records(), "*.sst"))
	if err != nil || len(tables) < 2 {
		t.Errorf("%d tables: nothing was compacted", len(tables))
	}
	count.print(t)
	if count.kills == 0 {
		t.Error("nothing was killed")
	}
}

func offenceOf(round int) string { return fmt.Sprintf("Receptación %d", round) }

// changedList is a list in which everybody's offence is another.
func changedList(t *testing.T, path string, round int) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if i == 0 {
			b.WriteString(line + ";DELITO\n")
			continue
		}
		b.WriteString(line + ";" + offenceOf(round) + "\n")
	}
	out := filepath.Join(t.TempDir(), "lista.csv")
	if err := os.WriteFile(out, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// untilKilled tries again, sooner each time, while the program had ended before it
// was killed: how long it takes was measured when the machine was as busy as then.
func untilKilled(after time.Duration, run func(after time.Duration, try int) bool) bool {
	for try := range 6 {
		if run(after, try) {
			return true
		}
		after /= 2
	}
	return false
}

// runAndKill runs the program and kills it after a while; false: it had ended.
func (o *office) runAndKill(after time.Duration, args ...string) bool {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), after)
	defer cancel()
	cmd := o.Command(ctx, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	err := cmd.Run()
	if read, _ := program.Said(errs.String()); program.Trace.MatchString(read) {
		o.t.Fatalf("%v shows its inside:\n%s", args, errs.String())
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false
	case ctx.Err() != nil, errors.As(err, &exit) && exit.ExitCode() < 0:
		return true
	}
	o.t.Fatalf("%v: %v\n%s", args, err, errs.String())
	return false
}
