package command

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paradero/data"
)

// keysOffice is an office on the disk with the commands that work on it.
type keysOffice struct {
	t           *testing.T
	home, dir   string
	old, next   string // passphrase files
	code        string
	stdout      io.Writer // in place of the one that run gives back
	stderr, out string
}

func newKeysOffice(t *testing.T, name string) *keysOffice {
	t.Helper()
	home := t.TempDir()
	k := &keysOffice{t: t, home: home, dir: filepath.Join(home, "oficina")}
	k.old = k.file("vieja", "cuatro gatos en la azotea")
	k.next = k.file("nueva", "cinco perros bajo el puente")
	k.must(0, "init", "--name", name, "--member", "Ana Paz", "--role", "lawyer", "--json")
	k.code = k.field("recovery_code")
	return k
}

func (k *keysOffice) file(name, text string) string {
	k.t.Helper()
	path := filepath.Join(k.home, name)
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		k.t.Fatal(err)
	}
	return path
}

func (k *keysOffice) must(status int, args ...string) {
	k.t.Helper()
	var out, errs bytes.Buffer
	env := Env{Stdout: &out, Stderr: &errs, Cost: cheap, Stdin: strings.NewReader(""), Getenv: func(string) string { return "" }}
	if k.stdout != nil {
		env.Stdout = k.stdout
	}
	got := Main(k.t.Context(), append(args, "--office", k.dir, "--passphrase-file", k.old), env)
	k.out, k.stderr = out.String(), errs.String()
	if got != status {
		k.t.Fatalf("%v: exit %d, not %d\n%s%s", args, got, status, k.out, k.stderr)
	}
	if strings.Contains(k.out+k.stderr, "⟦") {
		k.t.Errorf("%v: words are missing: %s%s", args, k.out, k.stderr)
	}
}

func (k *keysOffice) object() map[string]any {
	k.t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(k.out), &o); err != nil {
		k.t.Fatalf("%v: %s", err, k.out)
	}
	return o
}

func (k *keysOffice) field(name string) string {
	k.t.Helper()
	text, ok := k.object()[name].(string)
	if !ok || text == "" {
		k.t.Fatalf("no %s in %s", name, k.out)
	}
	return text
}

func (k *keysOffice) shares() []string {
	k.t.Helper()
	k.must(0, "shares", "--json")
	var o struct {
		Shares []string
		Enough int
	}
	if err := json.Unmarshal([]byte(k.out), &o); err != nil || len(o.Shares) != 3 || o.Enough != 2 {
		k.t.Fatalf("%v: %s", err, k.out)
	}
	return o.Shares
}

// Any two of the shares that were printed set a new passphrase.
func TestShares(t *testing.T) {
	k := newKeysOffice(t, "Comité del Puerto")
	one := k.file("uno", "00000-00000-00000-00000-00000-00000-00000")
	k.must(4, "shares", "check", "--share-file", one)
	first := k.shares()
	for i, text := range first {
		k.must(0, "shares", "check", "--share-file", k.file("parte", strings.ToLower(text)), "--json")
		if got := k.object()["share"]; got != float64(i+1) {
			t.Errorf("share %d is called %v", i+1, got)
		}
	}
	k.must(2, "shares", "chek")
	second := k.shares()
	a, b, c := k.file("a", second[0]), k.file("b", second[1]), k.file("c", second[2])
	older := k.file("d", first[1])
	for name, args := range map[string][]string{
		"one":          {"--share-file", a},
		"twice":        {"--share-file", a, "--share-file", a},
		"an older one": {"--share-file", a, "--share-file", older},
		"mistyped":     {"--share-file", a, "--share-file", k.file("e", second[1][1:])},
	} {
		k.must(4, append([]string{"recover", "--new-passphrase-file", k.next, "--json"}, args...)...)
		if k.out != "" || k.stderr == "" {
			t.Errorf("%s: %q, %q", name, k.out, k.stderr)
		}
	}
	k.must(2, "recover", "--share-file", a, "--code-file", b)
	k.must(0, "recover", "--check", "--share-file", c, "--share-file", a, "--json")
	k.must(0, "find", "nadie") // with the old passphrase still
	k.must(0, "recover", "--share-file", c, "--share-file", b, "--new-passphrase-file", k.next, "--json")
	k.must(4, "find", "nadie")
	k.old, k.next = k.next, k.old
	k.must(0, "find", "nadie")
	k.must(0, "recover", "--shares-file", k.file("juntas", second[1]+"\r\n\n"+second[0]), "--new-passphrase-file", k.next)
	k.old, k.next = k.next, k.old
	k.must(0, "shares")
	for _, text := range append(first, second...) {
		if strings.Contains(k.out, text) {
			t.Error("an old share was printed again")
		}
	}
	if strings.Count(k.out, "Parte ") != 3 {
		t.Errorf("%s", k.out)
	}
}

