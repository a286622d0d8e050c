package present

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// Teaming is an office of several people.
type Teaming interface {
	Team(ctx context.Context) ([]data.TeamMember, error)
	SetRole(ctx context.Context, member record.ID, role, reason string) (data.Receipt, *data.Proposal, error)
	Remove(ctx context.Context, id record.ID, reason string) (data.Removal, error)
}

// Team is the room of the team: who is in, what each may do, what waits for a
// second person's word.
type Team struct {
	State   State
	Failure Failure
	Members []TeamMember // still here, the one who is signed in first
	Gone    []TeamMember
	Alone   string     // that there is one coordinator only; "" otherwise
	Few     string     // that there is one member only; "" otherwise
	Here    []HereLine // who signs in on this computer
	Rights  RightsTable
	Pending []ProposalCard
	Decided []ProposalCard // the last ones, newest first

	MayInvite, MayRemove, MayRoles bool

	env    Env
	ctx    context.Context
	latest *Latest[*teamData]
	shown  func()
}

// TeamMember is a member in words.
type TeamMember struct {
	ID       record.ID
	Name     string
	Initials string
	Role     string // canonical
	RoleText string
	Line     string // licence, phone, since when
	Why      string // why he was removed, and when
	Chip     Chip
	Me       bool
	Devices  []TeamDevice
}

// TeamDevice is a device in words.
type TeamDevice struct {
	ID    record.ID // its record
	Key   record.ID // by its key
	Named string    // what it was called; "" for nothing
	Name  string
	Line  string // since when, how much it said
	Why   string // why it was removed, and when
	Mark  string // that some of what it said has no effect
	Chip  Chip
	This  bool
	Ended bool
}

// RightsTable says what each role may do.
type RightsTable struct {
	Roles []string // words
	Rows  []RightRow
}

// RightRow is one right and which of the roles hold it.
type RightRow struct {
	Right  string // canonical
	Text   string
	May    []bool
	Second bool // it takes a second person
}

type teamData struct {
	members []data.TeamMember
	rights  map[string][]string
	pending []ProposalCard
	decided []ProposalCard
	here    []HereLine
}

// NewTeam makes the room; Load fills it.
func NewTeam(ctx context.Context, env Env, shown func()) *Team {
	return &Team{env: env, ctx: ctx, shown: shown, latest: NewLatest[*teamData](env.Run)}
}

// Load reads the team again; what is on the screen stays meanwhile.
func (t *Team) Load() {
	t.latest.Ask(t.ctx, t.read, func(d *teamData, err error) {
		switch {
		case isCancelled(err):
			return
		case err != nil:
			t.State, t.Failure = Failed, failure(t.env.Words, err)
		default:
			t.take(d)
		}
		t.shown()
	})
}

// Drop forgets what is under way.
func (t *Team) Drop() { t.latest.Drop() }

func (t *Team) read(ctx context.Context) (*teamData, error) {
	d, api := &teamData{}, t.env.API
	o, ok := api.(Teaming)
	if !ok {
		return d, nil
	}
	var err error
	if d.members, err = o.Team(ctx); err != nil {
		return nil, err
	}
	office, err := api.Get(ctx, api.Info().OfficeID)
	if err != nil {
		return nil, err
	}
	d.rights = readRights(office.Get("rights"))
	if d.here, err = readHere(ctx, t.env, d.members); err != nil {
		return nil, err
	}
	d.pending, d.decided, err = readProposals(ctx, t.env)
	return d, err
}

// readRights reads the table as the office's record holds it.
func readRights(text string) map[string][]string {
	var table struct {
		Rights map[string][]string `json:"rights"`
	}
	if json.Unmarshal([]byte(text), &table) != nil {
		return nil
	}
	return table.Rights
}

