package crash

import (
	"os"
	"path/filepath"
	"testing"

	"paradero/data"
	"paradero/data/record"
	"paradero/packaging/program"
)

// TestTruncatedTail cuts the journal at every byte of its last frame. Where the
// working copy had not seen that frame, a crash tore what was never
// acknowledged: a note. Where it had, something saved is missing: damage. In
// both cases everything before is there and work goes on.
func TestTruncatedTail(t *testing.T) {
	t.Parallel()
	o, want, frames := sample(t)
	before := o.copied() // as it stood before one more person was saved
	o.Want(o.Run("new", "detainee", "given_names=Ana", "paternal_surname=Mora", "cedula=1714307103"), program.Done, "one more")
	whole, err := os.ReadFile(o.lastSegment())
	if err != nil {
		t.Fatal(err)
	}
	earlier, err := os.ReadFile(before.lastSegment())
	if err != nil || len(earlier) >= len(whole) || len(frames) == 0 {
		t.Fatalf("%d and %d bytes, %v", len(earlier), len(whole), err)
	}
	step := max(1, (len(whole)-len(earlier))/roundsWanted(t, 10))
	var count tally
	for cut := len(earlier) + 1; cut < len(whole); cut += step {
		count.rounds++
		for name, side := range map[string]*office{"unseen": before, "seen": o} {
			c := side.copied()
			if err := os.WriteFile(c.lastSegment(), whole[:cut], 0o600); err != nil {
				t.Fatal(err)
			}
			damage, held := c.reopened()
			count.acknowledged, count.found = count.acknowledged+len(want), count.found+min(held, len(want))
			if held != len(want) {
				count.lost += len(want) - held
				t.Errorf("cut at %d, %s: %d people are there, want %d", cut, name, held, len(want))
			}
			if damage != (name == "seen") {
				t.Errorf("cut at %d, %s: damage %v", cut, name, damage)
			}
		}
	}
	count.print(t)
	// And once more by the program itself.
	for name, status := range map[*office]int{before: program.Done, o: program.Damaged} {
		c := name.copied()
		if err := os.WriteFile(filepath.Join(c.Dir, "journal", "00000001.journal"), whole[:len(whole)-7], 0o600); err != nil {
			t.Fatal(err)
		}
		got, _ := c.Verify()
		c.Want(got, status, "verify of a cut journal")
	}
}

// reopened opens the office twice, with a save between, and tells whether the
// first time damage was found and how many people of before are there.
func (o *office) reopened() (damage bool, held int) {
	o.t.Helper()
	for i := range 2 {
		d, err := data.Open(o.t.Context(), o.config(), []byte(program.Passphrase))
		if err != nil {
			o.t.Fatal(err)
		}
		if i == 0 {
			held = d.Count(record.Detainee)
			damage = d.Damage() > 0
			_, err = d.Edit(o.t.Context(), data.Change{Kind: record.Task, Set: map[string]string{"what": "seguir"}})
		} else if d.Count(record.Task) != 1 {
			o.t.Errorf("what was saved after the cut is not there")
		}
		if err := d.Close(); err != nil {
			o.t.Fatal(err)
		}
		if err != nil {
			o.t.Fatal(err)
		}
	}
	return damage, held
}
