package simulate

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
)

// step is something that happens, by how often.
type step struct {
	name   string
	weight int
	do     func(*sim, *replica) error
}

func steps() []step {
	return []step{
		{"edits", 22, (*sim).edit},
		{"stale edits", 22, (*sim).editStale},
		{"forms opened", 8, (*sim).openForm},
		{"records made", 8, (*sim).make},
		{"claims", 6, (*sim).claim},
		{"links", 5, (*sim).link},
		{"deletions", 4, (*sim).remove},
		{"exchanges", 40, (*sim).meet},
		{"posts", 6, func(s *sim, _ *replica) error { return s.post(false) }},
		{"lists brought in", 3, (*sim).bringList},
		{"decisions", 5, (*sim).resolve},
		{"undoings", 4, (*sim).undo},
		{"mergings", 4, (*sim).merge},
		{"erasures", 3, (*sim).erase},
		{"holds", 2, (*sim).hold},
		{"clock jumps", 6, (*sim).jump},
		{"closings", 4, (*sim).reopen},
		{"power cuts at rest", 4, (*sim).powerCut},
		{"power cuts while writing", 6, (*sim).cutWhileWriting},
		{"failing disks", 4, (*sim).failingDisk},
		{"full disks", 2, (*sim).fullDisk},
		{"rebuilds", 2, (*sim).rebuild},
		{"copies of the working copy", 4, (*sim).keepOlder},
		{"backups", 3, (*sim).backUp},
		{"restores", 2, (*sim).restore},
		{"forks", 2, (*sim).restoreWrongly},
		{"bits", 1, (*sim).flipBit},
		{"partitions", 3, (*sim).part},
		{"hostile batches", 12, (*sim).attack},
		{"roles", 1, (*sim).changeRole},
		{"deaths", 4, (*sim).propose},
		{"second words", 8, (*sim).secondWord},
		{"joinings", 2, (*sim).letIn},
		{"removals", 2, (*sim).sendAway},
		{"circles", 2, (*sim).makeCircle},
		{"circles changed", 1, (*sim).changeCircle},
		{"restrictions", 3, (*sim).restrict},
		{"words in a circle", 4, (*sim).confide},
		{"stays at the hub", 8, (*sim).atHub},
		{"faults of the hub", 1, (*sim).hubFault},
	}
}

// fields that the workload writes, by kind; the critical ones among them.
func fieldsOf(k record.Kind) []string {
	return map[record.Kind][]string{
		record.Detainee: {"nationality", "offence", "judge", "cedula"},
		record.Contact:  {"address", "email", "cedula", "must_not_be_told"},
		record.Case:     {"court", "judge", "boleta_number", "boleta_number"},
		record.Task:     {"what", "assigned_to"},
		record.Remains:  {"morgue", "proof", "identified_as"},
	}[k]
}

// text gives words that were never said before, so that each value is known by
// itself wherever it turns up.
func (s *sim) text() string {
	s.words++
	return "palabra" + strconv.Itoa(s.words) + "x"
}

func (s *sim) pick(kinds ...record.Kind) (thingID, bool) {
	for range 8 {
		if len(s.ids) == 0 {
			break
		}
		t := s.ids[s.rng.IntN(len(s.ids))]
		if len(kinds) == 0 {
			return t, true
		}
		for _, k := range kinds {
			if t.kind == k {
				return t, true
			}
		}
	}
	return thingID{}, false
}

// thingID is a record that was made somewhere.
type thingID struct {
	id   record.ID
	kind record.Kind
}

// save writes changes on a device. What it answers for is kept in mind; what is
// refused is no fault.
func (s *sim) save(r *replica, changes ...data.Change) ([]data.Receipt, error) {
	r.settle()
	got, err := r.office.Edit(s.ctx, changes...)
	if err != nil {
		return nil, s.excuse(r, err)
	}
	for i, g := range got {
		s.answered(r, g.Write)
		if len(got) == len(changes) {
			s.noteSecrets(r, &changes[i], g)
		}
	}
	return got, s.failed
}

