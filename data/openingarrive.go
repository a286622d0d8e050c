package data

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"paradero/data/fault"
	"paradero/data/fold"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/vault"
)

// openingName is the file that stands in the office's folder from the welcome until
// the first arrival is over: whose picture is believed, and the picture, sealed.
const openingName = "opening"

// openingLooks is how often a picture is looked for while the rest is fetched: it is
// sent after the welcome, and never holds that up.
const openingLooks = 3 * time.Second

// openingKept is what is kept of it.
type openingKept struct {
	Offer   []byte      `json:"offer"`
	Sig     []byte      `json:"sig"`
	By      []byte      `json:"by"`                // the key that signed the welcome
	Picture []byte      `json:"picture,omitempty"` // packed
	Seen    []readEarly `json:"seen,omitempty"`    // here, before this device could say so
}

// maxOpeningFile bounds the file: the picture stands in it as text.
const maxOpeningFile = 2*maxOpening + 4<<20

func openingKey(store *vault.Key) (*vault.Key, error) { return vault.Sub(store, "opening") }

// keep writes the file.
func (k *openingKept) keep(cfg *Config, store *vault.Key) error {
	const op = "keep opening picture"
	key, err := openingKey(store)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	plain, err := json.Marshal(k)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "disk_failed")
	}
	sealed, err := vault.Seal(cfg.Rand, nil, key, []byte(openingMagic), plain)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	return diskFault(op, vault.Replace(filepath.Join(cfg.Dir, openingName), sealed))
}

// readOpeningKept reads the file; nil where there is none that this device's keys
// open: then the first arrival is over, or is waited for without a picture.
func readOpeningKept(dir string, store *vault.Key) *openingKept {
	path := filepath.Join(dir, openingName)
	if at, err := os.Lstat(path); err != nil || !at.Mode().IsRegular() || at.Size() > maxOpeningFile {
		return nil
	}
	sealed, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	key, err := openingKey(store)
	if err != nil {
		return nil
	}
	plain, err := vault.Open(key, []byte(openingMagic), sealed)
	k := &openingKept{}
	if err != nil || json.Unmarshal(plain, k) != nil {
		return nil
	}
	return k
}

// bringOpening shows the picture again when the office is opened before everything
// has come.
func (o *Office) bringOpening(ctx context.Context) error {
	k := readOpeningKept(o.cfg.Dir, &o.vault.Keys().Store)
	if k == nil {
		return nil
	}
	o.opening.keep(k)
	o.bringReadings(k)
	if len(k.Picture) > 0 {
		o.use.RLock()
		if s, err := o.readPicture(k.Picture); err == nil {
			o.opening.put(s)
			o.showOpening()
		}
		o.use.RUnlock()
	}
	return o.settleOpening(ctx, false)
}

func (b *openingBook) keep(k *openingKept) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = k
}

func (o *Office) readPicture(packed []byte) (*seen, error) {
	plain, err := unpack(packed)
	if err != nil {
		return nil, err
	}
	s, err := readSeen(plain)
	if err != nil {
		return nil, err
	}
	if s.office != o.Info().OfficeID || !differ(s.states) {
		return nil, errEnrol
	}
	return s, nil
}

// differ tells whether each record stands there once.
func differ(states []*fold.State) bool {
	had := map[record.ID]bool{}
	for _, s := range states {
		if had[s.ID] {
			return false
		}
		had[s.ID] = true
	}
	return true
}

// wanting gives what a picture is to be checked by; nil where none is waited for.
func (b *openingBook) wanting() *openingKept {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.kept == nil || len(b.kept.Picture) > 0 {
		return nil
	}
	return b.kept
}

// fetchOpening looks for the picture in a depot and shows it. What is no picture for
// this device from the one that let it in counts as none: whoever reaches the depot
// may write there, and what is believed is bounded and signed. begins is told when it
// is there and its parts are about to be fetched.
func (o *Office) fetchOpening(ctx context.Context, d sync.Depot, begins func()) (found bool, err error) {
	k := o.opening.wanting()
	if k == nil {
		return true, nil
	}
	f, err := readOffer(k.Offer, k.Sig)
	if err != nil {
		return true, nil //nolint:nilerr // the file was written by nobody who could send one
	}
	if f.envelope, err = envelopeKey(&o.vault.Keys().Identity, f.id); err != nil {
		return false, fault.Wrap(err, fault.Internal, "fetch opening picture", "keys_failed")
	}
	whole, parts, err := fetchParts(ctx, d, f, begins)
	if whole == nil || err != nil {
		return false, err
	}
	packed, err := openOpening(whole, f, k.By, o.Info().Device, o.vault.Keys().Box)
	if err != nil || len(packed) > maxOpening {
		return false, nil //nolint:nilerr // see above
	}
	s, err := o.readPicture(packed)
	if err != nil {
		return false, nil //nolint:nilerr // see above
	}
	if err := o.takeOpening(k, packed, s); err != nil {
		return false, err
	}
	return true, clearParts(ctx, d, f.envelope, parts)
}

