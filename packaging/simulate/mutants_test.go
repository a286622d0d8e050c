package simulate

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A mutant is a fault that somebody could bring into the program. Each stands in
// a file under testdata/mutants: a line that says what it is, and after it one
// or more changes of a source:
//
//	in data/intake.go
//	- lines as they are
//	+ lines as they are in the mutant
//
// The simulation must catch every one of them, or it proves nothing.
type mutant struct {
	name    string
	changes []change
}

type change struct{ file, was, is string }

// TestMutants builds the simulation with each fault in turn and lets it run: one
// that it does not catch fails.
func TestMutants(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("each mutant is built anew")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/mutants/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no mutants: %v", err)
	}
	for _, file := range files {
		m := readMutant(t, file)
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { hunt(t, root, m) })
	}
}

// hunt runs the simulation of one mutant until a seed catches it.
func hunt(t *testing.T, root string, m mutant) {
	overlay := m.overlay(t, root)
	program := filepath.Join(t.TempDir(), "mutant.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-buildvcs=false", "-tags", "ci", "-overlay", overlay, "-o", program, "./packaging/simulate")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s does not build: %v\n%s", m.name, err, out)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	run := exec.CommandContext(ctx, program, "-test.run", "^TestSeeds$", "-test.timeout", "2m")
	run.Env = append(os.Environ(), "PARADERO_SEEDS=300", "PARADERO_SEED=", "PARADERO_FIRST=1", "PARADERO_ENOUGH=1")
	out, err := run.CombinedOutput()
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		t.Fatalf("%s lives: 300 seeds did not catch it (%v)\n%s", m.name, err, out)
	}
	caught := regexp.MustCompile(`seed \d+: .*`).Find(out)
	if caught == nil {
		t.Fatalf("%s ended in another way:\n%s", m.name, out[:min(len(out), 4000)])
	}
	t.Logf("%s: caught by %s", m.name, caught)
}

// overlay writes the changed sources beside the tree, for Go to read in their place.
func (m mutant) overlay(t *testing.T, root string) string {
	t.Helper()
	dir := t.TempDir()
	sources := map[string][]byte{}
	for _, c := range m.changes {
		if sources[c.file] == nil {
			b, err := fs.ReadFile(os.DirFS(root), c.file)
			if err != nil {
				t.Fatal(err)
			}
			sources[c.file] = b
		}
		if n := bytes.Count(sources[c.file], []byte(c.was)); n != 1 {
			t.Fatalf("%s: stands %d times in %s, so that the mutant cannot be made:\n%s", m.name, n, c.file, c.was)
		}
		sources[c.file] = bytes.Replace(sources[c.file], []byte(c.was), []byte(c.is), 1)
	}
	var list []string
	for file, b := range sources {
		path := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		list = append(list, `"`+filepath.Join(root, file)+`": "`+path+`"`)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, []byte(`{"Replace": {`+strings.Join(list, ", ")+`}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}

func readMutant(t *testing.T, file string) mutant {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name, rest, _ := strings.Cut(string(b), "\n")
	m := mutant{name: name}
	for line := range strings.Lines(rest) {
		if path, ok := strings.CutPrefix(line, "in "); ok {
			m.changes = append(m.changes, change{file: strings.TrimSpace(path)})
			continue
		}
		if len(m.changes) == 0 || len(line) < 2 {
			continue
		}
		c := &m.changes[len(m.changes)-1]
		switch text := line[1:]; line[0] {
		case '-':
			c.was += text
		case '+':
			c.is += text
		}
	}
	return m
}
