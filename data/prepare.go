package data

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/rule"
	"paradero/data/store"
)

// prepared is a checked change on its way to the committer.
type prepared struct {
	change   ledger.Change
	size     int
	warnings []fault.Problem
	was      *record.Record    // nil for a new record
	values   map[string]string // the shown values as they will stand, for gates
	fresh    bool              // it makes the record
	circle   record.ID         // that it is said to; zero: as its record is restricted
	before   []ledger.Change   // what of it everybody reads, where the rest is sealed
}

// prepare checks a change and turns it into the ledger's form: canonical
// texts, the writes that it replaces, claims in place of concluded fields.
func (o *Office) prepare(c *Change) (*prepared, error) {
	if c.Record.IsZero() {
		var id record.ID
		if _, err := io.ReadFull(o.cfg.Rand, id[:]); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "save", "random_failed")
		}
		return o.prepareNew(id, c.Kind, c)
	}
	if o.Pictured(c.Record) {
		return nil, fault.New(fault.Refused, "save", "record_still_arriving")
	}
	s, _, err := o.readState(c.Record)
	if err != nil {
		if isMissing(err) {
			return nil, fault.New(fault.NotFound, "save", "not_found", c.Record.String())
		}
		return nil, err
	}
	if o.away.has(s.ID) {
		return nil, fault.New(fault.NotFound, "save", "record_away")
	}
	if s.Deleted() {
		return nil, fault.New(fault.NotFound, "save", "not_found", c.Record.String())
	}
	if s.Later || record.SchemaOf(s.Kind) == nil {
		return nil, fault.New(fault.Newer, "save", "record_newer")
	}
	if ownWay(s.Kind) {
		return nil, fault.New(fault.Refused, "save", "record_own_way")
	}
	if !(c.Delete && len(c.Set)+len(c.Add) == 0) && !s.Circle.IsZero() && c.List == "" {
		if _, _, err := o.sealingKey(s.Circle); err != nil {
			return nil, err
		}
	}
	if into := o.merges.into(s.ID); !into.IsZero() {
		return nil, fault.New(fault.Refused, "save", "record_merged", into.String())
	}
	return o.prepareEdit(s, c)
}

func (o *Office) prepareNew(id record.ID, kind record.Kind, c *Change) (*prepared, error) {
	schema := record.SchemaOf(kind)
	if schema == nil || schema.Entry || ownWay(kind) {
		return nil, &fault.Error{Code: fault.Invalid, Op: "save", Key: "invalid", Problems: []fault.Problem{{Key: "kind_unknown"}}}
	}
	p, err := o.build(&fold.State{ID: id, Kind: kind}, nil, nil, c)
	if err == nil {
		p.fresh = true
	}
	return p, err
}

func (o *Office) prepareEdit(s *fold.State, c *Change) (*prepared, error) {
	if s.Kind == record.OfficeKind {
		if err := soundRights(c.Set); err != nil {
			return nil, err
		}
	}
	was := fold.View(s, o.names.get)
	seen := record.Seen(s)
	if c.Base != nil {
		if c.Base.ID != s.ID || c.Base.Seen == nil {
			return nil, fault.New(fault.Invalid, "save", "base_of_another_record")
		}
		seen = c.Base.Seen
	}
	return o.build(s, was, seen, c)
}

