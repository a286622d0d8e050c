package present

import (
	"context"
	"path/filepath"
	"slices"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// Exchanging is an office that knows where its changes are, and what came and
// could not be used yet.
type Exchanging interface {
	Status(ctx context.Context) (data.Status, error)
	Waiting() []data.WaitingBatch
}

// Courier carries changes behind the screen by every way that was set up.
type Courier interface {
	// Ways tells how each way stands now. It reads nothing and may be called from
	// any goroutine.
	Ways() []data.Way
	// Exchange begins an exchange by the ways of a kind at once, "" by all of
	// them, and does not wait for it.
	Exchange(kind string)
}

// Sync is the page of exchange: what can be proved of where the changes are,
// which device has what, what waits, what was refused, and how each way goes.
type Sync struct {
	State   State
	Failure Failure
	Proof   string // the one sentence above all
	Tone    Tone
	Notes   []string // what that sentence leaves open
	Ways    []SyncWay
	Devices []SyncDevice
	Newer   string // that a device has a newer program than this one; "" when none has
	Waiting []string
	Refused []string
	More    int  // refusals beyond those that are listed
	Stale   bool // an exchange ended while the office was read: Load is to be asked again

	env     Env
	ctx     context.Context
	courier Courier
	status  data.Status
	latest  *Latest[syncData]
	shown   func()
}

// SyncWay is one way of exchange in words.
type SyncWay struct {
	Kind   string // data.WayHub, WayFolder or WayBundle
	Name   string // address or folder
	Chip   Chip
	When   string // the last exchange and what it carried
	Error  string // why it failed, with the way out
	Busy   bool
	Done   int
	Total  int // 0: unknown
	Doing  string
	SetUp  bool // false: it could be
	Online bool
}

// SyncDevice is one row of the table of devices.
type SyncDevice struct {
	ID      record.ID
	Name    string
	Member  string
	Has     string
	Lacks   string
	Heard   string
	Chip    Chip
	This    bool
	Program string // the version that it said it has
}

type syncData struct {
	status  data.Status
	waiting []data.WaitingBatch
}

// syncRefused is how many refusals are told one by one.
const syncRefused = 20

// NewSync makes the page; Load fills it. courier may be nil.
func NewSync(ctx context.Context, env Env, courier Courier, shown func()) *Sync {
	return &Sync{env: env, ctx: ctx, courier: courier, shown: shown, latest: NewLatest[syncData](env.Run)}
}

// Load reads again where everything is; what is on the screen stays meanwhile.
func (s *Sync) Load() {
	o, ok := s.env.API.(Exchanging)
	if !ok {
		s.State = Empty
		s.shown()
		return
	}
	before := s.now()
	s.latest.Ask(s.ctx, func(ctx context.Context) (syncData, error) {
		status, err := o.Status(ctx)
		return syncData{status, o.Waiting()}, err
	}, func(d syncData, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			s.State, s.Failure = Failed, failure(s.env.Words, err)
		default:
			s.take(d)
			s.Stale = !slices.Equal(before, s.now())
		}
		s.shown()
	})
}

// now is how the courier's ways stand, to tell whether an exchange ended meanwhile.
func (s *Sync) now() []data.Way {
	if s.courier == nil {
		return nil
	}
	return s.courier.Ways()
}

// Drop forgets what is under way.
func (s *Sync) Drop() { s.latest.Drop() }

// Tick takes over how the ways stand now, without reading the office.
func (s *Sync) Tick() {
	if s.State == Ready {
		s.Ways = s.ways()
	}
}

// Exchange begins an exchange by a kind of way at once.
func (s *Sync) Exchange(kind string) {
	if s.courier != nil {
		s.courier.Exchange(kind)
		s.Tick()
	}
}

func (s *Sync) take(d syncData) {
	w, st := s.env.Words, d.status
	s.State, s.status = Ready, st
	s.Proof, s.Tone = proof(w, &st)
	s.Notes = proofNotes(w, &st)
	s.Ways = s.ways()
	s.Devices = s.Devices[:0]
	for i := range st.Devices {
		if d := &st.Devices[i]; !d.Ended || d.Lacks > 0 && d.Has > 0 {
			s.Devices = append(s.Devices, s.device(d))
		}
	}
	s.Newer = newerProgram(w, &st)
	s.Waiting = s.waits(d.waiting)
	s.Refused, s.More = s.refusals(st.Refused)
}

