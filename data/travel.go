package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/vault"
)

// travelName is the sealed file that says what was taken off this machine.
const travelName = "travel"

// TravelPlan is what travelling without some records takes off this machine.
type TravelPlan struct {
	Records  []Erasing
	Changes  int
	OnlyHere int         // of them, that no verified backup holds: they must be in one first
	Backup   BackupState // the last verified one, which will hold them
}

// away are the records that were taken off this machine: their values are not
// here, are not taken in while they are away, and come back from a backup.
type away struct {
	mu     sync.RWMutex
	ids    map[record.ID]record.Kind
	backup string // the file that holds them
	under  bool   // a taking off was begun, and nobody knows whether it was finished
}

// storedAway is the file, sealed.
type storedAway struct {
	Records map[string]record.Kind `json:"records"`
	Backup  string                 `json:"backup"`
	Under   bool                   `json:"under,omitempty"`
}

func (a *away) has(id record.ID) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	_, ok := a.ids[id]
	return ok
}

func (a *away) all() (map[record.ID]record.Kind, string) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	out := make(map[record.ID]record.Kind, len(a.ids))
	for id, k := range a.ids {
		out[id] = k
	}
	return out, a.backup
}

func (a *away) set(ids map[record.ID]record.Kind, backup string, under bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ids, a.backup, a.under = ids, backup, under
}

// unfinished tells whether the end of the program interrupted a taking off.
func (a *away) unfinished() bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.under
}

// Away gives how many records are off this machine, and the backup that holds
// them; that one must not be thrown away.
func (o *Office) Away() (records int, backup string) {
	ids, backup := o.away.all()
	return len(ids), backup
}

func (o *Office) travelKey() (*vault.Key, error) { return vault.Sub(&o.vault.Keys().Store, "travel") }

// readAway brings back what was taken off this machine before.
func (o *Office) readAway() error {
	const op = "open office"
	sealed, err := os.ReadFile(filepath.Join(o.cfg.Dir, travelName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return diskFault(op, err)
	}
	key, err := o.travelKey()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	plain, err := vault.Open(key, []byte(travelName), sealed)
	var s storedAway
	if err == nil {
		err = json.Unmarshal(plain, &s)
	}
	if err != nil {
		return nil //nolint:nilerr // what is away is then shown as lacking its values, and comes back in the same way
	}
	ids := map[record.ID]record.Kind{}
	for text, kind := range s.Records {
		if id, err := record.ParseID(text); err == nil {
			ids[id] = kind
		}
	}
	o.away.set(ids, s.Backup, s.Under)
	return nil
}

func (o *Office) keepAway(ids map[record.ID]record.Kind, backup string, under bool) error {
	path := filepath.Join(o.cfg.Dir, travelName)
	if len(ids) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("end travel: %w", err)
		}
		o.away.set(nil, "", false)
		return nil
	}
	s := storedAway{Records: map[string]record.Kind{}, Backup: backup, Under: under}
	for id, kind := range ids {
		s.Records[id.String()] = kind
	}
	plain, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("note travel: %w", err)
	}
	key, err := o.travelKey()
	if err != nil {
		return err
	}
	sealed, err := vault.Seal(o.cfg.Rand, nil, key, []byte(travelName), plain)
	if err != nil {
		return err
	}
	if err := vault.Replace(path, sealed); err != nil {
		return err
	}
	o.away.set(ids, backup, under)
	return nil
}

// TravelPlan says what travelling without some records would take off this
// machine: each with what speaks of nobody else, a case with its person.
func (o *Office) TravelPlan(ctx context.Context, ids ...record.ID) (TravelPlan, error) {
	const op = "travel"
	_, state, err := o.SinceBackup(ctx)
	if err != nil {
		return TravelPlan{}, err
	}
	plan := TravelPlan{Backup: state}
	covered := o.covers(state)
	if covered {
		_, err := os.Stat(state.Path)
		covered = err == nil
	}
	for _, id := range ids {
		if err := o.addTraveller(ctx, &plan, id, covered); err != nil {
			return TravelPlan{}, err
		}
	}
	if len(plan.Records) == 0 {
		return TravelPlan{}, fault.New(fault.NotFound, op, "travel_nothing")
	}
	return plan, nil
}

func (o *Office) addTraveller(ctx context.Context, plan *TravelPlan, id record.ID, covered bool) error {
	s, _, err := o.tellings(ctx, id)
	if err != nil {
		return err
	}
	if s.Kind == record.Case { // a case goes with the person whom it is about
		if r, err := o.Get(ctx, id); err == nil && !r.Ref("detainee").IsZero() {
			id = r.Ref("detainee")
			s = &fold.State{ID: id, Kind: record.Detainee}
		}
	}
	if s.Kind != record.Detainee && s.Kind != record.Contact {
		return fault.New(fault.Refused, "travel", "travel_kind")
	}
	with, err := o.goesWith(ctx, id, s.Kind)
	if err != nil {
		return err
	}
	for _, id := range with {
		if o.away.has(id) || slices.ContainsFunc(plan.Records, func(e Erasing) bool { return e.ID == id }) {
			continue
		}
		s, told, err := o.tellings(ctx, id)
		if err != nil {
			return err
		}
		e := Erasing{ID: id, Kind: s.Kind}
		for i := range told {
			if t := &told[i]; !t.lost && !t.Change.Erased && t.Change.Op == ledger.OpEdit {
				e.writes = append(e.writes, t.Origin.Write)
				if !covered || !t.pos.Before(plan.Backup.end) {
					plan.OnlyHere++
				}
			}
		}
		if e.Changes = len(e.writes); e.Changes > 0 {
			plan.Records, plan.Changes = append(plan.Records, e), plan.Changes+e.Changes
		}
	}
	return nil
}

