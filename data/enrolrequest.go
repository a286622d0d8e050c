package data

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"
	"time"

	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/vault"
)

// asked is a request to be let in.
type asked struct {
	offer          *offer
	device         string // what it is called
	sign, box, hub []byte // its public keys
	at             time.Time
}

// seal signs a request with the device's key and the invitation's, and gives the
// file.
func (q *asked) seal(random io.Reader, answer, device ed25519.PrivateKey) ([]byte, error) {
	body := cbor.AppendMap(nil, 6)
	body = cbor.AppendBytes(cbor.AppendUint(body, 1), q.offer.id[:])
	body = cbor.AppendText(cbor.AppendUint(body, 2), q.device)
	body = cbor.AppendBytes(cbor.AppendUint(body, 3), q.sign)
	body = cbor.AppendBytes(cbor.AppendUint(body, 4), q.box)
	body = cbor.AppendBytes(cbor.AppendUint(body, 5), q.hub)
	body = cbor.AppendUint(cbor.AppendUint(body, 6), uint64(q.at.Unix()))
	message := append([]byte(requestMagic), body...)
	plain := cbor.AppendMap(nil, 5)
	plain = cbor.AppendBytes(cbor.AppendUint(plain, 1), q.offer.bytes)
	plain = cbor.AppendBytes(cbor.AppendUint(plain, 2), q.offer.sig)
	plain = cbor.AppendBytes(cbor.AppendUint(plain, 3), body)
	plain = cbor.AppendBytes(cbor.AppendUint(plain, 4), ed25519.Sign(answer, message))
	plain = cbor.AppendBytes(cbor.AppendUint(plain, 5), ed25519.Sign(device, message))
	return sealLetter(random, requestMagic, q.offer, plain)
}

// sealLetter seals a request or a welcome for its way.
func sealLetter(random io.Reader, magic string, f *offer, plain []byte) ([]byte, error) {
	b := cbor.AppendBytes(cbor.AppendUint(cbor.AppendMap([]byte(magic), 2), 1), f.id[:])
	sealed, err := vault.Seal(random, nil, f.envelope, b, plain)
	if err != nil {
		return nil, err
	}
	return cbor.AppendBytes(cbor.AppendUint(b, 2), sealed), nil
}

// openLetter opens a request or a welcome; key gives what seals those of an
// invitation.
func openLetter(magic string, file []byte, key func(id [16]byte) (*vault.Key, error)) (id [16]byte, plain []byte, err error) {
	rest, ok := bytes.CutPrefix(file, []byte(magic))
	if !ok || len(file) > maxEnrolFile {
		return id, nil, errEnrol
	}
	var sealed []byte
	r := cbor.NewReader(rest)
	n := r.Map(2)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			r.Fixed(id[:])
		case 2:
			sealed = r.Bytes()
		}
	}
	if r.Done() != nil {
		return id, nil, errEnrol
	}
	k, err := key(id)
	if err != nil {
		return id, nil, err
	}
	head := cbor.AppendBytes(cbor.AppendUint(cbor.AppendMap([]byte(magic), 2), 1), id[:])
	plain, err = vault.Open(k, head, sealed)
	return id, plain, err
}

// readAsked reads an opened request and checks all three signatures: the inviter's
// under the offer, that of who has the invitation, and the device's.
func readAsked(plain []byte) (*asked, error) {
	var text, sig, body, answer, device []byte
	r := cbor.NewReader(plain)
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			text = r.Bytes()
		case 2:
			sig = r.Bytes()
		case 3:
			body = r.Bytes()
		case 4:
			answer = r.Bytes()
		case 5:
			device = r.Bytes()
		default:
			r.Skip()
		}
	}
	if r.Done() != nil {
		return nil, errEnrol
	}
	f, err := readOffer(text, sig)
	if err != nil {
		return nil, err
	}
	q, err := readAskedBody(body)
	if err != nil {
		return nil, err
	}
	message := append([]byte(requestMagic), body...)
	if q.offer.id != f.id || !ed25519.Verify(f.answer, message, answer) || !ed25519.Verify(q.sign, message, device) {
		return nil, errEnrol
	}
	q.offer = f
	return q, nil
}

func readAskedBody(body []byte) (*asked, error) {
	q := &asked{offer: &offer{}}
	r := cbor.NewReader(body)
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			r.Fixed(q.offer.id[:])
		case 2:
			q.device = record.CleanLine(r.Text())
		case 3:
			q.sign = bytes.Clone(r.Bytes())
		case 4:
			q.box = bytes.Clone(r.Bytes())
		case 5:
			q.hub = bytes.Clone(r.Bytes())
		case 6:
			q.at = time.Unix(int64(r.Below(1<<40)), 0).UTC()
		default:
			r.Skip()
		}
	}
	if r.Done() != nil || len(q.sign) != ed25519.PublicKeySize || len(q.hub) != ed25519.PublicKeySize || !vault.IsBoxKey(q.box) {
		return nil, errEnrol
	}
	return q, nil
}

// compare gives what both screens show: twelve digits that follow slowly from all
// keys of both sides, so that nobody finds others with the same in time; and the
// text of a picture that a camera compares.
func (q *asked) compare() (words, picture string, err error) {
	sum := compared(q)
	key, err := vault.Stretch(sum, q.offer.id[:], q.offer.cost)
	if err != nil {
		return "", "", errEnrol
	}
	n := uint64(0)
	for _, c := range key[:8] {
		n = n<<8 | uint64(c)
	}
	text := fmt.Sprintf("%012d", n%1e12)
	picture = "PARADERO1:" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20])
	return text[:4] + " " + text[4:8] + " " + text[8:], picture, nil
}

// compared is the hash of all keys of both sides.
func compared(q *asked) []byte {
	h := sha256.New()
	_, _ = h.Write([]byte("paradero enrolment 1"))
	for _, b := range [][]byte{q.offer.bytes, q.sign, q.box, q.hub} {
		_, _ = h.Write(cbor.AppendBytes(nil, b))
	}
	return h.Sum(nil)
}
