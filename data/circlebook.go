package data

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"sync"

	"paradero/data/fold"
	"paradero/data/record"
	"paradero/data/vault"
)

// errNoCircle says that a change is sealed by a circle whose key is not here.
var errNoCircle = errors.New("no key of that circle")

// purposeCircle binds a wrapped key to its circle, office and device.
const purposeCircle = "circle"

// circleKeyID names a circle's key: who unwraps one knows that it is the one.
func circleKeyID(key *vault.Key) record.ID {
	sum := sha256.Sum256(append([]byte("paradero circle key 1"), key[:]...))
	return record.ID(sum[:16])
}

// circle is one as it is folded.
type circle struct {
	id      record.ID
	name    string
	members []record.ID
	keys    []circleKey // in the order in which they came into use
}

// circleKey is one of its keys, with the devices that were given it.
type circleKey struct {
	id record.ID
	to []record.ID
}

// restricted is a record of which a circle holds something.
type restricted struct {
	kind   record.Kind
	circle record.ID   // whom it is restricted to; zero: only single changes are
	keys   []record.ID // that sealed changes of it
	refs   []record.ID // what it refers to where only its circle sees it
}

// insideState is a record as who is in circles here sees it.
type insideState struct {
	state   *fold.State
	changes int // of the record when it was folded
}

// circleBook knows the circles, the keys of those that this device is in, and
// what is restricted. It is filled from what is folded and made anew with it; keys
// stand nowhere but in the ledger, wrapped to each device.
type circleBook struct {
	turn    sync.Mutex // held by who gives keys
	mu      sync.RWMutex
	circles map[record.ID]*circle
	ring    map[record.ID]vault.Key
	of      map[record.ID]record.ID // key → circle
	tried   map[[32]byte]bool       // wrapped keys that were looked at
	held    map[record.ID]restricted
	from    map[record.ID]map[record.ID]record.Kind // target → who refers to it inside a circle
	inside  map[record.ID]insideState
}

func (b *circleBook) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.circles, b.of, b.tried = map[record.ID]*circle{}, map[record.ID]record.ID{}, map[[32]byte]bool{}
	b.ring, b.held = map[record.ID]vault.Key{}, map[record.ID]restricted{}
	b.from, b.inside = map[record.ID]map[record.ID]record.Kind{}, map[record.ID]insideState{}
}

// forget drops the keys.
func (b *circleBook) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, key := range b.ring {
		clear(key[:])
		delete(b.ring, id)
	}
	clear(b.inside)
}

func (b *circleBook) key(id record.ID) (vault.Key, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	key, ok := b.ring[id]
	return key, ok
}

// learn puts a key on the ring that this device just drew.
func (b *circleBook) learn(key *vault.Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ring[circleKeyID(key)] = *key
}

func (b *circleBook) circle(id record.ID) (circle, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	c, ok := b.circles[id]
	if !ok {
		return circle{}, false
	}
	return *c, true
}

// any tells whether there are circles in the office.
func (b *circleBook) any() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.circles) > 0
}

// all gives the circles in the order of their ids.
func (b *circleBook) all() []circle {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]circle, 0, len(b.circles))
	for _, c := range b.circles {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b circle) int { return bytes.Compare(a.id[:], b.id[:]) })
	return out
}

// ofKey gives the circle that a key is of; zero when that is not known here.
func (b *circleBook) ofKey(key record.ID) record.ID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.of[key]
}

// restrictedTo gives what is known of a record's restriction.
func (b *circleBook) restrictedTo(id record.ID) (restricted, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	r, ok := b.held[id]
	return r, ok
}

func (b *circleBook) restrictedIDs() []record.ID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	ids := make([]record.ID, 0, len(b.held))
	for id := range b.held {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) })
	return ids
}

// linked gives who refers to a record where only a circle sees it.
func (b *circleBook) linked(id record.ID, kind record.Kind) []record.ID {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []record.ID
	for source, of := range b.from[id] {
		if kind == 0 || kind == of {
			out = append(out, source)
		}
	}
	slices.SortFunc(out, func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) })
	return out
}

// put notes what is restricted of a record, and whom it refers to in secret; one
// of which nothing is restricted is forgotten.
func (b *circleBook) put(s *fold.State, refs map[record.ID]bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, target := range b.held[s.ID].refs {
		delete(b.from[target], s.ID)
	}
	if !isRestricted(s) {
		delete(b.held, s.ID)
		return
	}
	r := restricted{kind: s.Kind, circle: s.Circle}
	for _, c := range s.Circled {
		if !slices.Contains(r.keys, c.Key) {
			r.keys = append(r.keys, c.Key)
		}
	}
	for target := range refs {
		r.refs = append(r.refs, target)
		if b.from[target] == nil {
			b.from[target] = map[record.ID]record.Kind{}
		}
		b.from[target][s.ID] = s.Kind
	}
	b.held[s.ID] = r
}

