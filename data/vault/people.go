package vault

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
)

// State is what a person's keyring is good for.
type State int

// The states.
const (
	Ready   State = iota // it opens the office
	Joining              // it has this device's keys, and none of the office's yet
	Granted              // it has the office's keys, and not those of this computer, which others here must share
)

// ErrTaken says that a passphrase cannot be used here: somebody else who works on
// this computer has it, and a passphrase alone must tell who signs in.
var ErrTaken = errors.New("passphrase is in use here")

// person is one who signs in with this vault. Nothing of it can be read before
// that but how many there are.
type person struct {
	Sign   []byte `json:"sign,omitempty"`   // public key of his device, by which the team knows it
	Slots  []slot `json:"slots"`            // to his master key
	Keys   []byte `json:"keys"`             // his keyring, sealed with that
	Shared []byte `json:"shared,omitempty"` // the key of what all here share, sealed to his device's box
	Renew  bool   `json:"renew,omitempty"`  // this is a copy that came back from a backup: his device must become a new one
}

// ring is a keyring with what is only needed on the way into an office.
type ring struct {
	Keys
	Joining []byte `json:"joining,omitempty"` // the caller's: what he asked for
	Grant   *Keys  `json:"grant,omitempty"`   // the office's keys, until this computer is shared with him
	Old     []byte `json:"old,omitempty"`     // signing key of the device before, until it has said that this one succeeds it
}

// common is what all who work on a computer share.
type common struct {
	Office   [16]byte       `json:"office"`
	Identity Key            `json:"identity"`
	Epochs   map[uint32]Key `json:"epochs"`
	Store    Key            `json:"store"`
	Founder  [16]byte       `json:"founder"`
	Current  uint32         `json:"current,omitempty"`
}

const (
	adCommon = "shared keyring"
	forVault = "vault"
)

func (k *Keys) common() common {
	return common{k.Office, k.Identity, k.Epochs, k.Store, k.Founder, k.Current}
}

func (k *Keys) take(c *common) {
	k.Office, k.Identity, k.Epochs, k.Store, k.Founder, k.Current = c.Office, c.Identity, c.Epochs, c.Store, c.Founder, c.Current
	if k.Epochs == nil {
		k.Epochs = map[uint32]Key{}
	}
}

// me is the person who signed in.
func (v *Vault) me() *person { return &v.file.People[v.at] }

// State tells what the keyring is good for.
func (v *Vault) State() State { return v.state }

// readRing opens the keyring of who signed in.
func (v *Vault) readRing() error {
	plain, err := Open(&v.master, []byte("keyring"), v.me().Keys)
	if err != nil {
		return fmt.Errorf("%w: keyring: %w", ErrDamaged, err)
	}
	if err := json.Unmarshal(plain, &v.ring); err != nil {
		return fmt.Errorf("%w: keyring: %w", ErrDamaged, err)
	}
	switch {
	case len(v.me().Shared) > 0:
		return v.readCommon()
	case v.file.Version == 1 || v.ring.Office != [16]byte{}:
		return nil
	case v.ring.Grant == nil:
		v.state = Joining
	case len(v.file.People) > 1:
		v.state = Granted
	default:
		v.merge(v.ring.Store)
	}
	return nil
}

func (v *Vault) readCommon() error {
	plain, err := BoxOpen(v.ring.Box, Purpose{Name: forVault}, v.me().Shared)
	if err != nil || len(plain) != KeySize {
		return fmt.Errorf("%w: shared key", ErrDamaged)
	}
	shared := Key(plain)
	if plain, err = Open(&shared, []byte(adCommon), v.file.Shared); err != nil {
		return fmt.Errorf("%w: shared keyring: %w", ErrDamaged, err)
	}
	var c common
	if err := json.Unmarshal(plain, &c); err != nil {
		return fmt.Errorf("%w: shared keyring: %w", ErrDamaged, err)
	}
	v.shared = &shared
	v.ring.take(&c)
	if v.ring.Grant == nil && v.ring.Joining != nil {
		v.state = Joining // the computer was shared before his welcome came
		return nil
	}
	v.merge(c.Store)
	return nil
}