func TestRenewCode(t *testing.T) {
	k := newKeysOffice(t, "Comité del Puerto")
	old := k.file("codigo", k.code)
	k.stdout = closedPipe{}
	k.must(1, "passphrase", "--renew-code")
	k.stdout = nil
	k.must(0, "recover", "--check", "--code-file", old) // nobody read the new one: the old one holds
	k.must(0, "passphrase", "--renew-code", "--json")
	next := k.file("codigo2", k.field("recovery_code"))
	k.must(4, "recover", "--check", "--code-file", old)
	k.must(0, "recover", "--check", "--code-file", next)
	k.must(4, "recover", "--code-file", old, "--new-passphrase-file", k.next)
	k.must(0, "recover", "--code-file", next, "--new-passphrase-file", k.next)
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestLock(t *testing.T) {
	k := newKeysOffice(t, "Comité del Puerto")
	k.must(0, "lock", "--json")
	if k.out != "{\"was_open\":false,\"state\":\"not_open\"}\n" {
		t.Errorf("%s", k.out)
	}
	o, err := data.Open(t.Context(), data.Config{Dir: k.dir, Cost: cheap}, []byte("cuatro gatos en la azotea"))
	if err != nil {
		t.Fatal(err)
	}
	go func() { // as the window does
		for !data.LockAsked(k.dir) {
			time.Sleep(10 * time.Millisecond)
		}
		_ = o.Close()
	}()
	k.must(0, "lock", "--json")
	if k.out != "{\"was_open\":true,\"state\":\"locked\"}\n" {
		t.Errorf("%s", k.out)
	}
	k.dir += "x"
	k.must(1, "lock")
}

func TestWipe(t *testing.T) {
	k := newKeysOffice(t, "Comité del Puerto")
	k.must(3, "wipe", "--json")
	if o := k.object(); o["destroyed"] != false || o["office"] != "Comité del Puerto" {
		t.Errorf("%s", k.out)
	}
	k.must(3, "wipe")
	if !strings.Contains(k.out, "existe solo en este equipo") {
		t.Errorf("it does not say what exists only here: %s", k.out)
	}
	k.must(1, "wipe", "--yes-destroy", "Comité de Quito")
	k.must(0, "find", "nadie")
	k.old = filepath.Join(k.home, "no such file") // no passphrase is asked for
	k.must(0, "wipe", "--yes-destroy", "comite del puerto", "--json")
	if o := k.object(); o["destroyed"] != true || o["still_open"] != false {
		t.Errorf("%s", k.out)
	}
	if _, err := os.Stat(k.dir); !os.IsNotExist(err) {
		t.Errorf("the folder is there: %v", err)
	}
	k.must(1, "wipe", "--yes-destroy", "comite del puerto")
}

// A dead laptop and a forgotten passphrase: two shares restore the backup, and
// then set a new passphrase.
func TestSharesOpenABackup(t *testing.T) {
	k := newKeysOffice(t, "Comité del Puerto")
	older := k.shares()
	texts := k.shares()
	backup := filepath.Join(k.home, "puerto.backup")
	k.must(0, "backup", backup)
	k.dir = filepath.Join(k.home, "otra")
	a, b := k.file("a", texts[0]), k.file("b", texts[2])
	k.must(4, "restore", backup, "--share-file", a)
	k.must(4, "restore", backup, "--share-file", a, "--share-file", k.file("c", older[1]))
	k.must(2, "restore", backup, "--share-file", a, "--code-file", b)
	k.must(0, "restore", backup, "--share-file", a, "--share-file", b, "--json")
	k.must(0, "recover", "--share-file", a, "--share-file", b, "--new-passphrase-file", k.next)
	k.old = k.next
	k.must(0, "find", "nadie")
}