// settle waits until all is folded: who drew random bytes meanwhile would draw
// others than the next time.
func (r *replica) settle() {
	if r.office != nil {
		r.office.Count(record.Task)
	}
}

func (s *sim) answered(r *replica, w record.Write) {
	if w.Batch != (ledger.Hash{}) {
		r.acked[w.Batch] = true
		r.mine = append(r.mine, w)
		s.count("changes acknowledged")
	}
}

// excuse lets errors pass that the user is told of and that harm nothing.
func (s *sim) excuse(r *replica, err error) error {
	if refused(err) || fault.Is(err, fault.Full) || fault.Is(err, fault.Newer) {
		s.count("refusals")
		return nil
	}
	if r.disk.spoilt {
		s.count("failed writes")
		return nil
	}
	if r.hurt && fault.Is(err, fault.Damaged) { // what is to be undone or seconded does not read until it comes again
		s.count("damage met")
		return nil
	}
	return err
}

func (s *sim) set(k record.Kind) map[string]string {
	out := map[string]string{}
	list := fieldsOf(k)
	for range 1 + s.rng.IntN(2) {
		name := list[s.rng.IntN(len(list))]
		switch {
		case name == "identified_as":
			if t, ok := s.pick(record.Detainee); ok {
				out[name] = t.id.String()
			}
		case name != "what" && s.rng.IntN(10) == 0:
			out[name] = ""
		default:
			out[name] = s.text()
		}
	}
	return out
}

func (s *sim) edit(r *replica) error {
	t, ok := s.pick()
	if !ok {
		return s.make(r)
	}
	_, err := s.save(r, data.Change{Record: t.id, Kind: t.kind, Set: s.set(t.kind)})
	return err
}

func (s *sim) openForm(r *replica) error {
	t, ok := s.pick()
	if !ok {
		return nil
	}
	f, err := r.office.Get(s.ctx, t.id)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil {
		r.forms = append(r.forms, f)
	}
	return err
}

// editStale saves a form that was opened some time ago.
func (s *sim) editStale(r *replica) error {
	if len(r.forms) == 0 {
		return s.openForm(r)
	}
	i := s.rng.IntN(len(r.forms))
	f := r.forms[i]
	if s.rng.IntN(2) == 0 {
		r.forms = append(r.forms[:i:i], r.forms[i+1:]...)
	}
	_, err := s.save(r, data.Change{Record: f.ID, Base: f, Set: s.set(f.Kind)})
	return err
}

func (s *sim) make(r *replica) error {
	kind := []record.Kind{record.Detainee, record.Contact, record.Case, record.Task, record.Remains}[s.rng.IntN(5)]
	set := s.set(kind)
	switch kind {
	case record.Detainee, record.Contact:
		set["given_names"], set["paternal_surname"] = "Juan "+s.text(), s.text()
	case record.Case:
		d, ok := s.pick(record.Detainee)
		if !ok {
			return nil
		}
		set["detainee"], set["type"] = d.id.String(), "release"
	case record.Task:
		set["what"] = s.text()
	case record.Remains:
		set["code"] = s.text()
	}
	got, err := s.save(r, data.Change{Kind: kind, Set: set})
	if err == nil && len(got) > 0 {
		s.ids = append(s.ids, thingID{got[0].ID, kind})
	}
	return err
}

func (s *sim) claim(r *replica) error {
	t, ok := s.pick(record.Detainee)
	if !ok {
		return nil
	}
	status := []string{"reported_alive", "reported_dead", "reported_injured", "reported_missing", "released", "detained"}
	_, err := s.save(r, data.Change{Record: t.id, Add: []data.Addition{{Kind: record.Claim, Values: map[string]string{
		"status": status[s.rng.IntN(len(status))], "source": s.text(), "source_kind": "hospital", "when": "2026-11-2" + strconv.Itoa(s.rng.IntN(5)),
	}}}})
	return err
}

