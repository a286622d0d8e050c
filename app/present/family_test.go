package present

import (
	"context"
	"strings"
	"testing"

	"paradero/data"
	"paradero/data/record"
)

func (s *sons) contact(t *testing.T) *Contact {
	t.Helper()
	c := NewContact(context.Background(), s.env, s.father, func() {})
	c.Open()
	if c.State != Ready {
		t.Fatalf("state %v: %+v", c.State, c.Failure)
	}
	return c
}

func TestEachSonHasHisOwnStatus(t *testing.T) {
	s := threeSons(t)
	c := s.contact(t)
	got := map[string]string{}
	for _, tie := range c.Ties {
		got[tie.Name] = tie.Chip.Text + "/" + tie.Danger.Text
	}
	want := map[string]string{
		"Íñigo Núñez Ñáñez": "Vida reportada/Contradicción",
		"Byron Núñez Ñáñez": "Muerte confirmada/",
		"Ana Núñez Ñáñez":   "Sin noticias/",
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: %q, want %q", name, got[name], text)
		}
	}
}

func TestOneCallAboutThree(t *testing.T) {
	s := threeSons(t)
	c := s.contact(t)
	f := c.NewAttempt()
	if len(f.About) != 3 || f.Field("by").Value != "Lucía Chamorro" || len(record.SplitList(f.Field("about").Value)) != 3 {
		t.Fatalf("about %+v by %q", f.About, f.Field("by").Value)
	}
	f.SetChannel("sms", c.Record)
	if f.Field("channel").Warning == "" {
		t.Error("a forbidden channel is warned of")
	}
	f.SetChannel("phone", c.Record)
	if f.Field("channel").Warning != "" {
		t.Error("another channel is not")
	}
	f.Tick(s.ana, false)
	ok := true
	f.Save(func(saved bool) { ok = saved })
	if ok || f.Field("outcome").Problem == "" {
		t.Error("the outcome is needed")
	}
	f.Set("outcome", "reached")
	f.Set("next_due", "mañana")
	f.Save(func(saved bool) { ok = saved })
	c.Open()
	if !ok || len(c.Log) != 1 || s.env.API.Count(record.Attempt) != 1 {
		t.Fatalf("one call is one row: %v %+v", ok, c.Log)
	}
	if line := c.Log[0]; !strings.Contains(line.Line, "Byron") || !strings.Contains(line.Line, "Íñigo") || strings.Contains(line.Line, "Ana") || line.Outcome.Tone != OK {
		t.Errorf("%+v", line)
	}
	if c.Next.When != "22 nov 2026" || c.Next.Late {
		t.Errorf("next: %+v", c.Next)
	}
}

func TestTellingNeedsTwoAndAReason(t *testing.T) {
	s := threeSons(t)
	c := s.contact(t)
	f := c.NewTelling()
	if f.Field("about").Value != s.byron.String() || f.Field("identity_source").Value != "Medicina Legal" || !strings.Contains(f.Field("identity_method").Value, "Huellas") || f.Field("tie").Value != "Padre" {
		t.Errorf("what is known is filled in: %v", f.Values())
	}
	if f.Doubt() != "" {
		t.Error("a confirmed death is no doubt")
	}
	f.ChooseAbout(s.inigo)
	if f.Doubt() == "" {
		t.Error("an unconfirmed death must not be told as certain")
	}
	f.ChooseAbout(s.byron)
	f.Set("mode", "phone")
	ok := true
	f.Save(func(saved bool) { ok = saved })
	if ok || f.Field("notifiers").Problem == "" || f.Field("phone_reason").Problem == "" {
		t.Errorf("two tell it, and by phone for a reason: %+v", f.Field("notifiers"))
	}
	f.Notifiers("Lucía Chamorro", "lucía chamorro ")
	f.Notifiers("Lucía Chamorro", "Tomás Quishpe")
	f.Set("phone_reason", "La lista sale hoy en la prensa")
	f.Set("words_said", "Su hijo Byron murió.")
	f.Set("known_how", "rumour")
	f.Save(func(saved bool) { ok = saved })
	c.Open()
	if !ok || len(c.Told) != 1 || !strings.Contains(c.Told[0].Line, "Lucía Chamorro, Tomás Quishpe") {
		t.Fatalf("%v %+v", ok, c.Told)
	}
	page := s.page(t, s.byron)
	if page.Head.Knows[0].Chip.Text != "Informado" {
		t.Errorf("the dead man's page says who knows: %+v", page.Head.Knows)
	}
	if other := s.page(t, s.inigo); other.Head.Knows[0].Chip.Text != "" {
		t.Errorf("his brother's does not: %+v", other.Head.Knows)
	}
}