// takeOpening keeps a picture and shows it, unless the arrival ended meanwhile.
func (o *Office) takeOpening(k *openingKept, packed []byte, s *seen) error {
	if err := o.enter("take opening picture"); err != nil {
		return err
	}
	defer o.use.RUnlock()
	o.opening.turn.Lock()
	defer o.opening.turn.Unlock()
	if o.opening.wanting() != k {
		return nil
	}
	next := *k
	next.Picture = packed
	if err := next.keep(&o.cfg, &o.vault.Keys().Store); err != nil {
		return err
	}
	o.opening.keep(&next)
	o.opening.put(s)
	o.showOpening()
	return nil
}

// fetchParts fetches the letters of a picture; nil where there is not a whole one.
func fetchParts(ctx context.Context, d sync.Depot, f *offer, begins func()) (whole []byte, parts int, err error) {
	var first *openingLetter
	for i := 0; first == nil || i < first.parts; i++ {
		b, err := fetch(ctx, d, f.envelope, partName(i))
		if err != nil || b == nil {
			return nil, 0, err
		}
		l, err := readOpeningLetter(b, f)
		if err != nil || l.part != i {
			return nil, 0, nil //nolint:nilerr // noise
		}
		if first == nil {
			first = l
			begins()
		}
		if l.parts != first.parts || l.sum != first.sum {
			return nil, 0, nil // another picture is being sent: looked at again later
		}
		whole = append(whole, l.piece...)
	}
	if sha256.Sum256(whole) != first.sum {
		return nil, 0, nil
	}
	return whole, first.parts, nil
}

// clearParts empties the letter boxes of a picture.
func clearParts(ctx context.Context, d sync.Depot, envelope *vault.Key, parts int) error {
	for i := range parts {
		box, err := boxName(envelope, partName(i))
		if err != nil {
			return fault.Wrap(err, fault.Internal, "empty letter box", "keys_failed")
		}
		if err := d.PutBox(ctx, box, nil); err != nil {
			return err
		}
	}
	return nil
}

// settleOpening ends the first arrival when it is over: this device knows that it is
// in, which comes almost last, and all is here that was there when the picture was
// made; or no picture came; or, whole, a depot had nothing more to give. Nothing of the
// picture remains then.
func (o *Office) settleOpening(ctx context.Context, whole bool) error {
	const op = "end first arrival"
	if !o.opening.pending() {
		return nil
	}
	if err := o.enter(op); err != nil {
		return err
	}
	defer o.use.RUnlock()
	_, in := o.law.Devices()[o.Info().Device]
	tips := o.opening.tips()
	all := !slices.ContainsFunc(tips, func(t ledger.Tip) bool { return !o.known(t.Hash) })
	if !in || !all && !whole || ctx.Err() != nil || o.later.open.Load() { // or what came is not all folded
		return nil
	}
	o.opening.turn.Lock()
	defer o.opening.turn.Unlock()
	if err := o.dropOpening(); err != nil {
		return diskFault(op, err)
	}
	o.opening.keep(nil)
	o.watchers.tell(Event{})
	if err := os.Remove(filepath.Join(o.cfg.Dir, openingName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diskFault(op, err)
	}
	return nil
}

// arrived is settleOpening behind a whole exchange.
func (o *Office) arrived(ctx context.Context) error {
	o.intake.Lock()
	defer o.intake.Unlock()
	o.flush()
	return o.settleOpening(ctx, true)
}

func (b *openingBook) tips() []ledger.Tip {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.seen == nil {
		return nil
	}
	return b.seen.tips
}

// expected is how many batches the picture says there are, in each feed.
func (b *openingBook) expected(most map[record.ID]uint64) {
	for _, t := range b.tips() {
		most[t.Device] = max(most[t.Device], min(t.Seq, 1<<30))
	}
}
