// Package program runs the finished program for tests: makes offices by its
// command line, runs verbs, and looks at how they end.
//
// What must not live here: anything of the program's own packages; it is tried
// from outside, as a person tries it.
package program

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Exit codes of the command line.
const (
	Done    = 0
	Failed  = 1
	Locked  = 4
	Damaged = 5
)

// Passphrase of every office made here; without accents, so that it can be typed.
const Passphrase = "cinco palabras que nadie adivina"

var (
	once sync.Once
	path string
	errs error
)

// Path gives the binary that make built (PARADERO_BINARY), or builds one
// without a window for the commands.
func Path(t testing.TB) string {
	t.Helper()
	once.Do(func() {
		path = os.Getenv("PARADERO_BINARY")
		// Asking for the file makes Go's test cache notice a new binary.
		if _, err := os.Stat(path); err == nil {
			return
		}
		// In one place for good, so that packages tested one by one build it once.
		var cache string
		if cache, errs = os.UserCacheDir(); errs != nil {
			return
		}
		path = filepath.Join(cache, "paradero-test", "paradero")
		if errs = os.MkdirAll(filepath.Dir(path), 0o700); errs != nil {
			return
		}
		build := exec.Command("go", "build", "-buildvcs=false", "-tags", "ci", "-o", path, "paradero")
		if out, err := build.CombinedOutput(); err != nil {
			errs = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	if errs != nil {
		t.Fatal(errs)
	}
	return path
}

// Outcome is how one run of the program ended.
type Outcome struct {
	Code     int
	Out, Err string
	Cause    string // of a failure, which people are not shown
}

// Office is a folder and the passphrase's file.
type Office struct {
	t    testing.TB
	Dir  string
	Pass string // file with the passphrase
	Home string
}

// Found makes a new office by the command line.
func Found(t testing.TB) *Office {
	t.Helper()
	o := Prepare(t, t.TempDir())
	got := o.Run("init", "--name", "Consultorio de prueba", "--member", "Lucía Andrade", "--role", "coordinator", "--json")
	o.Want(got, Done, "init")
	return o
}

// Prepare prepares an office below a folder without making it yet.
func Prepare(t testing.TB, base string) *Office {
	t.Helper()
	o := &Office{t: t, Dir: filepath.Join(base, "office"), Home: t.TempDir()}
	o.Pass = filepath.Join(o.Home, "passphrase")
	if err := os.WriteFile(o.Pass, []byte(Passphrase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return o
}

// Command prepares the program with this office.
func (o *Office) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, Path(o.t), append(args, "--office", o.Dir, "--passphrase-file", o.Pass, "--lang", "es")...)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "PARADERO_") && !strings.HasPrefix(kv, "HOME=") && !strings.HasPrefix(kv, "XDG_") && !strings.HasPrefix(kv, "DISPLAY=") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(cmd.Env, "HOME="+o.Home, "PARADERO_CAUSE=1")
	return cmd
}

// Run runs the program to its end, within a bound.
func (o *Office) Run(args ...string) Outcome {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), 3*time.Minute)
	defer cancel()
	cmd := o.Command(ctx, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if ctx.Err() != nil {
		o.t.Fatalf("%v did not end in time", args)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		o.t.Fatal(err)
	}
	got := Outcome{Code: cmd.ProcessState.ExitCode(), Out: out.String()}
	got.Err, got.Cause = Said(errs.String())
	if Trace.MatchString(got.Out + got.Err) {
		o.t.Fatalf("%v shows its inside:\n%s%s", args, got.Out, got.Err)
	}
	return got
}

// Said divides what Command's program wrote to its standard error: what people
// read, and the line with the cause that it adds for tests.
func Said(text string) (read, cause string) {
	cause = causeLine.FindString(text)
	return causeLine.ReplaceAllString(text, ""), cause
}

var causeLine = regexp.MustCompile(`(?m)^cause: .*\n?`)

// Trace is what nobody should ever be shown.
var Trace = regexp.MustCompile(`(?m)^goroutine \d+|^panic:|runtime error|\.go:\d+|SIGBUS|SIGSEGV|fatal error`)

// Want fails the test unless the program ended as it should; a failure must
// have said why in a sentence.
func (o *Office) Want(got Outcome, code int, what string) {
	o.t.Helper()
	if got.Code != code {
		o.t.Fatalf("%s: exit %d, want %d\n%s%s%s", what, got.Code, code, got.Out, got.Err, got.Cause)
	}
	if code != Done && !strings.ContainsAny(got.Err, ".:") {
		o.t.Fatalf("%s: exit %d without a sentence: %q", what, code, got.Err)
	}
}

// Exported gives the cédulas that the office holds, sorted, and fails on one
// that stands twice.
func (o *Office) Exported() []string {
	o.t.Helper()
	file := filepath.Join(o.t.TempDir(), "out.csv")
	o.Want(o.Run("export", "--as", "csv", "--kind", "detainee", "-o", file), Done, "export")
	in, err := os.Open(file)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		o.t.Fatal(err)
	}
	if len(rows) == 0 {
		o.t.Fatal("the export has no heading")
	}
	column := slices.IndexFunc(rows[0], func(h string) bool { return strings.TrimPrefix(h, "\ufeff") == "cedula" })
	if column < 0 {
		o.t.Fatalf("no column cedula in %v", rows[0])
	}
	var all []string
	for _, r := range rows[1:] {
		all = append(all, r[column])
	}
	slices.Sort(all)
	for i := 1; i < len(all); i++ {
		if all[i] == all[i-1] {
			o.t.Fatalf("cédula %s stands twice", all[i])
		}
	}
	return all
}

// Verify runs verify and gives its last line.
func (o *Office) Verify() (Outcome, map[string]any) {
	o.t.Helper()
	got := o.Run("verify", "--json")
	lines := strings.Split(strings.TrimSpace(got.Out), "\n")
	var last map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		o.t.Fatalf("verify's last line: %v\n%s%s", err, got.Out, got.Err)
	}
	return got, last
}

// List writes n invented people as a CSV as offices write it, and gives their
// cédulas in its order.
func List(t testing.TB, n int) (path string, cedulas []string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("CEDULA;APELLIDOS Y NOMBRES;F. NACIMIENTO;CENTRO;PABELLON;SITUACION JURIDICA\n")
	surnames := []string{"ZAMBRANO", "CEDEÑO", "GUAMAN", "QUISHPE", "MOREIRA", "NUÑEZ", "PRECIADO", "ALCIVAR", "TOMALA", "VILLAO"}
	given := []string{"JOSE LUIS", "KEVIN ANDRES", "ANGEL MARIA", "JHON JAIRO", "SEGUNDO MANUEL", "WILMER", "ROSA ELENA"}
	for i := range n {
		c := Cedula(i)
		cedulas = append(cedulas, c)
		fmt.Fprintf(&b, "%s;%s %s %s;%02d/%02d/%d;CPL GUAYAS N°1;%d;SENTENCIADO\n", c,
			surnames[i%len(surnames)], surnames[i/len(surnames)%len(surnames)], given[i%len(given)], 1+i%28, 1+i%12, 1955+i%48, 1+i%12)
	}
	path = filepath.Join(t.TempDir(), "lista.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, cedulas
}

// Cedula gives the n-th number of Guayas with its right check digit.
func Cedula(n int) string {
	body := fmt.Sprintf("09%07d", n)
	sum := 0
	for i, c := range body {
		p := int(c - '0')
		if i%2 == 0 {
			if p *= 2; p > 9 {
				p -= 9
			}
		}
		sum += p
	}
	return body + fmt.Sprint((10-sum%10)%10)
}
