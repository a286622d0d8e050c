package data

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	stdsync "sync"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/vault"
)

// waysDir holds, sealed, how far each depot was read and what it was seen to hold,
// and the last word of each device. Nothing of it is trusted: what is missing or
// wrong there costs an exchange its speed and no change.
const waysDir = "ways"

const (
	wayVersion   = "paradero way 1\n"
	wayExt       = ".way"
	saidFile     = "said" + wayExt
	maxWayFile   = 16 << 20
	maxKeptTexts = 20 // refusals that are told of the last exchange
)

// way is what this device knows of one depot.
type way struct {
	busy stdsync.Mutex // held by the exchange that is under way
	live []head        // what came from there by itself and is not counted in There yet
	line line

	Kind, Name   string
	Mark         sync.Mark
	There        tipList   // it is known to hold these and all before them
	Checked      time.Time // when all that it holds was compared
	Left         bool      // something behind Again found no room to wait here
	Again        sync.Mark
	LeftAs       string      // what was here then
	Vain         bool        // going back there brought nothing
	BackAt       time.Time   // when it was gone back to last
	Newer        string      // the program that passed over what a newer one wrote
	Promised     []sync.Name // that it took and was not seen to name yet
	PromisedMore bool        // and others
	ProvedAt     time.Time   // when it was asked for these last
	Sick         string      // what was damaged here when it was read from the beginning for that
	Roster       string      // of a hub: the devices that it was told to let in
	Told         string      // what it was told last that this device holds
	ToldAt       time.Time
	Asked        time.Time // when it was asked last what others said
	Words        int       // bytes of that
	At           time.Time
	Sent, Got    int
	Error        string
	Refused      []RefusedBatch
	Invitation   []byte        // of a hub that this device alone uses: the office's record names another or none
	Over         string        // which invitation of the office's that one was noted over
	Openings     []openingLeft `json:",omitempty"` // pictures that this device left there
	Unsound      []string      // hashes of batches under whose names something else stands there
}

// word is the last that a device said of what it holds.
type word struct {
	Serial  uint64
	At      time.Time
	Tips    tipList
	Lacks   []sync.Name
	Program string // the version of its program
}

// wayBook keeps the ways of an office. It is safe for concurrent use.
type wayBook struct {
	mu     stdsync.Mutex
	loaded bool
	ways   map[string]*way // by kind and name
	live   map[string]Way  // what is going on now, not kept
	words  map[record.ID]word
	serial uint64 // of this device's last word
}

// tipList is kept packed: sixty-four bytes each.
type tipList []ledger.Tip

const packedTip = 16 + 8 + 32 + 8

// MarshalJSON implements json.Marshaler.
func (l tipList) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, len(l)*packedTip)
	for _, t := range l {
		b = binary.BigEndian.AppendUint64(append(b, t.Device[:]...), t.Seq)
		b = binary.BigEndian.AppendUint64(append(b, t.Hash[:]...), t.Lamport)
	}
	return json.Marshal(b)
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *tipList) UnmarshalJSON(text []byte) error {
	var b []byte
	if err := json.Unmarshal(text, &b); err != nil {
		return fmt.Errorf("read tips: %w", err)
	}
	for *l = nil; len(b) >= packedTip; b = b[packedTip:] {
		*l = append(*l, ledger.Tip{
			Device: record.ID(b[:16]), Seq: binary.BigEndian.Uint64(b[16:]), Hash: ledger.Hash(b[24:56]), Lamport: binary.BigEndian.Uint64(b[56:]),
		})
	}
	return nil
}

func wayKey(kind, name string) string { return kind + " " + name }

// wayKeys are the keys by which the files are sealed and named.
func (o *Office) wayKeys() (seal, name *vault.Key, err error) {
	if seal, err = vault.Sub(&o.vault.Keys().Store, "way"); err != nil {
		return nil, nil, err
	}
	name, err = vault.Sub(&o.vault.Keys().Store, "way name")
	return seal, name, err
}

// wayFile is the file of a depot; its name tells nobody which.
func (o *Office) wayFile(key string) (string, error) {
	if key == saidFile {
		return saidFile, nil
	}
	_, name, err := o.wayKeys()
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, name[:])
	_, _ = h.Write([]byte(key))
	return hex.EncodeToString(h.Sum(nil)[:16]) + wayExt, nil
}

