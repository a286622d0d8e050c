package crash

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
	"testing"
	"time"
)

// Exit codes of the command line.
const (
	done    = 0
	failed  = 1
	locked  = 4
	damaged = 5
)

const passphrase = "cinco palabras que nadie adivina"

// program is the binary under test.
var program string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

// run finds the binary that make built, or builds one without a window.
func run(m *testing.M) int {
	program = os.Getenv("PARADERO_BINARY")
	// Asking for the file makes Go's test cache notice a new binary.
	if _, err := os.Stat(program); err == nil {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "paradero-crash")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program = filepath.Join(dir, "paradero")
	build := exec.Command("go", "build", "-buildvcs=false", "-tags", "ci", "-o", program, "paradero")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// outcome is how one run of the program ended.
type outcome struct {
	code     int
	out, err string
}

// office is a folder and the passphrase's file.
type office struct {
	t    *testing.T
	dir  string
	pass string
	home string
}

// found makes a new office by the command line.
func found(t *testing.T) *office {
	t.Helper()
	o := foundIn(t, t.TempDir())
	got := o.run("init", "--name", "Consultorio de prueba", "--member", "Lucía Andrade", "--role", "coordinator", "--json")
	o.want(got, done, "init")
	return o
}

// foundIn prepares an office below a folder without making it yet.
func foundIn(t *testing.T, base string) *office {
	t.Helper()
	o := &office{t: t, dir: filepath.Join(base, "office"), home: t.TempDir()}
	o.pass = filepath.Join(o.home, "passphrase")
	if err := os.WriteFile(o.pass, []byte(passphrase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return o
}

// command prepares the program with this office.
func (o *office) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, append(args, "--office", o.dir, "--passphrase-file", o.pass, "--lang", "es")...)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "PARADERO_") && !strings.HasPrefix(kv, "HOME=") && !strings.HasPrefix(kv, "XDG_") && !strings.HasPrefix(kv, "DISPLAY=") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(cmd.Env, "HOME="+o.home)
	return cmd
}

// run runs the program to its end, within a bound.
func (o *office) run(args ...string) outcome {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), 3*time.Minute)
	defer cancel()
	cmd := o.command(ctx, args...)
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
	got := outcome{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
	if trace.MatchString(got.out + got.err) {
		o.t.Fatalf("%v shows its inside:\n%s%s", args, got.out, got.err)
	}
	return got
}

// trace is what nobody should ever be shown.
var trace = regexp.MustCompile(`(?m)^goroutine \d+|^panic:|runtime error|\.go:\d+|SIGBUS|SIGSEGV|fatal error`)

// want fails the test unless the program ended as it should; a failure must
// have said why in a sentence.
func (o *office) want(got outcome, code int, what string) {
	o.t.Helper()
	if got.code != code {
		o.t.Fatalf("%s: exit %d, want %d\n%s%s", what, got.code, code, got.out, got.err)
	}
	if code != done && !strings.ContainsAny(got.err, ".:") {
		o.t.Fatalf("%s: exit %d without a sentence: %q", what, code, got.err)
	}
}

// exported gives the cédulas that the office holds, sorted, and fails on one
// that stands twice.
func (o *office) exported() []string {
	o.t.Helper()
	file := filepath.Join(o.t.TempDir(), "out.csv")
	o.want(o.run("export", "--as", "csv", "--kind", "detainee", "-o", file), done, "export")
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

// verify runs verify and gives its last line.
func (o *office) verify() (outcome, map[string]any) {
	o.t.Helper()
	got := o.run("verify", "--json")
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	var last map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		o.t.Fatalf("verify's last line: %v\n%s%s", err, got.out, got.err)
	}
	return got, last
}

// list writes n invented people as a CSV as offices write it, and gives their
// cédulas in its order.
func list(t *testing.T, n int) (path string, cedulas []string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("CEDULA;APELLIDOS Y NOMBRES;F. NACIMIENTO;CENTRO;PABELLON;SITUACION JURIDICA\n")
	surnames := []string{"ZAMBRANO", "CEDEÑO", "GUAMAN", "QUISHPE", "MOREIRA", "NUÑEZ", "PRECIADO", "ALCIVAR", "TOMALA", "VILLAO"}
	given := []string{"JOSE LUIS", "KEVIN ANDRES", "ANGEL MARIA", "JHON JAIRO", "SEGUNDO MANUEL", "WILMER", "ROSA ELENA"}
	for i := range n {
		c := cedula(i)
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

// cedula gives the n-th number of Guayas with its right check digit.
func cedula(n int) string {
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
