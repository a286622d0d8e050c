package present

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// testDay is the office's now in these tests.
var testDay = time.Date(2026, 11, 21, 9, 30, 0, 0, time.FixedZone("ECT", -5*3600))

func spanish(t *testing.T) *assets.Words {
	t.Helper()
	w, err := assets.LoadWords(assets.Spanish)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// realEnv is a real office on disk, with everything run at once.
func realEnv(t *testing.T) Env {
	t.Helper()
	var mu sync.Mutex
	at := testDay
	o, _, err := data.Create(context.Background(), data.Config{
		Dir: filepath.Join(t.TempDir(), "oficina"), Cost: data.Cost{Time: 1, Memory: 64, Threads: 1},
		Clock: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			at = at.Add(time.Second)
			return at
		},
	}, data.Founding{Office: "Sede Guayas", City: "Guayaquil", Member: "Lucía Chamorro", Role: "coordinator", Passphrase: []byte("tres tristes tigres tragan trigo")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return Env{API: o, Words: spanish(t), Run: workNow{}}
}

func write(t *testing.T, env Env, c data.Change) record.ID {
	t.Helper()
	got, err := env.API.Edit(context.Background(), c)
	if err != nil {
		t.Fatalf("%+v: %v", c, err)
	}
	return got[0].ID
}

func claimed(v map[string]string) data.Addition { return data.Addition{Kind: record.Claim, Values: v} }

func TestFormChecksAtOnce(t *testing.T) {
	for _, c := range []struct {
		kind                 record.Kind
		field, typed         string
		value, problem, warn string // problem and warn: a part of the words
		read                 string
	}{
		{record.Detainee, "given_names", "  Íñigo  Ángel ", "Íñigo Ángel", "", "", ""},
		{record.Detainee, "cedula", "1714307103", "1714307103", "", "", ""},
		{record.Detainee, "cedula", "1714307104", "1714307104", "", "dígito", ""},
		{record.Detainee, "birth", "14/8/1989", "1989-08-14", "", "", "14 de agosto de 1989 · 37 años"},
		{record.Detainee, "birth", "31/2/1989", "31/2/1989", "31/2/1989", "", ""},
		{record.Detainee, "birth", "34 años", "~34@2026-11-21", "", "", "34 años (según se dijo el 21 de noviembre de 2026)"},
		{record.Detainee, "birth", "mañana", "mañana", "mañana", "", ""},
		{record.Detainee, "sex", "female", "female", "", "", ""},
		{record.Contact, "forbidden_channels", "sms\nphone", "phone\nsms", "", "", ""},
		{record.Contact, "safe_hours", "8 a 12", "08:00-12:00", "", "", ""},
		{record.Attempt, "next_due", "15 días", "2026-12-06", "", "", "6 de diciembre de 2026"},
		{record.Detainee, "birth", "", "", "", "", ""},
	} {
		f := NewForm(c.kind, nil, []string{c.field}, spanish(t), testDay)
		own := f.Set(c.field, c.typed)
		if own.Value != c.value || own.Read != c.read {
			t.Errorf("%s %q: value %q read %q", c.field, c.typed, own.Value, own.Read)
		}
		if (c.problem == "") != (own.Problem == "") || !strings.Contains(own.Problem, c.problem) {
			t.Errorf("%s %q: problem %q, want %q", c.field, c.typed, own.Problem, c.problem)
		}
		if (c.warn == "") != (own.Warning == "") || !strings.Contains(own.Warning, c.warn) {
			t.Errorf("%s %q: warning %q, want %q", c.field, c.typed, own.Warning, c.warn)
		}
		_, ok := f.Change()
		if c.problem != "" && ok {
			t.Errorf("%s %q: what is refused must not be saved", c.field, c.typed)
		}
	}
}

func stored(id record.ID, kind record.Kind, set map[string]string) *record.Record {
	r := &record.Record{ID: id, Kind: kind, Values: map[string][]record.Val{}}
	for k, v := range set {
		r.Values[k] = []record.Val{{Text: v}}
	}
	return r
}

func TestFormSavesOnlyWhatChanged(t *testing.T) {
	base := stored(record.ID{7}, record.Detainee, map[string]string{"given_names": "Íñigo", "paternal_surname": "Núñez", "birth": "1989-08-14", "cedula": "1714307104"})
	f := NewForm(record.Detainee, base, []string{"given_names", "paternal_surname", "birth", "cedula", "no_such_field"}, spanish(t), testDay)
	if len(f.Fields) != 4 || f.Dirty() {
		t.Fatalf("fields %d dirty %v", len(f.Fields), f.Dirty())
	}
	if f.Field("birth").Shown != "14 ago 1989" {
		t.Errorf("a date is shown as people read it: %q", f.Field("birth").Shown)
	}
	if f.Field("cedula").Warning == "" {
		t.Error("a stored doubt is seen when the form opens")
	}
	f.Set("birth", "14 ago 1989") // the same day in other words
	f.Set("given_names", "Íñigo Ángel")
	f.Set("paternal_surname", "Nuñez")
	f.Set("paternal_surname", "Núñez")
	change, ok := f.Change()
	if !ok || !f.Dirty() || len(change.Set) != 1 || change.Set["given_names"] != "Íñigo Ángel" {
		t.Errorf("set = %v ok %v", change.Set, ok)
	}
	if change.Record != base.ID || change.Base != base {
		t.Error("a change rests on the record as it was when the form opened")
	}
	aged := NewForm(record.Detainee, stored(record.ID{8}, record.Detainee, map[string]string{"birth": "~24@2026-11-18"}), []string{"birth"}, spanish(t), testDay)
	aged.Set("birth", aged.Field("birth").Shown+"x")
	aged.Set("birth", strings.TrimSuffix(aged.Field("birth").Shown, "x"))
	if aged.Dirty() || aged.Field("birth").Problem != "" {
		t.Errorf("an age in words is left as it was: %+v", aged.Field("birth"))
	}
	f.Set("birth", "")
	if change, _ = f.Change(); change.Set["birth"] != "" || len(change.Set) != 2 {
		t.Errorf("an emptied field is saved empty: %v", change.Set)
	}
}

func TestFormRequiredRefusedRestored(t *testing.T) {
	f := NewForm(record.Attempt, nil, []string{"contact", "about", "when", "channel", "outcome", "note"}, spanish(t), testDay)
	if _, ok := f.Change(); ok || f.Field("channel").Problem == "" || f.Field("note").Problem != "" {
		t.Error("what is needed is asked for beside its field")
	}
	f.Set("channel", "phone")
	if f.Field("channel").Problem != "" {
		t.Error("the reason goes when the field is filled")
	}
	err := fault.Refuse("edit", "claim_refused", []fault.Problem{{Field: "outcome", Key: "required"}, {Field: "note", Key: "required", Warning: true}})
	if !f.Refuse(err) || f.Field("outcome").Problem == "" || f.Field("note").Warning == "" || f.Problem != "" {
		t.Errorf("refusals stand beside their fields: %+v %q", f.Field("outcome"), f.Problem)
	}
	if !f.Refuse(errors.New("disk")) || f.Refuse(nil) {
		t.Error("an error is an error and nothing is nothing")
	}
	g := NewForm(record.Attempt, nil, []string{"note", "when"}, spanish(t), testDay)
	g.Restore(map[string]string{"note": "llamar", "when": "2026-11-20"})
	if !g.Dirty() || g.Field("note").Value != "llamar" || g.Typed()["when"] != "2026-11-20" {
		t.Errorf("a draft comes back: %v", g.Typed())
	}
	g.Start("note", "lo de siempre")
	if slices.Contains([]string{"note"}, firstChanged(g)) {
		t.Error("what stands there from the start is not a change")
	}
}

func firstChanged(f *Form) string {
	for i := range f.Fields {
		if f.Fields[i].Changed() {
			return f.Fields[i].Name
		}
	}
	return ""
}

func TestEveryFieldAndOptionHasWords(t *testing.T) {
	for _, lang := range []assets.Lang{assets.Spanish, assets.English} {
		w, err := assets.LoadWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []record.Kind{record.Detainee, record.Contact, record.Relationship, record.Household, record.Attempt, record.Notification, record.Claim, record.Note} {
			for _, f := range record.SchemaOf(kind).Fields {
				keys := []string{kind.String() + "." + f.Name, "group." + f.Group}
				for _, o := range f.Options {
					keys = append(keys, "option."+kind.String()+"."+f.Name+"."+o)
				}
				for _, k := range keys {
					if !w.Has(k) {
						t.Errorf("%s lacks %s", lang, k)
					}
				}
			}
		}
	}
}

func TestAReasonGoesWithTheFieldThatCausedIt(t *testing.T) {
	f := NewForm(record.Contact, nil, []string{"given_names", "preferred_channel", "forbidden_channels"}, spanish(t), testDay)
	f.Set("given_names", "Rosa")
	f.Set("preferred_channel", "sms")
	f.Set("forbidden_channels", "sms")
	if _, ok := f.Change(); ok || f.Field("preferred_channel").Problem == "" {
		t.Fatal("what is preferred cannot be forbidden")
	}
	f.Set("forbidden_channels", "")
	if _, ok := f.Change(); !ok || f.Field("preferred_channel").Problem != "" {
		t.Errorf("the reason stays though its cause is gone: %q", f.Field("preferred_channel").Problem)
	}
}