// merge makes what was granted part of the keyring.
func (v *Vault) merge(store Key) {
	g := v.ring.Grant
	if g == nil {
		return
	}
	epochs := maps.Clone(g.Epochs)
	if v.ring.Office == g.Office {
		maps.Copy(epochs, v.ring.Epochs)
	}
	v.ring.Office, v.ring.Identity, v.ring.Founder, v.ring.Member = g.Office, g.Identity, g.Founder, g.Member
	v.ring.Epochs, v.ring.Store, v.ring.Hub = epochs, store, g.Hub
	if v.ring.Current == 0 {
		v.ring.Current = g.Current
	}
	v.ring.Grant, v.ring.Joining, v.state = nil, nil, Ready
	if len(v.file.People) == 1 {
		v.file.Public.Joining = false
	}
}

// save seals the keyring and writes the vault: in the form that every version
// reads while one person alone has a whole keyring.
func (v *Vault) save() error {
	if v.gone {
		return errForgotten
	}
	if err := v.seal(); err != nil {
		return err
	}
	return write(v.dir, v.file)
}

func (v *Vault) seal() error {
	own := v.ring
	v.file.Version = 2
	v.me().Sign = ed25519.NewKeyFromSeed(padded(own.Sign)).Public().(ed25519.PublicKey)
	switch {
	case len(v.file.People) == 1 && v.state == Ready:
		v.file.Version, v.file.Shared, v.shared = 1, nil, nil
		v.me().Sign, v.me().Shared, v.me().Renew = nil, nil, false
	case v.state == Ready:
		if err := v.sealCommon(); err != nil {
			return err
		}
	}
	if v.shared != nil {
		own.take(&common{})
		own.Epochs = nil
	}
	plain, err := json.Marshal(&own)
	if err != nil {
		return fmt.Errorf("encode keyring: %w", err)
	}
	v.me().Keys, err = Seal(v.random, nil, &v.master, []byte("keyring"), plain)
	return err
}

// padded lets a keyring without a signing key, as tests make them, be written.
func padded(seed []byte) []byte {
	return append(bytes.Clone(seed), make([]byte, ed25519.SeedSize)...)[:ed25519.SeedSize]
}

// sealCommon seals what all share, and its key to the one who signed in.
func (v *Vault) sealCommon() error {
	if v.shared == nil {
		if err := v.drawShared(); err != nil {
			return err
		}
	}
	plain, err := json.Marshal(v.ring.common())
	if err != nil {
		return fmt.Errorf("encode keyring: %w", err)
	}
	v.file.Shared, err = Seal(v.random, nil, v.shared, []byte(adCommon), plain)
	return err
}

func (v *Vault) drawShared() error {
	var shared Key
	if _, err := io.ReadFull(v.random, shared[:]); err != nil {
		return fmt.Errorf("draw shared key: %w", err)
	}
	v.shared = &shared
	return v.reseal()
}

// Enter adds a person to the vault in a folder, or makes one there: his device has
// keys and asks for the office's. joining is the caller's and stays sealed with
// them. It gives his recovery code, which is kept nowhere.
func Enter(ctx context.Context, dir string, random io.Reader, cost Cost, public Public, keys Keys, joining, passphrase []byte) (*Vault, string, error) {
	c, _, err := read(dir)
	switch {
	case errors.Is(err, ErrMissing):
		public.Joining = true
		c = &content{Version: 2, Public: public}
	case err != nil:
		return nil, "", err
	}
	if err := ctx.Err(); err != nil {
		return nil, "", fmt.Errorf("enter vault: %w", err)
	}
	if len(c.People) > 0 {
		keys.Store = Key{} // that of the computer is there already
	}
	c.People = append(c.People, person{})
	v := &Vault{dir: dir, random: random, file: c, at: len(c.People) - 1, state: Joining}
	v.ring = ring{Keys: keys, Joining: bytes.Clone(joining)}
	if _, err := io.ReadFull(random, v.master[:]); err != nil {
		return nil, "", fmt.Errorf("draw master key: %w", err)
	}
	code, recovery, err := v.recoverySlot()
	if err != nil {
		return nil, "", err
	}
	v.putSlot(recovery)
	if err := v.SetPassphrase(passphrase, cost); err != nil {
		return nil, "", err
	}
	return v, code, nil
}

