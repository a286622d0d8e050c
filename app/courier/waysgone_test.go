package courier

import (
	"context"
	"testing"
	"time"

	"paradero/data"
	"paradero/data/sync"
	"paradero/data/sync/hub"
)

// A folder that was given up stays so: who was still serving it when it went notes
// nothing of it any more.
func TestAFolderGivenUpStaysSo(t *testing.T) {
	a, _ := two(t)
	dir := t.TempDir()
	met := make(chan struct{}, 100)
	quick := func(d time.Duration) <-chan time.Time { return time.After(min(d, 20*time.Millisecond)) }
	c := Start(a, Options{After: quick, Met: func(Way, data.Exchanged, error) { met <- struct{}{} }})
	t.Cleanup(c.Close)
	for range 10 {
		if err := c.SetFolder(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		<-met
		if err := c.SetFolder(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
		if ways := a.Ways(); len(ways) != 0 {
			t.Fatalf("it is a way again: %+v", ways)
		}
	}
}

// A hub that was set up anew at its old address has another invitation: it is come
// to by that as soon as it is known.
func TestAnotherInvitationToTheSameAddress(t *testing.T) {
	a, _ := two(t)
	ways := func(stamp string, d sync.Depot) []Way {
		return []Way{{Kind: data.WayHub, Name: "hub.example:4222", Stamp: stamp, Open: func(context.Context) (sync.Depot, error) {
			if d == nil {
				return nil, sync.ErrRefused
			}
			return d, nil
		}}}
	}
	now := make(chan []Way, 1)
	now <- ways("old", nil)
	c := Start(a, Options{Ways: func() []Way { w := <-now; now <- w; return w }})
	t.Cleanup(c.Close)
	time.Sleep(50 * time.Millisecond)
	<-now
	now <- ways("new", sync.NewMemory())
	c.Exchange("")
	for began := time.Now(); time.Since(began) < 5*time.Second; time.Sleep(5 * time.Millisecond) {
		if st, err := a.Status(t.Context()); err == nil && st.OnlyHere == 0 {
			return
		}
	}
	t.Error("it is still come to by the old invitation")
}

// Who may not choose the office's hub and is given a later invitation to the same
// address comes to it by that, until the office names another.
func TestALaterInvitationOfOnesOwn(t *testing.T) {
	a, _ := two(t)
	invitation := func(account string) []byte {
		inv := &hub.Invitation{Version: 1, URLs: []string{"tls://hub.example:4222"}, Account: account, Pin: make([]byte, 32), Claim: make([]byte, 32), Visitor: make([]byte, 32)}
		return inv.Bytes()
	}
	by := func(account string) {
		t.Helper()
		want, err := HubWay(a, invitation(account))
		if err != nil {
			t.Fatal(err)
		}
		if ways := WaysOf(a); len(ways) != 1 || ways[0].Stamp != want.Stamp {
			t.Errorf("not come to by the invitation of %s: %+v", account, ways)
		}
	}
	if err := a.SetHub(t.Context(), invitation("one")); err != nil {
		t.Fatal(err)
	}
	by("one")
	if err := a.NoteHub("hub.example:4222", invitation("two")); err != nil {
		t.Fatal(err)
	}
	by("two")
	if err := a.SetHub(t.Context(), invitation("three")); err != nil {
		t.Fatal(err)
	}
	by("three")
}
