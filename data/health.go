package data

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"paradero/data/record"
	"paradero/data/vault"
)

// verifiedName is the sealed file that says what the last verification found.
const verifiedName = "verified"

// maxVerified bounds how many findings are kept: a person reads the first ones,
// and verifying again gives all.
const maxVerified = 500

// Verified is the last verification of this machine's files.
type Verified struct {
	At    time.Time // zero: there was none yet
	Found []Finding
}

// Sound tells whether it found no damage.
func (v *Verified) Sound() bool {
	return !slices.ContainsFunc(v.Found, func(f Finding) bool { return f.Damage })
}

// FromDevice counts what concerns the feed of one device.
type FromDevice struct {
	Device  record.ID
	Name    string // "" when it is not known here
	Batches int
	Changes int
}

// Health is how this machine's part of the ledger stands, as far as it is known
// without reading all of it; Verify reads all.
type Health struct {
	Last    Verified
	Waiting []FromDevice // what waits for earlier batches of somebody
	Forks   []FromDevice // devices that gave a number twice
	Lost    []FromDevice // batches that others name and that a damaged stretch took
	Refused []Powerless  // changes that are kept and have no effect
	Damage  int          // damaged stretches of the journal, found while opening
	Behind  bool         // the working copy is to be made anew
	Halted  bool         // nothing is written until the office is opened again
	Sealed  SealedOff    // what waits for a key; no batches: nothing does
	Alone   bool         // one member only may agree to what takes two, see LoneCoordinator
}

// Health tells how this machine's part of the ledger stands.
func (o *Office) Health(ctx context.Context) (Health, error) {
	h := Health{Last: o.lastVerified(), Damage: o.Damage(), Behind: o.Behind(), Halted: o.Halted(), Alone: o.LoneCoordinator()}
	refused, err := o.Powerless(ctx)
	if err != nil {
		return Health{}, err
	}
	h.Refused = refused
	if h.Sealed, _, err = o.SealedOff(ctx); err != nil {
		return Health{}, err
	}
	for _, b := range o.Waiting() {
		h.Waiting = o.countFrom(ctx, h.Waiting, b.Device, b.Changes)
	}
	for _, f := range o.Forks() {
		h.Forks = o.countFrom(ctx, h.Forks, f.Device, 0)
	}
	for _, g := range o.Gaps() {
		h.Lost = o.countFrom(ctx, h.Lost, g.Device, 0)
	}
	return h, nil
}

// countFrom counts one more batch of a device.
func (o *Office) countFrom(ctx context.Context, list []FromDevice, device record.ID, changes int) []FromDevice {
	i := slices.IndexFunc(list, func(f FromDevice) bool { return f.Device == device })
	if i < 0 {
		i = len(list)
		f := FromDevice{Device: device}
		if !device.IsZero() {
			f.Name = o.DeviceName(ctx, device)
		}
		list = append(list, f)
	}
	list[i].Batches++
	list[i].Changes += changes
	return list
}

func (o *Office) verifiedKey() (*vault.Key, error) {
	return vault.Sub(&o.vault.Keys().Store, "verified")
}

// lastVerified reads what the last verification found. A file that cannot be
// read is as good as none: verifying again writes it anew.
func (o *Office) lastVerified() Verified {
	var v Verified
	sealed, err := os.ReadFile(filepath.Join(o.cfg.Dir, verifiedName))
	if err != nil {
		return v
	}
	key, err := o.verifiedKey()
	if err != nil {
		return v
	}
	plain, err := vault.Open(key, []byte(verifiedName), sealed)
	if err != nil || json.Unmarshal(plain, &v) != nil {
		return Verified{}
	}
	return v
}

// noteVerified keeps what was found. That it could not be kept, as on a full
// disk, changes nothing of what was found.
func (o *Office) noteVerified(found []Finding) {
	if room(o.disk, o.cfg.Dir, "verify") != nil {
		return
	}
	plain, err := json.Marshal(Verified{At: o.cfg.Clock(), Found: found[:min(len(found), maxVerified)]})
	if err != nil {
		return
	}
	key, err := o.verifiedKey()
	if err != nil {
		return
	}
	if sealed, err := vault.Seal(o.cfg.Rand, nil, key, []byte(verifiedName), plain); err == nil {
		_ = vault.Replace(filepath.Join(o.cfg.Dir, verifiedName), sealed)
	}
}

// withoutEffect notes, device by device, the changes that are kept and change
// nothing: no damage, but somebody meant something by them.
func (o *Office) withoutEffect(ctx context.Context) ([]Finding, error) {
	list, err := o.Powerless(ctx)
	if err != nil {
		return nil, err
	}
	count := map[record.ID]int{}
	for _, p := range list {
		count[p.Device]++
	}
	var out []Finding
	for _, d := range slices.SortedFunc(maps.Keys(count), func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) }) {
		out = append(out, Finding{Key: "without_effect", File: journalDir, Args: []string{strconv.Itoa(count[d]), d.String()[:8]}})
	}
	return out, nil
}
