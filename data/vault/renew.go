package vault

import "strings"

// Fresh is a recovery code or a set of shares that was drawn and opens nothing
// yet: what is on paper is rehearsed first, and only then takes the place of
// what was there before.
type Fresh struct {
	Texts []string // the code, or each share in its order
	slot  slot
	vault *Vault
}

// Rehearse gives the number, from 1, of the text that a person typed from paper;
// 0 when it is none of these.
func (f *Fresh) Rehearse(text string) int {
	typed := tidy(text)
	for i, t := range f.Texts {
		if strings.ReplaceAll(t, "-", "") == typed {
			return i + 1
		}
	}
	return 0
}

// Keep makes it what opens the vault, durably. What it replaces opens nothing
// any more, save an old copy of the vault's files.
func (f *Fresh) Keep() error {
	before := f.vault.file.Slots
	f.vault.putSlot(f.slot)
	if err := f.vault.save(); err != nil {
		f.vault.file.Slots = before
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