func (t *Team) take(d *teamData) {
	w := t.env.Words
	t.State = Ready
	t.Members, t.Gone, t.Alone, t.Few = nil, nil, "", ""
	here := 0
	for i := range d.members {
		m := &d.members[i]
		line := t.member(m)
		if !m.Removed.IsZero() {
			t.Gone = append(t.Gone, line)
			continue
		}
		here++
		t.Members = append(t.Members, line)
	}
	slices.SortStableFunc(t.Members, func(a, b TeamMember) int {
		switch {
		case a.Me == b.Me:
			return strings.Compare(record.Plain(a.Name), record.Plain(b.Name))
		case a.Me:
			return -1
		}
		return 1
	})
	t.MayInvite, t.MayRemove, t.MayRoles = t.may(d, "invite", here), t.may(d, "remove", here), t.may(d, "change_roles", here)
	switch {
	case here == 0:
		t.State = Empty
	case here == 1:
		t.Few = w.T("teamroom.few")
	case t.env.API.LoneCoordinator():
		t.Alone = w.T("teamroom.alone")
	}
	t.Rights = rightsTable(w, d.rights)
	t.Here, t.Pending, t.Decided = d.here, d.pending, d.decided
}

// may tells whether who is signed in holds a right over the team, which its only
// member does whatever his role.
func (t *Team) may(d *teamData, right string, here int) bool {
	return here <= 1 || slices.Contains(d.rights[right], t.env.API.Info().Role)
}

func (t *Team) member(m *data.TeamMember) TeamMember {
	w := t.env.Words
	line := TeamMember{
		ID: m.ID, Name: m.Name, Role: m.Role, RoleText: roleText(w, m.Role), Me: m.Me,
		Initials: nameInitials(m.Name),
	}
	licence, since := "", ""
	if m.Licence != "" {
		licence = w.T("teamroom.licence", m.Licence)
	}
	if !m.Since.IsZero() {
		since = w.T("teamroom.since", dayText(w, m.Since))
	}
	line.Line = dot(licence, m.Phone, since)
	switch {
	case !m.Removed.IsZero():
		line.Why = whyText(w, m.Removed, m.Why)
		line.Chip = Chip{w.T("teamroom.removed"), Grey}
	case m.Me:
		line.Chip = Chip{w.T("teamroom.me"), Accent}
	}
	for i := range m.Devices {
		line.Devices = append(line.Devices, t.device(&m.Devices[i]))
	}
	return line
}

func (t *Team) device(d *data.TeamDevice) TeamDevice {
	w := t.env.Words
	line := TeamDevice{ID: d.Record, Key: d.ID, Name: d.Name, Named: d.Name, This: d.This, Ended: !d.Ended.IsZero()}
	if line.Name == "" {
		line.Name = w.T("sync.device.nameless", d.ID.String()[:6])
	}
	since, shared := "", ""
	if !d.Since.IsZero() {
		since = w.T("teamroom.since", dayText(w, d.Since))
	}
	if d.Shared {
		shared = w.T("teamroom.shared")
	}
	line.Line = dot(since, w.N("teamroom.said", d.Said), shared)
	if d.Refused > 0 {
		line.Mark = w.N("teamroom.refused", d.Refused)
	}
	switch {
	case line.Ended:
		line.Why = whyText(w, d.Ended, d.Why)
		line.Chip = Chip{w.T("teamroom.removed"), Grey}
	case d.This:
		line.Chip = Chip{w.T("sync.device.this"), Accent}
	}
	return line
}

func whyText(w *assets.Words, at time.Time, why string) string {
	if why == "" {
		return w.T("teamroom.removed.on", dayText(w, at))
	}
	return w.T("teamroom.removed.why", dayText(w, at), why)
}

func dayText(w *assets.Words, at time.Time) string { return dateText(w, at.Format(time.DateOnly)) }

func roleText(w *assets.Words, role string) string {
	if role == "" || !w.Has("role."+role) {
		return role
	}
	return w.T("role." + role)
}

// nameInitials of a name in one text: the first letters of its first and last word.
func nameInitials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	out := string([]rune(words[0])[:1])
	if len(words) > 1 {
		out += string([]rune(words[len(words)-1])[:1])
	}
	return strings.ToUpper(out)
}