func (s *sim) link(r *replica) error {
	t, ok := s.pick(record.Task)
	about, ok2 := s.pick()
	if !ok || !ok2 {
		return nil
	}
	_, err := s.save(r, data.Change{Record: t.id, Set: map[string]string{"about": about.id.String()}})
	return err
}

func (s *sim) remove(r *replica) error {
	if len(r.forms) > 0 && s.rng.IntN(2) == 0 {
		f := r.forms[s.rng.IntN(len(r.forms))]
		_, err := s.save(r, data.Change{Record: f.ID, Base: f, Delete: true})
		return err
	}
	t, ok := s.pick()
	if !ok {
		return nil
	}
	_, err := s.save(r, data.Change{Record: t.id, Delete: true})
	return err
}

// meet lets two devices exchange what they have.
func (s *sim) meet(r *replica) error {
	to := s.all[s.rng.IntN(len(s.all))]
	if to == r || to.away > 0 || r.away > 0 {
		return nil
	}
	if err := s.exchange(r, to); err != nil {
		return s.excuse(to, err)
	}
	if s.rng.IntN(2) == 0 {
		return s.excuse(r, s.exchange(to, r))
	}
	return nil
}

// bringList takes in one of a few lists, the same on whatever device.
func (s *sim) bringList(r *replica) error {
	list := []string{"SNAI", "Hospital"}[s.rng.IntN(2)]
	var rows []*data.ImportRow
	for i := range 3 {
		rows = append(rows, &data.ImportRow{Row: i + 1, Kind: record.Detainee, Values: map[string]string{
			"given_names": "Luis", "paternal_surname": "Lista" + list, "maternal_surname": "Fila" + strconv.Itoa(i),
			"nationality": "país" + strconv.Itoa(s.rng.IntN(3)),
		}, Claims: []map[string]string{{"status": "reported_injured", "source": list, "source_kind": "official_list"}}})
	}
	r.settle()
	_, _, err := r.office.Import(s.ctx, list, func() (*data.ImportRow, error) {
		if len(rows) == 0 {
			return nil, io.EOF
		}
		row := rows[0]
		rows = rows[1:]
		return row, nil
	}, nil)
	return s.excuse(r, err)
}

func (s *sim) hold(r *replica) error {
	t, ok := s.pick(record.Detainee, record.Contact, record.Case)
	if !ok {
		return nil
	}
	why := s.text()
	if s.rng.IntN(2) == 0 {
		why = ""
	}
	_, err := s.save(r, data.Change{Record: t.id, Set: map[string]string{"legal_hold": why}})
	return err
}

// erase takes a record away for ever, where the member may; where he may not,
// he must be told so.
func (s *sim) erase(r *replica) error {
	t, ok := s.pick()
	if !ok {
		return nil
	}
	r.settle()
	got, err := r.office.Erase(s.ctx, t.id, "lo pidió la familia", nil)
	if err != nil {
		return s.excuse(r, err)
	}
	s.counts["records erased"] += len(got.Records)
	s.frames(r)
	if s.role(r) != "coordinator" {
		return fmt.Errorf("device %d erased as a %s", r.n, s.role(r))
	}
	return nil
}

func (s *sim) role(r *replica) string { return r.office.Info().Role }

func (s *sim) jump(r *replica) error {
	by := []time.Duration{time.Hour, -time.Hour, -26 * time.Hour, 400 * 24 * time.Hour, -5 * 365 * 24 * time.Hour, 11 * 365 * 24 * time.Hour}
	r.clock.move(by[s.rng.IntN(len(by))])
	return nil
}

func (s *sim) reopen(r *replica) error {
	if err := s.close(r); err != nil {
		return fmt.Errorf("device %d does not close: %w", r.n, err)
	}
	return s.open(r)
}

