package command

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lines gives what was printed, one object a line.
func (k *keysOffice) lines() (out []map[string]any) {
	k.t.Helper()
	for _, text := range strings.Split(strings.TrimSpace(k.out), "\n") {
		var o map[string]any
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			k.t.Fatalf("%v: %s", err, text)
		}
		out = append(out, o)
	}
	return out
}

// The newest records reach a device that was let in by a folder before anything else
// does: they are shown and not changed, status and sync say how far the rest is, and
// when that has come nothing is different any more.
func TestNewestRecordsFirst(t *testing.T) {
	a := newKeysOffice(t, "Comité del Puerto")
	shared := filepath.Join(a.home, "compartida")
	if err := os.Mkdir(shared, 0o700); err != nil {
		t.Fatal(err)
	}
	a.must(0, "new", "detainee", "given_names=Segundo", "paternal_surname=Chango", "--json")
	id := a.field("id")
	a.must(0, "sync", "--folder", shared)
	invitation := filepath.Join(a.home, "invitacion")
	a.must(0, "team", "invite", "--member", "Luis Paz", "--role", "lawyer", "-o", invitation, "--json")
	b := &keysOffice{t: t, home: a.home, dir: filepath.Join(a.home, "suya"), old: a.next}
	request, welcome := filepath.Join(a.home, "pedido"), filepath.Join(a.home, "bienvenida")
	b.must(0, "join", invitation, "--code-file", a.file("codigo", a.field("code")), "-o", request, "--json")
	a.must(0, "team", "approve", request, "-o", welcome, "--json")
	b.must(0, "join", welcome, "--json")

	b.must(0, "status", "--json")
	list := b.lines()
	if last := list[len(list)-1]; last["arriving"] != true || last["newest"] != float64(0) {
		t.Errorf("%v", last)
	}
	b.must(3, "new", "task", "what=pronto")
	if !strings.Contains(b.stderr, "todavía no se puede guardar") {
		t.Errorf("%s", b.stderr)
	}
	letters := lettersOf(t, shared)
	b.must(0, "sync", "--folder", letters, "--json")
	list = b.lines()
	last := list[len(list)-1]
	if last["arriving"] != true || last["newest"].(float64) < 3 || last["newest_by"] != "Ana Paz" || last["here"] != float64(0) || last["of"].(float64) < 4 {
		t.Errorf("%v", last)
	}
	b.must(0, "show", id, "--json")
	if got := b.object()["given_names"]; got != "Segundo" {
		t.Errorf("%v", got)
	}
	b.must(0, "status")
	for _, part := range []string{"registros más nuevos, como los tenía el equipo de Ana Paz", "Lo demás está llegando: 0 de "} {
		if !strings.Contains(b.out, part) {
			t.Errorf("%q is not in %s", part, b.out)
		}
	}
	b.must(3, "edit", id, "wing=B")
	b.must(0, "find", "chango", "--json")
	if got := b.object()["id"]; got != id {
		t.Errorf("%v", got)
	}

	b.must(0, "sync", "--folder", shared, "--json")
	if list = b.lines(); len(list) != 1 || list[0]["got"].(float64) < 4 {
		t.Errorf("%v", list)
	}
	b.must(0, "status", "--json")
	list = b.lines()
	if _, on := list[len(list)-1]["arriving"]; on {
		t.Errorf("%s", b.out)
	}
	b.must(0, "edit", id, "wing=B")
	b.must(0, "verify", "--json")
	b.must(0, "sync", "--folder", shared)
	a.must(0, "sync", "--folder", shared)
	a.must(0, "show", id, "--json")
	if got := a.object()["wing"]; got != "B" {
		t.Errorf("%v", got)
	}
}

// lettersOf gives a copy of a shared folder with its letters alone, as a slow program
// that shares it may bring them first.
func lettersOf(t *testing.T, shared string) string {
	t.Helper()
	to, n := t.TempDir(), 0
	err := filepath.WalkDir(shared, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".letter" {
			return err
		}
		n++
		rest, err := filepath.Rel(shared, path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, rest)), 0o700); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rest), b, 0o600)
	})
	if err != nil || n == 0 {
		t.Fatalf("%d letters, %v", n, err)
	}
	return to
}
