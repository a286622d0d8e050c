package assets

import (
	"strings"
	"testing"
)

func TestFacilities(t *testing.T) {
	all, err := Facilities()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 18 {
		t.Errorf("%d facilities", len(all))
	}
	seen := map[string]bool{}
	for _, f := range all {
		if f.Name == "" || f.Province == "" || seen[f.Name] {
			t.Errorf("facility %+v", f)
		}
		if !strings.Contains(f.Name, strings.Fields(f.Province)[0]) {
			t.Errorf("%s in %s", f.Name, f.Province)
		}
		seen[f.Name] = true
	}
	limits, err := StepLimits()
	if err != nil || len(limits) == 0 {
		t.Fatalf("limits %v %v", limits, err)
	}
	for _, l := range limits {
		if l.Step == "" || l.Days <= 0 {
			t.Errorf("limit %+v", l)
		}
	}
}