// cutWhileWriting lets the power go in the middle of a save or of taking in.
func (s *sim) cutWhileWriting(r *replica) error {
	n := 1 + s.rng.IntN(12)
	r.disk.Set(func(d *Disk) { d.dies = n })
	for range 4 {
		var err error
		switch s.rng.IntN(4) {
		case 0:
			if from := s.all[s.rng.IntN(len(s.all))]; from != r {
				err = s.exchange(from, r)
			}
		case 1:
			if t, ok := s.pick(); ok && s.role(r) == "coordinator" {
				r.settle()
				_, err = r.office.Erase(s.ctx, t.id, "lo pidió la familia", nil)
			}
		case 2:
			err = s.bringList(r)
		default:
			err = s.edit(r)
		}
		if err != nil || r.disk.dead {
			break
		}
	}
	return s.powerCut(r)
}

// failingDisk lets one write fail.
func (s *sim) failingDisk(r *replica) error {
	r.disk.Set(func(d *Disk) { d.spoil, d.spoilt = io.ErrShortWrite, true })
	err := s.edit(r)
	if err == nil && s.rng.IntN(2) == 0 {
		err = s.edit(r)
	}
	r.disk.Set(func(d *Disk) { d.spoil = nil })
	_ = s.close(r) // it may say that it could not end well
	r.disk.Set(func(d *Disk) { d.spoilt = false })
	if err != nil {
		return err
	}
	return s.open(r)
}

func (s *sim) fullDisk(r *replica) error {
	r.disk.Set(func(d *Disk) { d.full = true })
	for range 3 {
		if err := s.edit(r); err != nil {
			return err
		}
	}
	if err := s.excuse(r, s.exchange(s.all[0], r)); err != nil {
		return err
	}
	r.disk.Set(func(d *Disk) { d.full = false })
	return nil
}

func (s *sim) rebuild(r *replica) error {
	if s.rng.IntN(2) == 0 {
		return r.office.Rebuild(s.ctx, nil)
	}
	if err := s.close(r); err != nil {
		return err
	}
	_ = r.home.Remove(filepath.Join(r.dir, "records"))
	return s.open(r)
}

func (s *sim) keepOlder(r *replica) error {
	r.older = r.home.Snapshot()
	return nil
}

func (s *sim) backUp(r *replica) error {
	if r.hurt {
		return nil // a backup is read back, and one of a damaged journal counts for nothing
	}
	if err := s.close(r); err != nil {
		return err
	}
	r.backup = r.copyDisk()
	return s.open(r)
}

// restoreWrongly puts an old copy back and goes on as if nothing had been: what
// was numbered since is numbered twice.
func (s *sim) restoreWrongly(r *replica) error {
	if r.backup == nil || r.ended || s.stripped || slices.ContainsFunc(s.all, func(o *replica) bool { return o.hurt }) {
		return nil // what is damaged there may be whole here only
	}
	if err := s.putBack(r); err != nil {
		return err
	}
	return s.edit(r)
}

// flipBit damages what somebody else holds too.
func (s *sim) flipBit(r *replica) error {
	others := map[ledger.Hash]bool{}
	for _, o := range s.all {
		if o != r {
			s.frames(o)
			for h := range o.acked {
				others[h] = true
			}
		}
	}
	s.frames(r)
	for h := range r.acked {
		if !others[h] {
			return nil
		}
	}
	return s.flip(r)
}

func (s *sim) part(r *replica) error {
	r.away = 5 + s.rng.IntN(20)
	return nil
}

// changeRole lets a coordinator give somebody another role. Nobody becomes or
// stops being a coordinator here: what he erased just before he was told cannot
// be put back, so that what stands would depend on who heard first.
func (s *sim) changeRole(r *replica) error {
	of := s.all[s.rng.IntN(len(s.all))]
	if s.role(r) != "coordinator" || of.role == "coordinator" {
		return nil
	}
	role := []string{"lawyer", "social-worker"}[s.rng.IntN(2)]
	_, err := s.save(r, data.Change{Record: of.keys.Member, Set: map[string]string{"role": role}})
	return err
}
