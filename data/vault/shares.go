package vault

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"
)

// Shares of a recovery secret are for coordinators: each holds one, any two
// together open the vault, one alone is worth nothing. A share is text like the
// recovery code, seven groups of five: 20 bits that name its set, its number,
// 16 bytes, and 20 bits of checksum.
const (
	Shares       = 3 // how many are made
	SharesEnough = 2 // how many open
	setChars     = 4
	shareChars   = setChars + 1 + 26 + checkChars
	setBits      = 5 * setChars
)

const slotShares = "shares"

var (
	// ErrShare says that a share is mistyped: its length or checksum is wrong.
	ErrShare = errors.New("share is mistyped")
	// ErrShareTwice says that two shares given are one and the same.
	ErrShareTwice = errors.New("the same share twice")
	// ErrShareSet says that a share is of another set: of another office, or of
	// one that has been replaced since.
	ErrShareSet = errors.New("share of another set")
	// ErrShareFew says that fewer shares were given than are needed.
	ErrShareFew = errors.New("too few shares")
	// ErrNoShares says that this vault has no shares.
	ErrNoShares = errors.New("no shares were made")
)

// share is one read from its text.
type share struct {
	set    uint32
	number byte
	point  []byte
}

func (s share) text() string {
	var head [4]byte
	binary.BigEndian.PutUint32(head[:], s.set<<(32-setBits))
	text := crockford.EncodeToString(head[:])[:setChars] + alphabet[s.number:s.number+1] + crockford.EncodeToString(s.point)
	return grouped(text + s.check())
}

func (s share) check() string {
	b := binary.BigEndian.AppendUint32([]byte("paradero share "), s.set)
	return check(append(append(b, s.number), s.point...))
}

// mark lets a share be rehearsed without another: of 16 random bytes it tells
// nothing to whoever reads the file.
func (s share) mark() []byte {
	b := binary.BigEndian.AppendUint32([]byte("paradero share mark "), s.set)
	sum := sha256.Sum256(append(append(b, s.number), s.point...))
	return sum[:]
}

// parseShare reads a share as people copy it.
func parseShare(text string) (share, error) {
	clean := tidy(text)
	if len(clean) != shareChars {
		return share{}, ErrShare
	}
	head, err := crockford.DecodeString(clean[:setChars] + "0000")
	if err != nil {
		return share{}, ErrShare
	}
	number := strings.IndexByte(alphabet, clean[setChars])
	point, err := crockford.DecodeString(clean[setChars+1 : shareChars-checkChars])
	if err != nil || number < 1 || number > Shares || len(point) != codeBytes {
		return share{}, ErrShare
	}
	s := share{set: binary.BigEndian.Uint32(head[:4]) >> (32 - setBits), number: byte(number), point: point}
	if strings.ReplaceAll(s.text(), "-", "") != clean {
		return share{}, ErrShare
	}
	return s, nil
}

// SharesMade tells when the shares that open this vault were made; zero: never.
func (v *Vault) SharesMade() time.Time {
	for _, s := range v.me().Slots {
		if s.Kind == slotShares && s.Made != nil {
			return *s.Made
		}
	}
	return time.Time{}
}

// NewShares draws a set of shares. They open nothing before Keep, so that they
// can be rehearsed first; from then on those of the set before open nothing.
func (v *Vault) NewShares(at time.Time) (*Fresh, error) {
	secret := make([]byte, codeBytes)
	defer clear(secret)
	var set [4]byte
	for _, b := range [][]byte{secret, set[:]} {
		if _, err := io.ReadFull(v.random, b); err != nil {
			return nil, err
		}
	}
	points, err := split(v.random, secret, Shares)
	if err != nil {
		return nil, err
	}
	at = at.UTC().Truncate(time.Second)
	s := slot{Kind: slotShares, Set: binary.BigEndian.Uint32(set[:]) >> (32 - setBits), Made: &at}
	f := &Fresh{vault: v}
	for i, point := range points {
		one := share{set: s.Set, number: byte(i + 1), point: point}
		s.Marks = append(s.Marks, one.mark())
		f.Texts = append(f.Texts, one.text())
	}
	if s.Salt, err = v.draw(); err != nil {
		return nil, err
	}
	key, err := derived(secret, s.Salt, "paradero shares slot")
	if err != nil {
		return nil, err
	}
	f.slot, err = v.wrap(s, key)
	return f, err
}

// RehearseShare gives the number of a share of the set that opens this vault,
// as it was copied from its paper.
func (v *Vault) RehearseShare(text string) (int, error) {
	s, err := parseShare(text)
	if err != nil {
		return 0, err
	}
	for _, slot := range v.me().Slots {
		if slot.Kind == slotShares {
			return int(s.number), s.of(slot)
		}
	}
	return 0, ErrNoShares
}

// of tells whether a share is of a slot's set.
func (s share) of(slot slot) error {
	if len(slot.Marks) != Shares {
		return ErrDamaged
	}
	if slot.Set != s.set || subtle.ConstantTimeCompare(slot.Marks[s.number-1], s.mark()) != 1 {
		return ErrShareSet
	}
	return nil
}

// RecoverShares opens the vault by two shares or more of one set; which, and in
// which order, does not matter.
func RecoverShares(ctx context.Context, dir string, random io.Reader, texts []string) (*Vault, error) {
	return byShares(texts, func(key func(slot) (*Key, error)) (*Vault, error) {
		return open(ctx, dir, random, slotShares, key)
	})
}

// RecoverCarriedShares opens a carried vault by the shares of its day.
func RecoverCarriedShares(ctx context.Context, b []byte, random io.Reader, texts []string) (*Vault, error) {
	return byShares(texts, func(key func(slot) (*Key, error)) (*Vault, error) {
		return openCarried(ctx, b, random, slotShares, key)
	})
}

func byShares(texts []string, open func(key func(slot) (*Key, error)) (*Vault, error)) (*Vault, error) {
	given, err := readShares(texts)
	if err != nil {
		return nil, err
	}
	made := false
	v, err := open(func(s slot) (*Key, error) {
		made = true
		for _, one := range given {
			if err := one.of(s); err != nil {
				return nil, err
			}
		}
		secret := join(given[0].number, given[0].point, given[1].number, given[1].point)
		defer clear(secret)
		return derived(secret, s.Salt, "paradero shares slot")
	})
	if errors.Is(err, ErrSecret) && !made {
		return nil, ErrNoShares
	}
	return v, err
}

// readShares reads enough different shares of one set.
func readShares(texts []string) ([]share, error) {
	var given []share
	for _, text := range texts {
		s, err := parseShare(text)
		if err != nil {
			return nil, err
		}
		for _, other := range given {
			if other.set != s.set {
				return nil, ErrShareSet
			}
			if other.number == s.number {
				return nil, ErrShareTwice
			}
		}
		given = append(given, s)
	}
	if len(given) < SharesEnough {
		return nil, ErrShareFew
	}
	return given, nil
}
