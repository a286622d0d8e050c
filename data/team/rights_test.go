package team

import "testing"

func TestFirstRights(t *testing.T) {
	r, err := ParseRights(FirstRights())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		role, right string
		want        bool
	}{
		{"lawyer", "edit", true},
		{"lawyer", "issue:habeas-corpus", true},
		{"coordinator", "issue:habeas-corpus", false},
		{"social-worker", "issue:notification-record", true},
		{"lawyer", "issue:notification-record", false},
		{"social-worker", "approve", false},
		{"coordinator", "approve", true},
		{"coordinator", "fly", false},
	} {
		if r.May(c.role, c.right) != c.want {
			t.Errorf("%s %s: want %v", c.role, c.right, c.want)
		}
	}
	if _, err := ParseRights("{}"); err == nil {
		t.Error("an empty table was accepted")
	}
}
