package data

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/rule"
)

// Who read, printed or carried out something sensitive is kept in the ledger
// too, by the member himself: one record for each day of a device, to which
// lines are added. It is no change of what was read.

// Bounds of gathering: how long lines wait for others, how many wait at most, how
// many one change takes, and for how long a record that is opened again is no new line.
const (
	auditWait   = 4 * time.Second
	auditMost   = 4096
	auditLines  = 32
	auditAgain  = time.Hour
	auditDetail = 500
)

// Auditor is told who saw what. *Office fulfils it.
type Auditor interface {
	// Opened: the page of a record was opened.
	Opened(r *record.Record)
	// Printed: a paper was made or printed that speaks of some records.
	Printed(kind, number string, about ...record.ID)
	// Exported: a list left the office: what it is of, by which filter, how many.
	Exported(of, filter string, count int)
}

// AuditOf gives whom to tell; an office of tests that keeps no ledger is told in vain.
func AuditOf(o any) Auditor {
	if a, ok := o.(Auditor); ok {
		return a
	}
	return noAudit{}
}

type noAudit struct{}

func (noAudit) Opened(*record.Record)                 {}
func (noAudit) Printed(string, string, ...record.ID)  {}
func (noAudit) Exported(of, filter string, count int) {}

// audit gathers what is to be written.
type audit struct {
	mu     sync.Mutex
	lines  []auditLine
	seen   map[record.ID]time.Time // when a record was last noted as read
	loaded bool                    // what this device wrote before the opening is in seen
	timer  *time.Timer
	ended  bool
	write  sync.Mutex // one writing at a time
}

type auditLine struct {
	what, of, detail, why string
	id                    record.ID
	at                    time.Time
	count                 int
}

// Opened notes that the page of a record was opened, when that is sensitive. It
// only remembers it: it is written a little later, with others.
func (o *Office) Opened(r *record.Record) {
	if r == nil {
		return
	}
	why := rule.Sensitive(r, r.Restricted())
	if why == "" {
		return
	}
	now := o.cfg.Clock()
	a := &o.audit
	a.mu.Lock()
	last, again := a.seen[r.ID]
	if again && now.Sub(last) < auditAgain && !now.Before(last) {
		a.mu.Unlock()
		return
	}
	if a.seen == nil {
		a.seen = map[record.ID]time.Time{}
	}
	a.seen[r.ID] = now
	a.mu.Unlock()
	o.note(auditLine{what: record.AccessRead, id: r.ID, of: r.Kind.String(), at: now, why: why})
}

// Printed notes that a paper was made that speaks of some records.
func (o *Office) Printed(kind, number string, about ...record.ID) {
	now := o.cfg.Clock()
	for _, id := range about {
		o.note(auditLine{what: record.AccessPrint, id: id, of: kind, detail: number, at: now, why: rule.SensitiveList})
	}
	if len(about) == 0 {
		o.note(auditLine{what: record.AccessPrint, of: kind, detail: number, at: now, why: rule.SensitiveList})
	}
}

// Exported notes that a list left the office.
func (o *Office) Exported(of, filter string, count int) {
	o.note(auditLine{what: record.AccessExport, of: of, detail: filter, count: count, at: o.cfg.Clock(), why: rule.SensitiveList})
}

func (o *Office) note(l auditLine) {
	a := &o.audit
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.lines) >= auditMost || a.ended {
		return
	}
	a.lines = append(a.lines, l)
	if a.timer == nil {
		a.timer = time.AfterFunc(auditWait, func() { o.writeAudit() })
	}
}

// endAudit writes what was gathered, before the office closes.
func (o *Office) endAudit() {
	o.writeAudit()
	o.audit.mu.Lock()
	defer o.audit.mu.Unlock()
	if !o.audit.ended {
		o.keepReadings()
	}
	o.audit.ended = true
	if o.audit.timer != nil {
		o.audit.timer.Stop()
	}
}

// writeAudit writes what was gathered, in one batch. What cannot be written now,
// as on a full disk, is tried again with what comes next: nobody is kept from his work by it.
func (o *Office) writeAudit() {
	a := &o.audit
	a.write.Lock()
	defer a.write.Unlock()
	early := o.unknownHere() // it would have no effect: the lines wait
	a.mu.Lock()
	if early {
		a.timer = nil
		a.mu.Unlock()
		return
	}
	lines := a.lines
	a.lines = nil
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
	a.mu.Unlock()
	if lines = o.newLines(lines); len(lines) == 0 {
		return
	}
	list := o.auditChanges(lines)
	if ok, _ := o.mayNow(&list[0].change); !ok {
		return // somebody who was removed writes nothing any more
	}
	if _, err := o.submit(context.Background(), list, false); err != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		if room := auditMost - len(a.lines); room > 0 {
			a.lines = append(lines[:min(len(lines), room)], a.lines...)
		}
	}
}

// newLines leaves out what this device wrote within the hour, before the office
// was opened this time: a command is a program of its own.
func (o *Office) newLines(lines []auditLine) []auditLine {
	a := &o.audit
	a.mu.Lock()
	loaded := a.loaded
	a.loaded = len(lines) > 0 || loaded
	a.mu.Unlock()
	if loaded || len(lines) == 0 {
		return lines
	}
	before := map[record.ID]time.Time{}
	for _, day := range []time.Time{lines[0].at, lines[0].at.Add(-auditAgain)} {
		s, _, err := o.readState(o.auditRecord(day))
		if err != nil {
			continue
		}
		for _, r := range o.readingsIn(s) {
			if r.What == record.AccessRead && r.Device == o.Info().Device && r.At.After(before[r.Record]) {
				before[r.Record] = r.At
			}
		}
	}
	return slices.DeleteFunc(lines, func(l auditLine) bool {
		last, ok := before[l.id]
		return ok && l.what == record.AccessRead && l.at.Sub(last) < auditAgain && !l.at.Before(last)
	})
}