// rightOrder is how the rights stand in the table; others follow by name.
var rightOrder = []string{
	"edit", "propose", "approve", "issue:release-notice", "issue:case-report", "issue:condolence", "issue:humanitarian-petition",
	"issue:habeas-corpus", "issue:notification-record", "issue:remains-request", "issue:incident-report",
	"invite", "remove", "change_roles", "erase", "change_texts",
}

// takesTwo are the rights whose use waits for a second person.
var takesTwo = []string{"issue:condolence", "erase", "change_roles"}

func rightsTable(w *assets.Words, rights map[string][]string) RightsTable {
	table := RightsTable{}
	for _, role := range record.Roles {
		table.Roles = append(table.Roles, roleText(w, role))
	}
	rest := make([]string, 0, len(rights))
	for right := range rights {
		if !slices.Contains(rightOrder, right) {
			rest = append(rest, right)
		}
	}
	slices.Sort(rest)
	for _, right := range append(slices.Clone(rightOrder), rest...) {
		roles, ok := rights[right]
		if !ok {
			continue
		}
		row := RightRow{Right: right, Text: right, Second: slices.Contains(takesTwo, right)}
		if key := "teamroom.right." + right; w.Has(key) {
			row.Text = w.T(key)
		}
		for _, role := range record.Roles {
			row.May = append(row.May, slices.Contains(roles, role))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// Outcome is how a change of the team ended, in words.
type Outcome struct {
	Text  string
	Waits bool // for a second person
}

// SetRole gives a member another role, or proposes it.
func (t *Team) SetRole(m TeamMember, role, reason string, done func(Outcome, Failure, bool)) {
	o, ok := t.env.API.(Teaming)
	if !ok {
		return
	}
	w := t.env.Words
	t.act(func() (Outcome, error) {
		_, proposal, err := o.SetRole(t.ctx, m.ID, role, reason)
		if proposal != nil {
			return Outcome{w.T("teamroom.role.waits", m.Name), true}, err
		}
		return Outcome{Text: w.T("teamroom.role.done", m.Name, roleText(w, role))}, err
	}, done)
}

// Remove sends a member or a device away, or proposes it.
func (t *Team) Remove(id record.ID, name, reason string, done func(Outcome, Failure, bool)) {
	o, ok := t.env.API.(Teaming)
	if !ok {
		return
	}
	w := t.env.Words
	t.act(func() (Outcome, error) {
		removal, err := o.Remove(t.ctx, id, reason)
		if removal.Proposal != nil {
			return Outcome{w.T("teamroom.remove.waits", name), true}, err
		}
		return Outcome{Text: w.N("teamroom.remove.done", len(removal.Devices), name)}, err
	}, done)
}

// act does something to the team behind the screen, and reads it again.
func (t *Team) act(do func() (Outcome, error), done func(Outcome, Failure, bool)) {
	t.env.Run.Go(func() {
		out, err := do()
		t.env.Run.Back(func() {
			if err != nil {
				done(Outcome{}, failure(t.env.Words, err), false)
				return
			}
			done(out, Failure{}, true)
			t.Load()
		})
	})
}

// Removing says in plain words what removing a member or one of his devices does.
func (t *Team) Removing(m TeamMember, d *TeamDevice) []string {
	w := t.env.Words
	var out []string
	n := 0
	for _, each := range m.Devices {
		if !each.Ended {
			n++
		}
	}
	if d != nil {
		out = append(out, w.T("teamroom.removing.device", d.Name, m.Name))
	} else {
		out = append(out, w.N("teamroom.removing.member", n, m.Name))
	}
	out = append(out, w.T("teamroom.removing.key"), w.T("teamroom.removing.held"), w.T("teamroom.removing.kept"))
	if m.Role == "coordinator" {
		out = append(out, w.T("teamroom.removing.second"))
	}
	if m.Me && (d == nil || d.This) {
		out = append(out, w.T("teamroom.removing.self"))
	}
	return out
}
