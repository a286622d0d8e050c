package data

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/vault"
)

// How a device comes into an office, on paper. The inviter makes an offer: who may
// come, as what, until when; he signs it. The invitation is that, sealed by a code
// that is told by voice. Who has both answers with a request: the offer as it is,
// his device's keys, signed with them and with a key that only the invitation
// gives. A coordinator compares what both screens show and answers with the
// welcome: the office's keys, sealed to the device, signed by his. Request and
// welcome are sealed once more with a key that the invitation gives and that every
// device of the office can derive, so that they show nothing to whoever carries
// them.
const (
	inviteMagic  = "paradero invitation 1\n"
	requestMagic = "paradero request 1\n"
	welcomeMagic = "paradero welcome 1\n"
	maxEnrolFile = 256 << 10
	// offerDays is how long an invitation is good.
	offerDays = 7
)

// errEnrol says that a file of enrolment is none, or not what was written.
var errEnrol = errors.New("not a whole file of enrolment")

// offer is who may come into an office.
type offer struct {
	id       [16]byte
	office   record.ID
	name     string    // the office's
	inviter  record.ID // device
	sign     []byte    // its public key
	founder  record.ID
	member   record.ID // whose further device it is; zero: somebody new
	who      string    // his name
	role     string
	expires  time.Time
	answer   []byte // public key; its seed is in the invitation
	cost     vault.Cost
	bytes    []byte // as they were signed
	sig      []byte
	envelope *vault.Key // of request and welcome; not in it
}

func (f *offer) encode() []byte {
	b := cbor.AppendMap(nil, 12)
	b = cbor.AppendBytes(cbor.AppendUint(b, 1), f.id[:])
	b = cbor.AppendBytes(cbor.AppendUint(b, 2), f.office[:])
	b = cbor.AppendText(cbor.AppendUint(b, 3), f.name)
	b = cbor.AppendBytes(cbor.AppendUint(b, 4), f.inviter[:])
	b = cbor.AppendBytes(cbor.AppendUint(b, 5), f.sign)
	b = cbor.AppendBytes(cbor.AppendUint(b, 6), f.founder[:])
	b = cbor.AppendBytes(cbor.AppendUint(b, 7), f.member[:])
	b = cbor.AppendText(cbor.AppendUint(b, 8), f.who)
	b = cbor.AppendText(cbor.AppendUint(b, 9), f.role)
	b = cbor.AppendUint(cbor.AppendUint(b, 10), uint64(f.expires.Unix()))
	b = cbor.AppendBytes(cbor.AppendUint(b, 11), f.answer)
	return appendCost(cbor.AppendUint(b, 12), f.cost)
}

func appendCost(b []byte, c vault.Cost) []byte {
	b = cbor.AppendUint(cbor.AppendArray(b, 3), uint64(c.Time))
	return cbor.AppendUint(cbor.AppendUint(b, uint64(c.Memory)), uint64(c.Threads))
}

func readCost(r *cbor.Reader) vault.Cost {
	if r.Array(3) != 3 {
		r.Fail("cost has not three parts")
	}
	return vault.Cost{Time: uint32(r.Below(1 << 32)), Memory: uint32(r.Below(1 << 32)), Threads: uint8(r.Below(1 << 8))}
}

// readOffer reads an offer and checks its inviter's signature, whoever that is.
func readOffer(b, sig []byte) (*offer, error) {
	f := &offer{bytes: bytes.Clone(b), sig: bytes.Clone(sig)}
	r := cbor.NewReader(b)
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			r.Fixed(f.id[:])
		case 2:
			r.Fixed(f.office[:])
		case 3:
			f.name = r.Text()
		case 4:
			r.Fixed(f.inviter[:])
		case 5:
			f.sign = bytes.Clone(r.Bytes())
		case 6:
			r.Fixed(f.founder[:])
		case 7:
			r.Fixed(f.member[:])
		case 8:
			f.who = r.Text()
		case 9:
			f.role = r.Text()
		case 10:
			f.expires = time.Unix(int64(r.Below(1<<40)), 0).UTC()
		case 11:
			f.answer = bytes.Clone(r.Bytes())
		case 12:
			f.cost = readCost(r)
		default:
			r.Skip()
		}
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: %w", errEnrol, err)
	}
	if len(f.sign) != ed25519.PublicKeySize || len(f.answer) != ed25519.PublicKeySize || ledger.DeviceOf(f.sign) != f.inviter ||
		!ed25519.Verify(f.sign, append([]byte(inviteMagic), b...), sig) {
		return nil, errEnrol
	}
	return f, nil
}

