package present

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"paradero/data"
	"paradero/data/record"
	"paradero/reports/chart"
)

func toll(category string, count int, unit, source, when string) data.Addition {
	return data.Addition{Kind: record.Toll, Values: map[string]string{"category": category, "count": strconv.Itoa(count), "unit": unit, "source": source, "when": when}}
}

func (o *workOffice) riot() record.ID {
	id := o.put(record.Incident, "riot", map[string]string{
		"name": "Motín del Litoral", "kind_of": "riot", "facility": "CPL Guayas N°1", "started": "2026-11-16T08:40",
		"emergency_place": "Guayas", "emergency_from": "2026-11-17", "emergency_days": "60",
	}, toll("dead", 18, "people", "SNAI", "2026-11-16T15:00"), toll("dead", 31, "people", "SNAI", "2026-11-17T20:00"),
		toll("dead", 2, "people", "Policía", "2026-11-17T08:00"), toll("dead", 34, "bodies_and_parts", "Medicina Legal", "2026-11-18"),
		toll("hostages", 15, "people", "SNAI", "2026-11-16T15:00"))
	for i, status := range []string{"reported_dead", "reported_missing", "reported_injured", "reported_alive", ""} {
		var add []data.Addition
		if status != "" {
			add = append(add, data.Addition{Kind: record.Claim, Values: map[string]string{"status": status, "source": "Lista", "when": "2026-11-17"}})
		}
		o.put(record.Detainee, "p"+strconv.Itoa(i), map[string]string{"given_names": "N", "incident": id.String()}, add...)
	}
	o.put(record.Detainee, "dead", map[string]string{"given_names": "Byron", "incident": id.String()}, data.Addition{Kind: record.Claim, Values: map[string]string{
		"status": "confirmed_dead", "source": "Medicina Legal", "when": "2026-11-18", "method": "fingerprints", "proof": "Informe 1", "proposed_by": "Luis", "approved_by": "Ximena",
	}})
	o.put(record.Remains, "r1", map[string]string{"code": "1", "extent": "whole", "identified_as": workID("dead").String(), "handed_on": "2026-11-20", "incident": id.String()})
	o.put(record.Remains, "r2", map[string]string{"code": "2", "extent": "part", "incident": id.String()})
	return id
}

func openIncident(t *testing.T, o *workOffice, id record.ID) *Incident {
	t.Helper()
	p := NewIncident(context.Background(), o.env(t), id, func() {})
	p.Open()
	if p.State != Ready {
		t.Fatalf("state %v: %+v", p.State, p.Failure)
	}
	return p
}

func TestIncidentCountsItsNamed(t *testing.T) {
	o := newWorkOffice()
	p := openIncident(t, o, o.riot())
	want := OwnNumbers{People: 6, Dead: 1, DeadReported: 1, Injured: 1, Missing: 1, Alive: 1, Unknown: 1, Bodies: 1, Parts: 1, Identified: 1, Returned: 1}
	if p.data.own != want {
		t.Errorf("own = %+v, want %+v", p.data.own, want)
	}
	if p.Own.Total != "2" || !p.Disagree || !p.UnitsDiffer || p.Agreed {
		t.Errorf("total %q, disagree %v, units differ %v, agreed %v", p.Own.Total, p.Disagree, p.UnitsDiffer, p.Agreed)
	}
	for _, says := range []string{"SNAI: 29 más", "Policía: coincide", "Medicina Legal: 34"} {
		if !strings.Contains(p.Gap, says) {
			t.Errorf("gap %q does not say %q", p.Gap, says)
		}
	}
}

func TestGapCountsBodiesWithoutAName(t *testing.T) {
	o := newWorkOffice()
	id := o.riot() // SNAI says 31, two are named
	for _, c := range []struct {
		bodies int
		says   string
	}{{0, "SNAI: 29 más que los nombres"}, {20, "hay 20 cuerpos sin nombre y 9 sin explicar"}, {40, "pueden estar entre los 40 cuerpos sin nombre"}} {
		for i := range c.bodies {
			o.put(record.Remains, "b"+strconv.Itoa(i), map[string]string{"code": strconv.Itoa(i), "extent": "whole", "incident": id.String()})
		}
		p := openIncident(t, o, id)
		if !strings.Contains(p.Gap, c.says) {
			t.Errorf("%d bodies: %q does not say %q", c.bodies, p.Gap, c.says)
		}
	}
}

func TestIncidentTable(t *testing.T) {
	o := newWorkOffice()
	id := o.riot()
	p := openIncident(t, o, id)
	if len(p.Tolls) != 4 || p.Tolls[0].Source != "Medicina Legal" || len(p.Categories) != 2 {
		t.Fatalf("tolls %+v categories %+v", p.Tolls, p.Categories)
	}
	latest := map[string]string{}
	for _, l := range p.Tolls {
		if l.Latest {
			latest[l.Source] = l.Count
		}
	}
	if latest["SNAI"] != "31" || len(latest) != 3 {
		t.Errorf("latest = %v", latest)
	}
	p.Show("hostages")
	if len(p.Tolls) != 1 || p.Own.Total == "0" {
		t.Errorf("hostages are not counted by name: %+v %q", p.Tolls, p.Own.Total)
	}
	p.Show("dead")
	wrong := p.Tolls[0].ID
	f := p.AddToll(wrong)
	f.Set("count", "33")
	saved := false
	p.SaveToll(f, wrong, func(ok bool) { saved = ok })
	p.Open()
	if !saved || len(p.Tolls) != 5 {
		t.Fatalf("saved %v, %d tolls", saved, len(p.Tolls))
	}
	for _, l := range p.Tolls {
		if (l.ID == wrong) != l.Replaced {
			t.Errorf("%s %s replaced %v", l.Source, l.Count, l.Replaced)
		}
	}
}