// others counts the other devices that may still read, and those of them that
// hold everything that is here.
func others(st *data.Status) (all, whole int) {
	for i := range st.Devices {
		d := &st.Devices[i]
		if d.This || d.Ended {
			continue
		}
		all++
		if d.Lacks == 0 && !d.At.IsZero() {
			whole++
		}
	}
	return all, whole
}

// proof is what can be proved of where the changes are, in one sentence.
func proof(w *assets.Words, st *data.Status) (string, Tone) {
	_, whole := others(st)
	switch {
	case st.Changes == 0:
		return w.T("sync.proof.none"), Grey
	case st.OnlyHere == st.Changes:
		return w.N("sync.proof.alone", st.Changes), Warn
	case st.OnlyHere > 0:
		return w.N("sync.proof.some", st.OnlyHere, w.Count(st.Changes)), Warn
	case st.OnHub == st.Changes && whole > 0:
		return w.N("sync.proof.hub_and", st.Changes, w.N("sync.others", whole)), OK
	case st.OnHub == st.Changes:
		return w.N("sync.proof.hub", st.Changes), OK
	case whole > 0:
		return w.N("sync.proof.others", st.Changes, w.N("sync.others", whole)), OK
	}
	return w.N("sync.proof.spread", st.Changes), OK
}

// proofNotes say what the sentence leaves open.
func proofNotes(w *assets.Words, st *data.Status) []string {
	var notes []string
	all, whole := others(st)
	if st.OnlyHere > 0 && st.OnHub > 0 {
		notes = append(notes, w.N("sync.note.on_hub", st.OnHub))
	}
	if st.OnlyHere > 0 {
		notes = append(notes, w.T("sync.note.risk"))
	}
	switch behind := all - whole; {
	case all == 0:
		notes = append(notes, w.T("sync.note.nobody"))
	case behind > 0:
		notes = append(notes, w.N("sync.note.behind", behind))
	}
	return notes
}

func (s *Sync) device(d *data.DeviceStatus) SyncDevice {
	w := s.env.Words
	row := SyncDevice{
		ID: d.Device, Name: d.Name, Member: d.MemberName, This: d.This,
		Has: w.Count(d.Has), Lacks: w.Count(d.Lacks), Heard: stamp(w, d.At), Program: d.Program,
	}
	if row.Name == "" {
		row.Name = w.T("sync.device.nameless", d.Device.String()[:6])
	}
	switch {
	case d.This:
		row.Lacks, row.Heard, row.Chip = "", "", Chip{w.T("sync.device.this"), Accent}
	case d.Ended:
		row.Chip = Chip{w.T("sync.device.ended"), Grey}
	case d.At.IsZero():
		row.Has, row.Lacks = "", ""
		row.Heard, row.Chip = w.T("sync.device.never"), Chip{w.T("sync.device.silent"), Grey}
	case d.Lacks == 0:
		row.Chip = Chip{w.T("sync.device.whole"), OK}
	default:
		row.Chip = Chip{w.N("sync.device.lacks", d.Lacks), Warn}
	}
	if !d.This && !d.At.IsZero() && !d.Signed {
		row.Heard = w.T("sync.device.inferred", row.Heard)
	}
	return row
}

// ways are those of the office with what the courier knows of them now, and
// those that could be set up.
func (s *Sync) ways() []SyncWay {
	known := s.status.Ways
	if s.courier != nil {
		known = mergeWays(s.courier.Ways(), known)
	}
	var out []SyncWay
	for _, kind := range []string{data.WayHub, data.WayFolder, data.WayBundle} {
		n := len(out)
		for i := range known {
			if known[i].Kind == kind {
				out = append(out, s.way(&known[i]))
			}
		}
		if len(out) == n {
			out = append(out, SyncWay{Kind: kind})
		}
	}
	return out
}

// mergeWays gives what is known now before what the office remembers.
func mergeWays(now, kept []data.Way) []data.Way {
	out := append([]data.Way(nil), now...)
	for _, k := range kept {
		found := false
		for i := range out {
			if out[i].Kind == k.Kind && out[i].Name == k.Name {
				found = true
				if out[i].At.IsZero() {
					out[i].At, out[i].Sent, out[i].Got = k.At, k.Sent, k.Got
				}
			}
		}
		if !found {
			out = append(out, k)
		}
	}
	return out
}

