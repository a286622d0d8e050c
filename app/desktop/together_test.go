package desktop

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"paradero/app/desktop/roomtest"
	"paradero/app/present"
	"paradero/data"
	"paradero/data/record"
)

// joinReal joins and opens real offices, with a key derivation that only tests may
// ask for.
type joinReal struct{ *fakeOffices }

func cheap(cfg data.Config) data.Config {
	cfg.Cost = data.Cost{Time: 1, Memory: 64, Threads: 1}
	return cfg
}

func (joinReal) Join(ctx context.Context, cfg data.Config, invitation, code string, pass []byte) (present.Applicant, error) {
	return realOffices{}.Join(ctx, cheap(cfg), invitation, code, pass)
}

func (joinReal) ResumeJoin(ctx context.Context, cfg data.Config, pass []byte) (present.Applicant, error) {
	return realOffices{}.ResumeJoin(ctx, cheap(cfg), pass)
}

func (joinReal) CompleteJoin(ctx context.Context, cfg data.Config, welcome, pass []byte) (present.Joined, error) {
	return realOffices{}.CompleteJoin(ctx, cheap(cfg), welcome, pass)
}

func (joinReal) Open(ctx context.Context, cfg data.Config, pass []byte) (office, error) {
	return realOffices{}.Open(ctx, cheap(cfg), pass)
}

func (joinReal) Peek(dir string) (data.Sign, error) { return realOffices{}.Peek(dir) }

// shownCode reads the recovery code from the page that shows it.
func (b *bench) shownCode() string {
	b.t.Helper()
	groups := regexp.MustCompile(`\b[0-9A-Z]{5}\b`).FindAllString(b.text(), -1)
	if len(groups) != 6 {
		b.t.Fatalf("no code on the page: %q", groups)
	}
	return strings.Join(groups, "-")
}

// drain runs what came to the screen, and waits a little.
func (b *bench) drain() {
	for range 50 {
		select {
		case do := <-b.queue:
			do()
		case <-time.After(2 * time.Millisecond):
			return
		}
	}
}

// Two people without a manual, over real offices: one invites, the other asks, both
// see the same numbers, he is let in, a folder brings him the office, and what one
// saves stands on the other's screen by itself.
func TestTwoPeopleBecomeATeam(t *testing.T) {
	ctx := context.Background()
	shared := t.TempDir()
	a := newBench(t, spanish())
	a.shell.rooms, a.carry = rooms(), carryChanges
	boss := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, boss)
	a.opened(boss, boss.Info().Dir)
	a.session.Go("team", "")
	a.until("she works alone", func() bool { return a.shows("Usted trabaja sin nadie más") })

	file := filepath.Join(t.TempDir(), "paradero.invitacion")
	made, err := a.session.Door().Invite(ctx, present.Inviting{Name: "Tomás Quishpe", Role: "lawyer"}, file)
	if err != nil {
		t.Fatal(err)
	}
	b := newBenchAt(t, spanish(), func(f *fakeOffices) offices { return joinReal{f} })
	b.shell.rooms, b.carry = rooms(), carryChanges
	b.start("")
	b.showJoin("")
	for i, text := range []string{file, made.Code, rightPass, rightPass} {
		b.entries()[i].SetText(text)
	}
	b.press(b.words.T("joinpage.ask"))
	b.until("his recovery code is shown", func() bool { return b.shows(b.words.T("recovery.title")) })
	code := b.shownCode()
	b.press("Ya lo tengo en papel")
	b.entries()[0].SetText(code)
	b.press(b.words.T("recovery.check"))
	b.mustShow("Esperando a la coordinación")
	knock, err := a.session.Door().LookAt(ctx, b.wait.a.Request())
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range strings.Fields(knock.Words) {
		b.mustShow(group)
	}
	welcome, err := a.session.Door().Admit(ctx, knock.Request)
	if err != nil {
		t.Fatal(err)
	}
	b.wait.complete(welcome)
	b.until("his office opens", func() bool { return b.session != nil })

	for _, n := range []*session{a.session, b.session} {
		if err := n.courier.SetFolder(ctx, shared); err != nil {
			t.Fatal(err)
		}
	}
	both := func(what string, ok func() bool) {
		t.Helper()
		end := time.Now().Add(20 * time.Second)
		for !ok() {
			if time.Now().After(end) {
				t.Fatalf("never: %s\nhis screen: %s", what, b.text())
			}
			a.drain()
			b.drain()
		}
	}
	both("he has what she has", func() bool { _, ok := b.session.office.Row(seed.Son); return ok })
	both("his name is known", func() bool { return b.session.office.Info().Name == "Tomás Quishpe" && b.shows("Tomás Quishpe") })
	b.session.Go("people", seed.Missing.String())
	both("the person is open", func() bool { return b.shows("Kléver Núñez Ñáñez") })
	if _, err := boss.Edit(ctx, data.Change{Record: seed.Missing, Kind: record.Detainee, Set: map[string]string{"nationality": "Perú"}}); err != nil {
		t.Fatal(err)
	}
	both("what she saved is on his page", func() bool { return b.shows("Perú") })
	a.session.Go("team", "")
	both("she sees him in the team", func() bool { return a.shows("Tomás Quishpe") && a.shows("Hay una sola persona en coordinación") })
	a.session.Go("sync", "")
	both("it is proved where everything is", func() bool { return a.shows("están en otro computador.") })
}
