package present

import (
	"context"
	"slices"
	"strings"
	"time"

	"paradero/app"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/search"
)

// Today is the first room: what is overdue, what is due in the next days, what
// contradicts itself, and which states of emergency run.
type Today struct {
	State          State
	Failure        Failure
	Date           string
	Mine           bool
	Late           []TodayLine
	Due            []TodayLine
	Contradictions []TodayLine
	More           int // contradictions beyond those that are listed
	LateMore       int // the same of what is late, and of what is due
	DueMore        int
	Emergencies    []TodayLine
	Asked          []TodayLine // proposals that wait for the word of who is signed in
	Drafts         []DraftLine // unfinished forms, the newest first
	Unreadable     string      // that some of them cannot be read
	Alone          string      // that nobody could agree to what takes two; "" else
	Backup         string      // that the last backup is old; "" while there is nothing to say
	Away           string      // what is off this machine; "" when nothing is

	env    Env
	ctx    context.Context
	data   *todayData
	latest *Latest[*todayData]
	shown  func()
}

// TodayLine is one thing to look at, and where it leads.
type TodayLine struct {
	ID   record.ID // what opens
	Kind record.Kind
	Task record.ID // the task that can be ticked off; zero when it is none
	What string
	Who  string // whom it is about, who does it
	When string
	Chip Chip // what kind of thing
}

// todayDays is how far ahead the room looks.
const todayDays = 7

// todayContradictions is how many contradictions are listed; the people room
// shows all of them.
const todayContradictions = 30

type todayItem struct {
	line     TodayLine
	day      string
	assigned string
}

type todayData struct {
	items          []todayItem
	contradictions []TodayLine
	more           int
	emergencies    []TodayLine
	asked          []TodayLine
	drafts         []DraftLine
	unreadable     int
	backup         string
	alone          string
}

// backedUp is an office that knows of its backups.
type backedUp interface {
	SinceBackup(ctx context.Context) (int, data.BackupState, error)
}

// backup says so when the last verified backup is old. A demonstration holds
// nobody real.
func (t *Today) backup(ctx context.Context, d *todayData) {
	o, ok := t.env.API.(backedUp)
	if !ok || t.env.API.Info().Demo {
		return
	}
	since, state, err := o.SinceBackup(ctx)
	if err == nil && app.BackupStale(since, state, t.env.API.Now()) {
		d.backup = app.BackupLine(since, state, t.env.API.Now(), t.env.Words)
	}
}

// NewToday makes the room; Load fills it.
func NewToday(ctx context.Context, env Env, shown func()) *Today {
	return &Today{env: env, ctx: ctx, shown: shown, latest: NewLatest[*todayData](env.Run)}
}

// Load reads the office again; what is on the screen stays until it is read.
func (t *Today) Load() {
	t.latest.Ask(t.ctx, t.read, func(d *todayData, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			t.State, t.Failure = Failed, failure(t.env.Words, err)
			t.shown()
		default:
			t.data = d
			t.narrow()
		}
	})
}

// Drop forgets what is under way.
func (t *Today) Drop() { t.latest.Drop() }

// OnlyMine shows what is assigned to whoever is signed in.
func (t *Today) OnlyMine(mine bool) {
	t.Mine = mine
	if t.data != nil {
		t.narrow()
	}
}

