package reports

import (
	"slices"
	"testing"

	"paradero/data"
	"paradero/data/record"
)

// realOffice puts the family into an office with its ledger and its gates.
func realOffice(t *testing.T, role string) (*data.Office, map[record.ID]record.ID) {
	t.Helper()
	o, _, err := data.Create(ctx, data.Config{Dir: t.TempDir(), Cost: data.Cost{Time: 1, Memory: 8, Threads: 1}}, data.Founding{
		Office: "Defensa y Familia Guayaquil", City: "Guayaquil", Member: "Ximena Cañarte Loor", Role: role, Passphrase: []byte("frase de prueba larga"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	m := family()
	m.put(record.Case, "case-nina", map[string]string{
		"detainee": idOf("nina").String(), "type": "release", "legal_basis": "Indulto", "judge": "Dr. Galo Chimbo", "process_number": "09281-2024-09999",
		"boleta_number": "BE-2026-00900", "boleta_date": "2026-11-21",
	})
	ids := map[record.ID]record.ID{}
	for _, kind := range []record.Kind{record.Incident, record.Household, record.Contact, record.Detainee, record.Relationship, record.Case, record.Notification, record.Attempt, record.Task} {
		for _, r := range m.sorted(kind) {
			c := data.Change{Kind: kind, Set: map[string]string{}}
			for name := range r.Values {
				f, _ := record.SchemaOf(kind).Field(name)
				v := r.Get(name)
				if f.Type == record.Ref || f.Type == record.Refs {
					v = translate(r.Refs(name), ids)
				}
				if v != "" {
					c.Set[name] = v
				}
			}
			for _, e := range r.Entries {
				c.Add = append(c.Add, data.Addition{Kind: e.Kind, Values: e.Values})
			}
			got, err := o.Edit(ctx, c)
			if err != nil {
				t.Fatalf("put %s %v: %v", kind, c.Set, err)
			}
			ids[r.ID] = got[0].ID
		}
	}
	if _, err := o.Edit(ctx, data.Change{Record: ids[idOf("home")], Kind: record.Household, Set: map[string]string{"speaks_for_it": ids[idOf("rosa")].String()}}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Edit(ctx, data.Change{Record: o.Info().OfficeID, Kind: record.OfficeKind, Set: map[string]string{"help_contact": "Ximena Cañarte Loor, 098 765 4321"}}); err != nil {
		t.Fatal(err)
	}
	return o, ids
}

func translate(old []record.ID, ids map[record.ID]record.ID) string {
	var out []string
	for _, id := range old {
		if to, ok := ids[id]; ok {
			out = append(out, to.String())
		}
	}
	return record.JoinList(out)
}

// TestARealOfficeIssues: ledger, rights and gates of data agree with ours.
func TestARealOfficeIssues(t *testing.T) {
	o, ids := realOffice(t, "social-worker")
	desk := NewDesk(o)
	for name, req := range all {
		req.For = []record.ID{ids[req.For[0]]}
		out, err := desk.Issue(ctx, req)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		v, err := Check(ctx, o, out.PDF)
		if err != nil || !v.Genuine || len(v.Superseded) > 0 {
			t.Errorf("%s: check says %+v, %v", name, v, err)
		}
		if v, err := Check(ctx, o, []byte(out.Number)); err != nil || !v.Found || v.Document.ID != out.ID {
			t.Errorf("%s: its number is not found: %v", name, err)
		}
	}
	both := Request{Kind: "release-notice", For: []record.ID{ids[idOf("ivan")], ids[idOf("nina")]}}
	out, err := desk.Issue(ctx, both)
	if err != nil {
		t.Fatalf("one letter for two of a household: %v", err)
	}
	row, err := o.Get(ctx, out.ID)
	if err != nil || !slices.Equal(row.Refs("about"), both.For) {
		t.Errorf("about %v, %v", row.Refs("about"), err)
	}
}