func (s *Sync) way(y *data.Way) SyncWay {
	w := s.env.Words
	out := SyncWay{
		Kind: y.Kind, Name: y.Name, SetUp: true, Online: y.Online,
		Busy: y.Progress.Phase != "", Done: y.Progress.Done, Total: y.Progress.Total,
	}
	if y.Kind == data.WayBundle {
		out.Name = filepath.Base(y.Name)
	}
	if out.Busy {
		out.Doing = w.T("sync.busy")
		if key := "progress." + y.Progress.Phase; w.Has(key) {
			out.Doing = w.T(key)
		}
	}
	if !y.At.IsZero() {
		out.When = w.T("sync.way.last", stamp(w, y.At), w.N("sync.way.sent", y.Sent), w.N("sync.way.got", y.Got))
	}
	if y.Error != "" {
		out.Error = errorText(w, y.Error)
	}
	switch {
	case out.Busy:
		out.Chip = Chip{w.T("sync.way.busy"), Accent}
	case y.Error != "":
		out.Chip = Chip{w.T("sync.way.failed"), Warn}
	case y.Online:
		out.Chip = Chip{w.T("sync.way.online"), OK}
	case y.Kind == data.WayHub:
		out.Chip = Chip{w.T("sync.way.offline"), Grey}
	case !y.At.IsZero():
		out.Chip = Chip{w.T("sync.way.done"), OK}
	}
	return out
}

// errorText is the sentence of a failure by its key, with its way out.
func errorText(w *assets.Words, key string) string {
	if !w.Has("error." + key) {
		return w.T("sync.way.unknown", key)
	}
	text := w.T("error." + key)
	if w.Has("error." + key + ".hint") {
		text += " " + w.T("error."+key+".hint")
	}
	return text
}

// waits says of whom changes wait here for others that have not come.
func (s *Sync) waits(held []data.WaitingBatch) []string {
	count, order := map[record.ID]int{}, []record.ID(nil)
	for _, b := range held {
		if count[b.Device] == 0 {
			order = append(order, b.Device)
		}
		count[b.Device] += max(1, b.Changes)
	}
	out := make([]string, 0, len(order))
	for _, id := range order {
		out = append(out, s.env.Words.N("sync.waiting.of", count[id], s.who(id)))
	}
	return out
}

// who names a device by what the office calls it.
func (s *Sync) who(id record.ID) string {
	for i := range s.status.Devices {
		if d := &s.status.Devices[i]; d.Device == id {
			if name := dot(d.Name, d.MemberName); name != "" {
				return name
			}
		}
	}
	if id.IsZero() {
		return s.env.Words.T("sync.device.unnamed")
	}
	return s.env.Words.T("sync.device.nameless", id.String()[:6])
}

// refusals say what was not taken in and why, the same things once.
func (s *Sync) refusals(list []data.RefusedBatch) (out []string, more int) {
	type same struct {
		device record.ID
		why    string
	}
	count, order := map[same]int{}, []same(nil)
	for _, r := range list {
		k := same{r.Device, r.Why}
		if count[k] == 0 {
			order = append(order, k)
		}
		count[k]++
	}
	w := s.env.Words
	for i, k := range order {
		if i == syncRefused {
			return out, len(order) - i
		}
		out = append(out, w.N("sync.refused.of", count[k], s.who(k.device), w.T("refused."+k.why)))
	}
	return out, 0
}

// RailSync is what the rail says of the exchange: whether there is a connection,
// and what exists only here or waits.
func RailSync(w *assets.Words, st data.Status, ways []data.Way) (head, detail string, tone Tone) {
	online, busy, failed, any := false, false, false, len(ways) > 0
	for i := range ways {
		online = online || ways[i].Online
		busy = busy || ways[i].Progress.Phase != ""
		failed = failed || ways[i].Error != ""
	}
	_, whole := others(&st)
	switch {
	case busy:
		head, tone = w.T("sync.rail.busy"), Accent
	case online:
		head, tone = w.T("sync.rail.online"), OK
	case failed:
		head, tone = w.T("sync.rail.failed"), Warn
	case any:
		head, tone = w.T("sync.rail.offline"), Grey
	default:
		head, tone = w.T("sync.rail.none"), Grey
	}
	var parts []string
	switch {
	case st.OnlyHere > 0 && st.OnlyHere == st.Changes:
		parts = append(parts, w.T("sync.rail.alone"))
	case st.OnlyHere > 0:
		parts = append(parts, w.N("sync.rail.only", st.OnlyHere))
	case st.Changes > 0 && st.OnHub == st.Changes:
		parts = append(parts, w.T("sync.rail.on_hub"))
	case whole > 0:
		parts = append(parts, w.N("sync.rail.whole", whole))
	case st.Changes > 0:
		parts = append(parts, w.T("sync.rail.spread"))
	}
	if st.Waiting > 0 {
		parts = append(parts, w.N("sync.rail.waiting", st.Waiting))
	}
	return head, dot(parts...), tone
}
