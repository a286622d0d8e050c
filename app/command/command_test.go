package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/pflag"

	"paradero/assets"
	"paradero/data"
)

// cheap spares tests the second that a passphrase costs by design. It is the
// only thing that differs from the real program.
var cheap = data.Cost{Time: 1, Memory: 8, Threads: 1}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"paradero": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		os.Exit(Main(ctx, os.Args[1:], Env{Cost: cheap, Version: "1.0-prueba"}))
	}})
}

// TestScripts runs every verb as a person would.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("LANG", "es_EC.UTF-8")
			env.Setenv("LC_ALL", "")
			env.Setenv("PARADERO_OFFICE", filepath.Join(env.WorkDir, "oficina"))
			env.Setenv("PARADERO_PASSPHRASE_FILE", filepath.Join(env.WorkDir, "clave"))
			return os.WriteFile(filepath.Join(env.WorkDir, "clave"), []byte("cuatro gatos en la azotea\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "grab": grab, "says": says, "flip": flip, "side": side, "last": last, "awaits": awaits,
			"puts": puts,
		},
	})
}

// exits CODE COMMAND… runs a command and wants its exit status.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit %d, want %s\n%s%s", code, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
	if code != 0 && strings.TrimSpace(ts.ReadFile("stderr")) == "" {
		ts.Fatalf("exit %d without a word", code)
	}
	if strings.Contains(ts.ReadFile("stdout")+ts.ReadFile("stderr"), "⟦") {
		ts.Fatalf("a key has no text:\n%s%s", ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// lastLine reads the last line of standard output, each of which must be JSON.
func lastLine(ts *testscript.TestScript) map[string]any {
	var last map[string]any
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		last = nil
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			ts.Fatalf("not JSON: %s", line)
		}
	}
	return last
}

// grab VARIABLE FIELD keeps a field of the last line.
func grab(ts *testscript.TestScript, _ bool, args []string) {
	v, ok := lastLine(ts)[args[1]]
	if !ok {
		ts.Fatalf("no field %s in %s", args[1], ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], fmt.Sprint(v))
}

// puts FILE TEXT writes a file.
func puts(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(args[1]+"\n"), 0o600))
}

// says FIELD VALUE wants a value in the last line; [!] wants another.
func says(ts *testscript.TestScript, neg bool, args []string) {
	got := fmt.Sprint(lastLine(ts)[args[0]])
	if (got == args[1]) == neg {
		ts.Fatalf("%s is %q, want %q (or not: %v)\n%s", args[0], got, args[1], neg, ts.ReadFile("stdout"))
	}
}

// shown reads a record as `show` tells of it.
func shown(ts *testscript.TestScript, id string) map[string]any {
	ts.Check(ts.Exec("paradero", "show", id, "--json"))
	return lastLine(ts)
}

// side VARIABLE ID STATUS keeps the change of that side of the first contradiction.
func side(ts *testscript.TestScript, _ bool, args []string) {
	first := shown(ts, args[1])["contradictions"].([]any)[0].(map[string]any)
	for _, name := range []string{"a", "b"} {
		if s := first[name].(map[string]any); s["status"] == args[2] {
			ts.Setenv(args[0], fmt.Sprint(s["change"]))
			return
		}
	}
	ts.Fatalf("no side %s", args[2])
}

// last VARIABLE ID keeps the last change of a record's timeline.
func last(ts *testscript.TestScript, _ bool, args []string) {
	steps := shown(ts, args[1])["timeline"].([]any)
	ts.Setenv(args[0], fmt.Sprint(steps[len(steps)-1].(map[string]any)["change"]))
}

// flip FILE changes a bit in the middle of a file's last kilobyte that is not
// empty.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(ts.MkAbs(args[0]))
	if err != nil || len(files) == 0 {
		ts.Fatalf("no file %s", args[0])
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		ts.Check(err)
		full := len(bytes.TrimRight(b, "\x00"))
		b[full/2] ^= 0x10
		ts.Check(os.WriteFile(f, b, 0o600))
	}
}