// build checks what a change says against the record as it stands.
func (o *Office) build(s *fold.State, was *record.Record, seen record.Seen, c *Change) (*prepared, error) {
	schema := record.SchemaOf(s.Kind)
	values, problems, err := o.checkValues(schema, was, c)
	if err != nil {
		return nil, err
	}
	p := &prepared{was: was, warnings: problems, values: values, circle: c.Circle}
	p.change = ledger.Change{Record: s.ID, Kind: s.Kind, Op: ledger.OpEdit, Rights: 1, Reason: record.CleanLong(c.Reason), List: c.List}
	for i := range schema.Fields {
		f := &schema.Fields[i]
		text, given := values[f.Name]
		if _, typed := c.Set[f.Name]; !typed && !(f.Name == "birth" && c.Set["age"] != "") || !given || f.Concluded || f.Name == "age" {
			continue
		}
		if was == nil && text == "" {
			continue
		}
		if f.Name == "facility" && text != "" {
			text = o.places.name(text)
		}
		if f.Num == record.MergedIntoNum && f.Name == "merged_into" {
			return nil, &fault.Error{Code: fault.Invalid, Op: "save", Key: "invalid", Problems: []fault.Problem{{Field: f.Name, Key: "only_by_merge"}}}
		}
		if was != nil && c.List == "" && (unchanged(s, f.Num, text) || o.sameRefs(f, s, text)) {
			continue
		}
		p.addField(f.Num, text, seen)
	}
	if c.Delete {
		p.addField(ledger.FieldDeleted, deletion(s, seen), seen)
	}
	adds := c.Add
	if claim := o.claimOf(was, values, c); claim != nil && s.Kind == record.Detainee {
		adds = append(slices.Clone(adds), Addition{Kind: record.Claim, Values: claim})
	}
	for _, a := range adds {
		if err := o.addEntry(p, a, c); err != nil {
			return nil, err
		}
	}
	p.size += len(p.change.Reason) + len(p.change.List) + 320
	if !p.change.Fits() {
		return nil, &fault.Error{Code: fault.Invalid, Op: "save", Key: "batch_too_large", Problems: []fault.Problem{{Key: "change_too_large"}}}
	}
	return p, nil
}

// deletion is the text by which one deletes who has seen this of the record.
func deletion(s *fold.State, seen record.Seen) string {
	if then, ok := seen.(*fold.State); ok {
		return then.Deletion()
	}
	return s.Deletion()
}

func (p *prepared) addField(num uint16, text string, seen record.Seen) {
	f := ledger.Field{Num: num, Text: text}
	if seen != nil {
		f.Pred = seen.Replaces(num)
		if len(f.Pred) > ledger.MaxPred {
			f.Pred = f.Pred[:ledger.MaxPred]
		}
	}
	p.size += len(text) + 8 + 40*len(f.Pred)
	p.change.Fields = append(p.change.Fields, f)
}

// unchanged tells whether a field already says this and nothing else.
func unchanged(s *fold.State, num uint16, text string) bool {
	vals := s.Vals(num)
	if len(vals) == 0 {
		return text == ""
	}
	return !slices.ContainsFunc(vals, func(v fold.Val) bool { return v.Text != text })
}

// checkValues gives the record's shown values as they will stand, and the
// problems of the fields that the change sets; refusing ones are an error.
func (o *Office) checkValues(schema *record.Schema, was *record.Record, c *Change) (map[string]string, []fault.Problem, error) {
	values := map[string]string{}
	if was != nil {
		for name := range was.Values {
			values[name] = was.Get(name)
		}
	}
	maps.Copy(values, c.Set)
	day := o.Now()
	if c.checked || c.Delete && len(c.Set)+len(c.Add) == 0 {
		fromAge(values, c, day)
		return values, nil, nil
	}
	canonical, found := record.CheckAll(schema.Kind, values, day)
	var refused, warned []fault.Problem
	for _, p := range found {
		_, typed := c.Set[p.Field]
		if was != nil && !typed && (p.Warning || p.Field != "" || was.Closed > 0) {
			continue // stood there before, or may stand where only a circle reads it: not this change's matter
		}
		if p.Warning {
			warned = append(warned, p)
		} else {
			refused = append(refused, p)
		}
	}
	if len(refused) > 0 {
		return nil, nil, &fault.Error{Code: fault.Invalid, Op: "save", Key: "invalid", Problems: refused}
	}
	if schema.Kind == record.Notification && !c.Delete {
		found := rule.CheckNotification(canonical)
		if blocking := rule.Blocking(found); len(blocking) > 0 {
			return nil, nil, fault.Refuse("save", "notification_refused", blocking)
		}
		warned = append(warned, found...)
	}
	fromAge(canonical, c, day)
	return canonical, warned, nil
}

