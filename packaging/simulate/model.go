package simulate

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// model is what the ledger says, worked out in the plainest way and without the
// program's own fold: every change in the one order, judged by the team as it
// was there, then each field's writes less those that others name.
type model struct {
	office, founder record.ID
	devices         map[record.ID]record.ID // device → member
	keys            map[record.ID][]byte    // device → public key
	rows            map[record.ID]record.ID // device record → device
	roles           map[record.ID]string
	records         map[record.ID]*thing
	cuts, found     map[record.ID][]cutAt // device → where it ended
	out, left       map[record.ID]bool    // members who were removed: known before, and found
	gone            map[record.ID]bool    // members who are removed at the place that is read
	circles         map[record.ID][]record.ID
	closed          map[record.ID]record.ID // record → the circle that it is restricted to
	secret          map[record.ID]bool      // records of which a circle holds or held something
	past            map[ledger.Hash]map[ledger.Hash]bool
}

// thing is one record.
type thing struct {
	kind    record.Kind
	cells   map[uint16][]said
	entries []record.ID
	erased  map[record.Write]bool
	acts    []act
	asks    []*ask
	words   []word
	deaths  []death
}

type said struct {
	act
	text string
}

// act is one change with where it stands.
type act struct {
	lamport uint64
	write   record.Write
	device  record.ID
	seq     uint64
	author  record.ID
	change  *ledger.Change
	second  bool // it takes a second member's word
}

func later(a, b act) int {
	return cmp.Or(
		cmp.Compare(a.lamport, b.lamport), bytes.Compare(a.write.Batch[:], b.write.Batch[:]),
		cmp.Compare(a.write.Index, b.write.Index),
	)
}

// model works out what the batches with these hashes say.
func (s *sim) model(held map[ledger.Hash]bool) *model {
	first := s.read(held, map[record.ID][]cutAt{}, map[record.ID]bool{})
	return s.read(held, first.found, first.left)
}

// read works it out under the cuts that are known, and finds those that are said.
func (s *sim) read(held map[ledger.Hash]bool, cuts map[record.ID][]cutAt, out map[record.ID]bool) *model {
	m := &model{
		office: s.all[0].keys.Office, founder: s.founder, cuts: cuts, found: map[record.ID][]cutAt{},
		devices: map[record.ID]record.ID{}, keys: map[record.ID][]byte{}, rows: map[record.ID]record.ID{},
		out: out, left: map[record.ID]bool{}, gone: map[record.ID]bool{}, circles: map[record.ID][]record.ID{},
		closed: map[record.ID]record.ID{}, secret: map[record.ID]bool{},
		roles: map[record.ID]string{}, records: map[record.ID]*thing{}, past: map[ledger.Hash]map[ledger.Hash]bool{},
	}
	var acts []act
	for h := range held {
		k := s.seen[h]
		for i := range k.body.Changes {
			w := record.Write{Batch: h, Index: uint16(i)}
			acts = append(acts, act{lamport: k.batch.Lamport, write: w, device: k.batch.Device, seq: k.batch.Seq, author: k.body.Author, change: &k.body.Changes[i]})
		}
	}
	slices.SortFunc(acts, later)
	for i := range acts {
		if !m.beyond(&acts[i]) && m.allowed(&acts[i]) {
			acts[i].second = m.second(&acts[i])
			m.learn(&acts[i])
			s.cut(m, &acts[i])
			m.apply(acts[i])
		}
	}
	return m
}

// allowed is the law of the team in its first version.
func (m *model) allowed(a *act) bool {
	c := a.change
	if a.device == m.founder && a.seq == 1 || m.succeeds(a) {
		return true
	}
	if member, ok := m.devices[a.device]; !ok || member != a.author {
		return false
	}
	chief := m.roles[a.author] == "coordinator" || len(m.roles) == 1
	_, role := given(c, "role")
	_, table := given(c, "rights")
	_, version := given(c, "rights_version")
	texts := slices.ContainsFunc([]string{"hub", "condolence_text", "release_checklist", "help_contact"}, func(name string) bool { _, ok := given(c, name); return ok })
	_, key := given(c, "sign_key")
	_, owner := given(c, "member")
	_, ended := given(c, "ended_at")
	law := c.Kind == record.Member || c.Kind == record.Device || c.Kind == record.OfficeKind || c.Kind == record.Epoch
	words, decides := says(a)
	switch {
	case c.Op == ledger.OpRestrict || c.Kind == record.Circle:
		return m.mayRing(a)
	case c.Op == ledger.OpErase:
		return chief && (!law || c.Kind == record.Member)
	case !law:
		return m.roles[a.author] != "" && (!decides || m.roles[a.author] == "coordinator")
	case c.Op != ledger.OpEdit:
		return false
	case len(words) > 0 || decides:
		return len(c.Fields) == 0 && (!decides || m.roles[a.author] == "coordinator" && c.Record != a.author)
	case slices.ContainsFunc(c.Fields, func(f ledger.Field) bool { return f.Num == ledger.FieldDeleted }):
		return chief
	case c.Kind == record.Epoch:
		return chief
	case c.Kind == record.Member && m.roles[c.Record] == "" && !m.gone[c.Record]:
		return chief
	case c.Kind == record.Member:
		return chief || !role && c.Record == a.author
	case c.Kind == record.Device && m.rows[c.Record].IsZero():
		return chief && !ended
	case c.Kind == record.Device:
		return !key && !owner && (chief || !ended && m.devices[m.rows[c.Record]] == a.author)
	}
	return c.Record == m.office && (chief || !table && !version && !texts)
}

