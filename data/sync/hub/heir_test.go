package hub

import (
	"errors"
	"testing"

	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/sync/synctest"
	"paradero/data/team"
)

// heirOf gives the words by which devices go on, each for the one before it.
func heirOf(office record.ID, chain ...*synctest.Device) *Heir {
	h := &Heir{Office: office}
	for i, d := range chain[:len(chain)-1] {
		h.Words = append(h.Words, Word{Key: signer{d}.Public(), Text: team.Endorse(d.Sign, office, signer{chain[i+1]}.Public())})
	}
	return h
}

// A device that came from a backup is let in by the word of the one before it, with
// that one's rights and nobody else's; its own successor too.
func TestHeir(t *testing.T) {
	inv := claimed(t, started(t, t.TempDir())) // 1 to 9; the first manages
	office := record.ID{7}
	plain, manager, second := synctest.NewDevice(21), synctest.NewDevice(22), synctest.NewDevice(23)
	for _, d := range []*synctest.Device{plain, manager, second} {
		if _, err := Dial(t.Context(), inv, identity(d)); !errors.Is(err, sync.ErrRefused) {
			t.Fatalf("it is let in already: %v", err)
		}
	}
	for _, c := range []struct {
		who   *synctest.Device
		words *Heir
	}{
		{plain, heirOf(office, synctest.NewDevice(3), plain)},
		{manager, heirOf(office, synctest.NewDevice(1), manager)},
		{second, heirOf(office, synctest.NewDevice(4), synctest.NewDevice(40), second)},
	} {
		if ok, err := Inherit(t.Context(), inv, listed(c.who, true), c.words, signer{c.who}); err != nil || !ok {
			t.Fatalf("is not let in: %v %v", ok, err)
		}
		dialled(t, inv, c.who)
		if ok, err := Inherit(t.Context(), inv, listed(c.who, true), c.words, signer{c.who}); err != nil || ok {
			t.Errorf("a second time: %v %v", ok, err)
		}
	}
	list := []Device{listed(plain, false), listed(manager, true)}
	if _, err := Register(t.Context(), inv, list, signer{plain}); !errors.Is(err, ErrRoster) {
		t.Errorf("an heir of one who does not manage, manages: %v", err)
	}
	if ok, err := Register(t.Context(), inv, list, signer{manager}); err != nil || !ok {
		t.Errorf("the heir of one who manages does not: %v", err)
	}
	if ok, err := Inherit(t.Context(), inv, listed(second, false), heirOf(office, synctest.NewDevice(4), second), signer{second}); err != nil || ok {
		t.Errorf("for a device that was taken out: %v %v", ok, err)
	}
}

// What an heir may not send.
func TestHeirIsHeld(t *testing.T) {
	inv := claimed(t, started(t, t.TempDir()))
	read, err := ReadInvitation(inv)
	if err != nil {
		t.Fatal(err)
	}
	office, heir, other := record.ID{7}, synctest.NewDevice(21), synctest.NewDevice(22)
	before := &Roster{Account: read.Account, Serial: 1, Devices: []Device{listed(synctest.NewDevice(1), true), listed(synctest.NewDevice(2), false)}}
	words := heirOf(office, synctest.NewDevice(2), heir)
	next := func(devices ...Device) *Roster {
		return &Roster{Account: read.Account, Serial: 2, Devices: append(append([]Device(nil), before.Devices...), devices...)}
	}
	check := func(r *Roster, h *Heir, by *synctest.Device) error {
		_, err := readRoster(r.SignHeir(signer{by}, h), read.Account, read.Claim, before)
		return err
	}
	if err := check(next(listed(heir, false)), words, heir); err != nil {
		t.Fatalf("an honest one: %v", err)
	}
	without := &Roster{Account: read.Account, Serial: 2, Devices: []Device{before.Devices[0], listed(heir, false)}}
	elsewhere := heirOf(record.ID{8}, synctest.NewDevice(2), heir)
	elsewhere.Office = office
	for what, err := range map[string]error{
		"more rights":         check(next(listed(heir, true)), words, heir),
		"somebody beside him": check(next(listed(heir, false), listed(other, false)), words, heir),
		"somebody else":       check(next(listed(other, false)), words, heir),
		"the old one away":    check(without, words, heir),
		"nothing":             check(next(), words, heir),
		"another's words":     check(next(listed(other, false)), words, other),
		"of another office":   check(next(listed(heir, false)), elsewhere, heir),
		"of nobody here":      check(next(listed(heir, false)), heirOf(office, other, heir), heir),
		"no words":            check(next(listed(heir, false)), &Heir{Office: office}, heir),
	} {
		if !errors.Is(err, ErrRoster) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
