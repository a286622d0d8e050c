package vault

import "errors"

// errForgotten keeps a vault without keys from being written over a whole one.
var errForgotten = errors.New("vault was closed")

// Forget writes over the keys that this vault holds in memory. Go may have
// copied some of them elsewhere; those go when their memory is used again, at
// the latest when the program ends. The vault is of no use afterwards.
func (v *Vault) Forget() {
	v.gone = true
	clear(v.master[:])
	k := &v.ring.Keys
	clear(k.Identity[:])
	clear(k.Store[:])
	clear(k.Sign)
	clear(k.Box)
	for _, f := range k.Before {
		clear(f.Box)
	}
	clear(v.ring.Old)
	if v.shared != nil {
		clear(v.shared[:])
	}
	if g := v.ring.Grant; g != nil {
		clear(g.Identity[:])
		clear(g.Epochs)
	}
	for epoch := range k.Epochs {
		k.Epochs[epoch] = Key{}
	}
}