// Asked gives what the caller kept with Enter; nil when nothing is asked for.
func (v *Vault) Asked() []byte { return v.ring.Joining }

// SetAsked replaces it, durably.
func (v *Vault) SetAsked(joining []byte) error {
	v.ring.Joining = bytes.Clone(joining)
	return v.save()
}

// Grant gives a person who joins the office's keys, durably. Where he is the only
// one here his keyring is whole then; else it is when one who works here shares
// this computer's keys with him.
func (v *Vault) Grant(office Keys) error {
	if v.state != Joining {
		return fmt.Errorf("grant keys: nothing is asked for")
	}
	own := v.ring
	office.Epochs = maps.Clone(office.Epochs)
	v.ring.Grant = &office
	v.state = Granted
	if len(v.file.People) == 1 || v.shared != nil {
		v.merge(v.ring.Store)
	}
	if err := v.save(); err != nil {
		v.ring, v.state = own, Joining
		return err
	}
	return nil
}

// Person is one who signs in here, as far as the vault knows him.
type Person struct {
	Sign   []byte // public key of his device
	Me     bool   // it is the one who signed in
	Shared bool   // this computer opens for him
}

// People gives who signs in here, in the order in which they came.
func (v *Vault) People() []Person {
	list := make([]Person, len(v.file.People))
	for i, p := range v.file.People {
		list[i] = Person{Sign: p.Sign, Me: i == v.at, Shared: len(p.Shared) > 0 || i == v.at && v.state == Ready}
	}
	return list
}

// Lacking tells whether somebody here lacks this computer's keys.
func (v *Vault) Lacking() bool {
	for i := range v.file.People {
		if i != v.at && len(v.file.People[i].Shared) == 0 {
			return v.state == Ready
		}
	}
	return false
}

// Share gives this computer's keys to those here who lack them and whom boxOf
// knows: it gives the key to which one seals for a device, by its signing key, as
// the team's ledger has it, and never as the file says. It tells how many.
func (v *Vault) Share(boxOf func(sign []byte) []byte) (int, error) {
	if v.state != Ready {
		return 0, nil
	}
	n := 0
	for i := range v.file.People {
		p := &v.file.People[i]
		if i == v.at || len(p.Shared) > 0 || len(p.Sign) == 0 {
			continue
		}
		box := boxOf(p.Sign)
		if box == nil {
			continue
		}
		if v.shared == nil {
			if err := v.drawShared(); err != nil {
				return n, err
			}
		}
		sealed, err := BoxSeal(box, Purpose{Name: forVault}, v.shared[:])
		if err != nil {
			return n, err
		}
		p.Shared = sealed
		n++
	}
	if n == 0 {
		return 0, nil
	}
	return n, v.save()
}