// awaits FILE waits until a file is there.
func awaits(ts *testscript.TestScript, _ bool, args []string) {
	for range 3000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s does not come", args[0])
}

// TestVerb: what opens the desktop and what is a command.
func TestVerb(t *testing.T) {
	for args, want := range map[string]bool{
		"":                                   false,
		"--office /tmp/o":                    false,
		"--office=/tmp/o --lang en":          false,
		"find x":                             true,
		"--office /tmp/o find x":             true,
		"--kind detainee --json find guaman": true,
		"-o dir issue case-report":           true,
		"--help":                             true,
		"fnid":                               true,
		"-- version":                         true,
	} {
		if got := Verb(strings.Fields(args)); got != want {
			t.Errorf("Verb(%q) = %v", args, got)
		}
	}
}

// TestEveryVerbIsExplained in both languages, and every flag of it.
func TestEveryVerbIsExplained(t *testing.T) {
	for _, lang := range []assets.Lang{assets.Spanish, assets.English} {
		words, err := assets.LoadWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range verbs() {
			for _, part := range []string{"usage", "short", "about", "example"} {
				if key := "help." + v.name + "." + part; !words.Has(key) {
					t.Errorf("%s: %s is missing", lang, key)
				}
			}
			if !strings.Contains(words.T("help."+v.name+".example"), "paradero "+v.name) {
				t.Errorf("%s: the example of %s does not show it", lang, v.name)
			}
			fs := pflag.NewFlagSet(v.name, pflag.ContinueOnError)
			v.setup(fs)
			fs.VisitAll(func(f *pflag.Flag) {
				if !words.Has("help.flag."+f.Name) && !words.Has("help."+v.name+".flag."+f.Name) {
					t.Errorf("%s: --%s of %s is not explained", lang, f.Name, v.name)
				}
			})
		}
	}
}

// TestOneFlagIsOneKind: a flag takes a value in every verb or in none, else
// the verb could not be found before the flags are known.
func TestOneFlagIsOneKind(t *testing.T) {
	takes := map[string]bool{}
	for _, v := range verbs() {
		fs := pflag.NewFlagSet(v.name, pflag.ContinueOnError)
		v.setup(fs)
		fs.VisitAll(func(f *pflag.Flag) {
			value := f.NoOptDefVal == ""
			if was, seen := takes[f.Name]; seen && was != value {
				t.Errorf("--%s takes a value in one verb and none in %s", f.Name, v.name)
			}
			takes[f.Name] = value
		})
	}
}

func TestNearest(t *testing.T) {
	for typed, want := range map[string]string{
		"fnid": "find", "imprt": "import", "isue": "issue", "verfy": "verify", "shw": "show", "zzzzzzzz": "", "exprot": "export", "pass": "passphrase",
	} {
		if got := nearest(typed, verbNames()); got != want {
			t.Errorf("nearest(%q) = %q, want %q", typed, got, want)
		}
	}
}

// asked runs a command as at a terminal where a person types.
func asked(t *testing.T, dir string, typed []string, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Main(t.Context(), append(args, "--office", dir), Env{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Cost: cheap,
		Getenv:     func(string) string { return "" },
		IsTerminal: func(any) bool { return true },
		ReadPassphrase: func(prompt string) ([]byte, error) {
			if len(typed) == 0 {
				t.Fatalf("asked once too often: %s", prompt)
			}
			answer := typed[0]
			typed = typed[1:]
			return []byte(answer), nil
		},
	})
	if len(typed) > 0 {
		t.Errorf("%v: not asked for %q", args, typed)
	}
	return code, stdout.String(), stderr.String()
}

