package vault

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func personKeys(n byte) Keys {
	return Keys{Sign: bytes.Repeat([]byte{n}, 32), Box: bytes.Repeat([]byte{n + 100}, 32), Store: Key{n}}
}

func signOf(k *Keys) []byte { return ed25519.NewKeyFromSeed(k.Sign).Public().(ed25519.PublicKey) }

// known is what the team's ledger says of the devices of some people.
func known(of ...Keys) func([]byte) []byte {
	return func(sign []byte) []byte {
		for i := range of {
			if bytes.Equal(sign, signOf(&of[i])) {
				box, _ := BoxPublic(of[i].Box)
				return box
			}
		}
		return nil
	}
}

func unlockAs(t *testing.T, dir, passphrase string) *Vault {
	t.Helper()
	v, err := Unlock(context.Background(), dir, rand.Reader, []byte(passphrase))
	if err != nil {
		t.Fatalf("unlock with %q: %v", passphrase, err)
	}
	return v
}

// Three people on one computer: each signs in with his own passphrase and has his
// own device, and all share the office's keys and the computer's.
func TestPeople(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	first := personKeys(1)
	first.Office, first.Epochs = [16]byte{9}, map[uint32]Key{0: {3}}
	if _, _, err := Create(dir, rand.Reader, cheap, Public{Office: "Sede Tulcán"}, first, []byte("uno")); err != nil {
		t.Fatal(err)
	}
	one, _ := os.ReadFile(filepath.Join(dir, fileName))
	if !bytes.HasPrefix(one, []byte(magic)) {
		t.Error("one person's vault is not of version 1")
	}
	if _, _, err := Enter(ctx, dir, rand.Reader, cheap, Public{}, personKeys(2), nil, []byte("uno")); !errors.Is(err, ErrTaken) {
		t.Errorf("a passphrase of another: %v", err)
	}
	second, third := personKeys(2), personKeys(3)
	v, code, err := Enter(ctx, dir, rand.Reader, cheap, Public{Office: "no vale"}, second, []byte("pide"), []byte("dos"))
	if err != nil || v.State() != Joining || v.Public().Office != "Sede Tulcán" || v.Public().Joining {
		t.Fatalf("%v %+v", err, v.Public())
	}
	if v = unlockAs(t, dir, "dos"); v.State() != Joining || string(v.Asked()) != "pide" || v.Keys().Office != [16]byte{} || v.Keys().Store != (Key{}) {
		t.Fatalf("who joins has %v", v.State())
	}
	office := Keys{Office: [16]byte{9}, Epochs: map[uint32]Key{0: {3}, 7: {8}}, Member: [16]byte{22}, Current: 7}
	if err := v.Grant(office); err != nil || v.State() != Granted {
		t.Fatal(err, v.State())
	}
	// Before the computer is shared his passphrase opens no office.
	if v = unlockAs(t, dir, "dos"); v.State() != Granted || v.Keys().Store != (Key{}) {
		t.Fatalf("%v", v.State())
	}
	v = unlockAs(t, dir, "uno")
	if n, err := v.Share(known(third)); n != 0 || err != nil {
		t.Fatalf("shared with one whom the team does not know: %d, %v", n, err)
	}
	if n, err := v.Share(known(second)); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	v = unlockAs(t, dir, "dos")
	k := v.Keys()
	if v.State() != Ready || k.Store != (Key{1}) || k.Member != [16]byte{22} || k.Epochs[7] != (Key{8}) || !bytes.Equal(k.Sign, second.Sign) {
		t.Fatalf("%v %+v", v.State(), k)
	}
	if _, err := v.Learn(map[uint32]Key{5: {5}}); err != nil {
		t.Fatal(err)
	}
	if v = unlockAs(t, dir, "uno"); v.Keys().Epochs[5] != (Key{5}) || v.Keys().Epochs[7] != (Key{8}) || !bytes.Equal(v.Keys().Sign, first.Sign) {
		t.Error("the first does not have the key that came while the second was signed in")
	}
	if r, err := Recover(ctx, dir, rand.Reader, code); err != nil || !bytes.Equal(r.Keys().Sign, second.Sign) {
		t.Errorf("the second's code: %v", err)
	}
	testPeopleLeave(t, dir, first, second, third)
}

