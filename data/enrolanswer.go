package data

import (
	"bytes"
	"crypto/ed25519"

	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/vault"
)

// answer is what the device that lets another in sends it: the welcome, and the
// picture that follows. Each is sealed to the device that asked and signed, under a
// purpose and a magic of its own, so that neither can be taken for the other
// (docs/formats.md).
type answer struct {
	name, magic string
	offer       *offer
	device      record.ID // that it is for
}

func welcomeTo(f *offer, device record.ID) answer {
	return answer{"welcome", welcomeMagic, f, device}
}

func openingTo(f *offer, device record.ID) answer {
	return answer{"opening", openingMagic, f, device}
}

func (a answer) purpose() vault.Purpose {
	return vault.Purpose{Name: a.name, Office: a.offer.office, Device: a.device, More: a.offer.id[:]}
}

func (a answer) message(box []byte) []byte {
	return append(append(append([]byte(a.magic), a.offer.id[:]...), a.device[:]...), box...)
}

// seal seals plain to a box key and signs it.
func (a answer) seal(to []byte, by ed25519.PrivateKey, plain []byte) ([]byte, error) {
	box, err := vault.BoxSeal(to, a.purpose(), plain)
	if err != nil {
		return nil, err
	}
	out := cbor.AppendBytes(cbor.AppendUint(cbor.AppendMap(nil, 3), 1), by.Public().(ed25519.PublicKey))
	out = cbor.AppendBytes(cbor.AppendUint(out, 2), box)
	return cbor.AppendBytes(cbor.AppendUint(out, 3), ed25519.Sign(by, a.message(box))), nil
}

// open checks and opens one by the device's seed, and gives the key that signed it.
// may tells whether that key may answer. errEnrol: it is not whole, or not signed so.
func (a answer) open(sealed, seed []byte, may func(by ed25519.PublicKey) bool) (plain []byte, by ed25519.PublicKey, err error) {
	var box, sig []byte
	r := cbor.NewReader(sealed)
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			by = bytes.Clone(r.Bytes())
		case 2:
			box = r.Bytes()
		case 3:
			sig = r.Bytes()
		default:
			r.Skip()
		}
	}
	if r.Done() != nil || len(by) != ed25519.PublicKeySize || !may(by) || !ed25519.Verify(by, a.message(box), sig) {
		return nil, nil, errEnrol
	}
	plain, err = vault.BoxOpen(seed, a.purpose(), box)
	return plain, by, err
}

// anyKey lets any key answer: the first answer makes known who does.
func anyKey(ed25519.PublicKey) bool { return true }