func (t *Today) read(ctx context.Context) (*todayData, error) {
	d := &todayData{}
	api := t.env.API
	newest := map[record.ID]*record.Record{} // the last talk with each contact
	var err error
	for kind, take := range map[record.Kind]func(*record.Record){
		record.Task:         func(r *record.Record) { t.task(d, r) },
		record.Case:         func(r *record.Record) { t.nextStep(d, r) },
		record.Attempt:      func(r *record.Record) { lastTalk(newest, r) },
		record.Notification: func(r *record.Record) { lastTalk(newest, r) },
		record.Incident:     func(r *record.Record) { t.emergency(d, r) },
	} {
		err = api.Each(ctx, kind, func(r *record.Record) error {
			if !r.Deleted {
				take(r)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, r := range newest {
		t.talk(d, r)
	}
	slices.SortStableFunc(d.items, func(a, b todayItem) int {
		if c := strings.Compare(a.day, b.day); c != 0 {
			return c
		}
		return strings.Compare(a.line.What+a.line.Who, b.line.What+b.line.Who)
	})
	if d.drafts, d.unreadable, err = ReadDrafts(ctx, t.env); err != nil {
		return nil, err
	}
	t.backup(ctx, d)
	d.alone = aloneLine(t.env)
	if err = t.asked(ctx, d); err != nil {
		return nil, err
	}
	return d, t.contradictions(ctx, d)
}

// asked reads what waits for the word of who is signed in.
func (t *Today) asked(ctx context.Context, d *todayData) error {
	o, ok := t.env.API.(Deciding)
	if !ok {
		return nil
	}
	list, err := o.Proposals(ctx, false)
	if err != nil {
		return err
	}
	w := t.env.Words
	for i := range list {
		p := &list[i]
		if !p.May {
			continue
		}
		d.asked = append(d.asked, TodayLine{
			ID: p.Record, Kind: p.Kind, What: dot(w.T("proposal.what."+p.What), p.Name), Who: w.T("proposal.by", p.ByName, stamp(w, p.At)),
			Chip: Chip{Text: w.T("proposal.state.waiting"), Tone: Warn},
		})
	}
	return nil
}

func (t *Today) task(d *todayData, r *record.Record) {
	day := r.Get("due")
	if r.Get("done_on") != "" || day == "" {
		return
	}
	line := TodayLine{ID: r.ID, Kind: record.Task, Task: r.ID, What: r.Get("what"), Chip: Chip{Text: t.env.Words.T("today.task")}}
	about := r.Ref("about")
	if row, ok := t.env.API.Row(about); ok {
		line.ID, line.Kind = about, row.Kind
	}
	line.Who = dot(refName(t.env, about), r.Get("assigned_to"))
	d.items = append(d.items, todayItem{line: line, day: day, assigned: r.Get("assigned_to")})
}

func (t *Today) nextStep(d *todayData, r *record.Record) {
	day, w := r.Get("next_step_due"), t.env.Words
	if day == "" || r.Get("state") == "closed" {
		return
	}
	what := r.Get("next_step")
	if what == "" {
		what = w.T("today.next_step")
	}
	d.items = append(d.items, todayItem{day: day, assigned: r.Get("assigned_to"), line: TodayLine{
		ID: r.ID, Kind: record.Case, What: what, Who: dot(refName(t.env, r.Ref("detainee")), r.Get("assigned_to")),
		Chip: Chip{Text: w.T("cases.type." + r.Get("type")), Tone: Accent},
	}})
}

// lastTalk keeps the newest talk with each contact: an older promise was kept
// or replaced by the newer one.
func lastTalk(newest map[record.ID]*record.Record, r *record.Record) {
	contact := r.Ref("contact")
	if old := newest[contact]; old == nil || old.Get("when") < r.Get("when") {
		newest[contact] = r
	}
}

func (t *Today) talk(d *todayData, r *record.Record) {
	day := r.Get("next_due") + r.Get("next_contact") // a record has one of the two
	if day == "" {
		return
	}
	w, contact := t.env.Words, r.Ref("contact")
	by := r.Get("by")
	var about []string
	for _, id := range r.Refs("about") {
		about = append(about, refName(t.env, id))
	}
	d.items = append(d.items, todayItem{day: day, assigned: by, line: TodayLine{
		ID: contact, Kind: record.Contact, What: w.T("today.call", refName(t.env, contact)),
		Who: dot(strings.Join(about, "; "), by), Chip: Chip{Text: w.T("today.family")},
	}})
}

func (t *Today) emergency(d *todayData, r *record.Record) {
	em := emergencyOf(t.env, r)
	if em == nil || em.Over {
		return
	}
	line := TodayLine{ID: r.ID, Kind: record.Incident, What: em.Place, Who: r.Get("name"), When: em.Chip.Text}
	same := func(o TodayLine) bool { return o.What == line.What && o.When == line.When } // one decree, two incidents
	if !slices.ContainsFunc(d.emergencies, same) {
		d.emergencies = append(d.emergencies, line)
	}
}

func (t *Today) contradictions(ctx context.Context, d *todayData) error {
	result, err := t.env.API.List(ctx, data.ListQuery{Flag: search.Contradicted})
	if err != nil {
		return err
	}
	w := t.env.Words
	for i := range min(result.Len(), todayContradictions) {
		row := personRow(t.env, result.At(i))
		d.contradictions = append(d.contradictions, TodayLine{
			ID: row.ID, Kind: row.Kind, What: row.Name, Who: row.Line,
			Chip: Chip{Text: w.T("people.mark.contradicted"), Tone: Warn},
		})
	}
	d.more = max(0, result.Len()-todayContradictions)
	return nil
}

// todayLines is how many late or due things are listed: nobody does more in a
// day, and the earliest come first.
const todayLines = 50

// narrow sorts what was read into what is late and what is due soon.
func (t *Today) narrow() {
	w, now := t.env.Words, t.env.API.Now()
	today, last := t.env.Day(), now.AddDate(0, 0, todayDays).Format(time.DateOnly)
	t.Date = dateFull(w, today)
	t.Late, t.Due = nil, nil
	me := t.env.API.Info().Name
	for _, it := range t.data.items {
		line := it.line
		switch {
		case t.Mine && it.assigned != me, it.day > last:
			continue
		case it.day < today:
			line.When = w.T("cases.overdue", dateText(w, it.day))
			t.Late = append(t.Late, line)
		case it.day[:min(len(it.day), len(today))] == today:
			line.When = w.T("today.is_today")
			t.Due = append(t.Due, line)
		default:
			line.When = dateText(w, it.day)
			t.Due = append(t.Due, line)
		}
	}
	t.LateMore, t.DueMore = max(0, len(t.Late)-todayLines), max(0, len(t.Due)-todayLines)
	t.Late, t.Due = t.Late[:min(len(t.Late), todayLines)], t.Due[:min(len(t.Due), todayLines)]
	t.Drafts, t.Unreadable, t.Backup = t.data.drafts, "", t.data.backup
	if t.data.unreadable > 0 {
		t.Unreadable = w.N("draft.unreadable", t.data.unreadable)
	}
	t.Contradictions, t.More, t.Emergencies, t.Asked = t.data.contradictions, t.data.more, t.data.emergencies, t.data.asked
	t.State = Ready
	t.Alone = t.data.alone
	t.Away, _ = AwayLine(t.env.API, w)
	if len(t.data.items)+len(t.Contradictions)+len(t.Emergencies)+len(t.Asked)+len(t.Drafts)+t.data.unreadable == 0 && t.Backup+t.Away == "" {
		t.State = Empty
	}
	t.shown()
}

// Tick marks a task as done today.
func (t *Today) Tick(task record.ID, done func(Failure, bool)) {
	save(t.ctx, t.env, done, data.Change{Record: task, Kind: record.Task, Set: map[string]string{"done_on": t.env.Day()}})
}
