package vault

import "crypto/subtle"

// Fresh is a recovery code or a set of shares that was drawn and opens nothing
// yet: what is on paper is rehearsed first, and only then takes the place of
// what was there before.
type Fresh struct {
	Texts []string // the code, or each share in its order
	slot  slot
	vault *Vault
}

// SameText tells whether two texts are the same code or share, however a person
// copied them from paper.
func SameText(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(tidy(a)), []byte(tidy(b))) == 1
}

// Keep makes it what opens the vault, durably. What it replaces opens nothing
// any more, save an old copy of the vault's files.
func (f *Fresh) Keep() error {
	before := f.vault.me().Slots
	f.vault.putSlot(f.slot)
	if err := f.vault.save(); err != nil {
		f.vault.me().Slots = before
		return err
	}
	return nil
}

// NewCode draws a recovery code in the place of the one that was printed.
func (v *Vault) NewCode() (*Fresh, error) {
	code, s, err := v.recoverySlot()
	if err != nil {
		return nil, err
	}
	return &Fresh{Texts: []string{code}, slot: s, vault: v}, nil
}