// Travel takes records off this machine, lists, journal and drafts, so that
// whoever takes it finds nothing of them. It is refused while a verified backup
// lacks any of it; the person keeps that backup elsewhere.
func (o *Office) Travel(ctx context.Context, progress func(Progress), ids ...record.ID) (TravelPlan, error) {
	const op = "travel"
	plan, err := o.TravelPlan(ctx, ids...)
	if err != nil {
		return plan, err
	}
	if plan.OnlyHere > 0 {
		return plan, fault.New(fault.Refused, op, "travel_only_here", fmt.Sprint(plan.OnlyHere))
	}
	if o.Damage() > 0 {
		return plan, fault.New(fault.Refused, op, "travel_damaged")
	}
	ctx = context.WithoutCancel(ctx) // half taken off is neither here nor there
	err = o.still(op, func() error {
		gone, _ := o.away.all()
		fresh := map[record.ID]record.Kind{}
		for _, e := range plan.Records {
			gone[e.ID], fresh[e.ID] = e.Kind, e.Kind
		}
		if err := o.keepAway(gone, plan.Backup.Path, true); err != nil {
			return err
		}
		if err := o.takeOut(ctx, plan.Records); err != nil {
			return err
		}
		return o.refoldAll(fresh, func(s *fold.State) bool { return !s.Deleted() })
	})
	if err != nil {
		return plan, diskFault(op, err)
	}
	erased := ErasePlan{Records: plan.Records}
	o.dropDrafts(&erased)
	if err := o.Rebuild(ctx, progress); err != nil {
		return plan, err
	}
	return plan, diskFault(op, o.tookOff())
}

// tookOff notes that what is said to be away has been taken off.
func (o *Office) tookOff() error {
	if !o.away.unfinished() {
		return nil
	}
	ids, backup := o.away.all()
	erased := ErasePlan{}
	for id := range ids {
		erased.Records = append(erased.Records, Erasing{ID: id})
	}
	o.dropDrafts(&erased)
	return o.keepAway(ids, backup, false)
}

// takeOutAway takes what is said to be away, and is still here since the end of
// the program interrupted its taking off, out of the journal.
func (o *Office) takeOutAway(ctx context.Context) error {
	if !o.away.unfinished() {
		return nil
	}
	for _, n := range o.journal.Segments() {
		if _, err := o.journal.Rewrite(ctx, n, func(_ ledger.Pos, b *ledger.Batch) (*ledger.Batch, bool) {
			body, err := b.OpenHeads(o.keys)
			if err != nil {
				return b, false
			}
			gone := map[uint16]bool{}
			for i := range body.Changes {
				if !o.away.has(body.Changes[i].Record) {
					continue
				}
				one, err := b.OpenOne(o.keys, i)
				gone[uint16(i)] = err == nil && one.Changes[i].Op == ledger.OpEdit
			}
			return without(b, gone)
		}); err != nil {
			return err
		}
	}
	return o.journal.DropTails()
}

// takeOut takes the payloads of some records out of the journal.
func (o *Office) takeOut(ctx context.Context, records []Erasing) error {
	var list []record.Write
	for _, e := range records {
		list = append(list, e.writes...)
	}
	return o.rewriteWithout(ctx, list)
}

// Return brings back everything that was taken off this machine, from a backup
// that holds it, and says how many records still lack something.
func (o *Office) Return(ctx context.Context, file string, progress func(Progress)) (lacking int, err error) {
	const op = "return from travel"
	ids, backup := o.away.all()
	if len(ids) == 0 {
		return 0, fault.New(fault.NotFound, op, "travel_nothing_away")
	}
	if file == "" {
		file = backup
	}
	if err := o.still(op, func() error {
		o.away.set(nil, "", false)
		for id := range ids {
			for _, h := range o.lacking(id) {
				o.owed.put(h, true)
			}
		}
		return o.refoldAll(ids, func(*fold.State) bool { return false })
	}); err != nil {
		return 0, diskFault(op, err)
	}
	_, err = o.Refill(ctx, file, progress)
	left := map[record.ID]record.Kind{}
	if serr := o.still(op, func() error {
		for id, kind := range ids {
			if len(o.lacking(id)) > 0 {
				left[id] = kind
			}
		}
		if err := o.keepAway(left, backup, false); err != nil {
			return err
		}
		return o.refoldAll(left, func(s *fold.State) bool { return !s.Deleted() })
	}); err == nil {
		err = diskFault(op, serr)
	}
	return len(left), err
}

// lacking gives the batches in which values of a record are missing that nothing
// erased.
func (o *Office) lacking(id record.ID) []ledger.Hash {
	s, places, err := o.state(id)
	if err != nil {
		return nil
	}
	var out []ledger.Hash
	for _, p := range places {
		b, body, err := o.readChange(p)
		if err == nil && body.Changes[p.Index].Erased && !s.Gone(record.Write{Batch: b.Hash, Index: p.Index}) {
			out = append(out, b.Hash)
		}
	}
	return out
}