// fromAge keeps an age as a birth "~34@day": it is true only on the day it was said.
func fromAge(values map[string]string, c *Change, day time.Time) {
	if age, err := strconv.Atoi(values["age"]); err == nil && c.Set["age"] != "" && c.Set["birth"] == "" {
		values["birth"] = record.BirthFromAge(age, day)
	}
}

// claimOf turns concluded fields of a change into one claim by the member or
// the list: place and status are never typed over (DOMAIN §3).
func (o *Office) claimOf(was *record.Record, values map[string]string, c *Change) map[string]string {
	if c.Set["facility"] == "" && c.Set["wing"] == "" && c.Set["cell"] == "" && c.Set["life_status"] == "" && c.Set["release_status"] == "" {
		return nil
	}
	claim := map[string]string{"when": o.Now().Format("2006-01-02T15:04"), "source": o.Info().Name, "source_kind": "member"}
	if claim["source"] == "" {
		claim["source"] = o.Info().Office
	}
	if c.List != "" {
		claim["source"], claim["source_kind"] = c.List, "official_list"
	}
	if c.Reason != "" {
		claim["reason"] = c.Reason
	}
	for _, name := range []string{"facility", "wing", "cell"} {
		if _, given := c.Set[name]; given {
			claim[name] = values[name]
		}
	}
	if was != nil && claim["facility"] == "" && (claim["wing"] != "" || claim["cell"] != "") {
		now := rule.Conclude(was)
		claim["facility"] = now.Facility
		if claim["wing"] == "" {
			claim["wing"] = now.Wing
		}
	}
	claim["status"] = values["life_status"]
	if c.Set["life_status"] == "" {
		claim["status"] = ""
	}
	if claim["status"] == "" && c.Set["release_status"] != "" {
		claim["status"] = values["release_status"]
	}
	return claim
}

// addEntry checks an entry and adds it to the change.
func (o *Office) addEntry(p *prepared, a Addition, c *Change) error {
	schema := record.SchemaOf(a.Kind)
	if schema == nil || !schema.Entry {
		return &fault.Error{Code: fault.Invalid, Op: "save", Key: "invalid", Problems: []fault.Problem{{Key: "kind_unknown"}}}
	}
	given := a.Values
	if a.Kind == record.Claim {
		given = rule.Completed(given)
	}
	values, found := given, []fault.Problem(nil)
	if !c.checked {
		values, found = record.CheckAll(a.Kind, given, o.Now())
	}
	code := fault.Invalid
	if a.Kind == record.Claim && len(rule.Blocking(found)) == 0 {
		found = append(found, rule.CheckClaim(values)...)
		code = fault.Refused
		if values["when"] == "" && c.List == "" {
			values["when"] = o.Now().Format("2006-01-02T15:04")
		}
	}
	if blocking := rule.Blocking(found); len(blocking) > 0 {
		return &fault.Error{Code: code, Op: "save", Key: "entry_refused", Problems: blocking}
	}
	p.warnings = append(p.warnings, found...)
	e := ledger.Entry{Kind: a.Kind}
	for i := range schema.Fields {
		f := &schema.Fields[i]
		text := values[f.Name]
		if f.Name == "facility" && text != "" {
			text = o.places.name(text)
		}
		if text != "" {
			e.Values = append(e.Values, ledger.Text{Num: f.Num, Text: text})
			p.size += len(text) + 8
		}
	}
	slices.SortFunc(e.Values, func(a, b ledger.Text) int { return int(a.Num) - int(b.Num) })
	p.change.Entries = append(p.change.Entries, e)
	return nil
}

func isMissing(err error) bool { return err != nil && errors.Is(err, store.ErrMissing) }
