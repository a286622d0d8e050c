package data

import (
	"bytes"
	"crypto/ed25519"
	"io"
	"maps"
	"slices"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/vault"
)

// welcome is what lets a device in: the office's keys.
type welcome struct {
	keys vault.Keys // those of the office, and the member
	name string     // the office's
	hub  []byte
}

func (w *welcome) encode() []byte {
	b := cbor.AppendMap(nil, 8)
	b = cbor.AppendBytes(cbor.AppendUint(b, 1), w.keys.Office[:])
	b = cbor.AppendText(cbor.AppendUint(b, 2), w.name)
	b = cbor.AppendBytes(cbor.AppendUint(b, 3), w.keys.Identity[:])
	b = cbor.AppendArray(cbor.AppendUint(b, 4), len(w.keys.Epochs))
	for _, n := range slices.Sorted(maps.Keys(w.keys.Epochs)) {
		key := w.keys.Epochs[n]
		b = cbor.AppendBytes(cbor.AppendUint(cbor.AppendArray(b, 2), uint64(n)), key[:])
	}
	b = cbor.AppendBytes(cbor.AppendUint(b, 5), w.keys.Founder[:])
	b = cbor.AppendBytes(cbor.AppendUint(b, 6), w.keys.Member[:])
	b = cbor.AppendUint(cbor.AppendUint(b, 7), uint64(w.keys.Current))
	return cbor.AppendBytes(cbor.AppendUint(b, 8), w.hub)
}

func readWelcome(plain []byte) (*welcome, error) {
	w := &welcome{keys: vault.Keys{Epochs: map[uint32]vault.Key{}}}
	r := cbor.NewReader(plain)
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			r.Fixed(w.keys.Office[:])
		case 2:
			w.name = r.Text()
		case 3:
			r.Fixed(w.keys.Identity[:])
		case 4:
			for range r.Array(1 << 12) {
				if r.Array(2) != 2 {
					r.Fail("epoch has not two parts")
				}
				var key vault.Key
				number := uint32(r.Below(1 << 32))
				r.Fixed(key[:])
				w.keys.Epochs[number] = key
			}
		case 5:
			r.Fixed(w.keys.Founder[:])
		case 6:
			r.Fixed(w.keys.Member[:])
		case 7:
			w.keys.Current = uint32(r.Below(1 << 32))
		case 8:
			w.hub = bytes.Clone(r.Bytes())
		default:
			r.Skip()
		}
	}
	if r.Done() != nil || len(w.keys.Epochs) == 0 {
		return nil, errEnrol
	}
	return w, nil
}

// seal seals a welcome to the device that asked, signed by the one that lets it in.
func (w *welcome) seal(random io.Reader, q *asked, by ed25519.PrivateKey) ([]byte, error) {
	plain, err := welcomeTo(q.offer, ledger.DeviceOf(q.sign)).seal(q.box, by, w.encode())
	if err != nil {
		return nil, err
	}
	return sealLetter(random, welcomeMagic, q.offer, plain)
}

// openWelcome opens a welcome that answers an offer, by the device's seed. It gives
// the key of the device that let this one in.
func openWelcome(file []byte, f *offer, device record.ID, seed []byte) (*welcome, ed25519.PublicKey, error) {
	id, plain, err := openLetter(welcomeMagic, file, func([16]byte) (*vault.Key, error) { return f.envelope, nil })
	if err != nil {
		return nil, nil, err
	}
	if id != f.id {
		return nil, nil, errEnrol
	}
	plain, by, err := welcomeTo(f, device).open(plain, seed, anyKey)
	if err != nil {
		return nil, nil, err
	}
	w, err := readWelcome(plain)
	if err != nil {
		return nil, nil, err
	}
	if w.keys.Office != f.office || w.keys.Founder != f.founder || !f.member.IsZero() && w.keys.Member != f.member {
		return nil, nil, errEnrol
	}
	return w, by, nil
}
