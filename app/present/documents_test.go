package present

import (
	"context"
	"strings"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/reports"
)

// ordered is the family with everything that a release notice needs.
func (o *workOffice) ordered() (person, work record.ID) {
	person, work = o.family()
	o.put(record.Case, "case", map[string]string{
		"boleta_number": "BE-1", "boleta_date": "2026-11-20", "judge": "Inés Yépez", "legal_basis": "COIP 65", "process_number": "09281-2024-01234",
	})
	return person, work
}

func TestMakingShowsTheGate(t *testing.T) {
	o := newWorkOffice()
	person, work := o.family()
	m := NewMaking(context.Background(), o.env(t), reports.NewDesk(o), func() {})
	if m.State != Empty {
		t.Errorf("state %v before anybody is chosen", m.State)
	}
	m.Start("release-notice", person, work)
	if m.State != Ready || !m.Blocked {
		t.Fatalf("state %v blocked %v %+v", m.State, m.Blocked, m.Failure)
	}
	lines := map[string]GateLine{}
	for _, g := range m.Gate {
		lines[g.Label] = g
	}
	if l := lines["Boleta de excarcelación registrada"]; l.OK || l.Doubt || len(l.Reasons) != 2 {
		t.Errorf("boleta: %+v", l)
	}
	if l := lines["Parentesco registrado"]; !l.OK {
		t.Errorf("tie: %+v", l)
	}
	if len(m.Tos) != 1 || !strings.Contains(m.Tos[0].Label, "Quishpe Guamán, Rosa Elena") {
		t.Errorf("addressees %+v", m.Tos)
	}
	if len(m.PDF) == 0 {
		t.Error("a blocked paper can be seen all the same")
	}
}

func TestIssueRegisterAndSupersede(t *testing.T) {
	o := newWorkOffice()
	person, work := o.ordered()
	env := o.env(t)
	m := NewMaking(context.Background(), env, reports.NewDesk(o), func() {})
	m.Start("release-notice", person, work)
	if m.Blocked {
		t.Fatalf("gate %+v", m.Gate)
	}
	var issued reports.Issued
	m.Issue(context.Background(), func(i reports.Issued, err error) {
		if err != nil {
			t.Fatal(err)
		}
		issued = i
	})
	d := NewDocuments(context.Background(), env, func() {})
	d.Load()
	if d.Len() != 1 || d.Row(0).Number != issued.Number || d.Row(0).About != "Vera Quishpe, Iván Andrés" || d.Row(0).Chip.Tone != OK {
		t.Fatalf("row %+v", d.Row(0))
	}
	p := NewPaper(context.Background(), env, func() {})
	p.Check(issued.PDF)
	if p.Verdict.Tone != OK || !p.Known || len(p.Stated) == 0 {
		t.Errorf("genuine: %+v", p.Verdict)
	}
	p.Check(append(issued.PDF, ' '))
	if p.Verdict.Tone != Bad || !p.Known {
		t.Errorf("one byte more is another file: %+v", p.Verdict)
	}
	p.Check([]byte("AV-2026-XXXX-0009"))
	if p.Verdict.Tone != Bad || p.Known {
		t.Errorf("unknown: %+v", p.Verdict)
	}
	o.put(record.Case, "case", map[string]string{"judge": "Otro Juez"})
	p.Open(issued.ID)
	if p.Verdict.Tone != Warn || !p.Stated[0].Changed || p.Stated[0].Label != "Juez" || p.Stated[0].Value != "Inés Yépez" || p.Stated[0].Now != "Otro Juez" {
		t.Errorf("superseded: %+v %+v", p.Verdict, p.Stated[0])
	}
	d.Load()
	if d.Row(0).Chip.Tone != Warn {
		t.Errorf("row %+v", d.Row(0))
	}
	d.Type("yo no existo")
	if d.State != NoMatch {
		t.Errorf("state %v", d.State)
	}
	d.Clear()
	d.OfKind("condolence")
	if d.Len() != 0 {
		t.Error("another kind is shown")
	}
}

func TestGateLinesHideNothing(t *testing.T) {
	o := newWorkOffice()
	w := o.env(t).Words
	lines := gateLines(w, "case-report", []fault.Problem{{Key: "family_not_told"}}, []fault.Problem{{Key: "cedula_missing", Warning: true}})
	if len(lines) != 2 || lines[0].OK || !lines[0].Doubt || lines[1].OK || lines[1].Doubt {
		t.Errorf("lines %+v", lines)
	}
}

func TestMakingWithoutPower(t *testing.T) {
	o := newWorkOffice()
	person, work := o.ordered()
	m := NewMaking(context.Background(), o.env(t), reports.NewDesk(o), func() {})
	m.Start("release-notice", person, work)
	o.put(record.Case, "case", map[string]string{"boleta_number": ""})
	m.Issue(context.Background(), func(_ reports.Issued, err error) {
		if !fault.Is(err, fault.Refused) {
			t.Errorf("an order that was taken back meanwhile must stop the issue: %v", err)
		}
	})
	if !m.Blocked {
		t.Error("the gate is asked again after a refusal")
	}
}