// TestAsksOnTheTerminal: without a file the passphrase is asked for, twice
// when it is new.
func TestAsksOnTheTerminal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "o")
	founding := []string{"init", "--name", "Consultorio", "--member", "Íñigo Núñez", "--role", "lawyer"}
	if code, _, errs := asked(t, dir, []string{"una", "otra"}, founding...); code != 1 || !strings.Contains(errs, "no son iguales") {
		t.Fatalf("two passphrases that differ: %d %s", code, errs)
	}
	if code, _, errs := asked(t, dir, []string{"cuatro gatos", "cuatro gatos"}, founding...); code != 0 {
		t.Fatal(errs)
	}
	if code, _, errs := asked(t, dir, []string{"cuatro perros"}, "find", "x"); code != 4 {
		t.Fatalf("wrong passphrase: %d %s", code, errs)
	}
	code, out, _ := asked(t, dir, []string{"cuatro gatos"}, "find", "x", "--json")
	if code != 0 || out != "" {
		t.Fatalf("find: %d %q", code, out)
	}
	if code, _, errs := asked(t, dir, []string{"cuatro gatos", "cinco patos", "cinco patos"}, "passphrase"); code != 0 {
		t.Fatal(errs)
	}
	if code, _, _ := asked(t, dir, []string{"cinco patos"}, "verify"); code != 0 {
		t.Fatal("the new passphrase does not open")
	}
}

// TestProgressOnlyOnATerminal, and never under --quiet or on standard output.
func TestProgressOnlyOnATerminal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	for _, quiet := range []bool{false, true} {
		at := dir + fmt.Sprint(quiet)
		args := []string{"demo", "--no-window", "--json", "--size", "3000"}
		if quiet {
			args = append(args, "--quiet")
		}
		code, out, errs := asked(t, at, nil, args...)
		if code != 0 {
			t.Fatal(errs)
		}
		if strings.Contains(errs, "\r") == quiet {
			t.Errorf("quiet %v: progress %q", quiet, errs)
		}
		if strings.Contains(out, "\r") || strings.Count(out, "\n") != 1 {
			t.Errorf("standard output: %q", out)
		}
	}
}

// TestOpensTheWindow after the demonstration is made, and passes its status on.
func TestOpensTheWindow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	var opened string
	var out, errs bytes.Buffer
	code := Main(t.Context(), []string{"demo", "--at", dir}, Env{
		Stdout: &out, Stderr: &errs, Cost: cheap,
		OpenWindow: func(d string) int { opened = d; return 7 },
	})
	if code != 7 || opened != dir {
		t.Errorf("status %d, window on %q; %s", code, opened, errs.String())
	}
}