func TestIncidentChartHasEverySource(t *testing.T) {
	o := newWorkOffice()
	p := openIncident(t, o, o.riot())
	sc := p.Chart(chart.Frame{W: 600, H: 240, FontSize: 11})
	var labels []string
	for _, tx := range sc.Texts {
		if tx.Bold {
			labels = append(labels, tx.Text)
		}
	}
	all := strings.Join(labels, "|")
	for _, want := range []string{"SNAI  31", "Policía  2", "Medicina Legal  34", "Con nombre  2"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in %q", want, all)
		}
	}
}

func TestEmergency(t *testing.T) {
	o := newWorkOffice()
	env := o.env(t)
	for _, c := range []struct {
		from, days string
		none, over bool
		end, left  string
		doubt      bool
	}{
		{"", "", true, false, "", "", false},
		{"2026-11-17", "60", false, false, "16 ene 2027", "faltan 56 días", false},
		{"2026-11-17", "", false, false, "", "", false},
		{"2026-01-01", "30", false, true, "31 ene 2026", "", false},
		{"2026-11-17", "75", false, false, "31 ene 2027", "faltan 71 días", true},
		{"2026-10-23", "30", false, false, "22 nov 2026", "falta 1 día", false},
	} {
		id := o.put(record.Incident, "e"+c.from+c.days, map[string]string{"emergency_from": c.from, "emergency_days": c.days})
		em := emergencyOf(env, o.all[id])
		if c.none {
			if em != nil {
				t.Errorf("%+v: %+v", c, em)
			}
			continue
		}
		if em == nil || em.End != c.end || em.Left != c.left || em.Over != c.over || (em.Doubt != "") != c.doubt {
			t.Errorf("%+v: %+v", c, em)
		}
	}
}

func TestIncidentsList(t *testing.T) {
	o := newWorkOffice()
	l := NewIncidents(context.Background(), o.env(t), func() {})
	l.Load()
	if l.State != Empty {
		t.Errorf("state %v, want empty", l.State)
	}
	o.riot()
	o.put(record.Incident, "old", map[string]string{"name": "Fuga de Turi", "started": "2026-02-01"})
	l.Load()
	if l.Len() != 2 || l.Row(0).Name != "Motín del Litoral" || l.Row(0).Chip.Text == "" || l.Row(1).Chip.Text != "" {
		t.Errorf("rows %+v %+v", l.Row(0), l.Row(1))
	}
	l.Type("motin litoral")
	if l.Len() != 1 {
		t.Errorf("%d rows", l.Len())
	}
	l.Type("nada")
	if l.State != NoMatch {
		t.Errorf("state %v", l.State)
	}
}

func TestToday(t *testing.T) {
	o := newWorkOffice()
	o.family() // a next step that is overdue since the 19th
	o.riot()
	o.put(record.Task, "t1", map[string]string{"what": "Hoy", "due": "2026-11-21", "assigned_to": "Luis Mora"})
	o.put(record.Task, "t2", map[string]string{"what": "Lejos", "due": "2026-12-30"})
	o.put(record.Task, "t3", map[string]string{"what": "Hecha", "due": "2026-11-01", "done_on": "2026-11-02"})
	o.put(record.Attempt, "a1", map[string]string{"contact": workID("rosa").String(), "about": workID("ivan").String(), "when": "2026-11-10", "next_due": "2026-11-12", "by": "Luis Mora"})
	o.put(record.Attempt, "a2", map[string]string{"contact": workID("rosa").String(), "about": workID("ivan").String(), "when": "2026-11-13", "next_due": "2026-11-24", "by": "Luis Mora"})
	d := NewToday(context.Background(), o.env(t), func() {})
	d.Load()
	if len(d.Late) != 1 || d.Late[0].What != "Llamar al juzgado" {
		t.Errorf("late %+v", d.Late)
	}
	if len(d.Due) != 2 || d.Due[0].What != "Hoy" || !strings.Contains(d.Due[1].What, "Quishpe Guamán") {
		t.Errorf("the newest promise alone counts: %+v", d.Due)
	}
	if len(d.Emergencies) != 1 || d.Emergencies[0].What != "Guayas" {
		t.Errorf("emergencies %+v", d.Emergencies)
	}
	d.OnlyMine(true)
	if len(d.Due) != 0 || len(d.Late) != 1 {
		t.Errorf("mine: %+v %+v", d.Late, d.Due)
	}
	alone := func() string { d.Load(); return d.Alone }
	o.info.Demo = false
	for i, c := range []struct {
		lone, demo bool
		members    int
		role       string
		told       bool
	}{
		{false, false, 1, "lawyer", false},
		{true, false, 1, "lawyer", true}, // who works alone may invite whatever the role
		{true, true, 1, "coordinator", false},
		{true, false, 2, "lawyer", false}, // the coordinator is told, who can do something about it
		{true, false, 2, "coordinator", true},
	} {
		for n := len(o.of(record.Member)); n < c.members; n++ {
			o.put(record.Member, "m"+string(rune('0'+n)), map[string]string{"name": "Ana"})
		}
		o.lone, o.info.Demo, o.info.Role = c.lone, c.demo, c.role
		if got := alone(); (got != "") != c.told || c.told && c.members == 1 != strings.Contains(got, "Usted trabaja sin nadie más") {
			t.Errorf("%d: %+v: %q", i, c, got)
		}
	}
}
