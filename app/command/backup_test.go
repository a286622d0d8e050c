package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lineOf reads the last line of output as JSON.
func (k *keysOffice) lineOf() map[string]any {
	k.t.Helper()
	lines := strings.Split(strings.TrimSpace(k.out), "\n")
	var m map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &m); err != nil {
		k.t.Fatalf("%v: %s", err, k.out)
	}
	return m
}

// A backup is made, restored elsewhere by passphrase and by code, and both
// machines go on.
func TestBackupAndRestore(t *testing.T) {
	k := newKeysOffice(t, "Sede Ambato")
	k.must(0, "new", "task", "what=llamar a la madre", "--json")
	file := filepath.Join(k.home, "memoria.respaldo")
	k.must(0, "backup", file, "--json")
	made := k.lineOf()
	if made["file"] != file || made["verified"] != true || made["changes"].(float64) < 4 || made["lost"].(float64) != 0 {
		t.Errorf("%v", made)
	}
	k.must(0, "backup", file)
	if !strings.Contains(k.out, "memoria.respaldo") {
		t.Errorf("a second backup over the first: %s", k.out)
	}
	k.must(0, "verify", "--json")
	if !strings.Contains(k.out, `"backup_rehearsed"`) {
		t.Errorf("not rehearsed: %s", k.out)
	}
	first := k.dir
	k.must(1, "restore", file, "--json")
	if strings.Contains(k.out, "device") || k.stderr == "" {
		t.Errorf("restored over an office: %s", k.stderr)
	}
	old := k.old
	k.dir, k.old = filepath.Join(k.home, "otra"), k.file("mala", "no es esta")
	k.must(4, "restore", file, "--json")
	k.must(0, "restore", file, "--code-file", k.file("papel", k.code), "--json")
	byCode := k.lineOf()
	k.dir, k.old = filepath.Join(k.home, "tercera"), old
	k.must(0, "restore", file, "--json")
	byPass := k.lineOf()
	if byCode["changes"] != byPass["changes"] || byCode["device"] == byPass["device"] || byCode["succeeds"] != byPass["succeeds"] || byPass["name"] != "Sede Ambato" {
		t.Errorf("%v, %v", byCode, byPass)
	}
	for _, dir := range []string{first, filepath.Join(k.home, "otra"), k.dir} {
		k.dir = dir
		k.must(0, "new", "task", "what=después", "--json")
		k.must(0, "verify", "--json")
	}
}

func TestRestoreSaysWhatIsWrong(t *testing.T) {
	k := newKeysOffice(t, "Sede Ambato")
	file := filepath.Join(k.home, "respaldo")
	k.must(0, "backup", file)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	k.dir = filepath.Join(k.home, "otra")
	if err := os.WriteFile(file, b[:len(b)-30], 0o600); err != nil {
		t.Fatal(err)
	}
	k.must(5, "restore", file)
	if err := os.WriteFile(file, []byte("una foto cualquiera de la familia"), 0o600); err != nil {
		t.Fatal(err)
	}
	k.must(1, "restore", file)
	k.must(1, "restore", filepath.Join(k.home, "no hay"))
	k.must(2, "restore")
	k.must(1, "verify")
}
