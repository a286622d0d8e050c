package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The code that init printed opens the way to a new passphrase; a mistyped one
// and one of another office do not, and say which they are.
func TestRecover(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	run := func(office string, args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		code := Main(t.Context(), append(args, "--office", filepath.Join(dir, office)), Env{
			Stdout: &out, Stderr: &errs, Cost: cheap, Stdin: strings.NewReader(""),
		})
		return code, out.String(), errs.String()
	}
	found := func(office string) string {
		code, out, errs := run(office, "init", "--name", office, "--member", "Ana Paz", "--role", "lawyer", "--json",
			"--passphrase-file", file("vieja", "cuatro gatos en la azotea"))
		var made struct {
			Code string `json:"recovery_code"`
		}
		if err := json.Unmarshal([]byte(out), &made); code != 0 || err != nil || made.Code == "" {
			t.Fatalf("init: %d %v %s", code, err, errs)
		}
		return made.Code
	}
	code, other := found("una"), found("otra")
	next := file("nueva", "cinco perros bajo el puente")
	for name, bad := range map[string]string{"mistyped": code[:len(code)-1], "of another office": other} {
		if status, out, errs := run("una", "recover", "--code-file", file("mal", bad), "--new-passphrase-file", next, "--json"); status != 4 || out != "" || errs == "" {
			t.Errorf("%s: exit %d, %q, %q", name, status, out, errs)
		}
	}
	if status, out, errs := run("una", "recover", "--code-file", file("bien", strings.ToLower(code)), "--new-passphrase-file", next, "--json"); status != 0 || out != "{\"ok\":true}\n" {
		t.Fatalf("recover: exit %d, %q, %q", status, out, errs)
	}
	if status, _, _ := run("una", "find", "nadie", "--passphrase-file", next); status != 0 {
		t.Errorf("the new passphrase: exit %d", status)
	}
	if status, _, _ := run("una", "find", "nadie", "--passphrase-file", file("vieja", "cuatro gatos en la azotea")); status != 4 {
		t.Errorf("the old passphrase: exit %d", status)
	}
	if status, _, _ := run("una", "recover", "--new-passphrase-file", next); status != 2 {
		t.Errorf("no code and no terminal: exit %d", status)
	}
}
