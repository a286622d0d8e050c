package data

import (
	"context"

	"paradero/data/vault"
)

// Check tells whether a passphrase opens this office, which is open already: a
// window that was covered while somebody was away asks for it.
func (o *Office) Check(ctx context.Context, passphrase []byte) error {
	const op = "unlock office"
	o.verify.Lock()
	defer o.verify.Unlock()
	_, err := vault.Unlock(ctx, o.cfg.Dir, o.cfg.Rand, passphrase)
	return vaultFault(op, err)
}
