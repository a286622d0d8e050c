package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Carried gives the vault's file as it stands, sealed by its slots: what a
// backup carries, so that whoever opens the office also opens that.
func (v *Vault) Carried() ([]byte, error) {
	if v.gone {
		return nil, errForgotten
	}
	return encode(v.file)
}

// PeekCarried reads what is public of a carried vault.
func PeekCarried(b []byte) (Public, error) {
	c, err := decode(b)
	if err != nil {
		return Public{}, err
	}
	return c.Public, nil
}

// UnlockCarried opens a carried vault by passphrase. It belongs to no folder
// before Settle.
func UnlockCarried(ctx context.Context, b []byte, random io.Reader, passphrase []byte) (*Vault, error) {
	return openCarried(ctx, b, random, slotPassphrase, func(s slot) (*Key, error) {
		return stretch(passphrase, s.Salt, s.Cost)
	})
}

// RecoverCarried opens a carried vault by its recovery code.
func RecoverCarried(ctx context.Context, b []byte, random io.Reader, code string) (*Vault, error) {
	secret, err := parseCode(code)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	return openCarried(ctx, b, random, slotRecovery, func(s slot) (*Key, error) { return fromCode(secret, s.Salt) })
}

func openCarried(ctx context.Context, b []byte, random io.Reader, kind string, key func(slot) (*Key, error)) (*Vault, error) {
	c, err := decode(b)
	if err != nil {
		return nil, err
	}
	v := &Vault{random: random, file: c, gone: true} // nowhere to be written yet
	if err := v.unwrap(ctx, kind, key); err != nil {
		return nil, err
	}
	if err := v.readRing(); err != nil {
		return nil, err
	}
	return v, nil
}

// Settle writes an opened carried vault into a folder that has none, with
// another keyring: what opened it opens that one too. Others who sign in with it
// must make their devices new ones when they first do.
func (v *Vault) Settle(dir string, keys Keys) error {
	if _, _, err := read(dir); !errors.Is(err, ErrMissing) {
		return fmt.Errorf("settle vault: folder has one")
	}
	v.dir, v.ring.Keys, v.gone = dir, keys, false
	for i := range v.file.People {
		v.file.People[i].Renew = i != v.at
	}
	if v.shared != nil {
		if err := v.reseal(); err != nil {
			return err
		}
	}
	return v.save()
}
