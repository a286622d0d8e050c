package present

import (
	"context"
	"slices"
	"strings"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// Way is a way out of what is wrong.
type Way string

// The ways out; the screen has a button for each.
const (
	NoWay    Way = ""
	Refill   Way = "refill"  // take from a backup what is missing here
	Rebuild  Way = "rebuild" // make the working copy anew
	BackUp   Way = "backup"  // make a backup now
	ComeBack Way = "travel"  // bring back what was taken off this machine
	Reopen   Way = "reopen"  // lock and open again
	Invite   Way = "invite"  // ask somebody into the team
)

// Health is how this machine's part of the ledger stands: what verifying found
// last, and what can be told without verifying.
type Health struct {
	State   State
	Failure Failure
	Chip    Chip
	Line    string // the one sentence above all
	When    string // since when that is known
	Groups  []HealthGroup

	env    Env
	ctx    context.Context
	latest *Latest[data.Health]
	shown  func()
}

// HealthGroup is what has the same meaning and the same way out.
type HealthGroup struct {
	Title string
	About string // what it means, and what becomes of it
	Count int
	Tone  Tone
	Lines []HealthLine
	More  int // beyond those that are listed
	Way   Way
	found bool // by verifying
}

// HealthLine is one finding, and the record that it is about.
type HealthLine struct {
	Text string
	Kind record.Kind
	ID   record.ID // zero: none
}

// healthLines is how many of a group are listed: more help nobody to decide.
const healthLines = 8

// healthy is an office that knows how its ledger stands.
type healthy interface {
	Health(ctx context.Context) (data.Health, error)
}

// NewHealth makes the view; Load fills it.
func NewHealth(ctx context.Context, env Env, shown func()) *Health {
	return &Health{env: env, ctx: ctx, shown: shown, latest: NewLatest[data.Health](env.Run)}
}

// Load reads how it stands.
func (h *Health) Load() {
	o, ok := h.env.API.(healthy)
	if !ok {
		return
	}
	h.latest.Ask(h.ctx, o.Health, func(got data.Health, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			h.State, h.Failure = Failed, failure(h.env.Words, err)
		default:
			h.State = Ready
			h.take(got)
		}
		h.shown()
	})
}

// Drop forgets what is under way.
func (h *Health) Drop() { h.latest.Drop() }

func (h *Health) take(got data.Health) {
	h.Groups = nil
	h.known(got)
	h.found(got)
	h.away()
	h.feeds(got)
	h.powerless(got.Refused)
	if got.Alone && !h.env.API.Info().Demo {
		w := h.env.Words
		about := w.T("finding.lone_coordinator")
		if h.env.API.Count(record.Member) <= 1 {
			about = w.T("teamroom.few")
		}
		h.Groups = append(h.Groups, HealthGroup{Title: w.T("health.alone"), About: about, Tone: Grey, Way: Invite})
	}
	h.sum(got)
}

// known are the faults that are known without verifying.
func (h *Health) known(got data.Health) {
	w := h.env.Words
	add := func(on bool, key string, way Way) {
		if on {
			h.Groups = append(h.Groups, HealthGroup{Title: w.T("health." + key), About: w.T("health." + key + ".about"), Tone: Bad, Way: way})
		}
	}
	add(got.Halted, "halted", Reopen)
	add(got.Behind, "behind", Rebuild)
	lately := slices.ContainsFunc(got.Last.Found, func(f data.Finding) bool { return f.Damage && wayOf(f.Key) == Refill })
	add(got.Damage > 0 && !lately, "damage", Refill) // verifying tells more of it, once it was done
}

// findingWays say how what verifying found is mended; what stands in none is
// only told.
var findingWays = map[string]Way{
	"journal_damaged_at": Refill, "journal_shorter": Refill, "batch_link": Refill, "batch_sealed": Refill, "batch_signature": Refill,
	"batch_lost": Refill, "batch_lost_unnamed": Refill, "payload_owed": Refill, "record_touched": Refill, "backup_has_more": Refill,
	"store_missing": Rebuild, "store_unreadable": Rebuild,
	"backup_none": BackUp, "backup_missing": BackUp, "backup_unreadable": BackUp, "backup_damaged": BackUp, "backup_old": BackUp, "backup_incomplete": BackUp,
}

func wayOf(key string) Way { return findingWays[key] }

// toldLive tells whether a finding is told by what is known now, with names.
func toldLive(key string, got data.Health) bool {
	switch key {
	case "fork", "records_away":
		return true
	case "batch_lost", "batch_lost_unnamed":
		return len(got.Lost) > 0
	}
	return false
}

// away says what is off this machine; that is nothing to worry about.
func (h *Health) away() {
	if line, _ := AwayLine(h.env.API, h.env.Words); line != "" {
		h.Groups = append(h.Groups, HealthGroup{Title: h.env.Words.T("health.away"), About: line, Tone: Grey, Way: ComeBack})
	}
}

// found groups what verifying found by its way out, damage first.
func (h *Health) found(got data.Health) {
	w := h.env.Words
	for _, damage := range []bool{true, false} {
		for _, way := range []Way{Refill, Rebuild, BackUp, NoWay} {
			g := HealthGroup{Way: way, Tone: Grey, found: true}
			key := "health.note." + string(way)
			if damage {
				key, g.Tone = "health.found."+string(way), Bad
			} else if way != NoWay {
				g.Tone = Warn
			}
			for _, f := range got.Last.Found {
				if f.Damage == damage && wayOf(f.Key) == way && !toldLive(f.Key, got) {
					g.Count++
					g.add(h.line(f))
				}
			}
			if g.Count > 0 {
				g.Title, g.About = w.T(key), w.T(key+".about")
				h.Groups = append(h.Groups, g)
			}
		}
	}
}