// auditRecord names the record in which a day of this device stands.
func (o *Office) auditRecord(day time.Time) record.ID {
	h := sha256.New()
	info := o.Info()
	for _, b := range [][]byte{[]byte("paradero access 1"), info.OfficeID[:], info.Device[:], []byte(day.Format(time.DateOnly))} {
		_, _ = h.Write(b)
	}
	return record.ID(h.Sum(nil)[:16])
}

// auditChanges makes the changes that say some lines.
func (o *Office) auditChanges(lines []auditLine) []*prepared {
	var list []*prepared
	for part := range slices.Chunk(lines, auditLines) {
		day := part[0].at
		p := &prepared{
			change: ledger.Change{Record: o.auditRecord(day), Kind: record.Access, Op: ledger.OpEdit, Rights: 1}, size: 320,
		}
		p.add(1, nil, day.Format(time.DateOnly))
		for _, l := range part {
			texts := map[string]string{"what": l.what, "of": l.of, "when": l.at.Format("2006-01-02T15:04"), "detail": record.CleanLong(l.detail), "why": l.why}
			if !l.id.IsZero() {
				texts["record"] = l.id.String()
			}
			if l.count > 0 {
				texts["count"] = strconv.Itoa(l.count)
			}
			if len(texts["detail"]) > auditDetail {
				texts["detail"] = strings.ToValidUTF8(texts["detail"][:auditDetail], "")
			}
			p.entry(record.AccessLine, texts)
		}
		list = append(list, p)
	}
	return list
}

// Reading is one line of who saw what.
type Reading struct {
	What   string // record.AccessRead, AccessPrint or AccessExport
	Record record.ID
	Of     string // the kind of the record, paper or list
	At     time.Time
	Detail string // a paper's number, a list's filter
	Count  int
	Why    string // rule.Sensitive...
	Member record.ID
	By     string // his name
	Device record.ID
}

// ReadingFilter says which lines are wanted; what is zero asks for all.
type ReadingFilter struct {
	Record, Member, Device record.ID
	What                   string
	Since, Until           time.Time
	Limit                  int
}

func (f *ReadingFilter) fits(r *Reading) bool {
	same := func(want, is record.ID) bool { return want.IsZero() || want == is }
	return same(f.Record, r.Record) && same(f.Member, r.Member) && same(f.Device, r.Device) && (f.What == "" || f.What == r.What) &&
		(f.Since.IsZero() || !r.At.Before(f.Since)) && (f.Until.IsZero() || r.At.Before(f.Until))
}

// Readings gives who read, printed or carried out what, newest first. It is for
// those who answer for the team: who may remove somebody from it.
func (o *Office) Readings(ctx context.Context, f ReadingFilter) ([]Reading, error) {
	const op = "read accesses"
	if !o.holds("remove") {
		return nil, fault.New(fault.Refused, op, "right_missing", "remove", o.Info().Role)
	}
	return o.readings(ctx, op, f)
}

// MayReadings tells whether who is signed in may ask who read what.
func (o *Office) MayReadings() bool { return o.holds("remove") }

// holds tells whether who is signed in has a right over the team now.
func (o *Office) holds(right string) bool {
	o.use.RLock()
	defer o.use.RUnlock()
	return o.law.Holds(last, o.Info().Member, right)
}

func (o *Office) readings(ctx context.Context, op string, f ReadingFilter) ([]Reading, error) {
	o.writeAudit()
	ids, err := o.idsOf(ctx, record.Access)
	if err != nil {
		return nil, diskFault(op, err)
	}
	var out []Reading
	for _, id := range ids {
		s, _, err := o.readState(id)
		if err != nil {
			return nil, diskFault(op, err)
		}
		for _, r := range o.readingsIn(s) {
			if f.fits(&r) {
				out = append(out, r)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Reading) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Device.String(), b.Device.String()), cmp.Compare(a.Record.String(), b.Record.String()))
	})
	if f.Limit > 0 && len(out) > f.Limit {
		out = out[:f.Limit]
	}
	return out, nil
}

// readingsIn gives the lines of one record. Whose they are is not what they say
// but who signed them.
func (o *Office) readingsIn(s *fold.State) []Reading {
	if s.Kind != record.Access {
		return nil
	}
	schema := record.SchemaOf(record.AccessLine)
	var out []Reading
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Kind != record.AccessLine {
			continue
		}
		text := map[string]string{}
		for _, v := range e.Values {
			if f, ok := schema.FieldNum(v.Num); ok {
				text[f.Name] = v.Text
			}
		}
		from := &s.Origins[e.Origin]
		r := Reading{
			What: text["what"], Of: text["of"], Detail: text["detail"], Why: text["why"],
			Member: from.Author, By: o.names.get(from.Author), Device: from.Device, At: from.When(),
		}
		r.Record, _ = record.ParseID(text["record"])
		r.Count, _ = strconv.Atoi(text["count"])
		if at, err := time.ParseInLocation("2006-01-02T15:04", text["when"], from.When().Location()); err == nil {
			r.At = at
		}
		out = append(out, r)
	}
	return out
}