func (o *Office) writeWay(key string, v any) error {
	const op = "keep how far an exchange has come"
	plain, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "disk_failed")
	}
	file, err := o.wayFile(key)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	seal, _, err := o.wayKeys()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	sealed, err := vault.Seal(o.cfg.Rand, nil, seal, []byte(wayVersion+file), plain)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	dir := filepath.Join(o.cfg.Dir, waysDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return diskFault(op, err)
	}
	return diskFault(op, vault.Replace(filepath.Join(dir, file), sealed))
}

// readWay reads one file into v; false where it is missing, damaged or another
// key's: then nothing is known.
func (o *Office) readWay(file string, v any) bool {
	path := filepath.Join(o.cfg.Dir, waysDir, file)
	if at, err := os.Stat(path); err != nil || at.Size() > maxWayFile {
		return false
	}
	sealed, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	seal, _, err := o.wayKeys()
	if err != nil {
		return false
	}
	plain, err := vault.Open(seal, []byte(wayVersion+file), sealed)
	return err == nil && json.Unmarshal(plain, v) == nil
}

// said is the file of words.
type said struct {
	Serial uint64
	Words  []saidWord
}

type saidWord struct {
	Device record.ID
	Word   word
}

// loadWays reads what was kept, once. The caller holds the book's lock.
func (o *Office) loadWays() {
	b := &o.ways
	if b.loaded {
		return
	}
	b.loaded, b.ways, b.live, b.words = true, map[string]*way{}, map[string]Way{}, map[record.ID]word{}
	entries, err := os.ReadDir(filepath.Join(o.cfg.Dir, waysDir))
	if errors.Is(err, fs.ErrNotExist) || err != nil {
		return
	}
	for _, e := range entries {
		if e.Name() == saidFile {
			var s said
			if o.readWay(saidFile, &s) {
				b.serial = s.Serial
				for _, w := range s.Words {
					b.words[w.Device] = w.Word
				}
			}
			continue
		}
		if filepath.Ext(e.Name()) == wayExt {
			w := &way{}
			if o.readWay(e.Name(), w) {
				b.ways[wayKey(w.Kind, w.Name)] = w
			}
		}
	}
}

// way gives what is known of a depot, made when it is new.
func (o *Office) way(kind, name string) *way {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	w := o.ways.ways[wayKey(kind, name)]
	if w == nil {
		w = &way{Kind: kind, Name: name}
		o.ways.ways[wayKey(kind, name)] = w
	}
	return w
}

// keepWay writes a way down, unless it was forgotten meanwhile.
func (o *Office) keepWay(w *way) error {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	if o.ways.ways[wayKey(w.Kind, w.Name)] != w {
		return nil
	}
	return o.writeWay(wayKey(w.Kind, w.Name), w)
}

// setWay changes a way that others read meanwhile.
func (o *Office) setWay(do func()) {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	do()
}

// hear takes a device's word of what it holds, when it is newer than its last.
// false: it is not news, or not the word of a device of this office.
func (o *Office) hear(s *sync.Statement) bool {
	if s.Office != o.Info().OfficeID || !o.ofOffice(s.Device) {
		return false
	}
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	if s.Device == o.Info().Device { // this device's own, as it was told
		o.ways.serial = max(o.ways.serial, s.Serial)
		return false
	}
	if old, ok := o.ways.words[s.Device]; ok && old.Serial >= s.Serial {
		return false
	}
	o.ways.words[s.Device] = word{s.Serial, s.At, s.Tips, s.Lacks, s.Program}
	return true
}

// ofOffice tells whether a device was let in.
func (o *Office) ofOffice(device record.ID) bool {
	o.use.RLock()
	defer o.use.RUnlock()
	_, ok := o.law.Devices()[device]
	return ok
}

// keepWords writes down what devices said.
func (o *Office) keepWords() error {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	s := said{Serial: o.ways.serial}
	for device, w := range o.ways.words {
		s.Words = append(s.Words, saidWord{device, w})
	}
	return o.writeWay(saidFile, s)
}

// words gives the last word of each device.
func (o *Office) words() map[record.ID]word {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	return maps.Clone(o.ways.words)
}
