package data

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
)

func key(err error) string {
	var e *fault.Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.Key
}

// Shares and a renewed code open the way to a new passphrase only once they
// were kept, and what they replace opens nothing.
func TestPapers(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	if !o.SharesMade().IsZero() {
		t.Error("a new office has shares")
	}
	first, err := o.NewShares()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.RehearseShare(first.Texts[0]); key(err) != "shares_never_made" {
		t.Errorf("rehearsed before they were kept: %v", err)
	}
	for i, text := range first.Texts {
		if first.Rehearse(" "+strings.ToLower(text)) != i+1 {
			t.Errorf("share %d does not rehearse", i+1)
		}
	}
	if err := o.KeepPapers(first); err != nil {
		t.Fatal(err)
	}
	if n, err := o.RehearseShare(first.Texts[2]); n != 3 || err != nil || o.SharesMade().IsZero() {
		t.Errorf("rehearse: %d, %v", n, err)
	}
	code, err := o.NewCode()
	if err != nil {
		t.Fatal(err)
	}
	if o.Rehearse(code.Texts[0]) {
		t.Error("a code counts before it is kept")
	}
	if err := o.KeepPapers(code); err != nil || !o.Rehearse(code.Texts[0]) {
		t.Fatalf("keep: %v", err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	next := []byte("otra frase larga con cinco palabras")
	for want, given := range map[string][]string{
		"shares_too_few": first.Texts[:1],
		"share_twice":    {first.Texts[0], first.Texts[0]},
		"share_mistyped": {first.Texts[0], first.Texts[1][1:]},
	} {
		if err := RecoverShares(ctx, cfg, given, next); key(err) != want || fault.CodeOf(err) != fault.Passphrase {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := RecoverShares(ctx, cfg, []string{first.Texts[2], first.Texts[0]}, next); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, cfg, pass); !fault.Is(err, fault.Passphrase) {
		t.Errorf("the old passphrase: %v", err)
	}
	if o, err = Open(ctx, cfg, next); err != nil {
		t.Fatal(err)
	}
	second, err := o.NewShares()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.KeepPapers(second); err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	for _, given := range [][]string{first.Texts, {second.Texts[0], first.Texts[1]}} {
		if err := RecoverShares(ctx, cfg, given, next); key(err) != "share_of_another_set" {
			t.Errorf("replaced shares: %v", err)
		}
	}
	if err := Recover(ctx, cfg, code.Texts[0], pass); err != nil {
		t.Errorf("the new code: %v", err)
	}
}

// A closed office holds no keys, and what is asked of it afterwards cannot
// write a vault without them.
func TestCloseForgetsKeys(t *testing.T) {
	o, cfg := newOffice(t)
	papers, err := o.NewCode()
	if err != nil {
		t.Fatal(err)
	}
	keys := o.vault.Keys()
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if keys.Store != [32]byte{} || keys.Epochs[0] != [32]byte{} || !slices.Equal(o.sign, make([]byte, 64)) {
		t.Error("keys are left in memory")
	}
	if o.KeepPapers(papers) == nil || o.ChangePassphrase(t.Context(), pass, []byte("otra")) == nil {
		t.Error("a closed office wrote its vault")
	}
	if o, err = Open(t.Context(), cfg, pass); err != nil {
		t.Fatal(err)
	}
	_ = o.Close()
}

func TestWipe(t *testing.T) {
	ctx := context.Background()
	for name, open := range map[string]bool{"open": true, "closed": false} {
		t.Run(name, func(t *testing.T) {
			o, cfg := newOffice(t)
			if _, err := o.Edit(ctx, Change{Kind: record.Detainee, Set: map[string]string{"given_names": "Íñigo", "paternal_surname": "Núñez"}}); err != nil {
				t.Fatal(err)
			}
			if err := o.Drafts().Put("detainee/new/new", map[string]string{"given_names": "Eloy"}, o.Now()); err != nil {
				t.Fatal(err)
			}
			foreign := filepath.Join(cfg.Dir, "notas del abogado.txt")
			if err := os.WriteFile(foreign, []byte("no es de la oficina"), 0o600); err != nil {
				t.Fatal(err)
			}
			stake, err := StakeOf(cfg.Dir)
			if err != nil || stake.Office != "Sede Tulcán" || stake.Files < 4 || stake.Bytes == 0 || stake.Last.IsZero() || stake.BackedUp {
				t.Errorf("stake %+v, %v", stake, err)
			}
			if !open {
				if err := o.Close(); err != nil {
					t.Fatal(err)
				}
			}
			wipe := func(name string) (Wiped, error) {
				if open {
					return o.Wipe(name)
				}
				return Wipe(ctx, cfg, name)
			}
			if _, err := wipe("Sede Quito"); key(err) != "wipe_name_differs" {
				t.Fatalf("another name: %v", err)
			}
			if _, err := Peek(cfg.Dir); err != nil {
				t.Fatalf("another name destroyed it: %v", err)
			}
			done, err := wipe(" sede tulcan ")
			if err != nil || !done.Keys || done.Open || len(done.Left) > 0 || !slices.Equal(done.Other, []string{filepath.Base(foreign)}) {
				t.Errorf("wiped %+v, %v", done, err)
			}
			left, err := os.ReadDir(cfg.Dir)
			if err != nil || len(left) != 1 {
				t.Errorf("left %v, %v", left, err)
			}
			if _, err := Open(ctx, cfg, pass); !fault.Is(err, fault.NotFound) {
				t.Errorf("open: %v", err)
			}
			if _, err := Wipe(ctx, cfg, "oficina"); !fault.Is(err, fault.NotFound) {
				t.Errorf("a second time: %v", err)
			}
			// Somebody may have to begin again in the same place.
			if err := os.Remove(foreign); err != nil {
				t.Fatal(err)
			}
			again, _, err := Create(ctx, cfg, Founding{Office: "Otra", Member: "Lucía Chamorro", Role: "lawyer", Passphrase: pass})
			if err != nil {
				t.Fatal(err)
			}
			_ = again.Close()
		})
	}
}

// Without keys the rest of an office is wiped by the name of its folder, as
// after a power cut in the middle of a wipe.
func TestWipeGoesOn(t *testing.T) {
	o, cfg := newOffice(t)
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"vault", "vault.spare"} {
		if err := os.WriteFile(filepath.Join(cfg.Dir, name), []byte("noise"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if done, err := Wipe(t.Context(), cfg, "Oficina"); err != nil || !done.Keys {
		t.Fatalf("%+v, %v", done, err)
	}
	if _, err := os.Stat(cfg.Dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// Where another process holds the office the keys go all the same, and the
// window is asked to close it.
func TestWipeWhileOpenElsewhere(t *testing.T) {
	o, cfg := newOffice(t)
	asked := make(chan bool)
	go func() {
		defer close(asked)
		for range 200 {
			if LockAsked(cfg.Dir) {
				_, err := Peek(cfg.Dir)
				asked <- fault.Is(err, fault.NotFound) // the keys were gone first
				_ = o.Close()
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	done := make(chan error)
	go func() {
		w, err := Wipe(context.Background(), cfg, "Sede Tulcán")
		if err == nil && (w.Open || !w.Keys) {
			err = errors.New("it says that it is still open")
		}
		done <- err
	}()
	if !<-asked {
		t.Error("the window was asked before the keys were gone, or never")
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(cfg.Dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestAskLock(t *testing.T) {
	o, cfg := newOffice(t)
	window := func(closes bool) {
		go func() {
			for range 400 {
				if LockAsked(cfg.Dir) {
					if closes {
						_ = o.Close()
					}
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		}()
	}
	window(true)
	if got, err := AskLock(t.Context(), cfg); got != Locked || err != nil {
		t.Errorf("open: %v, %v", got, err)
	}
	if got, err := AskLock(t.Context(), cfg); got != NotOpen || err != nil {
		t.Errorf("closed: %v, %v", got, err)
	}
	if LockAsked(cfg.Dir) {
		t.Error("a request is left")
	}
	if _, err := AskLock(t.Context(), testConfig(t.TempDir())); !fault.Is(err, fault.NotFound) {
		t.Errorf("no office: %v", err)
	}
	o, err := Open(t.Context(), cfg, pass)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := AskLock(ctx, cfg); !fault.Is(err, fault.Cancelled) || LockAsked(cfg.Dir) {
		t.Errorf("nobody answers: %v", err)
	}
}
