package docs

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"paradero/data"
	"paradero/data/record"
)

// script runs vectors/read.py of a folder.
func script(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here: the independent reader is not tried")
	}
	cmd := exec.CommandContext(t.Context(), python, append([]string{filepath.Join(dir, "read.py")}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		return wrong.String(), err
	}
	return string(out), nil
}

// A reader that shares no line with the program reads the vectors, and notices
// when one is another.
func TestIndependentReader(t *testing.T) {
	if out, err := script(t, "vectors"); err != nil || !strings.Contains(out, "the vectors hold") {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range []string{"batch.json", "seal.json", "bundle.json", "enrol.json", "circle.json"} {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS("vectors")); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{`"frame": "`, `"sealed": "`, `"bundle": "`, `"welcome": "`} {
			if at := bytes.LastIndex(text, []byte(key)); at > 0 { // a digit far in
				at += len(key) + 150
				text[at] = map[bool]byte{true: '1', false: '0'}[text[at] == '0']
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := script(t, dir); err == nil {
			t.Errorf("%s is spoiled, and the reader says %s", name, out)
		}
	}
}

// With the recovery code alone it reads a whole office.
func TestReadAnOfficeWithoutUs(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "office")
	o, code, err := data.Create(ctx, data.Config{Dir: dir, Cost: data.Cost{Time: 1, Memory: 64, Threads: 1}}, data.Founding{
		Office: "Oficina de prueba", City: "Guayaquil", Member: "Lucía Andrade", Role: "coordinator", Passphrase: []byte("una frase de prueba"),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Edit(ctx, data.Change{
		Kind: record.Detainee, Set: map[string]string{"given_names": "Segundo", "paternal_surname": "Ñáñez"}, Reason: "prueba",
		Add: []data.Addition{{Kind: record.Claim, Values: map[string]string{"facility": "CPL Guayas N°1", "source": "SNAI"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := script(t, "vectors", dir, code)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	type field struct{ Field, Text string }
	var last struct {
		Signature bool
		Changes   []struct {
			Kind    string
			Reason  string
			Fields  []field
			Entries []map[string]string
		}
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines {
		if err := json.Unmarshal([]byte(line), &last); err != nil || !last.Signature {
			t.Fatalf("%v: %s", err, line)
		}
	}
	c := last.Changes[0]
	said := map[string]string{}
	for _, f := range c.Fields {
		said[f.Field] = f.Text
	}
	if c.Kind != "detainee" || c.Reason != "prueba" || said["given_names"] != "Segundo" || said["paternal_surname"] != "Ñáñez" ||
		len(c.Entries) != 1 || c.Entries[0]["facility"] != "CPL Guayas N°1" {
		t.Errorf("it reads %s", lines[len(lines)-1])
	}
	wrong := "A" + code[1:]
	if wrong == code {
		wrong = "B" + code[1:]
	}
	if out, err := script(t, "vectors", dir, wrong); err == nil {
		t.Errorf("a wrong code reads %s", out)
	}
}
