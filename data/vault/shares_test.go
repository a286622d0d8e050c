package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The products are FIPS 197 §4.2's, the inverse that of its S-box at 0x53.
func TestField(t *testing.T) {
	for _, c := range []struct{ a, b, want byte }{{0x57, 0x83, 0xc1}, {0x57, 0x13, 0xfe}, {0x57, 0x02, 0xae}, {0xff, 0, 0}, {1, 0xe5, 0xe5}} {
		if got := mul(c.a, c.b); got != c.want || mul(c.b, c.a) != got {
			t.Errorf("%#x·%#x = %#x, not %#x", c.a, c.b, got, c.want)
		}
	}
	if invert(0x53) != 0xca {
		t.Errorf("1/0x53 = %#x", invert(0x53))
	}
	for a := 1; a < 256; a++ {
		if mul(byte(a), invert(byte(a))) != 1 {
			t.Fatalf("%#x times its inverse is not 1", a)
		}
	}
}

// A line with slope 1, 2, 0x80 through 0x42, 0, 0xff, worked out by hand.
func TestSplitVector(t *testing.T) {
	secret := []byte{0x42, 0x00, 0xff}
	points, err := split(bytes.NewReader([]byte{0x01, 0x02, 0x80}), secret, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]byte{{0x43, 0x02, 0x7f}, {0x40, 0x04, 0xe4}, {0x41, 0x06, 0x64}} {
		if !bytes.Equal(points[i], want) {
			t.Errorf("share %d is %x, not %x", i+1, points[i], want)
		}
	}
}

func TestAnyTwoGiveTheSecret(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "secret")
		slope := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "slope")
		points, err := split(bytes.NewReader(slope), secret, Shares)
		if err != nil {
			t.Fatal(err)
		}
		for a := range Shares {
			for b := range Shares {
				if a != b && !bytes.Equal(join(byte(a+1), points[a], byte(b+1), points[b]), secret) {
					t.Fatalf("%d and %d give another secret", a+1, b+1)
				}
			}
		}
	})
}

// One share fits every secret equally: for each there is exactly one line.
func TestOneShareSaysNothing(t *testing.T) {
	const y = 0x9d
	for number := byte(1); number <= Shares; number++ {
		seen := map[byte]bool{}
		for s := range 256 {
			slope := mul(byte(s)^y, invert(number))
			points, err := split(bytes.NewReader([]byte{slope}), []byte{byte(s)}, Shares)
			if err != nil || points[number-1][0] != y {
				t.Fatalf("secret %#x cannot be behind share %d", s, number)
			}
			seen[slope] = true
		}
		if len(seen) != 256 {
			t.Errorf("share %d: %d slopes, not 256: some secrets are likelier", number, len(seen))
		}
	}
}

