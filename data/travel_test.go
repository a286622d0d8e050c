package data

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
)

// Who travels without a case has nothing of it on the machine, keeps all others,
// and has it back whole, with what was done elsewhere meanwhile.
func TestTravel(t *testing.T) {
	a, cfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	man := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Ángel Zacarías"}, Add: []Addition{
		{Kind: record.Note, Values: map[string]string{"text": "su madre espera"}},
	}}).ID
	other := save(t, a, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Iván"}}).ID
	work := save(t, a, Change{Kind: record.Case, Set: map[string]string{"detainee": man.String(), "type": "release"}}).ID
	exchange(t, a, b)
	before, err := a.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Travel(t.Context(), nil, work); !fault.Is(err, fault.Refused) {
		t.Fatalf("travelled with what exists here only: %v", err)
	}
	copyFile := filepath.Join(t.TempDir(), "copia.paradero")
	if _, err := a.Backup(t.Context(), copyFile, nil); err != nil {
		t.Fatal(err)
	}
	plan, err := a.Travel(t.Context(), nil, work)
	if err != nil || len(plan.Records) != 2 || plan.OnlyHere != 0 {
		t.Fatalf("%+v, %v", plan, err)
	}
	gone := func() {
		t.Helper()
		for _, id := range []record.ID{man, work} {
			if _, err := a.Get(t.Context(), id); !fault.Is(err, fault.NotFound) {
				t.Errorf("it is still here: %v", err)
			}
			if n := payloadsOf(t, a, id); n != 0 {
				t.Errorf("%d payloads are still here", n)
			}
		}
		if rows, _ := a.List(t.Context(), ListQuery{Text: "zacarias"}); rows.Len() != 0 {
			t.Error("the search still finds him")
		}
		if get(t, a, other).Get("given_names") != "Iván" || a.Count(record.Detainee) != 1 {
			t.Error("another is gone too")
		}
		if found, err := a.Verify(context.Background(), nil); err != nil || damaged(found) {
			t.Errorf("verify: %v, %v", found, err)
		}
	}
	gone()
	a = reopen(t, a, cfg)
	gone()
	// What a colleague does meanwhile does not bring it back.
	save(t, b, Change{Record: man, Set: map[string]string{"birth": "1990"}})
	exchange(t, a, b)
	gone()
	if err := a.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	gone()
	if whole, _ := os.ReadFile(filepath.Join(cfg.Dir, travelName)); strings.Contains(string(whole), man.String()) {
		t.Error("the list of what is away is not sealed")
	}
	lacking, err := a.Return(t.Context(), "", nil)
	if err != nil || lacking != 1 { // what the colleague said is not in the backup
		t.Fatalf("%d lack something, %v", lacking, err)
	}
	later := filepath.Join(t.TempDir(), "de-luis.paradero")
	if _, err := b.Backup(t.Context(), later, nil); err != nil {
		t.Fatal(err)
	}
	if lacking, err = a.Return(t.Context(), later, nil); err != nil || lacking != 0 {
		t.Fatalf("%d lack something, %v", lacking, err)
	}
	if r := get(t, a, man); r.Get("given_names") != "Ángel Zacarías" || r.Get("birth") != "1990" || len(r.Of(record.Note)) != 1 {
		t.Errorf("%v", r.Values)
	}
	same(t, a, b)
	after, err := a.Digest(t.Context())
	if err != nil || after[other] != before[other] || after[work] != before[work] {
		t.Errorf("something is otherwise than before: %v", err)
	}
	if found, err := a.Verify(context.Background(), nil); err != nil || damaged(found) || a.Count(record.Detainee) != 2 {
		t.Errorf("verify: %v, %v", found, err)
	}
}