// drop forgets a record as it was folded for who is in circles.
func (b *circleBook) drop(id record.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.inside, id)
}

// isRestricted tells whether a circle holds anything of a record.
func isRestricted(s *fold.State) bool { return !s.Circle.IsZero() || len(s.Circled) > 0 }

// set takes in a circle as it is folded, and tells whether what it seals is read
// otherwise from now on: a key came with it, or it has other people.
func (b *circleBook) set(s *fold.State, own []unboxer) (other bool) {
	c := &circle{id: s.ID}
	schema := record.SchemaOf(record.Circle)
	if name, ok := schema.Field("name"); ok && len(s.Vals(name.Num)) > 0 {
		c.name = s.Vals(name.Num)[0].Text
	}
	if members, ok := schema.Field("members"); ok && len(s.Vals(members.Num)) > 0 {
		for _, item := range record.SplitList(s.Vals(members.Num)[0].Text) {
			if id, err := record.ParseID(item); err == nil {
				c.members = append(c.members, id)
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Kind == record.CircleKey {
			other = b.takeKey(c, e, own) || other
		}
	}
	was := b.circles[s.ID]
	b.circles[s.ID] = c
	return other || was != nil && !slices.Equal(was.members, c.members)
}

// takeKey notes one wrapped key, and opens it when it is for this device. The
// caller holds mu.
func (b *circleBook) takeKey(c *circle, e *fold.Entry, own []unboxer) bool {
	text := map[uint16]string{}
	for _, v := range e.Values {
		text[v.Num] = v.Text
	}
	id, err1 := record.ParseID(text[1])
	device, err2 := record.ParseID(text[2])
	wrapped, err3 := base64.StdEncoding.DecodeString(text[3])
	if errors.Join(err1, err2, err3) != nil {
		return false
	}
	if of, ok := b.of[id]; ok && of != c.id {
		return false // a key is of the circle that it was first given to
	}
	i := slices.IndexFunc(c.keys, func(k circleKey) bool { return k.id == id })
	if i < 0 {
		i = len(c.keys)
		c.keys = append(c.keys, circleKey{id: id})
		b.of[id] = c.id
	}
	c.keys[i].to = append(c.keys[i].to, device)
	if _, here := b.ring[id]; here {
		return false
	}
	for _, u := range own {
		if u.device != device {
			continue
		}
		mark := sha256.Sum256(wrapped)
		if b.tried[mark] {
			continue
		}
		b.tried[mark] = true
		if key, ok := u.open(c.id, id, wrapped); ok {
			b.ring[id] = key
			return true
		}
	}
	return false
}

// unboxer opens what is sealed to this device, or to one that it goes on for.
type unboxer struct {
	office, device record.ID
	seed           []byte
}

func (u *unboxer) open(circle, id record.ID, wrapped []byte) (vault.Key, bool) {
	plain, err := vault.BoxOpen(u.seed, circlePurpose(u.office, u.device, circle, id), wrapped)
	if err != nil || len(plain) != len(vault.Key{}) {
		return vault.Key{}, false
	}
	key := vault.Key(plain)
	clear(plain)
	return key, circleKeyID(&key) == id
}

func circlePurpose(office, device, circle, key record.ID) vault.Purpose {
	return vault.Purpose{Name: purposeCircle, Office: office, Device: device, More: append(slices.Clone(circle[:]), key[:]...)}
}

// unboxers are this device's keys to what others sealed for it.
func (o *Office) unboxers() []unboxer {
	k := o.vault.Keys()
	out := []unboxer{{k.Office, o.Info().Device, k.Box}}
	for _, f := range k.Before {
		out = append(out, unboxer{k.Office, f.Device, f.Box})
	}
	return out
}

// SealCircle implements ledger.CircleKeys.
func (k *epochKeys) SealCircle(id record.ID, ad, plain []byte) ([]byte, error) {
	if k.circles == nil {
		return nil, errNoCircle
	}
	key, ok := k.circles.key(id)
	if !ok {
		return nil, errNoCircle
	}
	return vault.Seal(k.random, nil, &key, ad, plain)
}

// OpenCircle implements ledger.CircleKeys.
func (k *epochKeys) OpenCircle(id record.ID, ad, sealed []byte) ([]byte, error) {
	if k.circles == nil {
		return nil, errNoCircle
	}
	key, ok := k.circles.key(id)
	if !ok {
		return nil, errNoCircle
	}
	return vault.Open(&key, ad, sealed)
}
