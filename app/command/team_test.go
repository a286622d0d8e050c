package command

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// typing runs a command at a terminal where a person types a line.
func (k *keysOffice) typing(status int, line string, args ...string) {
	k.t.Helper()
	var out, errs bytes.Buffer
	got := Main(k.t.Context(), append(args, "--office", k.dir, "--passphrase-file", k.old), Env{
		Stdout: &out, Stderr: &errs, Cost: cheap, Stdin: strings.NewReader(line), Getenv: func(string) string { return "" },
		IsTerminal: func(any) bool { return true },
	})
	k.out, k.stderr = out.String(), errs.String()
	if got != status {
		k.t.Fatalf("%v: exit %d, not %d\n%s%s", args, got, status, k.out, k.stderr)
	}
}

// A person at a terminal lets nobody in without having compared the numbers; a
// script may, and is told so.
func TestTeamApproveCompares(t *testing.T) {
	k := newKeysOffice(t, "Sede Ambato")
	boss := filepath.Join(k.home, "suya")
	k.dir = boss
	k.must(0, "init", "--name", "Sede Loja", "--member", "Rosa Paz", "--role", "coordinator", "--json")
	ask := func(name string) (request, words string) {
		k.dir = boss
		invite := filepath.Join(k.home, name+".invitacion")
		k.must(0, "team", "invite", "--member", name, "--role", "lawyer", "-o", invite, "--json")
		code := k.file(name+".codigo", k.field("code"))
		k.dir = filepath.Join(k.home, name)
		k.must(0, "join", invite, "--code-file", code, "-o", invite+".solicitud", "--json")
		words = k.field("words")
		k.dir = boss
		return invite + ".solicitud", words
	}
	request, words := ask("Luis")
	for _, no := range []string{"no\n", "\n", ""} {
		k.typing(3, no, "team", "approve", request, "--lang", "es")
		if !strings.Contains(k.stderr, words) || !strings.Contains(k.stderr, "Nadie fue admitido") {
			t.Fatalf("%q: %s", no, k.stderr)
		}
	}
	k.typing(0, "Sí\n", "team", "approve", request, "--lang", "es")
	request, _ = ask("Eva")
	k.typing(0, "", "team", "approve", request, "--yes")
	request, words = ask("Ana")
	k.typing(3, "", "team", "approve", request, "--words", "0000 0000 0000")
	k.must(0, "team", "approve", request, "--words", words, "--json")
	if strings.Contains(k.stderr, "nadie comparó") {
		t.Error(k.stderr)
	}
	request, _ = ask("Inés")
	k.must(0, "team", "approve", request, "--json", "--lang", "es")
	if !strings.Contains(k.stderr, "nadie comparó los números") {
		t.Errorf("a script is not told: %s", k.stderr)
	}
}

// A computer has the name that it was given, and gets another.
func TestTeamName(t *testing.T) {
	k := newKeysOffice(t, "Sede Ambato")
	k.dir = filepath.Join(k.home, "otra")
	k.must(0, "init", "--name", "Sede Loja", "--member", "Ana Paz", "--role", "coordinator", "--device", "Portátil de la sede", "--json")
	device := k.field("device")
	k.must(0, "team", "list")
	if !strings.Contains(k.out, "Portátil de la sede") {
		t.Error(k.out)
	}
	k.must(0, "team", "name", "portátil de la sede", "Escritorio", "--json")
	if got := k.object(); got["id"] != device || got["name"] != "Escritorio" {
		t.Errorf("%v", got)
	}
	k.must(0, "status", "--json")
	if !strings.Contains(k.out, `"name":"Escritorio"`) {
		t.Error(k.out)
	}
	k.must(1, "team", "name", "Portátil de la sede", "x")
	k.must(2, "team", "name", "Escritorio")
	k.dir = filepath.Join(k.home, "tercera")
	k.must(0, "init", "--name", "Sede Tena", "--member", "Eva Ruiz", "--role", "lawyer", "--device", "", "--json")
	k.must(0, "status", "--json")
	if !strings.Contains(k.out, `"name":""`) {
		t.Error(k.out)
	}
}

