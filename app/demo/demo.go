// Package demo makes the demonstration office: the situation of a prison riot
// in Guayaquil with invented people, large enough to learn and to try every
// room, document and command on. The same seed makes the same people.
//
// What must not live here: anything that an office of real people needs, and
// any way around data.API; the demonstration is written through the same door
// as everything else.
package demo

import (
	"context"
	"math/rand/v2"
	"os"
	"time"

	"paradero/app"
	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// Passphrase of every demonstration office. It protects nothing: it stands on
// the sign-in page.
const Passphrase = "demostracion"

// What is told of the two riots. Counts that a test reads back.
const (
	Dead        = 118 // bodies of the first riot
	Identified  = 41  // of them
	Returned    = 22  // of those, to their families
	Injured     = 86
	Gravely     = 6  // of them
	missing     = 58 // asked for by relatives, found neither alive nor dead
	elders      = 24 // over 65, to be screened
	contested   = 3  // a hospital says alive, a list says dead
	ordinary    = 70 // unharmed
	batch       = 64 // changes a save: an office with one disk and one person waits least so
	daysToServe = 15 // left to the son of the video
)

// The colleagues of the founder in the demonstration.
const (
	coordinator  = "Lucía Andrade Villacís"
	lawyer       = "Tomás Guamán Carrión"
	socialWorker = "Marisol Preciado Angulo"

	secondCoordinator = "Íñigo Ñacato Toapanta" // in Quito
)

// The places that are named more than once.
const (
	penitentiary = `CPL Guayas N°1`
	regional     = `CRS Masculino Guayas N°4`
	hospital     = "Hospital Universitario de Guayaquil"
	morgue       = "Unidad de Medicina Legal y Ciencias Forenses de Guayaquil"
	prisons      = "SNAI"
	prosecutor   = "Fiscalía General del Estado"
	police       = "Policía Nacional"
)

// Options of a demonstration.
type Options struct {
	Words    *assets.Words       // the language in which notes and letters are written
	Size     int                 // detainees in all; the situation itself has about three hundred
	Seed     uint64              // zero: always the same people
	Progress func(data.Progress) // may be nil
}

// Founding is what a demonstration office is born with.
func Founding(w *assets.Words) data.Founding {
	return data.Founding{
		Office: w.T("demo.office"), City: "Guayaquil", Member: coordinator, Role: "coordinator", Device: w.T("demo.device.founder"),
		Passphrase: []byte(Passphrase), Demo: true,
	}
}

// Make fills an empty office with the situation.
// Its colleagues are made beside it, each with a computer of his own, and taken away
// again; cfg is the office's.
func Make(ctx context.Context, office *data.Office, cfg data.Config, opts Options) (err error) {
	m, err := newMaker(ctx, office, cfg, opts)
	if err != nil {
		return err
	}
	defer func() {
		if gone := m.leave(); err == nil {
			err = gone
		}
	}()
	steps := []func() error{
		m.team, func() error { return app.FirstFacilities(ctx, office) }, m.incidents, m.sonOfTheVideo, m.fatherOfThree, m.theDead, m.theInjured,
		m.theMissing, m.theContested, m.theElders, m.theOthers, m.releases, m.condolence, m.tasks, m.together, m.fill,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// maker holds what the steps share.
type maker struct {
	ctx     context.Context
	office  *data.Office
	cfg     data.Config
	room    string // the folder in which the colleagues' computers stand meanwhile
	words   *assets.Words
	people  *people
	rng     *rand.Rand
	now     time.Time
	riot    time.Time // the first riot, a Tuesday evening
	second  time.Time // the second, in the other prison
	opts    Options
	written int
	total   int

	firstID, secondID record.ID // the incidents
	mourned           record.ID // whose family the condolence letter is for
	detainees         int
	caseNo            int

	lawyer, social, quito, stolen *colleague
	others                        []*colleague

	videoSon, videoFather record.ID
	doubted               record.ID   // reported dead by a list, alive by a hospital
	threatened            record.ID   // a relative whom only a circle may read
	missed, dead          []record.ID // the missing, the identified
}

func newMaker(ctx context.Context, office *data.Office, cfg data.Config, opts Options) (*maker, error) {
	now := office.Now()
	people, err := newPeople(opts.Seed, now)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "make demonstration", "unknown", "demo")
	}
	room, err := os.MkdirTemp("", "paradero-demo-")
	if err != nil {
		return nil, noRoom(err)
	}
	m := &maker{ctx: ctx, office: office, cfg: cfg, room: room, words: opts.Words, people: people, rng: people.rng, now: now, opts: opts}
	m.riot = lastTuesday(now.AddDate(0, 0, -6)).Add(19 * time.Hour)
	m.second = m.riot.Add(3*24*time.Hour + 2*time.Hour)
	m.total = 1160 + max(0, opts.Size-situation())
	return m, nil
}

// situation is how many detainees the situation has before any are added.
func situation() int {
	return 1 + 3 + Identified + Injured + missing + contested + elders + ordinary + 2
}

// lastTuesday is the Tuesday on or before a day, at midnight.
func lastTuesday(t time.Time) time.Time {
	back := (int(t.Weekday()) - int(time.Tuesday) + 7) % 7
	return time.Date(t.Year(), t.Month(), t.Day()-back, 0, 0, 0, 0, t.Location())
}

// save writes changes in batches and gives the ids of their records in order.
func (m *maker) save(changes ...data.Change) ([]record.ID, error) {
	ids := make([]record.ID, 0, len(changes))
	for len(changes) > 0 {
		if err := m.ctx.Err(); err != nil {
			return nil, fault.Wrap(err, fault.Cancelled, "make demonstration", "cancelled")
		}
		n := min(batch, len(changes))
		receipts, err := m.office.Edit(m.ctx, changes[:n]...)
		if err != nil {
			return nil, err
		}
		for _, r := range receipts {
			ids = append(ids, r.ID)
		}
		for _, c := range changes[:n] {
			if c.Kind == record.Detainee && c.Record.IsZero() {
				m.detainees++
			}
		}
		changes = changes[n:]
		m.wrote(n)
	}
	return ids, nil
}

// one saves a single new record.
func (m *maker) one(kind record.Kind, set map[string]string, add ...data.Addition) (record.ID, error) {
	ids, err := m.save(data.Change{Kind: kind, Set: set, Add: add})
	if err != nil {
		return record.ID{}, err
	}
	return ids[0], nil
}

func (m *maker) wrote(n int) {
	m.written += n
	if m.opts.Progress != nil {
		m.opts.Progress(data.Progress{Phase: "demo", Done: m.written, Total: max(m.total, m.written)})
	}
}

// t gives the demonstration's own words.
func (m *maker) t(key string, args ...string) string { return m.words.T("demo."+key, args...) }

func day(t time.Time) string    { return t.Format("2006-01-02") }
func moment(t time.Time) string { return t.Format("2006-01-02T15:04") }

// set makes a map of pairs; an empty value is left out.
func set(pairs ...string) map[string]string {
	values := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values[pairs[i]] = pairs[i+1]
		}
	}
	return values
}

// with adds pairs to a map.
func with(values map[string]string, pairs ...string) map[string]string {
	for k, v := range set(pairs...) {
		values[k] = v
	}
	return values
}

// add makes an entry of pairs.
func add(kind record.Kind, pairs ...string) data.Addition {
	return data.Addition{Kind: kind, Values: set(pairs...)}
}
