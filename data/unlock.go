package data

import (
	"context"

	"paradero/data/fault"
	"paradero/data/vault"
)

// Check tells whether a passphrase opens this office, which is open already: a
// window that was covered while somebody was away asks for it.
func (o *Office) Check(ctx context.Context, passphrase []byte) error {
	const op = "unlock office"
	o.verify.Lock()
	defer o.verify.Unlock()
	return o.checkOwn(ctx, op, passphrase)
}

// checkOwn tells whether a passphrase is that of who has signed in: where several
// people sign in here, no other's will do. The caller holds verify.
func (o *Office) checkOwn(ctx context.Context, op string, passphrase []byte) error {
	v, err := vault.Unlock(ctx, o.cfg.Dir, o.cfg.Rand, passphrase)
	if err != nil {
		return vaultFault(op, err)
	}
	defer v.Forget()
	if !sameKeys(v.Keys(), o.vault.Keys()) {
		return fault.New(fault.Passphrase, op, "passphrase_wrong")
	}
	return nil
}

// ChangePassphrase replaces the passphrase while the office is open.
func (o *Office) ChangePassphrase(ctx context.Context, old, next []byte) error {
	const op = "change passphrase"
	if len(next) == 0 {
		return &fault.Error{Code: fault.Invalid, Op: op, Key: "passphrase_empty"}
	}
	o.verify.Lock()
	defer o.verify.Unlock()
	if err := o.checkOwn(ctx, op, old); err != nil {
		return err
	}
	return vaultFault(op, o.vault.SetPassphrase(next, o.cfg.cost()))
}