// By a folder that the office shares one asks, is let in by his name, and gets the
// office, without a file in the hand but the invitation.
func TestJoinByFolder(t *testing.T) {
	k := newKeysOffice(t, "Sede Ambato")
	boss, his, shared := k.dir, filepath.Join(k.home, "suya"), t.TempDir()
	k.must(0, "new", "task", "what=llamar a la madre", "--json")
	k.must(0, "sync", "--folder", shared, "--json")
	invite := filepath.Join(k.home, "invitacion")
	k.must(0, "team", "invite", "--member", "Eva Ruiz", "--role", "lawyer", "-o", invite, "--json")
	code := k.file("codigo", k.field("code"))
	k.dir = his
	k.must(0, "join", invite, "--code-file", code, "--folder", shared, "--json")
	if got := k.object(); got["posted"] != true || got["request"] != nil {
		t.Fatalf("%v", got)
	}
	k.dir = boss
	k.must(0, "team", "approve", "Eva Ruiz", "--yes", "--json")
	if got := k.object(); got["sent"] != true {
		t.Fatalf("%v", got)
	}
	k.dir = his
	k.must(0, "join", "--folder", shared, "--json")
	if got := k.object(); got["state"] != "in" || got["synced"] != true {
		t.Fatalf("%v", got)
	}
	k.must(0, "find", "llamar", "--kind", "any", "--json")
	k.must(0, "status", "--json")
	if got := k.lineOf(); got["only_here"] != float64(0) {
		t.Errorf("%v", got)
	}
	k.must(0, "team", "list")
	if !strings.Contains(k.out, "Ana Paz") {
		t.Error("she has not come:", k.out)
	}
}

// What each role may do is listed, and changed with a reason; with two coordinators
// the change waits.
func TestTeamRights(t *testing.T) {
	k := newKeysOffice(t, "Sede Ambato")
	k.dir = filepath.Join(k.home, "otra")
	k.must(0, "init", "--name", "Sede Loja", "--member", "Rosa Paz", "--role", "coordinator", "--json")
	k.must(0, "team", "rights", "--json")
	if !strings.Contains(k.out, `{"right":"issue:habeas-corpus","roles":["lawyer"]}`) {
		t.Error(k.out)
	}
	k.must(2, "team", "rights", "erase", "lawyer")
	k.must(3, "team", "rights", "approve", "lawyer", "--reason", "por probar")
	k.must(1, "team", "rights", "fly", "lawyer", "--reason", "por probar")
	k.must(0, "team", "rights", "issue:habeas-corpus", "lawyer, coordinator", "--reason", "la coordinadora es abogada", "--json")
	if got := k.object(); got["right"] != "issue:habeas-corpus" || got["proposal"] != nil {
		t.Errorf("%v", got)
	}
	k.must(0, "team", "rights", "--lang", "es")
	if !strings.Contains(k.out, "Coordinación, Abogada o abogado") {
		t.Error(k.out)
	}
	boss, invite := k.dir, filepath.Join(k.home, "invitacion")
	k.must(0, "team", "invite", "--member", "Eva Ruiz", "--role", "coordinator", "-o", invite, "--json")
	code := k.file("codigo", k.field("code"))
	k.dir = filepath.Join(k.home, "suya")
	k.must(0, "join", invite, "--code-file", code, "-o", invite+".s", "--json")
	k.dir = boss
	k.must(0, "team", "approve", invite+".s", "--yes", "--json")
	k.must(0, "team", "rights", "invite", "coordinator,lawyer", "--reason", "hace falta", "--json")
	if got := k.object(); got["proposal"] == nil {
		t.Errorf("it does not wait: %v", got)
	}
	k.must(0, "team", "pending", "--json")
	if !strings.Contains(k.out, `"what":"rights"`) {
		t.Error(k.out)
	}
}
