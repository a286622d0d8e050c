package crash

import (
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"paradero/packaging/program"
)

// peopleInDamage is how many people the offices have that are then damaged.
const peopleInDamage = 600

// whole makes an office with people and gives their cédulas, sorted.
func whole(t *testing.T) (*office, []string) {
	t.Helper()
	o := found(t)
	path, cedulas := program.List(t, peopleInDamage)
	o.Want(o.Run("import", path, "--as", "detainees"), program.Done, "import")
	return o, slices.Sorted(slices.Values(cedulas))
}

// TestTornJournal: what a power cut leaves at the end of the journal costs
// nothing that was acknowledged.
func TestTornJournal(t *testing.T) {
	t.Parallel()
	o, want := whole(t)
	file := o.lastSegment()
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tails := map[string][]byte{
		"zeros, as some file systems leave them": make([]byte, 4096),
		"noise":                                  []byte(strings.Repeat("\x9cñ\x00\xff", 77)),
		"the beginning of an unfinished batch":   good[len("paradero journal 1\n"):][:100],
		"a single byte":                          {0x01},
	}
	for name, tail := range tails {
		if good, err = os.ReadFile(file); err != nil { // the export of the round before was noted in it
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(slices.Clone(good), tail...), 0o600); err != nil {
			t.Fatal(err)
		}
		got, last := o.Verify()
		o.Want(got, program.Done, "verify with "+name)
		if last["ok"] != true {
			t.Fatalf("%s: %s", name, got.Out)
		}
		if held := o.Exported(); !slices.Equal(held, want) {
			t.Fatalf("%s: %d people are there, want %d", name, len(held), len(want))
		}
	}
	// The last batch itself cut: it alone may go.
	if good, err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, good[:len(good)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	o.Want(o.Run("new", "detainee", "given_names=Íñigo", "paternal_surname=Núñez", "cedula=1714307103"), program.Done, "a new person after the cut")
	held := o.Exported()
	if _, found := slices.BinarySearch(held, "1714307103"); !found {
		t.Fatal("a person saved after the cut is not there")
	}
	if len(held) < 2 {
		t.Fatalf("only %d people are left after the last batch was cut", len(held))
	}
}

// TestDamagedJournal: a flipped byte in what was acknowledged is found and
// named, and nothing crashes.
func TestDamagedJournal(t *testing.T) {
	t.Parallel()
	o, _ := whole(t)
	flip(t, o.lastSegment(), 3)
	got, last := o.Verify()
	o.Want(got, program.Damaged, "verify of a damaged journal")
	if last["ok"] != false {
		t.Fatalf("verify: %s", got.Out)
	}
	if !strings.Contains(got.Out, "journal") {
		t.Errorf("verify does not name the damaged file:\n%s", got.Out)
	}
}

// TestDamagedStore flips a byte in each of Badger's files in turn: the working
// copy is made anew from the journal and nothing is lost.
func TestDamagedStore(t *testing.T) {
	t.Parallel()
	o, want := whole(t)
	for _, part := range []int{2, 5} {
		for _, suffix := range []string{".sst", ".vlog", ".mem", "MANIFEST", "KEYREGISTRY"} {
			for _, file := range o.files("records") {
				if info, err := os.Stat(file); err != nil || info.Size() == 0 || !strings.HasSuffix(file, suffix) {
					continue
				}
				flip(t, file, part)
			}
			if held := o.Exported(); !slices.Equal(held, want) {
				t.Fatalf("after damage to %s: %d people are there, want %d", suffix, len(held), len(want))
			}
		}
	}
}

// TestEmptiedStore: files of Badger that are gone or empty cost a rebuild only.
func TestEmptiedStore(t *testing.T) {
	t.Parallel()
	o, want := whole(t)
	for i, file := range o.files("records") {
		if i%2 == 0 {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		} else if err := os.Truncate(file, 0); err != nil {
			t.Fatal(err)
		}
	}
	if held := o.Exported(); !slices.Equal(held, want) {
		t.Fatalf("%d people are there, want %d", len(held), len(want))
	}
}

// TestDamagedVault: one copy mends the other; without both the program says so.
func TestDamagedVault(t *testing.T) {
	t.Parallel()
	o, want := whole(t)
	first, second := filepath.Join(o.Dir, "vault"), filepath.Join(o.Dir, "vault.spare")
	flip(t, first, 2)
	if held := o.Exported(); !slices.Equal(held, want) {
		t.Fatalf("with one damaged vault %d people are there, want %d", len(held), len(want))
	}
	if err := os.Truncate(second, 10); err != nil {
		t.Fatal(err)
	}
	if held := o.Exported(); !slices.Equal(held, want) {
		t.Fatalf("with the other damaged vault %d people are there, want %d", len(held), len(want))
	}
	flip(t, first, 2)
	flip(t, second, 3)
	o.Want(o.Run("find", "Zambrano"), program.Damaged, "both vaults damaged")
	o.Want(o.Run("verify"), program.Damaged, "verify with both vaults damaged")
}

// TestWrongPassphrase and a folder that is no office: a sentence each.
func TestWrongPassphrase(t *testing.T) {
	t.Parallel()
	o := found(t)
	if err := os.WriteFile(o.Pass, []byte("otra frase cualquiera\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Want(o.Run("find", "Zambrano"), program.Locked, "wrong passphrase")
	empty := prepare(t, t.TempDir())
	o.Want(empty.Run("find", "Zambrano"), program.Failed, "no office there")
}

// TestNotWhatItSays: files that are not what their names say.
func TestNotWhatItSays(t *testing.T) {
	t.Parallel()
	o := found(t)
	for name, text := range map[string]string{
		"lista.xlsx": "no es una hoja de cálculo",
		"lista.csv":  "\x00\x01\x02\xff\xfe\x00binario\x00",
		"vacia.csv":  "",
		"foto.csv":   "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
	} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o.Want(o.Run("import", file, "--as", "detainees"), program.Failed, name)
	}
	o.Want(o.Run("import", filepath.Join(t.TempDir(), "nada.csv"), "--as", "detainees"), program.Failed, "a list that does not exist")
	if held := o.Exported(); len(held) != 0 {
		t.Fatalf("%d people came from files that hold none", len(held))
	}
}

// lastSegment gives the newest file of the journal.
func (o *office) lastSegment() string {
	o.t.Helper()
	files := o.files("journal")
	var last string
	for _, f := range files {
		if info, err := os.Stat(f); err == nil && info.Size() > 0 {
			last = f
		}
	}
	if last == "" {
		o.t.Fatalf("no journal in %v", files)
	}
	return last
}

// files gives the files below a folder of the office, in the order of names.
func (o *office) files(folder string) []string {
	o.t.Helper()
	var all []string
	err := filepath.WalkDir(filepath.Join(o.Dir, folder), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// flip changes one bit of a byte at one n-th of a file.
func flip(t *testing.T, file string, n int) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/n] ^= 0x10
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func splitLines(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(s) {
			if line = strings.TrimSpace(line); line != "" && !yield(line) {
				return
			}
		}
	}
}