// Who is taken off opens nothing any more; who stays goes on, and the last one's
// vault is what one person's always was.
func testPeopleLeave(t *testing.T, dir string, first, second, third Keys) {
	ctx := context.Background()
	v, _, err := Enter(ctx, dir, rand.Reader, cheap, Public{}, third, nil, []byte("tres"))
	if err != nil {
		t.Fatal(err)
	}
	err = v.Grant(Keys{Office: [16]byte{9}, Epochs: map[uint32]Key{0: {3}}, Member: [16]byte{33}})
	if err != nil {
		t.Fatal(err)
	}
	v = unlockAs(t, dir, "uno")
	if n, err := v.Share(known(second, third)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	old, _ := os.ReadFile(filepath.Join(dir, fileName))
	if err := v.Remove(signOf(&first), known(first, second, third)); err == nil {
		t.Error("somebody removed himself")
	}
	if err := v.Remove(signOf(&second), known(first, second, third)); err != nil {
		t.Fatal(err)
	}
	if _, err := Unlock(ctx, dir, rand.Reader, []byte("dos")); !errors.Is(err, ErrSecret) {
		t.Errorf("who was taken off: %v", err)
	}
	c, err := decode(old)
	if err != nil {
		t.Fatal(err)
	}
	gone := &Vault{file: c, at: 1}
	if err := gone.unwrap(ctx, slotPassphrase, func(s slot) (*Key, error) { return stretch([]byte("dos"), s.Salt, s.Cost) }); err != nil {
		t.Fatal(err)
	}
	now := unlockAs(t, dir, "uno")
	gone.file.Shared = now.file.Shared
	if err := gone.readRing(); !errors.Is(err, ErrDamaged) {
		t.Errorf("his old slots open what is sealed now: %v", err)
	}
	if v = unlockAs(t, dir, "tres"); v.State() != Ready || v.Keys().Store != (Key{1}) || v.Keys().Epochs[5] != (Key{5}) {
		t.Fatalf("who stayed: %v", v.State())
	}
	if err := v.Remove(signOf(&first), known(third)); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, fileName)); !bytes.HasPrefix(b, []byte(magic)) {
		t.Error("the last one's vault is not of version 1")
	}
	if v = unlockAs(t, dir, "tres"); v.Keys().Store != (Key{1}) || v.Keys().Epochs[7] != (Key{8}) || v.Keys().Member != [16]byte{33} {
		t.Errorf("%+v", v.Keys())
	}
}

// A person who plants himself in the file, with the name of a colleague's device,
// is given nothing: what is shared is sealed to the key that the team knows.
func TestPlantedPerson(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	first := personKeys(1)
	first.Office, first.Epochs = [16]byte{9}, map[uint32]Key{0: {3}}
	if _, _, err := Create(dir, rand.Reader, cheap, Public{Office: "Sede Tulcán"}, first, []byte("uno")); err != nil {
		t.Fatal(err)
	}
	foe := personKeys(2)
	if _, _, err := Enter(ctx, dir, rand.Reader, cheap, Public{}, foe, nil, []byte("dos")); err != nil {
		t.Fatal(err)
	}
	honest := personKeys(2)
	honest.Box = bytes.Repeat([]byte{77}, 32) // the team knows this box for that signing key
	if n, err := unlockAs(t, dir, "uno").Share(known(honest)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := Unlock(ctx, dir, rand.Reader, []byte("dos")); !errors.Is(err, ErrDamaged) {
		t.Errorf("the planted one: %v", err)
	}
}

// One who joins a folder of his own has a whole keyring once he is let in.
func TestJoinAlone(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	_, code, err := Enter(ctx, dir, rand.Reader, cheap, Public{Office: "Sede Tulcán"}, personKeys(4), []byte("pide"), []byte("clave"))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := Peek(dir); err != nil || !p.Joining {
		t.Errorf("%+v %v", p, err)
	}
	v, err := Recover(ctx, dir, rand.Reader, code)
	if err != nil || v.State() != Joining {
		t.Fatal(err)
	}
	if err := v.Grant(Keys{Office: [16]byte{9}, Epochs: map[uint32]Key{0: {3}}, Member: [16]byte{44}}); err != nil || v.State() != Ready {
		t.Fatal(err, v.State())
	}
	v = unlockAs(t, dir, "clave")
	if p := v.Public(); p.Joining || v.Keys().Store != (Key{4}) || v.Keys().Office != [16]byte{9} || v.Asked() != nil {
		t.Errorf("%+v %+v", p, v.Keys())
	}
}
