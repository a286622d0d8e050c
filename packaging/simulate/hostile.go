package simulate

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base32"
	"fmt"
	"io"
	"maps"
	"slices"

	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/vault"
)

// epochKeys seals as an office does.
type epochKeys struct {
	random io.Reader
	keys   map[uint32]vault.Key
}

// Seal implements ledger.Keys.
func (k epochKeys) Seal(epoch uint32, ad, plain []byte) ([]byte, error) {
	key := k.keys[epoch]
	return vault.Seal(k.random, nil, &key, ad, plain)
}

// Open implements ledger.Keys.
func (k epochKeys) Open(epoch uint32, ad, sealed []byte) ([]byte, error) {
	key := k.keys[epoch]
	return vault.Open(&key, ad, sealed)
}

type signer struct{ key ed25519.PrivateKey }

// Public implements ledger.Signer.
func (s signer) Public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }

// Sign implements ledger.Signer.
func (s signer) Sign(b []byte) []byte { return ed25519.Sign(s.key, b) }

func signerOf(k vault.Keys) signer { return signer{ed25519.NewKeyFromSeed(k.Sign)} }

func keyText(k vault.Keys) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(signerOf(k).Public())
}

// boxText is how a device's record says to which key others seal for it.
func boxText(seed []byte) string {
	public, err := vault.BoxPublic(seed)
	if err != nil {
		return ""
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(public)
}

// foe writes batches by hand: with whatever keys he has.
type foe struct {
	signer signer
	member record.ID
	keys   ledger.Keys
	last   *ledger.Batch
	before *ledger.Batch // the one before the last
}

func (s *sim) newFoe(seed []byte, member record.ID, keys ledger.Keys) *foe {
	return &foe{signer: signer{ed25519.NewKeyFromSeed(seed)}, member: member, keys: keys}
}

// draw writes the next batch of a foe on top of what a device knows; bend may
// make it wrong.
func (s *sim) draw(f *foe, onto *replica, bend func(*ledger.Envelope), changes ...ledger.Change) *ledger.Batch {
	return s.drawAs(f, f.member, onto, bend, changes...)
}

func (s *sim) drawAs(f *foe, author record.ID, onto *replica, bend func(*ledger.Envelope), changes ...ledger.Change) *ledger.Batch {
	e := ledger.Envelope{Office: s.all[0].keys.Office, Seq: 1}
	if f.last != nil {
		e.Seq, e.Prev, e.Lamport = f.last.Seq+1, f.last.Hash, f.last.Lamport
	}
	if top := s.top(onto); top != nil && top.Hash != e.Prev {
		e.Deps, e.Lamport = []ledger.Hash{top.Hash}, max(e.Lamport, top.Lamport)
	}
	e.Lamport++
	if bend != nil {
		bend(&e)
	}
	b, err := ledger.Write(e, &ledger.Body{Wall: onto.clock.Now(), Author: author, Changes: changes}, f.keys, f.signer)
	if err != nil {
		s.fail(fmt.Errorf("a foe writes: %w", err))
		return nil
	}
	return b
}

// top is the latest batch that a device holds.
func (s *sim) top(r *replica) *ledger.Batch {
	s.frames(r)
	var top *ledger.Batch
	for h := range r.acked {
		b := s.seen[h].batch
		if top == nil || b.Lamport > top.Lamport || b.Lamport == top.Lamport && bytes.Compare(h[:], top.Hash[:]) > 0 {
			top = b
		}
	}
	return top
}

// attack sends something hostile to a device.
func (s *sim) attack(r *replica) error {
	kinds := attacks()
	names := slices.Sorted(maps.Keys(kinds))
	name := names[s.rng.IntN(len(names))]
	s.count("hostile: " + name)
	s.say("   %s", name)
	return s.excuse(r, kinds[name](s, r))
}

func attacks() map[string]func(*sim, *replica) error {
	return map[string]func(*sim, *replica) error{
		"a member's edit":    (*sim).attackEdit,
		"a number twice":     (*sim).attackTwice,
		"wrong Lamport":      (*sim).attackLamport,
		"no such batch":      (*sim).attackGhost,
		"replaces unseen":    (*sim).attackPred,
		"too large":          (*sim).attackLarge,
		"erases":             (*sim).attackErase,
		"agrees":             (*sim).attackSecond,
		"ends a device":      (*sim).attackCut,
		"makes himself":      (*sim).attackRole,
		"lets others in":     (*sim).attackInvite,
		"not enrolled":       (*sim).attackStranger,
		"in another's name":  (*sim).attackName,
		"without the key":    (*sim).attackKeyless,
		"takes values out":   (*sim).attackStrip,
		"succeeds unbidden":  (*sim).attackSucceed,
		"wrong feed":         (*sim).attackFeed,
		"from another place": (*sim).attackOffice,
		"old values again":   (*sim).attackOld,
	}
}

// hostileEdit is an edit of some record with words of its own.
func (s *sim) hostileEdit() ledger.Change {
	t, ok := s.pick(record.Detainee, record.Contact, record.Case)
	if !ok {
		t = thingID{record.ID{byte(s.rng.IntN(256)), 1}, record.Task}
	}
	f, _ := record.SchemaOf(t.kind).Field(map[record.Kind]string{
		record.Detainee: "offence", record.Contact: "address", record.Case: "boleta_number", record.Task: "what",
	}[t.kind])
	return ledger.Change{Record: t.id, Kind: t.kind, Op: ledger.OpEdit, Rights: 1, Fields: []ledger.Field{{Num: f.Num, Text: s.text()}}}
}

// send gives a batch to a device; evil: nothing of it may have effect.
func (s *sim) send(r *replica, evil string, batches ...*ledger.Batch) error {
	var frames [][]byte
	for _, b := range batches {
		if b == nil {
			return nil
		}
		frame := ledger.AppendFrame(nil, b)
		if k, err := s.note(frame); err == nil {
			k.evil = evil
		}
		frames = append(frames, frame)
	}
	_, err := s.deliver(r, frames)
	return err
}

func (s *sim) attackEdit(r *replica) error {
	f := s.intruder
	b := s.draw(f, r, nil, s.hostileEdit())
	f.before, f.last = f.last, b
	return s.send(r, "", b)
}

// attackTwice gives one number to two batches, and both to different devices.
func (s *sim) attackTwice(r *replica) error {
	f := s.intruder
	a, b := s.draw(f, r, nil, s.hostileEdit()), s.draw(f, r, nil, s.hostileEdit())
	f.last = a
	if s.rng.IntN(2) == 0 {
		f.last = b
	}
	other := s.all[s.rng.IntN(len(s.all))]
	if err := s.send(r, "", a); err != nil {
		return err
	}
	return s.send(other, "", b)
}

func (s *sim) attackLamport(r *replica) error {
	by := uint64(s.rng.IntN(9) + 1)
	return s.send(r, "refused", s.draw(s.intruder, r, func(e *ledger.Envelope) {
		if e.Lamport > by && s.rng.IntN(2) == 0 {
			e.Lamport -= by
			return
		}
		e.Lamport += by << 20
	}, s.hostileEdit()))
}

func (s *sim) attackGhost(r *replica) error {
	return s.send(r, "waits", s.draw(s.intruder, r, func(e *ledger.Envelope) {
		var h ledger.Hash
		_, _ = s.foeRandom.Read(h[:])
		e.Deps = append(e.Deps, h)
	}, s.hostileEdit()))
}

// attackPred names writes that its author cannot have seen.
func (s *sim) attackPred(r *replica) error {
	c := s.hostileEdit()
	for _, h := range sortedHashes(s.seen) {
		body := s.seen[h].body
		for i := range body.Changes {
			if body.Changes[i].Record == c.Record && len(c.Fields[0].Pred) < 8 {
				c.Fields[0].Pred = append(c.Fields[0].Pred, record.Write{Batch: h, Index: uint16(i)})
			}
		}
	}
	f := s.intruder
	b := s.draw(f, r, nil, c)
	f.before, f.last = f.last, b
	return s.send(r, "", b)
}

func (s *sim) attackLarge(r *replica) error {
	b := s.draw(s.intruder, r, nil, s.hostileEdit())
	if b == nil {
		return nil
	}
	b.Sig = make([]byte, ledger.MaxBatch+s.rng.IntN(200<<10))
	_, err := s.deliver(r, [][]byte{ledger.AppendFrame(nil, b)})
	return err
}

// attackErase erases without the role.
func (s *sim) attackErase(r *replica) error {
	t, ok := s.pick()
	if !ok {
		return nil
	}
	c := ledger.Change{Record: t.id, Kind: t.kind, Op: ledger.OpErase, Rights: 1}
	s.frames(r)
	for h := range r.acked {
		for i, d := range s.seen[h].body.Changes {
			if d.Record == t.id {
				c.Erases = append(c.Erases, record.Write{Batch: h, Index: uint16(i)})
			}
		}
	}
	slices.SortFunc(c.Erases, fold.CompareWrites)
	return s.evil(r, c)
}

// evil sends a change of the intruder's that he has no right to.
func (s *sim) evil(r *replica, c ledger.Change) error {
	f := s.intruder
	b := s.draw(f, r, nil, c)
	f.before, f.last = f.last, b
	return s.send(r, "no right", b)
}

func (s *sim) attackRole(r *replica) error {
	f, _ := record.SchemaOf(record.Member).Field("role")
	return s.evil(r, ledger.Change{Record: s.intruder.member, Kind: record.Member, Op: ledger.OpEdit, Rights: 1, Fields: []ledger.Field{{Num: f.Num, Text: "coordinator"}}})
}

func (s *sim) attackInvite(r *replica) error {
	return s.evil(r, s.deviceRecord(s.stranger.signer, s.intruder.member, record.ID{}, ""))
}

func (s *sim) deviceRecord(of signer, member, succeeds record.ID, word string) ledger.Change {
	schema := record.SchemaOf(record.Device)
	text := func(name, text string) ledger.Field {
		f, _ := schema.Field(name)
		return ledger.Field{Num: f.Num, Text: text}
	}
	key := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(of.Public())
	c := ledger.Change{Record: ledger.DeviceOf(of.Public()), Kind: record.Device, Op: ledger.OpEdit, Rights: 1, Fields: []ledger.Field{
		text("member", member.String()), text("sign_key", key),
	}}
	if !succeeds.IsZero() {
		c.Fields = append(c.Fields, text("succeeds", succeeds.String()), text("endorsement", word))
	}
	return c
}

func (s *sim) attackStranger(r *replica) error {
	f := s.stranger
	b := s.draw(f, r, nil, s.hostileEdit())
	f.before, f.last = f.last, b
	return s.send(r, "not enrolled", b)
}

func (s *sim) attackName(r *replica) error {
	f := s.intruder
	b := s.drawAs(f, s.all[0].keys.Member, r, nil, s.hostileEdit())
	f.before, f.last = f.last, b
	return s.send(r, "another's name", b)
}

func (s *sim) attackKeyless(r *replica) error {
	b := s.draw(s.outsider, r, nil, s.hostileEdit())
	if b == nil {
		return nil
	}
	_, err := s.deliver(r, [][]byte{ledger.AppendFrame(nil, b)})
	return err
}

// attackStrip passes a batch on without some of its values.
func (s *sim) attackStrip(r *replica) error {
	from := s.all[s.rng.IntN(len(s.all))]
	frames := s.frames(from)
	for i := range frames {
		b, err := ledger.ReadFrame(frames[i])
		if err != nil || b.Lamport < 8 || s.rng.IntN(3) > 0 {
			continue
		}
		b.Payloads[s.rng.IntN(len(b.Payloads))] = nil
		s.bare[b.Hash] = true
		frames[i] = ledger.AppendFrame(nil, b)
	}
	s.stripped = true // of some of it the only whole copy may be where it came from
	_, err := s.deliver(r, frames)
	return err
}

// attackSucceed says that it goes on for a colleague's device, who never said so.
func (s *sim) attackSucceed(r *replica) error {
	seed := make([]byte, 32)
	_, _ = s.foeRandom.Read(seed)
	f := s.newFoe(seed, s.all[0].keys.Member, s.keys)
	b := s.draw(f, r, nil, s.deviceRecord(f.signer, f.member, s.founder, "AAAA"), s.hostileEdit())
	return s.send(r, "succeeds unbidden", b)
}

// attackOld sends everything once more as it was before anything was erased.
func (s *sim) attackOld(r *replica) error {
	var frames [][]byte
	s.frames(r)
	for _, h := range sortedHashes(r.acked) {
		frames = append(frames, ledger.AppendFrame(nil, s.seen[h].batch))
	}
	_, err := s.deliver(r, frames)
	return err
}

// attackFeed goes on with a feed that is not its own.
func (s *sim) attackFeed(r *replica) error {
	top := s.top(r)
	return s.send(r, "refused", s.draw(s.intruder, r, func(e *ledger.Envelope) {
		if top.Device == ledger.DeviceOf(s.intruder.signer.Public()) {
			e.Seq += 2
			return
		}
		e.Seq, e.Prev, e.Deps, e.Lamport = top.Seq+1, top.Hash, nil, top.Lamport+1
	}, s.hostileEdit()))
}

func (s *sim) attackOffice(r *replica) error {
	b := s.draw(s.intruder, r, func(e *ledger.Envelope) { e.Office[0] ^= 1 }, s.hostileEdit())
	if b == nil {
		return nil
	}
	_, err := s.deliver(r, [][]byte{ledger.AppendFrame(nil, b)})
	return err
}
