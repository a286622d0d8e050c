package data

import (
	"context"
	"slices"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
)

// What each role may do is changed by two coordinators: from the second one's word on
// it holds on every device, and what was done before stays as it was judged.
func TestRightsTakeTwo(t *testing.T) {
	ctx := context.Background()
	a, acfg := founded(t)
	b, bcfg := colleague(t, a, "Luis Quispe", "coordinator")
	c, _ := colleague(t, a, "Ana Paz", "lawyer")
	all := func() {
		t.Helper()
		for range 2 {
			exchange(t, a, b)
			exchange(t, a, c)
		}
	}
	all()
	_, _, err := c.SetRights(ctx, map[string][]string{"erase": {"lawyer"}}, "quiero borrar")
	if !fault.Is(err, fault.Refused) {
		t.Errorf("a lawyer changes the rights: %v", err)
	}
	for key, set := range map[string]map[string][]string{
		"right_kept": {"approve": {"lawyer"}}, "right_unknown": {"fly": {"lawyer"}}, "role_unknown": {"erase": {"pilot"}},
		"rights_same": {"erase": {"coordinator", "coordinator"}},
	} {
		_, _, err := a.SetRights(ctx, set, "por probar")
		wantFault(t, err, key)
	}
	_, _, err = a.SetRights(ctx, map[string][]string{"invite": {"coordinator", "lawyer"}}, " ")
	wantFault(t, err, "rights_need_reason")
	_, err = a.Edit(ctx, Change{Record: a.Info().OfficeID, Set: map[string]string{"rights": `{"version":2,"rights":{"edit":["lawyer"]}}`}, Reason: "a mano"})
	wantFault(t, err, "right_kept")

	receipt, p, err := a.SetRights(ctx, map[string][]string{"invite": {"lawyer", "coordinator"}, "edit": {"coordinator", "lawyer"}}, "hace falta en Latacunga")
	if err != nil || p == nil || p.What != ProposalRights || p.Write != receipt.Write {
		t.Fatalf("%+v, %v", p, err)
	}
	all()
	if roles := c.Rights()["invite"]; !slices.Equal(roles, []string{"coordinator"}) || c.May("invite") {
		t.Fatalf("it holds before anybody agreed: %v", roles)
	}
	if list, err := c.Proposals(ctx, false); err != nil || len(list) != 1 || list[0].May {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := b.Approve(ctx, p.Write, "de acuerdo"); err != nil {
		t.Fatal(err)
	}
	all()
	for _, o := range []*Office{a, b, c} {
		if roles := o.Rights()["invite"]; !slices.Equal(roles, []string{"coordinator", "lawyer"}) {
			t.Errorf("%s: %v", o.Info().Name, roles)
		}
	}
	if _, err := c.Invite(ctx, Inviting{Name: "Eva Ruiz", Role: "social-worker"}, t.TempDir()+"/invitacion"); err != nil {
		t.Errorf("the lawyer may not invite: %v", err)
	}
	d, _ := colleague(t, a, "Eva Ruiz", "social-worker")
	exchange(t, a, d)
	if _, err := d.Edit(ctx, Change{Kind: record.Task, Set: map[string]string{"what": "llamar"}}); !fault.Is(err, fault.Refused) {
		t.Errorf("a social worker edits still: %v", err)
	}
	all()
	a, b = reopen(t, a, acfg), reopen(t, b, bcfg)
	if err := a.Rebuild(ctx, nil); err != nil {
		t.Fatal(err)
	}
	same(t, a, b)
	if none, err := a.Powerless(ctx); err != nil || len(none) > 0 {
		t.Errorf("%v, %v", none, err)
	}
}