// Remove takes a person off this computer, and draws what those who stay share
// anew, so that an old copy of his slots opens nothing that is sealed from then on.
// Who stays and whom boxOf does not know has to be shared with again.
func (v *Vault) Remove(sign []byte, boxOf func(sign []byte) []byte) error {
	if v.state != Ready || bytes.Equal(v.me().Sign, sign) {
		return fmt.Errorf("remove person: not by himself")
	}
	kept, at := []person{}, 0
	for i, p := range v.file.People {
		if bytes.Equal(p.Sign, sign) && i != v.at {
			continue
		}
		if i == v.at {
			at = len(kept)
		}
		kept = append(kept, p)
	}
	if len(kept) == len(v.file.People) {
		return fmt.Errorf("remove person: %w", ErrMissing)
	}
	v.file.People, v.at, v.shared = kept, at, nil
	if len(kept) == 1 {
		return v.save()
	}
	again := false
	for i := range v.file.People {
		again = again || i != v.at && len(v.file.People[i].Shared) > 0
		v.file.People[i].Shared = nil
	}
	if err := v.save(); err != nil {
		return err
	}
	if !again {
		return nil
	}
	_, err := v.Share(boxOf)
	return err
}

// MustRenew tells that this vault came back from a backup that somebody else
// restored: before anything is said, this person's device has to become a new one.
func (v *Vault) MustRenew() bool { return v.me().Renew || v.ring.Old != nil }

// Renew gives this person's device new keys, durably, and keeps the old signing
// key until Renewed, so that it can say that the new one succeeds it.
func (v *Vault) Renew(sign, box []byte, old [16]byte) error {
	if v.ring.Old != nil {
		return nil // it was begun before
	}
	v.ring.Before = append(v.ring.Before, Former{Device: old, Box: v.ring.Box})
	v.ring.Old, v.ring.Sign, v.ring.Box = v.ring.Sign, sign, box
	v.me().Renew = false
	if v.shared != nil {
		if err := v.reseal(); err != nil {
			return err
		}
	}
	return v.save()
}

// reseal seals the shared key to this person's box, which is another than before.
func (v *Vault) reseal() error {
	public, err := BoxPublic(v.ring.Box)
	if err != nil {
		return err
	}
	v.me().Shared, err = BoxSeal(public, Purpose{Name: forVault}, v.shared[:])
	return err
}

// Old gives the signing key of the device before while it is kept.
func (v *Vault) Old() []byte { return v.ring.Old }

// Renewed forgets it: the succession is durable.
func (v *Vault) Renewed() error {
	clear(v.ring.Old)
	v.ring.Old = nil
	return v.save()
}

// Reread takes in what another opened vault wrote of others meanwhile: who came and
// what they asked for. This person's part stays as it is.
func (v *Vault) Reread() error {
	c, _, err := read(v.dir)
	if err != nil {
		return err
	}
	own := v.me()
	if len(own.Slots) == 0 {
		return fmt.Errorf("%w: nobody signed in", ErrDamaged)
	}
	for i := range c.People {
		if len(c.People[i].Slots) > 0 && bytes.Equal(c.People[i].Slots[0].Wrapped, own.Slots[0].Wrapped) {
			v.file, v.at = c, i
			if err := v.gain(); err != nil {
				return err
			}
			return v.save()
		}
	}
	return fmt.Errorf("%w: this person is not in it", ErrDamaged)
}

// gain takes in the keys of epochs that others here brought.
func (v *Vault) gain() error {
	if v.shared == nil || len(v.file.Shared) == 0 {
		return nil
	}
	plain, err := Open(v.shared, []byte(adCommon), v.file.Shared)
	if err != nil {
		return fmt.Errorf("%w: shared keyring: %w", ErrDamaged, err)
	}
	var c common
	if err := json.Unmarshal(plain, &c); err != nil {
		return fmt.Errorf("%w: shared keyring: %w", ErrDamaged, err)
	}
	for number, key := range c.Epochs {
		if _, ok := v.ring.Epochs[number]; !ok {
			v.ring.Epochs[number] = key
		}
	}
	return nil
}

// Use notes, durably, which epoch is in use.
func (v *Vault) Use(number uint32) error {
	was := v.ring.InUse
	if was == number {
		return nil
	}
	v.ring.InUse = number
	if err := v.save(); err != nil {
		v.ring.InUse = was // not kept: it is tried again
		return err
	}
	return nil
}
