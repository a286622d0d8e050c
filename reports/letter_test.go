package reports

import (
	"context"
	"testing"

	"paradero/data/record"
	"paradero/data/rule"
)

// decided marks what a second member said of every letter that waits.
func (m *memory) decided(verdict string) {
	for _, r := range m.all {
		if r.Kind == record.Document && r.Get("state") == "proposed" && (r.Second == "" || r.Second == record.Waiting) {
			r.Second = verdict
		}
	}
}

func (m *memory) letters(state string) (n int) {
	for _, r := range m.all {
		if r.Kind == record.Document && r.Get("state") == state {
			n++
		}
	}
	return n
}

// A condolence letter is proposed first, and issued only as the very page that
// another member agreed to.
func TestLetterTakesTwo(t *testing.T) {
	m := family()
	m.team = true
	desk, req := NewDesk(m), Request{Kind: "condolence", For: ids("kevin")}
	_, err := desk.Issue(context.Background(), req)
	if _, may, ok := Proposed(err); !ok || may != "Tomás Quishpe" || m.letters("proposed") != 1 {
		t.Fatalf("%v, %d", err, m.letters("proposed"))
	}
	m.decided(record.Waiting)
	if _, err := desk.Issue(context.Background(), req); err == nil || m.letters("proposed") != 1 {
		t.Fatalf("issued unseen, or proposed twice: %v", err)
	}
	m.decided(record.Approve)
	m.now = m.now.AddDate(0, 0, 2)
	out, err := desk.Issue(context.Background(), req)
	if err != nil || len(out.PDF) == 0 || m.letters("issued") != 1 || m.letters("proposed") != 0 {
		t.Fatalf("%v, %d issued", err, m.letters("issued"))
	}
	if row := m.all[out.ID]; row.Get("sha256") != out.SHA256 || !rule.Issued(row) {
		t.Errorf("%+v", row.Values)
	}
	v, err := Check(context.Background(), m, out.PDF)
	if err != nil || !v.Genuine || v.Proposed != "" {
		t.Errorf("%+v, %v", v, err)
	}
}

// What was agreed to and says something else meanwhile is not issued.
func TestLetterChangedSince(t *testing.T) {
	m := family()
	m.team = true
	desk, req := NewDesk(m), Request{Kind: "condolence", For: ids("kevin")}
	if _, err := desk.Issue(context.Background(), req); err == nil {
		t.Fatal("issued at once")
	}
	m.decided(record.Approve)
	m.put(record.Case, "case-kevin", map[string]string{"help_offered": "acompañarlos al Registro Civil el martes"})
	_, err := desk.Issue(context.Background(), req)
	if _, _, ok := Proposed(err); !ok || m.letters("issued") != 0 || m.letters("proposed") != 2 {
		t.Fatalf("%v, %d, %d", err, m.letters("issued"), m.letters("proposed"))
	}
	m.decided(record.Refuse)
	if _, err := desk.Issue(context.Background(), req); err == nil || m.letters("issued") != 0 {
		t.Fatal("issued after a no")
	}
}
