package data

import (
	"bytes"
	"compress/flate"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/ledger/cbor"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/vault"
)

// The opening picture. Changes arrive oldest first, since each is taken in only
// behind those that it depends on; over a slow line the newest facts are the last to
// come. So the device that lets another in sends it the newest records whole, as
// they are folded there: signed by it, sealed to the new device, in letters. They are
// believed as far as that device is and only until the changes themselves are here:
// they stand beside the working copy, never in it, and make no law.
const (
	openingMagic = "paradero opening 1\n"
	// maxOpening bounds the picture as it travels, maxOpened unpacked.
	maxOpening = 2 << 20
	maxOpened  = 24 << 20
	// openingPart is what one letter holds of it: a quarter of what one may hold, so
	// that a slow line carries each within the time that an answer may take.
	openingPart        = sync.MaxBox/4 - 512
	maxOpeningParts    = maxOpening/openingPart + 2
	maxOpeningRecords  = 1 << 13
	maxOpeningTips     = 1 << 12
	maxOpeningTogether = 1 << 20 // bytes of one record
)

// seen is what an opening picture shows.
type seen struct {
	office  record.ID
	at      time.Time
	by      record.ID    // the member on whose device it was made
	changes int          // that device held
	tips    []ledger.Tip // up to which it held them
	states  []*fold.State
}

// encodeSeen gives the picture unpacked; states are their encodings.
func encodeSeen(s *seen, states [][]byte) []byte {
	size := 128 + 96*len(s.tips)
	for _, b := range states {
		size += len(b) + 5
	}
	b := cbor.AppendMap(make([]byte, 0, size), 6)
	b = cbor.AppendBytes(cbor.AppendUint(b, 1), s.office[:])
	b = cbor.AppendUint(cbor.AppendUint(b, 2), uint64(s.at.Unix()))
	b = cbor.AppendBytes(cbor.AppendUint(b, 3), s.by[:])
	b = cbor.AppendUint(cbor.AppendUint(b, 4), uint64(s.changes))
	b = cbor.AppendArray(cbor.AppendUint(b, 5), 3*len(s.tips))
	for _, t := range s.tips {
		b = cbor.AppendBytes(b, t.Device[:])
		b = cbor.AppendUint(b, t.Seq)
		b = cbor.AppendBytes(b, t.Hash[:])
	}
	b = cbor.AppendArray(cbor.AppendUint(b, 6), len(states))
	for _, state := range states {
		b = cbor.AppendBytes(b, state)
	}
	return b
}

// readSeen reads a picture and refuses whatever no honest program puts into one.
func readSeen(plain []byte) (*seen, error) {
	s := &seen{}
	r := cbor.NewReader(plain)
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			r.Fixed(s.office[:])
		case 2:
			s.at = time.Unix(int64(r.Below(1<<40)), 0).UTC()
		case 3:
			r.Fixed(s.by[:])
		case 4:
			s.changes = int(r.Below(1 << 40))
		case 5:
			s.tips = make([]ledger.Tip, r.Array(3*maxOpeningTips)/3)
			for i := range s.tips {
				t := &s.tips[i]
				r.Fixed(t.Device[:])
				t.Seq = r.Uint()
				r.Fixed(t.Hash[:])
			}
		case 6:
			for range r.Array(maxOpeningRecords) {
				b := r.Bytes()
				if r.Err() != nil {
					break
				}
				state, err := readShown(b)
				if err != nil {
					return nil, err
				}
				s.states = append(s.states, state)
			}
		default:
			r.Skip()
		}
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("%w: %w", errEnrol, err)
	}
	if len(s.tips) == 0 {
		return nil, errEnrol
	}
	return s, nil
}

// readShown reads one record of a picture: of a kind that one may hold, in its one
// encoding.
func readShown(b []byte) (*fold.State, error) {
	if len(b) > maxOpeningTogether {
		return nil, errEnrol
	}
	s, err := fold.Decode(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errEnrol, err)
	}
	if !openable(s) || !bytes.Equal(s.Encode(make([]byte, 0, len(b))), b) {
		return nil, errEnrol
	}
	return s, nil
}

// openable tells whether a record may stand in an opening picture: nothing that a
// circle holds anything of, nothing deleted or erased, nothing of the team's law but
// the members' names, and no word of who saw what.
func openable(s *fold.State) bool {
	switch s.Kind {
	case record.Device, record.Circle, record.Access, record.Epoch:
		return false
	}
	schema := record.SchemaOf(s.Kind)
	return schema != nil && !schema.Entry && !s.ID.IsZero() && len(s.Origins) > 0 && !s.Later && !isRestricted(s) && len(s.Erased) == 0 && !s.Deleted()
}

// pack deflates a picture and unpack opens it again, within its bounds.
func pack(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), err
}

func unpack(b []byte) ([]byte, error) {
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), maxOpened+1))
	if err != nil || len(plain) > maxOpened {
		return nil, errEnrol
	}
	return plain, nil
}

// sealOpening seals a packed picture to the device that asked, signed by the one that
// lets it in, and gives the letters that carry it.
func sealOpening(random io.Reader, q *asked, by ed25519.PrivateKey, packed []byte) ([][]byte, error) {
	whole, err := openingTo(q.offer, ledger.DeviceOf(q.sign)).seal(q.box, by, packed)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(whole)
	parts := (len(whole) + openingPart - 1) / openingPart
	letters := make([][]byte, parts)
	for i := range letters {
		plain := cbor.AppendUint(cbor.AppendUint(cbor.AppendMap(nil, 4), 1), uint64(i))
		plain = cbor.AppendUint(cbor.AppendUint(plain, 2), uint64(parts))
		plain = cbor.AppendBytes(cbor.AppendUint(plain, 3), sum[:])
		plain = cbor.AppendBytes(cbor.AppendUint(plain, 4), whole[i*openingPart:min((i+1)*openingPart, len(whole))])
		if letters[i], err = sealLetter(random, openingMagic, q.offer, plain); err != nil {
			return nil, err
		}
	}
	return letters, nil
}

// openingLetter is one letter of a picture, opened.
type openingLetter struct {
	part, parts int
	sum         [32]byte
	piece       []byte
}

func readOpeningLetter(b []byte, f *offer) (*openingLetter, error) {
	id, plain, err := openLetter(openingMagic, b, func([16]byte) (*vault.Key, error) { return f.envelope, nil })
	if err != nil {
		return nil, err
	}
	l := &openingLetter{}
	r := cbor.NewReader(plain)
	n := r.Map(64)
	keys := r.Keys()
	for range n {
		switch keys.Next() {
		case 1:
			l.part = int(r.Below(maxOpeningParts))
		case 2:
			l.parts = int(r.Below(maxOpeningParts + 1))
		case 3:
			r.Fixed(l.sum[:])
		case 4:
			l.piece = r.Bytes()
		default:
			r.Skip()
		}
	}
	if r.Done() != nil || id != f.id || l.part >= l.parts || len(l.piece) > openingPart {
		return nil, errEnrol
	}
	return l, nil
}

// openOpening checks and opens a picture whose letters are all here: it must be
// signed by the very device that signed the welcome, and sealed to this one.
func openOpening(whole []byte, f *offer, by ed25519.PublicKey, device record.ID, seed []byte) ([]byte, error) {
	packed, _, err := openingTo(f, device).open(whole, seed, func(signer ed25519.PublicKey) bool { return bytes.Equal(signer, by) })
	return packed, err
}
