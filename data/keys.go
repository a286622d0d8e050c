package data

import (
	"context"
	"errors"
	"slices"
	"time"

	"paradero/data/fault"
	"paradero/data/vault"
)

// What a set of shares is, for whoever tells of it.
const (
	ShareCount = vault.Shares       // how many are made
	SharesOpen = vault.SharesEnough // how many together open the office
)

// Papers is a recovery code or a set of shares that was just drawn. It opens
// nothing before it is kept (KeepPapers), so that what is on paper can be read
// back first; what opened the office until now does so until then.
type Papers struct {
	Texts []string // the code, or the shares in their order; kept nowhere
	fresh *vault.Fresh
}

// Rehearse gives the number, from 1, of the text that a person typed from its
// paper; 0 when it is none of them.
func (p *Papers) Rehearse(text string) int {
	return 1 + slices.IndexFunc(p.Texts, func(own string) bool { return vault.SameText(own, text) })
}

// KeepPapers puts them in force, durably: what was printed before them opens
// nothing any more, save an old copy of the office's folder.
func (o *Office) KeepPapers(p *Papers) error {
	o.verify.Lock()
	defer o.verify.Unlock()
	return vaultFault("renew keys", p.fresh.Keep())
}

// NewCode draws a recovery code in the place of a lost one.
func (o *Office) NewCode() (*Papers, error) {
	o.verify.Lock()
	defer o.verify.Unlock()
	fresh, err := o.vault.NewCode()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "renew code", "random_failed")
	}
	return &Papers{Texts: slices.Clone(fresh.Texts), fresh: fresh}, nil
}

// NewShares draws a set of shares, one for each of three people whom the office
// trusts: any two of them together open it, one alone is worth nothing.
func (o *Office) NewShares() (*Papers, error) {
	o.verify.Lock()
	defer o.verify.Unlock()
	fresh, err := o.vault.NewShares(o.cfg.Clock())
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "make shares", "random_failed")
	}
	return &Papers{Texts: slices.Clone(fresh.Texts), fresh: fresh}, nil
}

// SharesMade tells when the shares that open this office were made; zero: there
// are none.
func (o *Office) SharesMade() time.Time {
	o.verify.Lock()
	defer o.verify.Unlock()
	return o.vault.SharesMade()
}

// RehearseShare gives the number of a share that opens this office together
// with another; otherwise the error says what is wrong with it.
func (o *Office) RehearseShare(text string) (int, error) {
	o.verify.Lock()
	defer o.verify.Unlock()
	n, err := o.vault.RehearseShare(text)
	if err != nil {
		return 0, shareFault("check share", err)
	}
	return n, nil
}

// RecoverShares sets a new passphrase by two shares or more of one set. Whoever
// holds two holds the office; the old passphrase opens nothing afterwards.
func RecoverShares(ctx context.Context, cfg Config, shares []string, next []byte) error {
	return replacePassphrase(cfg, "recover", next, shareFault, func(cfg Config) (*vault.Vault, error) {
		return vault.RecoverShares(ctx, cfg.Dir, cfg.Rand, shares)
	})
}

// shareFault gives what is wrong with a share its own key.
func shareFault(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, vault.ErrShare):
		return fault.New(fault.Passphrase, op, "share_mistyped")
	case errors.Is(err, vault.ErrShareTwice):
		return fault.New(fault.Passphrase, op, "share_twice")
	case errors.Is(err, vault.ErrShareSet):
		return fault.New(fault.Passphrase, op, "share_of_another_set")
	case errors.Is(err, vault.ErrShareFew):
		return fault.New(fault.Passphrase, op, "shares_too_few")
	case errors.Is(err, vault.ErrNoShares):
		return fault.New(fault.Passphrase, op, "shares_never_made")
	case errors.Is(err, vault.ErrSecret):
		return fault.New(fault.Passphrase, op, "share_of_another_set")
	}
	return vaultFault(op, err)
}

// forget takes the keys out of memory, as far as Go allows, once nothing uses
// them any more.
func (o *Office) forget() {
	o.verify.Lock()
	defer o.verify.Unlock()
	o.vault.Forget()
	clear(o.sign)
	o.keys.forget()
	o.circles.forget()
}

// CheckCode tells whether a recovery code opens an office, and changes nothing.
func CheckCode(ctx context.Context, cfg Config, code string) error {
	return tryKeys(cfg, func(cfg Config) error {
		v, err := vault.Recover(ctx, cfg.Dir, cfg.Rand, code)
		switch {
		case errors.Is(err, vault.ErrSecret):
			return fault.New(fault.Passphrase, "check code", "recovery_code_of_another")
		case err != nil:
			return vaultFault("check code", err)
		}
		v.Forget()
		return nil
	})
}

// CheckShares tells whether shares open an office, and changes nothing.
func CheckShares(ctx context.Context, cfg Config, shares []string) error {
	return tryKeys(cfg, func(cfg Config) error {
		v, err := vault.RecoverShares(ctx, cfg.Dir, cfg.Rand, shares)
		if err != nil {
			return shareFault("check shares", err)
		}
		v.Forget()
		return nil
	})
}

// tryKeys tries something under the office's lock: a damaged copy of the vault
// may be mended on the way.
func tryKeys(cfg Config, try func(Config) error) error {
	cfg.defaults()
	if _, err := vault.Peek(cfg.Dir); err != nil {
		return vaultFault("check keys", err)
	}
	lock, err := takeLock(cfg.Dir)
	if err != nil {
		return err
	}
	return release(lock, try(cfg))
}
