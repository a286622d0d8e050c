// Package vault keeps an office's keys: a random master key wrapped in slots
// (a passphrase, a printed recovery code, shares of which two open), and under it the keyring with which
// everything else is sealed and signed.
//
// What must not live here: what is sealed, where it is stored, and words for
// people. It imports nothing of ours.
package vault

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"golang.org/x/crypto/argon2"
)

// Public is what can be read before anybody signs in.
type Public struct {
	Office         string `json:"office"`
	Demo           bool   `json:"demo,omitempty"`
	DemoPassphrase string `json:"demo_passphrase,omitempty"` // of a demonstration office, which holds nobody real
	Joining        bool   `json:"joining,omitempty"`         // nobody here has the office's keys yet
	People         int    `json:"-"`                         // how many sign in here
}

// Keys is the keyring. The office's keys are the same on all its devices; the
// device's and the store's never leave this machine.
type Keys struct {
	Office   [16]byte       `json:"office"`            // the office's id
	Identity Key            `json:"identity"`          // HMAC key of imported rows' identities (DESIGN §3)
	Epochs   map[uint32]Key `json:"epochs"`            // keys of batches and payloads, by epoch
	Sign     []byte         `json:"sign"`              // Ed25519 seed, 32 bytes
	Box      []byte         `json:"box"`               // seed of the HPKE key pair to which others wrap keys
	Store    Key            `json:"store"`             // root of Badger's key and of the sealing of its values
	Member   [16]byte       `json:"member"`            // who signs in with this vault
	Founder  [16]byte       `json:"founder"`           // the device that the office was founded on; zero: this one
	Before   []Former       `json:"before,omitempty"`  // devices that this one goes on for: what was sealed to them opens
	Hub      []byte         `json:"hub,omitempty"`     // how the office's hub is found, until its record has come
	Current  uint32         `json:"current,omitempty"` // the epoch that was in use when this device was let in
	InUse    uint32         `json:"in_use,omitempty"`  // the epoch that was in use when the law was last heard
}

// Former is a device that this one goes on for after a restore.
type Former struct {
	Device [16]byte `json:"device"`
	Box    []byte   `json:"box"`
}

// Cost is Argon2id's: passes, KiB, threads.
type Cost struct {
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memory"`
	Threads uint8  `json:"threads"`
}

// The bounds of a cost that is read from a file: never under what DESIGN §4
// says, save for tests that make their own vault, and never so much that a
// hostile file stops the machine.
const (
	minTime, minMemory = 3, 64 << 10
	maxTime, maxMemory = 64, 512 << 10
	maxThreads         = 16
)

const (
	slotPassphrase = "passphrase"
	slotRecovery   = "recovery"
)

// slot is one way to the master key.
type slot struct {
	Kind    string     `json:"kind"`
	Salt    []byte     `json:"salt"`
	Cost    *Cost      `json:"cost,omitempty"`
	Set     uint32     `json:"set,omitempty"`   // of shares: which set
	Marks   [][]byte   `json:"marks,omitempty"` // of shares: by which each is known
	Made    *time.Time `json:"made,omitempty"`  // of shares: when they were drawn
	Wrapped []byte     `json:"wrapped"`
}

// ErrSecret says that the passphrase or code opens no slot.
var ErrSecret = errors.New("wrong passphrase or code")

// Vault is an opened vault. Its methods are not for concurrent use.
type Vault struct {
	dir    string
	random io.Reader
	file   *content
	at     int  // the person who signed in
	master Key  // his
	ring   ring // his, with what all here share
	shared *Key // with which that is sealed; nil while he is the only one
	state  State
	Mended bool // one copy was damaged or old and was written anew

	Damaged string // the copy that was damaged, "" when none was
	gone    bool   // its keys were forgotten
}

// Peek reads what is public of the vault in a folder.
func Peek(dir string) (Public, error) {
	c, _, err := read(dir)
	if err != nil {
		return Public{}, err
	}
	p := c.Public
	p.People = len(c.People)
	return p, nil
}

