package crash

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paradero/data"
	"paradero/data/record"
	"paradero/packaging/program"
)

// place is where a bit is flipped, and what must come of it.
type place struct {
	name   string
	file   string        // below the office's folder
	from   int           // the bytes among which one is chosen
	to     int           // 0: to the end of the file
	status int           // verify's
	names  string        // what verify must name
	gone   bool          // opens nothing afterwards: the keys are gone
	mayGo  int           // how many people may be missing afterwards
	spoil  func(*office) // before the flip
}

// sample is an office with some people, in batches of one and of many, and a
// draft; and where its frames stand.
func sample(t *testing.T) (o *office, want []string, frames []int) {
	t.Helper()
	o = found(t)
	path, cedulas := program.List(t, 60)
	o.Want(o.Run("import", path, "--as", "detainees"), program.Done, "import")
	for i := range 4 {
		c := program.Cedula(1000 + i)
		o.Want(o.Run("new", "detainee", "given_names=Íñigo", "paternal_surname=Núñez", "cedula="+c), program.Done, "new")
		cedulas = append(cedulas, c)
	}
	d, err := data.Open(t.Context(), o.config(), []byte(program.Passphrase))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Drafts().Put("new detainee", map[string]string{"given_names": "Zoila"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(o.lastSegment())
	if err != nil {
		t.Fatal(err)
	}
	for i := bytes.Index(text, []byte("PdB1")); i >= 0 && i+12 <= len(text) && string(text[i:i+4]) == "PdB1"; {
		frames = append(frames, i)
		i += 12 + int(binary.BigEndian.Uint32(text[i+4:]))
	}
	if len(frames) < 6 {
		t.Fatalf("%d frames", len(frames))
	}
	slices.Sort(cedulas)
	return o, cedulas, frames
}

// places are all kinds of files, and within the journal all kinds of bytes.
func places(t *testing.T, o *office, frames []int) []place {
	t.Helper()
	const journal = "journal/00000001.journal"
	some, last := frames[len(frames)-2], frames[len(frames)-1] // of one person each
	list := []place{
		{name: "vault", file: "vault", status: program.Damaged, names: "vault"},
		{name: "vault.spare", file: "vault.spare", status: program.Damaged, names: "vault.spare"},
		{name: "vault, the other gone", file: "vault", status: program.Damaged, gone: true, spoil: func(o *office) { flip(o.t, filepath.Join(o.Dir, "vault.spare"), 3) }},
		{name: "journal, head line", file: journal, to: len("paradero journal 1\n"), status: program.Damaged, names: "journal"},
		{name: "journal, magic of a frame", file: journal, from: some, to: some + 4, status: program.Damaged, names: "journal", mayGo: 1},
		{name: "journal, length of a frame", file: journal, from: some + 4, to: some + 8, status: program.Damaged, names: "journal", mayGo: 1},
		{name: "journal, checksum of a frame", file: journal, from: some + 8, to: some + 12, status: program.Damaged, names: "journal", mayGo: 1},
		{name: "journal, envelope", file: journal, from: some + 12, to: some + 300, status: program.Damaged, names: "journal", mayGo: 1},
		{name: "journal, payload", file: journal, from: last - 200, to: last, status: program.Damaged, names: "journal", mayGo: 1},
		{name: "journal, genesis", file: journal, from: frames[0], to: frames[1], status: program.Damaged, names: "journal"},
		{name: "journal, list", file: journal, from: frames[1], to: frames[2], status: program.Damaged, names: "journal", mayGo: 60},
		{name: "journal, last frame", file: journal, from: last, status: program.Damaged, names: "journal", mayGo: 1},
		{name: "lock", file: "lock", status: program.Done},
	}
	for _, file := range o.files("records") {
		name := filepath.Base(file)
		if info, err := os.Stat(file); err != nil || info.Size() == 0 || name == "LOCK" {
			continue
		}
		status, names := program.Damaged, name
		if name == "SUMS" {
			status, names = program.Done, "" // half a list is none: everything is read instead
		}
		list = append(list, place{name: "records, " + name, file: "records/" + name, status: status, names: names})
	}
	for _, file := range o.files("drafts") {
		list = append(list, place{name: "draft", file: "drafts/" + filepath.Base(file), status: program.Damaged, names: "drafts"})
	}
	return list
}

// TestFlippedBits flips one bit in every kind of file: verify names it and ends
// as it should, and what the damage did not touch is there afterwards.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	o, want, frames := sample(t)
	dice := chance(t)
	var count tally
	for round := range roundsWanted(t, 1) {
		for _, p := range places(t, o, frames) {
			t.Run(fmt.Sprintf("%d %s", round, p.name), func(t *testing.T) {
				count.rounds++
				c := &office{o.copied().Office, t}
				c.flipped(p, dice)
				got, last := c.Verify()
				c.Want(got, p.status, "verify")
				if last["ok"] != (p.status == program.Done) || !strings.Contains(got.Out, p.names) {
					t.Errorf("verify does not name it:\n%s", got.Out)
				}
				if p.gone {
					c.Want(c.Run("find", "Núñez"), program.Damaged, "find")
					return
				}
				held := c.held()
				count.acknowledged, count.found = count.acknowledged+len(want)-p.mayGo, count.found+len(held)
				missing := 0
				for _, one := range want {
					if !slices.Contains(held, one) {
						missing++
					}
				}
				if missing > p.mayGo {
					count.lost += missing - p.mayGo
					t.Errorf("%d people are missing, where %d may", missing, p.mayGo)
				}
			})
		}
	}
	count.print(t)
}

// held opens the office without the program, gives the cédulas of its people,
// and saves something, as whoever goes on working does.
func (o *office) held() (cedulas []string) {
	o.t.Helper()
	ctx := o.t.Context()
	d, err := data.Open(ctx, o.config(), []byte(program.Passphrase))
	if err != nil {
		o.t.Fatal(err)
	}
	err = d.Each(ctx, record.Detainee, func(r *record.Record) error {
		cedulas = append(cedulas, r.Get("cedula"))
		return nil
	})
	if err != nil {
		o.t.Error(err)
	}
	if _, err := d.Edit(ctx, data.Change{Kind: record.Task, Set: map[string]string{"what": "seguir"}}); err != nil {
		o.t.Errorf("nothing can be saved afterwards: %v", err)
	}
	if err := d.Close(); err != nil {
		o.t.Error(err)
	}
	return cedulas
}

// TestFlippedWithoutList does the same to Badger's files when the program had
// been killed, so that nothing says what they must be like: no damage may end
// the program, and none may be believed.
func TestFlippedWithoutList(t *testing.T) {
	t.Parallel()
	o, want, _ := sample(t)
	dice := chance(t)
	var count tally
	for round := range roundsWanted(t, 1) {
		for i, file := range o.files("records") {
			name := filepath.Base(file)
			if info, err := os.Stat(file); err != nil || info.Size() == 0 || name == "LOCK" || name == "SUMS" {
				continue
			}
			for k, verb := range []string{"verify", "export"} {
				if k != (i+round)%2 {
					continue // the other one next round
				}
				t.Run(fmt.Sprintf("%d %s %s", round, name, verb), func(t *testing.T) {
					count.rounds++
					c := &office{o.copied().Office, t}
					if err := os.Remove(filepath.Join(c.records(), "SUMS")); err != nil {
						t.Fatal(err)
					}
					// The last bytes of a table are lengths, which Badger believes.
					info, err := os.Stat(file)
					if err != nil {
						t.Fatal(err)
					}
					c.flipped(place{file: "records/" + name, from: max(0, int(info.Size())-1-dice.IntN(64))}, dice)
					if verb == "verify" {
						if got, _ := c.Verify(); got.Code != program.Done && got.Code != program.Damaged {
							t.Fatalf("verify ended with %d\n%s%s", got.Code, got.Out, got.Err)
						}
					}
					held := c.Exported()
					count.acknowledged, count.found = count.acknowledged+len(want), count.found+len(held)
					if !slices.Equal(held, want) {
						count.lost += len(want) - len(held)
						t.Errorf("%d people are there, want %d", len(held), len(want))
					}
				})
			}
		}
	}
	count.print(t)
}

// flipped flips one bit at a place.
func (o *office) flipped(p place, dice *rand.Rand) {
	o.t.Helper()
	if p.spoil != nil {
		p.spoil(o)
	}
	path := filepath.Join(o.Dir, filepath.FromSlash(p.file))
	b, err := os.ReadFile(path)
	if err != nil {
		o.t.Fatal(err)
	}
	to := p.to
	if to == 0 || to > len(b) {
		to = len(b)
	}
	if len(b) == 0 {
		b, to = []byte{0}, 1
	}
	at, bit := p.from+dice.IntN(to-p.from), dice.IntN(8)
	o.t.Logf("%s: bit %d of byte %d of %d", p.file, bit, at, len(b))
	b[at] ^= 1 << bit
	if err := os.WriteFile(path, b, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// TestFlippedPadding: zeros behind the last frame, which a killed program
// leaves, hold nothing; a bit among them is a torn tail and no damage.
func TestFlippedPadding(t *testing.T) {
	t.Parallel()
	o, want, _ := sample(t)
	dice := chance(t)
	path := o.lastSegment()
	for range roundsWanted(t, 2) {
		good, err := os.ReadFile(path) // the export of the round before was noted in it
		if err != nil {
			t.Fatal(err)
		}
		padded := append(bytes.Clone(good), make([]byte, 4096)...)
		padded[len(good)+dice.IntN(4096)] ^= 1 << dice.IntN(8)
		if err := os.WriteFile(path, padded, 0o600); err != nil {
			t.Fatal(err)
		}
		got, _ := o.Verify()
		o.Want(got, program.Done, "verify")
		if !strings.Contains(got.Out, "journal_torn_tail") {
			t.Errorf("verify does not name it:\n%s", got.Out)
		}
		if held := o.Exported(); !slices.Equal(held, want) {
			t.Errorf("%d people are there, want %d", len(held), len(want))
		}
	}
}