// TestStopsBetweenRecords: a cancelled import fails cleanly, keeps what it
// acknowledged, and goes on when run again.
func TestStopsBetweenRecords(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "clave")
	if err := os.WriteFile(secret, []byte("cuatro gatos"), 0o600); err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	list.WriteString("PASAPORTE;NOMBRES;APELLIDOS\n")
	const rows = 8_000
	for i := range rows {
		fmt.Fprintf(&list, "AB%d;Jacinto;Núñez Ñáñez\n", i)
	}
	path := filepath.Join(dir, "lista.csv")
	if err := os.WriteFile(path, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(ctx context.Context, out interface{ Write([]byte) (int, error) }, args ...string) (int, string) {
		var errs bytes.Buffer
		code := Main(ctx, append(args, "--office", filepath.Join(dir, "o"), "--passphrase-file", secret, "--json"), Env{Stdout: out, Stderr: &errs, Cost: cheap, Stdin: strings.NewReader("")})
		return code, errs.String()
	}
	if code, errs := run(t.Context(), &bytes.Buffer{}, "init", "--name", "o", "--member", "m", "--role", "lawyer"); code != 0 {
		t.Fatal(errs)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	w := &stopper{after: "durable", stop: stop}
	code, errs := run(ctx, w, "import", path, "--as", "detainees")
	if code != 1 || !strings.Contains(errs, ".") || strings.Contains(w.read.String(), "imported") {
		t.Fatalf("stopped import: %d %q %.300q", code, errs, w.read.String())
	}
	var last struct{ Durable int }
	lines := strings.Split(strings.TrimSpace(w.read.String()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Durable == 0 || last.Durable == rows {
		t.Fatalf("acknowledged: %q", lines[len(lines)-1])
	}
	var out bytes.Buffer
	if code, errs := run(t.Context(), &out, "import", path, "--as", "detainees"); code != 0 {
		t.Fatal(errs)
	}
	var sum struct{ Imported, Unchanged int }
	lines = strings.Split(strings.TrimSpace(out.String()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &sum); err != nil {
		t.Fatal(err)
	}
	if sum.Imported+sum.Unchanged != rows || sum.Unchanged < last.Durable {
		t.Errorf("after stopping at %d: %+v", last.Durable, sum)
	}
}

// stopper cancels when it reads a word.
type stopper struct {
	read  bytes.Buffer
	after string
	stop  func()
}

func (s *stopper) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(s.after)) {
		s.stop()
	}
	return s.read.Write(b)
}

// TestOfficeInUse: a second copy of the program at the door says so.
func TestOfficeInUse(t *testing.T) {
	cfg := data.Config{Dir: filepath.Join(t.TempDir(), "o"), Cost: cheap}
	o, _, err := data.Create(t.Context(), cfg, data.Founding{Office: "o", Member: "m", Role: "lawyer", Passphrase: []byte("cuatro gatos")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	for _, verb := range [][]string{{"find", "x"}, {"verify"}, {"rebuild"}} {
		if code, _, errs := asked(t, cfg.Dir, []string{"cuatro gatos"}, verb...); code != 4 || strings.Contains(errs, "⟦") {
			t.Errorf("%v on an office in use: %d %s", verb, code, errs)
		}
	}
}

// TestClosedOutput: a reader that went away is a failure, not a success.
func TestClosedOutput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	var errs bytes.Buffer
	if code := Main(t.Context(), []string{"version"}, Env{Stdout: w, Stderr: &errs}); code != 1 || errs.Len() == 0 {
		t.Errorf("status %d, %q", code, errs.String())
	}
}

// TestTheBuiltProgram does the whole way once with what a person would run.
func TestTheBuiltProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the whole program")
	}
	dir := t.TempDir()
	program := os.Getenv("PARADERO_BINARY")
	if _, err := os.Stat(program); err != nil {
		program = filepath.Join(dir, "paradero")
		if runtime.GOOS == "windows" {
			program += ".exe"
		}
		if out, err := exec.Command("go", "build", "-buildvcs=false", "-tags", "ci", "-o", program, "paradero").CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, out)
		}
	}
	secret := filepath.Join(dir, "clave")
	if err := os.WriteFile(secret, []byte("cuatro gatos en la azotea\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(want int, args ...string) map[string]any {
		t.Helper()
		cmd := exec.Command(program, append(args, "--office", filepath.Join(dir, "o"), "--passphrase-file", secret, "--json")...)
		cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "PARADERO_") })
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		err := cmd.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Fatalf("%v: exit %d, want %d\n%s%s", args, got, want, out.String(), errs.String())
		}
		var last map[string]any
		for line := range strings.Lines(out.String()) {
			last = nil
			if err := json.Unmarshal([]byte(line), &last); err != nil {
				t.Fatalf("%v: not JSON: %s", args, line)
			}
		}
		return last
	}
	if got := run(0, "init", "--name", "Consultorio", "--member", "Lucía Andrade", "--role", "lawyer"); got["recovery_code"] == "" {
		t.Errorf("init: %v", got)
	}
	id := run(0, "new", "detainee", "given_names=Ángel", "paternal_surname=Núñez", "facility=CPL Guayas N°1")["id"].(string)
	if got := run(0, "show", id[:8]); got["given_names"] != "Ángel" || got["facility"] != "CPL Guayas N°1" {
		t.Errorf("show: %v", got)
	}
	run(3, "claim", id, "confirmed_dead", "--source", "Morgue", "--method", "video", "--proof", "video")
	run(0, "claim", id, "confirmed_dead", "--source", "Morgue", "--evidence", "ADN, informe 7", "--approved-by", "Tomás Guamán")
	if got := run(0, "find", "nunez", "angel"); got["id"] != id {
		t.Errorf("find: %v", got)
	}
	if got := run(0, "verify"); got["ok"] != true {
		t.Errorf("verify: %v", got)
	}
}