// Create makes a vault in a folder that has none and gives the recovery code,
// which is stored nowhere.
func Create(dir string, random io.Reader, cost Cost, public Public, keys Keys, passphrase []byte) (*Vault, string, error) {
	if _, _, err := read(dir); !errors.Is(err, ErrMissing) {
		return nil, "", fmt.Errorf("create vault: folder has one")
	}
	v := &Vault{dir: dir, random: random, ring: ring{Keys: keys}, file: &content{Version: 1, Public: public, People: []person{{}}}}
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

// Unlock opens the vault in a folder by passphrase. It takes about a second by
// design and cannot be interrupted within that second.
func Unlock(ctx context.Context, dir string, random io.Reader, passphrase []byte) (*Vault, error) {
	return open(ctx, dir, random, slotPassphrase, func(s slot) (*Key, error) {
		return stretch(passphrase, s.Salt, s.Cost)
	})
}

// Recover opens the vault by its recovery code; ErrCode says that the code was
// mistyped, ErrSecret that it belongs to another office.
func Recover(ctx context.Context, dir string, random io.Reader, code string) (*Vault, error) {
	secret, err := parseCode(code)
	if err != nil {
		return nil, err
	}
	return open(ctx, dir, random, slotRecovery, func(s slot) (*Key, error) { return fromCode(secret, s.Salt) })
}

func open(ctx context.Context, dir string, random io.Reader, kind string, key func(slot) (*Key, error)) (*Vault, error) {
	c, damaged, err := read(dir)
	if err != nil {
		return nil, err
	}
	v := &Vault{dir: dir, random: random, file: c, Mended: damaged, Damaged: damagedCopy(dir)}
	if err := v.unwrap(ctx, kind, key); err != nil {
		return nil, err
	}
	if err := v.readRing(); err != nil {
		return nil, err
	}
	if damaged {
		if err := write(dir, c); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// unwrap finds the person whom a passphrase or code belongs to. Those who work on
// one computer share salt and cost, so that the costly part is done once for all.
func (v *Vault) unwrap(ctx context.Context, kind string, key func(slot) (*Key, error)) error {
	var last *slot
	var k *Key
	for at := range v.file.People {
		for i := range v.file.People[at].Slots {
			s := &v.file.People[at].Slots[i]
			if s.Kind != kind {
				continue
			}
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("unlock: %w", err)
			}
			if last == nil || kind != slotPassphrase || !s.like(last) {
				var err error
				if k, err = key(*s); err != nil {
					if kind == slotShares && len(v.file.People) > 1 {
						continue // of another person's set
					}
					return err
				}
				last = s
			}
			if master, err := Open(k, []byte("slot "+kind), s.Wrapped); err == nil && len(master) == KeySize {
				copy(v.master[:], master)
				v.at = at
				return nil
			}
		}
	}
	return ErrSecret
}

// like tells whether a passphrase gives the same key for two slots.
func (s *slot) like(other *slot) bool {
	return s.Cost != nil && other.Cost != nil && *s.Cost == *other.Cost && bytes.Equal(s.Salt, other.Salt)
}

// Keys gives the keyring; the caller must not change it.
func (v *Vault) Keys() *Keys { return &v.ring.Keys }

// Public gives what is public.
func (v *Vault) Public() Public { return v.file.Public }

// Rehearse tells whether the code is this vault's: made when it is printed, so
// that a wrong copy shows now and not in the worst hour.
func (v *Vault) Rehearse(code string) bool {
	secret, err := parseCode(code)
	if err != nil {
		return false
	}
	for _, s := range v.me().Slots {
		if s.Kind != slotRecovery {
			continue
		}
		if k, err := fromCode(secret, s.Salt); err == nil {
			if _, err := Open(k, []byte("slot "+slotRecovery), s.Wrapped); err == nil {
				return true
			}
		}
	}
	return false
}

// SetPassphrase replaces the passphrase's slot and writes the vault. Where others
// sign in here it takes their salt and cost, and ErrTaken says that one of them
// has this passphrase.
func (v *Vault) SetPassphrase(passphrase []byte, cost Cost) error {
	salt, err := v.draw()
	if err != nil {
		return err
	}
	others := v.others(slotPassphrase)
	if len(others) > 0 && others[0].Cost != nil {
		salt, cost = others[0].Salt, *others[0].Cost
	}
	k, err := stretch(passphrase, salt, &cost)
	if err != nil {
		return err
	}
	for _, s := range others {
		if _, err := Open(k, []byte("slot "+slotPassphrase), s.Wrapped); err == nil {
			return ErrTaken
		}
	}
	s, err := v.wrap(slot{Kind: slotPassphrase, Salt: salt, Cost: &cost}, k)
	if err != nil {
		return err
	}
	v.putSlot(s)
	if v.file.Public.Demo {
		v.file.Public.DemoPassphrase = string(passphrase)
	}
	return v.save()
}

// SetPublic replaces what is public (an office that changed its name).
func (v *Vault) SetPublic(p Public) error {
	v.file.Public = p
	return v.save()
}

// recoverySlot draws a recovery code and wraps the master key for it.
func (v *Vault) recoverySlot() (string, slot, error) {
	code, secret, err := newCode(v.random)
	if err != nil {
		return "", slot{}, err
	}
	defer clear(secret)
	salt, err := v.draw()
	if err != nil {
		return "", slot{}, err
	}
	k, err := fromCode(secret, salt)
	if err != nil {
		return "", slot{}, err
	}
	s, err := v.wrap(slot{Kind: slotRecovery, Salt: salt}, k)
	return code, s, err
}

// wrap puts the master key into a slot.
func (v *Vault) wrap(s slot, k *Key) (slot, error) {
	wrapped, err := Seal(v.random, nil, k, []byte("slot "+s.Kind), v.master[:])
	s.Wrapped = wrapped
	return s, err
}

// putSlot puts a slot in the place of the one of its kind.
func (v *Vault) putSlot(s slot) {
	kept := v.me().Slots[:0:0]
	for _, old := range v.me().Slots {
		if old.Kind != s.Kind {
			kept = append(kept, old)
		}
	}
	v.me().Slots = append(kept, s)
}

// others gives the slots of a kind of those others who sign in here.
func (v *Vault) others(kind string) []slot {
	var list []slot
	for i := range v.file.People {
		for _, s := range v.file.People[i].Slots {
			if i != v.at && s.Kind == kind {
				list = append(list, s)
			}
		}
	}
	return list
}

func (v *Vault) draw() ([]byte, error) {
	salt := make([]byte, 16)
	if _, err := io.ReadFull(v.random, salt); err != nil {
		return nil, fmt.Errorf("draw salt: %w", err)
	}
	return salt, nil
}

// stretch derives a slot's key from a passphrase, with the cost bounded first.
func stretch(passphrase, salt []byte, cost *Cost) (*Key, error) {
	if cost == nil || cost.Time == 0 || cost.Time > maxTime || cost.Memory < 8 || cost.Memory > maxMemory ||
		cost.Threads == 0 || cost.Threads > maxThreads {
		return nil, fmt.Errorf("%w: cost out of bounds", ErrDamaged)
	}
	var k Key
	copy(k[:], argon2.IDKey(passphrase, salt, cost.Time, cost.Memory, cost.Threads, KeySize))
	return &k, nil
}

// Stretch derives a key from what a person can remember or be told, at a cost that
// is bounded first.
func Stretch(secret, salt []byte, cost Cost) (*Key, error) { return stretch(secret, salt, &cost) }

func fromCode(secret, salt []byte) (*Key, error) {
	return derived(secret, salt, "paradero recovery slot")
}

// derived gives a slot's key from a secret that needs no stretching.
func derived(secret, salt []byte, purpose string) (*Key, error) {
	b, err := hkdf.Key(sha256.New, secret, salt, purpose, KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive slot key: %w", err)
	}
	var k Key
	copy(k[:], b)
	return &k, nil
}

// Sub derives a key for one purpose from a root key.
func Sub(root *Key, purpose string) (*Key, error) {
	b, err := hkdf.Key(sha256.New, root[:], nil, "paradero "+purpose, KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive %s key: %w", purpose, err)
	}
	var k Key
	copy(k[:], b)
	return &k, nil
}

// Calibrate finds the cost that takes about the given time on this machine,
// never under three passes over 64 MiB (DESIGN §4; RFC 9106 §4 second choice).
// A faster machine makes more passes and not larger ones, so that an office
// also opens on the smallest laptop of the team.
func Calibrate(clock func() time.Time, want time.Duration) Cost {
	cost := Cost{Time: minTime, Memory: minMemory, Threads: uint8(min(runtime.NumCPU(), 4))}
	start := clock()
	argon2.IDKey([]byte("calibrate"), make([]byte, 16), cost.Time, cost.Memory, cost.Threads, KeySize)
	took := clock().Sub(start)
	if took > 0 {
		if n := uint32(want * time.Duration(cost.Time) / took); n > cost.Time {
			cost.Time = min(n, maxTime/2)
		}
	}
	return cost
}
