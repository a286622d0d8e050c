package simulate

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"

	"paradero/data"
	"paradero/data/ledger"
)

// known is a batch that went through the simulation, with what it said before
// anything of it was erased.
type known struct {
	batch *ledger.Batch
	body  *ledger.Body
	evil  string               // "" or why it must have no effect
	bare  map[ledger.Hash]bool // what may have been without values where it was written
}

// note remembers a batch.
func (s *sim) note(frame []byte) (*known, error) {
	b, err := ledger.ReadFrame(frame)
	if err != nil {
		return nil, err
	}
	if k := s.seen[b.Hash]; k != nil && !k.lacks(b) {
		return k, nil
	}
	if _, known := s.keys.keys[b.Epoch]; !known {
		s.learnKeys()
	}
	body, err := b.Open(s.keys)
	if err != nil {
		return nil, err
	}
	k := &known{batch: b, body: body, bare: maps.Clone(s.bare)}
	if was := s.seen[b.Hash]; was != nil {
		k.evil, k.bare = was.evil, was.bare
	}
	s.seen[b.Hash] = k
	for i, p := range b.Payloads {
		if p != nil {
			b.Payloads[i] = bytes.Clone(p)
		}
	}
	return k, nil
}

// lacks tells whether a batch comes whole of which values were missing before.
func (k *known) lacks(b *ledger.Batch) bool {
	missing := func(p []byte) bool { return p == nil }
	return slices.ContainsFunc(k.batch.Payloads, missing) && !slices.ContainsFunc(b.Payloads, missing)
}

// frames gives all batches of a device. It has answered for them from now on.
func (s *sim) frames(r *replica) [][]byte {
	if turn := r.disk.Turn(); turn == r.turn && r.told != nil {
		return slices.Clone(r.told)
	}
	var out [][]byte
	err := r.office.Frames(s.ctx, func(frame []byte) error {
		out = append(out, bytes.Clone(frame))
		k, err := s.note(frame)
		if err == nil {
			r.acked[k.batch.Hash] = true
		}
		return err
	})
	if err != nil {
		s.fail(fmt.Errorf("device %d does not give its batches: %w", r.n, err))
		return out
	}
	r.told, r.turn = out, r.disk.Turn()
	return slices.Clone(out)
}

// parcel is frames on their way.
type parcel struct {
	to     *replica
	frames [][]byte
}

// exchange sends what one device has to another, as a bad line does.
func (s *sim) exchange(from, to *replica) error {
	frames := s.frames(from)
	if n := len(frames); n > 8 && s.rng.IntN(2) == 0 {
		frames = frames[n-8:] // the latest only
	}
	var sent [][]byte
	loss, twice := s.rng.IntN(4) == 0, s.rng.IntN(4) == 0
	for _, f := range frames {
		if loss && s.rng.IntN(4) == 0 {
			s.count("frames lost")
			continue
		}
		sent = append(sent, f)
		if twice && s.rng.IntN(4) == 0 {
			sent = append(sent, f)
			s.count("frames twice")
		}
	}
	switch s.rng.IntN(6) {
	case 0:
		s.rng.Shuffle(len(sent), func(i, k int) { sent[i], sent[k] = sent[k], sent[i] })
		s.count("orders shuffled")
	case 1:
		slices.Reverse(sent)
	case 2:
		s.spoil(sent)
	}
	if s.rng.IntN(5) == 0 {
		s.mail = append(s.mail, parcel{to, sent})
		s.count("parcels delayed")
		return nil
	}
	_, err := s.deliver(to, sent)
	return err
}

// spoil changes, cuts or lengthens one frame on its way.
func (s *sim) spoil(frames [][]byte) {
	if len(frames) == 0 {
		return
	}
	i := s.rng.IntN(len(frames))
	f := bytes.Clone(frames[i])
	switch s.rng.IntN(3) {
	case 0:
		f[s.rng.IntN(len(f))] ^= 1 << s.rng.IntN(8)
	case 1:
		f = f[:s.rng.IntN(len(f))]
	case 2:
		f = append(f, f[:s.rng.IntN(len(f))]...)
	}
	frames[i] = f
	s.count("frames spoiled")
}

// deliver gives frames to a device.
func (s *sim) deliver(to *replica, frames [][]byte) (data.Received, error) {
	if to.office == nil {
		return data.Received{}, nil
	}
	to.settle()
	i := 0
	got, err := to.office.Receive(s.ctx, func() ([]byte, error) {
		if i == len(frames) {
			return nil, io.EOF
		}
		i++
		return frames[i-1], nil
	}, nil)
	s.counts["batches taken in"] += got.Taken
	s.counts["batches that waited"] += got.Waiting
	s.counts["batches refused"] += len(got.Refused)
	s.counts["payloads put back"] += got.Refilled
	return got, err
}

// post delivers what was delayed.
func (s *sim) post(all bool) error {
	kept := s.mail[:0:0]
	for _, p := range s.mail {
		if !all && s.rng.IntN(2) == 0 {
			kept = append(kept, p)
			continue
		}
		if _, err := s.deliver(p.to, p.frames); err != nil {
			return err
		}
	}
	s.mail = kept
	return nil
}