func (g *HealthGroup) add(l HealthLine) {
	if len(g.Lines) < healthLines {
		g.Lines = append(g.Lines, l)
	} else {
		g.More++
	}
}

// line says one finding. A record that damage touches is called by its name.
func (h *Health) line(f data.Finding) HealthLine {
	w := h.env.Words
	if f.Key == "record_touched" && len(f.Args) == 3 {
		if id, err := record.ParseID(f.Args[0]); err == nil {
			if row, ok := h.env.API.Row(id); ok {
				return HealthLine{Text: w.T("health.touched", listName(w, row), w.T("kind."+row.Kind.String()), f.Args[2]), Kind: row.Kind, ID: id}
			}
		}
	}
	text := w.T("finding."+f.Key, f.Args...)
	if f.File != "" {
		text = f.File + ": " + text
	}
	return HealthLine{Text: text}
}

// feeds tells what concerns the devices: what waits, what forked, what is lost.
func (h *Health) feeds(got data.Health) {
	w := h.env.Words
	waits := HealthGroup{Tone: Warn, Title: w.T("health.waiting"), About: w.T("health.waiting.about")}
	for _, d := range got.Waiting {
		waits.Count += d.Changes
		waits.add(HealthLine{Text: w.N("health.waiting.of", d.Changes, deviceText(w, d.Name, d.Device))})
	}
	forks := HealthGroup{Tone: Warn, Title: w.T("health.forks"), About: w.T("health.forks.about"), Count: len(got.Forks)}
	for _, d := range got.Forks {
		forks.add(HealthLine{Text: w.T("health.forks.of", deviceText(w, d.Name, d.Device))})
	}
	lost := HealthGroup{Tone: Bad, Title: w.T("health.lost"), About: w.T("health.lost.about"), Way: Refill}
	for _, d := range got.Lost {
		lost.Count += d.Batches
		lost.add(HealthLine{Text: w.N("health.lost.of", d.Batches, deviceText(w, d.Name, d.Device))})
	}
	for _, g := range []HealthGroup{lost, forks, waits} {
		if g.Count > 0 {
			h.Groups = append(h.Groups, g)
		}
	}
}

// deviceText calls a device by its name, else by the beginning of its number.
func deviceText(w *assets.Words, name string, id record.ID) string {
	switch {
	case name != "":
		return name
	case id.IsZero():
		return w.T("health.device.unknown")
	}
	return w.T("health.device", id.String()[:8])
}

// powerless tells which changes have no effect: whose, and why.
func (h *Health) powerless(list []data.Powerless) {
	w := h.env.Words
	type cause struct{ who, why string }
	count, order := map[cause]int{}, []cause(nil)
	for _, p := range list {
		c := cause{p.Author, p.Why}
		if c.who == "" {
			c.who = deviceText(w, h.env.API.DeviceName(h.ctx, p.Device), p.Device)
		}
		if count[c] == 0 {
			order = append(order, c)
		}
		count[c]++
	}
	if len(order) == 0 {
		return
	}
	g := HealthGroup{Tone: Warn, Title: w.T("health.powerless"), About: w.T("health.powerless.about"), Count: len(list)}
	for _, c := range order {
		g.add(HealthLine{Text: w.N("health.powerless.of", count[c], c.who, rightText(w, c.why))})
	}
	h.Groups = append(h.Groups, g)
}

// rightText names the right that was missing, or who made it is nobody here.
func rightText(w *assets.Words, why string) string {
	switch why {
	case "enrolled":
		return w.T("health.powerless.nobody")
	case "cut":
		return w.T("health.powerless.cut")
	}
	right, _, _ := strings.Cut(why, ":") // "issue:" goes on with the document
	if w.Has("right." + right) {
		return w.T("health.powerless.right", w.T("right."+right))
	}
	return w.T("health.powerless.right", why)
}

// Verified tells whether what was found last has this way out, so that it must
// be verified again once it was taken.
func (h *Health) Verified(way Way) bool {
	return slices.ContainsFunc(h.Groups, func(g HealthGroup) bool { return g.Way == way && g.found })
}

// sum says all of it in one sentence, and since when it is known.
func (h *Health) sum(got data.Health) {
	w := h.env.Words
	worst, count := OK, 0
	for _, g := range h.Groups {
		switch {
		case g.Tone == Bad:
			worst, count = Bad, count+1
		case g.Tone == Warn:
			count++
			if worst == OK {
				worst = Warn
			}
		}
	}
	h.When = w.T("health.never")
	if !got.Last.At.IsZero() {
		h.When = w.T("health.when", stamp(w, got.Last.At))
	}
	switch {
	case count > 0:
		h.Line = w.N("health.some", count)
		h.Chip = Chip{Text: w.Count(count), Tone: worst}
	case got.Last.At.IsZero():
		h.When = "" // the sentence says it
		h.Line, h.Chip = w.T("health.unverified"), Chip{Text: w.T("health.chip.never"), Tone: Grey}
	default:
		h.Line, h.Chip = w.T("health.sound"), Chip{Text: w.T("health.chip.sound"), Tone: OK}
	}
}