// envelopeKey is what seals request and welcome of an invitation: every device of
// the office derives it, who is invited is given it.
func envelopeKey(identity *vault.Key, id [16]byte) (*vault.Key, error) {
	return vault.Sub(identity, "invitation "+hex.EncodeToString(id[:]))
}

// boxName names the letter box of an invitation, for "request" or "welcome".
func boxName(envelope *vault.Key, what string) (string, error) {
	k, err := vault.Sub(envelope, "box "+what)
	if err != nil {
		return "", err
	}
	return what[:1] + "-" + hex.EncodeToString(k[:20]), nil
}

// invitation is what is sealed by the code.
type invitation struct {
	offer *offer
	seed  []byte // of the key that answers
	hub   []byte // how the office's hub is found; nil: it has none
}

// seal gives the invitation's file.
func (in *invitation) seal(random io.Reader, code string) ([]byte, error) {
	secret, err := vault.ReadTold(code)
	if err != nil {
		return nil, err
	}
	salt := make([]byte, 16)
	if _, err := io.ReadFull(random, salt); err != nil {
		return nil, err
	}
	key, err := vault.Stretch(secret, salt, in.offer.cost)
	if err != nil {
		return nil, err
	}
	n := 4
	if in.hub != nil {
		n++
	}
	plain := cbor.AppendMap(nil, n)
	plain = cbor.AppendBytes(cbor.AppendUint(plain, 1), in.offer.bytes)
	plain = cbor.AppendBytes(cbor.AppendUint(plain, 2), in.offer.sig)
	plain = cbor.AppendBytes(cbor.AppendUint(plain, 3), in.seed)
	plain = cbor.AppendBytes(cbor.AppendUint(plain, 4), in.offer.envelope[:])
	if in.hub != nil {
		plain = cbor.AppendBytes(cbor.AppendUint(plain, 5), in.hub)
	}
	head := inviteHead(salt, in.offer.cost)
	sealed, err := vault.Seal(random, nil, key, head, plain)
	if err != nil {
		return nil, err
	}
	return cbor.AppendBytes(cbor.AppendUint(head, 3), sealed), nil
}

func inviteHead(salt []byte, cost vault.Cost) []byte {
	b := cbor.AppendMap([]byte(inviteMagic), 3)
	b = cbor.AppendBytes(cbor.AppendUint(b, 1), salt)
	return appendCost(cbor.AppendUint(b, 2), cost)
}

// openInvitation opens the file with the code: vault.ErrCode when that is mistyped,
// vault.ErrSecret when it belongs to another invitation.
func openInvitation(file []byte, code string) (*invitation, error) {
	secret, err := vault.ReadTold(code)
	if err != nil {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(file, []byte(inviteMagic))
	if !ok {
		return nil, errEnrol
	}
	var salt, sealed []byte
	var cost vault.Cost
	r := cbor.NewReader(rest)
	n := r.Map(3)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			salt = r.Bytes()
		case 2:
			cost = readCost(r)
		case 3:
			sealed = r.Bytes()
		}
	}
	if r.Done() != nil || len(salt) != 16 {
		return nil, errEnrol
	}
	key, err := vault.Stretch(secret, salt, cost)
	if err != nil {
		return nil, errEnrol
	}
	plain, err := vault.Open(key, inviteHead(salt, cost), sealed)
	if err != nil {
		return nil, vault.ErrSecret
	}
	return readInvitation(plain)
}

func readInvitation(plain []byte) (*invitation, error) {
	in := &invitation{}
	var text, sig []byte
	var envelope vault.Key
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
			in.seed = bytes.Clone(r.Bytes())
		case 4:
			r.Fixed(envelope[:])
		case 5:
			in.hub = bytes.Clone(r.Bytes())
		default:
			r.Skip()
		}
	}
	if r.Done() != nil || len(in.seed) != ed25519.SeedSize {
		return nil, errEnrol
	}
	var err error
	if in.offer, err = readOffer(text, sig); err != nil {
		return nil, err
	}
	in.offer.envelope = &envelope
	return in, nil
}