func TestAlertsComeBeforeTheCall(t *testing.T) {
	s := threeSons(t)
	home := write(t, s.env, data.Change{Kind: record.Household, Set: map[string]string{"name": "Núñez", "assigned_to": "Tomás Quishpe", "must_not_be_told": "Rosa"}})
	write(t, s.env, data.Change{Record: s.father, Kind: record.Contact, Set: map[string]string{"household": home.String(), "do_not_contact": "true", "consent_withdrawn_on": "2026-11-20"}})
	c := s.contact(t)
	var texts []string
	for _, a := range c.Alerts {
		texts = append(texts, a.Text)
	}
	all := strings.Join(texts, "|")
	if !strings.HasPrefix(all, "No contactar a esta persona.") {
		t.Errorf("the gravest first: %q", all)
	}
	for _, part := range []string{"20 nov 2026", "amenazas", "No informar a: Rosa", "Nunca por: Mensaje de texto", "solamente Tomás Quishpe"} {
		if !strings.Contains(all, part) {
			t.Errorf("%q lacks %q", all, part)
		}
	}
	vague := false
	for _, l := range c.Safe.Lines {
		vague = vague || strings.Contains(l.Value, "mensajes vagos")
	}
	if !vague {
		t.Error("where nobody asked, only vague messages may be left")
	}
}

func TestHouseholdMembers(t *testing.T) {
	s := threeSons(t)
	f := NewHouseholdForm(s.env)
	f.Set("name", "Núñez Ñáñez")
	var home record.ID
	SaveNew(context.Background(), s.env, f, func(id record.ID, ok bool) {
		if !ok {
			t.Fatalf("refused: %+v", f.Fields)
		}
		home = id
	})
	h := NewHousehold(context.Background(), s.env, home, func() {})
	h.Open()
	if h.State != Ready || h.Assigned != "Lucía Chamorro" || len(h.Members) != 0 {
		t.Fatalf("%v %+v", h.State, h)
	}
	ok := true
	m := h.NewMember(func() {})
	m.Save(func(saved bool) { ok = saved })
	if ok {
		t.Error("it must be said who")
	}
	m.Search("segundo")
	m.Take(m.Found[0])
	m.Role = "speaks_for_it"
	m.Save(func(saved bool) { ok = saved })
	if !ok {
		t.Fatalf("refused: %+v %q", m.Fields, m.Problem)
	}
	fresh := h.NewMember(func() {})
	fresh.Fresh()
	fresh.New.Type("given_names", "Rosa")
	fresh.Role = "must_not_be_told"
	fresh.Save(func(saved bool) { ok = saved })
	h.Open()
	if !ok || len(h.Members) != 2 || len(h.People) != 3 {
		t.Fatalf("%v members %+v people %+v", ok, h.Members, h.People)
	}
	roles := map[string]string{}
	for _, m := range h.Members {
		roles[m.Name] = m.Role.Text
	}
	if roles["Segundo Núñez"] != "Habla por el hogar" || roles["Rosa"] != "No informar" {
		t.Errorf("%v", roles)
	}
	e := h.Edit()
	if len(e.Field("speaks_for_it").Options) != 2 {
		t.Errorf("who speaks for it is one of its members: %+v", e.Field("speaks_for_it").Options)
	}
	e.Set("speaks_for_it", s.father.String())
	SaveForm(context.Background(), s.env, e, func(saved bool) { ok = saved })
	h.Done()
	h.Open()
	if !ok || h.Speaker != "Núñez, Segundo" || h.Members[0].Name != "Segundo Núñez" || len(h.Members) != 2 {
		t.Errorf("%v %q %+v", ok, h.Speaker, h.Members)
	}
	h.Edit()
	write(t, s.env, data.Change{Record: home, Set: map[string]string{"address": "Durán, Cdla. Abel Gilbert"}})
	h.Heed(data.Event{Kind: record.Household, ID: home})
	if !h.Stale || !strings.Contains(h.Elsewhere.Text, "Lucía Chamorro cambió aquí hace un momento: Dirección") {
		t.Error("an open form learns of a change")
	}
}
