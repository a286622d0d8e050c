package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"paradero/data/fault"
	"paradero/data/store"
	"paradero/data/vault"
)

// Prober runs RunProbe in a process of its own: request goes to the child's
// standard input, answer is what it wrote to its standard output. A child that
// dies gives an error. The request holds keys, so it stands neither in the
// child's arguments nor in its environment.
type Prober func(ctx context.Context, request []byte) (answer []byte, err error)

// probeRequest is what the child needs to know.
type probeRequest struct {
	Dir   string `json:"dir"`   // the working copy's folder
	Key   []byte `json:"key"`   // Badger's own
	Value []byte `json:"value"` // of the sealed values
}

// probeAnswer is what the child found.
type probeAnswer struct {
	OK     bool `json:"ok"`
	Values int  `json:"values"`
}

const maxProbe = 64 << 10 // bytes of a request

// RunProbe is the child's side: it opens the working copy that the request
// names, reads all of it, and answers. It may die of what it finds; that is
// what it is for.
func RunProbe(ctx context.Context, in io.Reader, out io.Writer) error {
	const op = "probe"
	var req probeRequest
	if err := json.NewDecoder(io.LimitReader(in, maxProbe)).Decode(&req); err != nil || len(req.Value) != vault.KeySize {
		return fault.New(fault.Usage, op, "verb_unknown", op)
	}
	local, err := vault.NewLocal(noRandom{}, (*vault.Key)(req.Value))
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	n, err := store.Probe(ctx, req.Dir, req.Key, local)
	if err != nil {
		return fault.Wrap(err, fault.Damaged, op, "store_damaged")
	}
	if err := json.NewEncoder(out).Encode(probeAnswer{OK: true, Values: n}); err != nil {
		return fault.Wrap(err, fault.Internal, op, "file_failed", op)
	}
	return nil
}

// noRandom is for one who only unseals.
type noRandom struct{}

func (noRandom) Read([]byte) (int, error) { return 0, errors.New("a probe seals nothing") }

// sound tells whether the working copy can be opened without fear. One that was
// closed in order is compared with the list of its files; any other, and every
// one when Config.Careful, is tried in a process of its own where there is one.
// What is found wrong is remembered for Verify.
func (o *Office) sound(ctx context.Context) (bool, error) {
	if !o.onDisk() {
		return true, nil
	}
	dir := o.storeDir()
	condition, file := store.Look(dir)
	switch {
	case condition == store.Damaged:
		o.wrong = &Finding{Key: "store_file", Damage: true, File: filepath.Join(recordsDir, file)}
		return false, nil
	case condition == store.Condemned:
		return false, nil
	case o.cfg.Probe == nil, !o.roomToOpen(), condition == store.Sound && !o.cfg.Careful:
		return true, nil
	}
	o.cfg.Progress(Progress{Phase: "verify"})
	err := o.askProbe(ctx)
	if ctx.Err() != nil {
		return false, fault.Wrap(ctx.Err(), fault.Cancelled, "open office", "cancelled")
	}
	if err != nil {
		o.noteWrong(err)
		return false, nil
	}
	store.Clear(dir)
	return true, nil
}

// openStore opens the working copy, only to be read where the disk is full.
func (o *Office) openStore() error {
	key, err := vault.Sub(&o.vault.Keys().Store, "badger")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "open office", "keys_failed")
	}
	open := o.cfg.Store.Open
	if o.onDisk() && !o.roomToOpen() {
		open = store.OpenToRead
	}
	s, err := open(o.storeDir(), key[:], o.local)
	if err == nil {
		o.store = s // the old one, closed, answers with an error; none at all could not
	}
	return err
}

// onDisk tells whether the working copy is Badger's, in files.
func (o *Office) onDisk() bool {
	_, badger := o.cfg.Store.(store.Badger)
	return badger
}

// roomToOpen tells whether the disk has what Badger needs to open for writing.
func (o *Office) roomToOpen() bool {
	free, err := o.disk.Free(o.cfg.Dir)
	return err != nil || free >= storeRoom
}

// noteWrong remembers for Verify that the working copy does not open or read.
// One that is only behind or marked is no damage that it could name.
func (o *Office) noteWrong(err error) {
	if o.wrong == nil && !errors.Is(err, errStale) && !errors.Is(err, store.ErrSuspect) {
		o.wrong = &Finding{Key: "store_unopenable", Damage: true, File: recordsDir}
	}
}

func (o *Office) askProbe(ctx context.Context) error {
	root := &o.vault.Keys().Store
	key, err := vault.Sub(root, "badger")
	if err != nil {
		return err
	}
	value, err := vault.Sub(root, "value")
	if err != nil {
		return err
	}
	request, err := json.Marshal(probeRequest{Dir: o.storeDir(), Key: key[:], Value: value[:]})
	if err != nil {
		return fmt.Errorf("ask probe: %w", err)
	}
	defer clear(request)
	text, err := o.cfg.Probe(ctx, request)
	if err != nil {
		return fmt.Errorf("ask probe: %w", err)
	}
	var got probeAnswer
	if err := json.Unmarshal(text, &got); err != nil || !got.OK {
		return errors.New("probe gave no answer")
	}
	return nil
}
