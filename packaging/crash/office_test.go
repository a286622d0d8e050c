package crash

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"paradero/data"
	"paradero/packaging/program"
)

// office is an office that a test damages.
type office struct {
	*program.Office
	t *testing.T
}

// found makes a new office whose passphrase costs next to nothing, so that the
// second that it costs by design is not what the rounds are made of.
func found(t *testing.T) *office {
	t.Helper()
	o := prepare(t, t.TempDir())
	d, _, err := data.Create(t.Context(), o.config(), data.Founding{
		Office: "Consultorio de prueba", Member: "Lucía Andrade", Role: "coordinator", Passphrase: []byte(program.Passphrase),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return o
}

// prepare prepares an office below a folder without making it yet.
func prepare(t *testing.T, base string) *office { return &office{program.Prepare(t, base), t} }

// config opens the office without the program.
func (o *office) config() data.Config {
	return data.Config{Dir: o.Dir, Cost: data.Cost{Time: 1, Memory: 64, Threads: 1}}
}

// copied is the same office in a folder of its own, to be damaged.
func (o *office) copied() *office {
	o.t.Helper()
	c := prepare(o.t, o.t.TempDir())
	if err := os.CopyFS(c.Dir, os.DirFS(o.Dir)); err != nil {
		o.t.Fatal(err)
	}
	return c
}

// roundsWanted is how long a test goes on: a few rounds with every change, as
// many as PARADERO_ROUNDS says when somebody has a night for it.
func roundsWanted(t *testing.T, few int) int {
	t.Helper()
	text := os.Getenv("PARADERO_ROUNDS")
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("PARADERO_ROUNDS=%q is no number of rounds", text)
	}
	return n
}

// chance gives the dice of a test and says how they can be thrown again.
func chance(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("PARADERO_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("PARADERO_SEED=%q is no seed", text)
		}
		seed = n
	}
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// tally counts what was tried and what came of it.
type tally struct {
	rounds, kills, acknowledged, found, lost int
}

func (c *tally) print(t *testing.T) {
	t.Logf("%d rounds, %d kills, %d acknowledged, %d found, lost=%d", c.rounds, c.kills, c.acknowledged, c.found, c.lost)
}

// records gives the folder of the working copy.
func (o *office) records() string { return filepath.Join(o.Dir, "records") }