// succeeds tells whether a device goes on for another by that one's word.
func (m *model) succeeds(a *act) bool {
	text, _ := given(a.change, "succeeds")
	before, err := record.ParseID(text)
	if err != nil || a.seq != 1 || a.change.Kind != record.Device {
		return false
	}
	old := before
	if device, ok := m.rows[before]; ok {
		old = device
	}
	if slices.ContainsFunc(m.cuts[old], func(c cutAt) bool { return !slices.Contains(c.lets, a.change.Record.String()) }) {
		return false // who ended it says who goes on for it
	}
	word, _ := given(a.change, "endorsement")
	key, _ := given(a.change, "sign_key")
	next, err := team.ParseKey(key)
	return err == nil && m.devices[old] == a.author && m.keys[old] != nil && ledger.DeviceOf(next) == a.device &&
		team.CheckEndorsement(m.keys[old], m.office, next, word) == nil
}

// learn takes in what an allowed change says of the team.
func (m *model) learn(a *act) {
	c := a.change
	if role, ok := given(c, "role"); ok && c.Kind == record.Member && !a.second && !m.gone[c.Record] {
		m.roles[c.Record] = role
	}
	if on, _ := given(c, "removed_on"); on != "" && c.Kind == record.Member && !a.second {
		m.gone[c.Record], m.left[c.Record], m.roles[c.Record] = true, true, ""
	}
	m.learnRing(c)
	text, ok := given(c, "sign_key")
	if !ok || c.Kind != record.Device {
		return
	}
	key, err := team.ParseKey(text)
	member, _ := given(c, "member")
	id, err2 := record.ParseID(member)
	device := ledger.DeviceOf(key)
	if err != nil || err2 != nil || !m.rows[c.Record].IsZero() || !m.devices[device].IsZero() {
		return
	}
	m.devices[device], m.keys[device], m.rows[c.Record] = id, key, device
}

func given(c *ledger.Change, name string) (string, bool) {
	schema := record.SchemaOf(c.Kind)
	if schema == nil {
		return "", false
	}
	f, ok := schema.Field(name)
	if !ok {
		return "", false
	}
	for i := range c.Fields {
		if c.Fields[i].Num == f.Num {
			return c.Fields[i].Text, true
		}
	}
	return "", false
}

func (m *model) apply(a act) {
	c := a.change
	t := m.records[c.Record]
	if t == nil {
		t = &thing{kind: c.Kind, cells: map[uint16][]said{}, erased: map[record.Write]bool{}}
		m.records[c.Record] = t
	}
	if c.Kind != t.kind {
		return
	}
	t.acts = append(t.acts, a)
	if c.Op == ledger.OpErase {
		if a.second {
			t.asks = append(t.asks, &ask{act: a})
		} else {
			t.erase(c.Erases)
		}
		return
	}
	held := &ask{act: a}
	role, _ := record.SchemaOf(record.Member).Field("role")
	for _, f := range c.Fields {
		if a.second && c.Kind == record.Member && f.Num == role.Num {
			held.fields, held.role = append(held.fields, f), f.Text
			continue
		}
		t.write(a, f)
	}
	if len(held.fields) > 0 && !c.Erased {
		t.asks = append(t.asks, held)
	}
	if !c.Erased {
		t.entriesOf(a)
		m.carryOut(t)
	}
}

func (t *thing) erase(writes []record.Write) {
	schema := record.SchemaOf(t.kind)
	if f, ok := schema.Field("legal_hold"); ok {
		for _, v := range t.cells[f.Num] {
			if v.text != "" && slices.Contains(writes, v.write) {
				return
			}
		}
	}
	for _, w := range writes {
		if !slices.ContainsFunc(t.acts, func(a act) bool { words, _ := says(&a); return a.write == w && len(words) > 0 && !a.change.Erased }) {
			t.erased[w] = true
		}
	}
	for num, live := range t.cells {
		t.cells[num] = slices.DeleteFunc(live, func(v said) bool { return t.erased[v.write] })
	}
	gone := map[record.ID]bool{}
	for _, a := range t.acts {
		if t.erased[a.write] {
			for i := range a.change.Entries {
				gone[fold.EntryID(a.write, i)] = true
			}
		}
	}
	t.entries = slices.DeleteFunc(t.entries, func(id record.ID) bool { return gone[id] })
}

// shown gives a field's values as they are to be shown: the later first, equal
// ones once.
func (t *thing) shown(num uint16) []said {
	live := slices.Clone(t.cells[num])
	slices.SortFunc(live, func(a, b said) int { return later(b.act, a.act) })
	var out []said
	for _, v := range live {
		if !slices.ContainsFunc(out, func(w said) bool { return w.text == v.text }) {
			out = append(out, v)
		}
	}
	return out
}

// deletions gives the live words that take the record away, and tells whether
// one brings it back.
func (t *thing) deletions() (away []said, back bool) {
	for _, v := range t.cells[ledger.FieldDeleted] {
		switch {
		case strings.HasPrefix(v.text, "true"):
			away = append(away, v)
		case v.text != "":
			back = true
		}
	}
	return away, back
}

// before tells whether one batch stands in the past of another.
func (s *sim) before(m *model, a, b ledger.Hash) bool { return s.pastOf(m, b)[a] }

func (s *sim) pastOf(m *model, h ledger.Hash) map[ledger.Hash]bool {
	if p, ok := m.past[h]; ok {
		return p
	}
	p := map[ledger.Hash]bool{}
	m.past[h] = p
	k := s.seen[h]
	if k == nil {
		return p
	}
	for _, d := range append(slices.Clone(k.batch.Deps), k.batch.Prev) {
		if d == (ledger.Hash{}) {
			continue
		}
		p[d] = true
		for x := range s.pastOf(m, d) {
			p[x] = true
		}
	}
	return p
}
