package data

import (
	"context"
	"encoding/base64"
	"testing"

	"paradero/data/record"
)

// Whom the team's programs go to is said by who may change the office's texts: a
// colleague's own program changes it for himself, and for nobody when it arrives,
// also where his role is learned late.
func TestHubFieldIsGuarded(t *testing.T) {
	ctx := context.Background()
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	c, _ := colleague(t, a, "Ana Paz", "social-worker")
	exchange(t, a, b)
	exchange(t, a, c)
	if err := a.SetHub(ctx, []byte("ours")); err != nil {
		t.Fatal(err)
	}
	exchange(t, a, b)
	if err := b.SetHub(ctx, []byte("his")); err == nil {
		t.Error("the door does not say no")
	}
	forgeHub(t, b, "his")
	exchange(t, a, b)
	same(t, a, b)
	if got, _ := a.Hub(); string(got) != "ours" {
		t.Errorf("a lawyer sends the team to %q", got)
	}
	list, err := a.Powerless(ctx)
	if err != nil || len(list) != 1 || list[0].Why != "change_texts" {
		t.Errorf("%+v, %v", list, err)
	}
	// She was made a coordinator, and others hear of what she said before they hear of that.
	save(t, a, Change{Record: c.Info().Member, Set: map[string]string{"role": "coordinator"}})
	role := framesOf(t, a)
	receive(t, c, role)
	if err := c.SetHub(ctx, []byte("hers")); err != nil {
		t.Fatal(err)
	}
	receive(t, b, framesOf(t, c)[len(framesOf(t, c))-1:])
	receive(t, b, role)
	receive(t, a, framesOf(t, c))
	same(t, a, b)
	same(t, a, c)
	if got, _ := b.Hub(); string(got) != "hers" {
		t.Errorf("what a coordinator said counts as %q", got)
	}
}

// forgeHub says in the office's record what the door would not let through.
func forgeHub(t *testing.T, o *Office, hub string) {
	t.Helper()
	s, _, err := o.state(o.Info().OfficeID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.prepareEdit(s, &Change{Record: o.Info().OfficeID, Kind: record.OfficeKind, Set: map[string]string{"hub": base64.StdEncoding.EncodeToString([]byte(hub))}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.submit(context.Background(), []*prepared{p}, false); err != nil {
		t.Fatal(err)
	}
}