func withShares(t *testing.T) (dir string, v *Vault, texts []string) {
	t.Helper()
	dir, _ = newVault(t)
	v, err := Unlock(context.Background(), dir, rand.Reader, []byte("tres tristes tigres"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := v.NewShares(time.Unix(1_790_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := RecoverShares(context.Background(), dir, rand.Reader, f.Texts); !errors.Is(err, ErrNoShares) {
		t.Errorf("shares that were not kept: %v", err)
	}
	if err := f.Keep(); err != nil {
		t.Fatal(err)
	}
	return dir, v, f.Texts
}

func TestRecoverByShares(t *testing.T) {
	ctx := context.Background()
	dir, v, texts := withShares(t)
	if len(texts) != 3 || len(strings.Split(texts[0], "-")) != 7 || texts[0][:4] != texts[1][:4] || texts[0][4] != '1' {
		t.Fatalf("%q", texts)
	}
	for _, pair := range [][]string{{texts[0], texts[1]}, {texts[2], texts[0]}, {texts[1], texts[2]}, texts} {
		typed := strings.ToLower(strings.ReplaceAll(pair[0], "-", " "))
		r, err := RecoverShares(ctx, dir, rand.Reader, append([]string{typed}, pair[1:]...))
		if err != nil || r.Keys().Store != (Key{4}) {
			t.Errorf("recover by %q: %v", pair, err)
		}
	}
	otherDir, _, others := withShares(t)
	mistyped := strings.Replace(texts[1], texts[1][10:11], map[bool]string{true: "7", false: "8"}[texts[1][10] == '8'], 1)
	for name, c := range map[string]struct {
		given []string
		want  error
	}{
		"one":                    {texts[:1], ErrShareFew},
		"none":                   {nil, ErrShareFew},
		"the same twice":         {[]string{texts[1], texts[1]}, ErrShareTwice},
		"one of another office":  {[]string{texts[0], others[1]}, ErrShareSet},
		"both of another office": {others[:2], ErrShareSet},
		"mistyped":               {[]string{texts[0], mistyped}, ErrShare},
		"a code":                 {[]string{texts[0], "7K2QX-9M4TW-B1Z8C-3HJ5V-RN6PD-QX0AE"}, ErrShare},
	} {
		if _, err := RecoverShares(ctx, dir, rand.Reader, c.given); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i, text := range texts {
		if n, err := v.RehearseShare(text); n != i+1 || err != nil {
			t.Errorf("rehearse %d: %d, %v", i+1, n, err)
		}
	}
	if _, err := v.RehearseShare(others[0]); !errors.Is(err, ErrShareSet) {
		t.Errorf("rehearse another's: %v", err)
	}
	// Renewing a set, and nothing else, makes the older shares worthless.
	if err := v.SetPassphrase([]byte("nueva"), cheap); err != nil {
		t.Fatal(err)
	}
	if _, err := RecoverShares(ctx, dir, rand.Reader, texts[:2]); err != nil {
		t.Errorf("after a new passphrase: %v", err)
	}
	f, err := v.NewShares(time.Unix(1_790_000_100, 0))
	if err == nil {
		err = f.Keep()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := RecoverShares(ctx, dir, rand.Reader, texts[:2]); !errors.Is(err, ErrShareSet) {
		t.Errorf("an older set: %v", err)
	}
	if _, err := RecoverShares(ctx, dir, rand.Reader, []string{f.Texts[0], texts[1]}); !errors.Is(err, ErrShareSet) {
		t.Errorf("an older and a newer share: %v", err)
	}
	if _, err := RecoverShares(ctx, dir, rand.Reader, f.Texts[1:]); err != nil || !v.SharesMade().Equal(time.Unix(1_790_000_100, 0)) {
		t.Errorf("the new set: %v, made %v", err, v.SharesMade())
	}
	if _, err := Unlock(ctx, otherDir, rand.Reader, []byte("tres tristes tigres")); err != nil {
		t.Errorf("the other office: %v", err)
	}
}

// A forged share with a right checksum is refused, and so is one whose number
// somebody changed.
func TestForgedShare(t *testing.T) {
	dir, v, texts := withShares(t)
	s, err := parseShare(texts[0])
	if err != nil {
		t.Fatal(err)
	}
	s.point[3] ^= 4
	renumbered := share{set: s.set, number: 2, point: s.point}
	for _, forged := range []share{s, renumbered} {
		if _, err := v.RehearseShare(forged.text()); !errors.Is(err, ErrShareSet) {
			t.Errorf("rehearsed: %v", err)
		}
		if _, err := RecoverShares(context.Background(), dir, rand.Reader, []string{forged.text(), texts[2]}); !errors.Is(err, ErrShareSet) {
			t.Errorf("recovered: %v", err)
		}
	}
}

func TestShareText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := share{
			set: rapid.Uint32Range(0, 1<<setBits-1).Draw(t, "set"), number: byte(rapid.IntRange(1, Shares).Draw(t, "number")),
			point: rapid.SliceOfN(rapid.Byte(), codeBytes, codeBytes).Draw(t, "point"),
		}
		text := s.text()
		back, err := parseShare(text)
		if err != nil || back.set != s.set || back.number != s.number || !bytes.Equal(back.point, s.point) {
			t.Fatalf("%s: %+v %v", text, back, err)
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		wrong := alphabet[rapid.IntRange(0, 31).Draw(t, "letter")]
		if text[at] == '-' || text[at] == wrong {
			return
		}
		if _, err := parseShare(text[:at] + string(wrong) + text[at+1:]); err == nil {
			t.Fatalf("a slip at %d of %s passes", at, text)
		}
	})
}

// A new code is nothing until it is kept; then the old one opens nothing.
func TestRenewCode(t *testing.T) {
	ctx := context.Background()
	dir, old := newVault(t)
	v, err := Unlock(ctx, dir, rand.Reader, []byte("tres tristes tigres"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := v.NewCode()
	if err != nil {
		t.Fatal(err)
	}
	next := f.Texts[0]
	if !SameText(strings.ToLower(strings.ReplaceAll(next, "-", " ")), next) || SameText(next, old) {
		t.Error("the code does not rehearse")
	}
	if _, err := Recover(ctx, dir, rand.Reader, old); err != nil {
		t.Errorf("the old code before the new one is kept: %v", err)
	}
	if err := f.Keep(); err != nil {
		t.Fatal(err)
	}
	if _, err := Recover(ctx, dir, rand.Reader, old); !errors.Is(err, ErrSecret) || v.Rehearse(old) {
		t.Errorf("the old code: %v", err)
	}
	if _, err := Recover(ctx, dir, rand.Reader, next); err != nil || !v.Rehearse(next) {
		t.Errorf("the new code: %v", err)
	}
}

// What cannot be written leaves what was there before, in memory as well.
func TestKeepFails(t *testing.T) {
	dir, old := newVault(t)
	v, err := Unlock(context.Background(), dir, rand.Reader, []byte("tres tristes tigres"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := v.NewCode()
	if err != nil {
		t.Fatal(err)
	}
	v.dir = filepath.Join(dir, "gone")
	if f.Keep() == nil || !v.Rehearse(old) || v.Rehearse(f.Texts[0]) {
		t.Error("a code that was not written counts")
	}
}

func TestDestroy(t *testing.T) {
	dir, code := newVault(t)
	path := filepath.Join(dir, fileName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A second name of the same file shows what became of its bytes.
	kept := filepath.Join(t.TempDir(), "kept")
	if err := os.Link(path, kept); err != nil {
		t.Skip("no hard links here")
	}
	if err := os.WriteFile(filepath.Join(dir, ".vault-123"), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Destroy(dir, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	after, err := os.ReadFile(kept)
	if err != nil || bytes.Contains(after, whole[20:60]) {
		t.Errorf("its bytes are still there: %v", err)
	}
	if _, err := Recover(context.Background(), dir, rand.Reader, code); !errors.Is(err, ErrMissing) {
		t.Errorf("recover: %v", err)
	}
	if err := Destroy(dir, rand.Reader); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

// A vault whose keys were forgotten is never written over a whole one.
func TestForget(t *testing.T) {
	dir, code := newVault(t)
	v, err := Unlock(context.Background(), dir, rand.Reader, []byte("tres tristes tigres"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := v.NewCode()
	if err != nil {
		t.Fatal(err)
	}
	v.Forget()
	if v.master != (Key{}) || v.ring.Store != (Key{}) || v.ring.Epochs[0] != (Key{}) {
		t.Error("keys are still there")
	}
	if v.SetPassphrase([]byte("nueva"), cheap) == nil || f.Keep() == nil {
		t.Error("it was written without keys")
	}
	if r, err := Recover(context.Background(), dir, rand.Reader, code); err != nil || r.Keys().Store != (Key{4}) {
		t.Errorf("recover: %v", err)
	}
}
