package data

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"paradero/data/fault"
	"paradero/data/store"
	"paradero/data/vault"
)

// Prober starts RunProbe in a process of its own and lets talk speak with it: in
// is the child's standard input, out its standard output. It returns when both
// talk and the child have ended; a child that dies gives an error. What is said
// holds keys, so it stands neither in the child's arguments nor in its
// environment.
type Prober func(ctx context.Context, talk func(in io.Writer, out io.Reader) error) error

// Parent and child say, a line each: the request; that the child alone is in the
// working copy; that it may begin; the answer. Whoever asked may be killed at any
// moment, and the next process then finds the child still in the copy. So the
// child holds a lock of its own, for which the next one waits; it touches nothing
// before its parent, alive, has answered to its holding that lock; and it ends
// when its input does.
const (
	probeReady = "ready\n"
	probeBegin = "begin\n"
	probeExt   = ".probe" // of the lock's file, beside the working copy
)

// probeEnds is how long an orphan may take to end: only a disk that hangs holds
// it longer.
const probeEnds = 30 * time.Second

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

const (
	maxProbe  = 64 << 10 // bytes of a request
	maxAnswer = 4 << 10
)

// RunProbe is the child's side: it opens the working copy that the request
// names, reads all of it, and answers. It may die of what it finds; that is
// what it is for. When its input ends before it has answered nobody waits for it
// any more: it gives an error, and the process is to end without delay.
func RunProbe(ctx context.Context, in io.Reader, out io.Writer) error {
	const op = "probe"
	lines := bufio.NewReader(io.LimitReader(in, maxProbe))
	text, err := lines.ReadBytes('\n')
	defer clear(text)
	var req probeRequest
	if err != nil || json.Unmarshal(text, &req) != nil || len(req.Value) != vault.KeySize {
		return fault.New(fault.Usage, op, "verb_unknown", op)
	}
	local, err := vault.NewLocal(noRandom{}, (*vault.Key)(req.Value))
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	lock := probeLock(req.Dir)
	if ok, err := lock.TryLock(); err != nil || !ok {
		return fault.Wrap(errors.Join(err, lock.Close(), errors.New("another probe is there")), fault.InUse, op, "office_in_use", op)
	}
	if _, err := io.WriteString(out, probeReady); err != nil {
		return release(lock, fault.Wrap(err, fault.Internal, op, "file_failed", op))
	}
	if line, err := lines.ReadString('\n'); err != nil || line != probeBegin {
		return release(lock, fault.New(fault.Cancelled, op, "cancelled"))
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = lines.ReadByte()
	}()
	type result struct {
		values int
		err    error
	}
	done := make(chan result, 1)
	go func() {
		n, err := store.Probe(ctx, req.Dir, req.Key, local)
		done <- result{n, release(lock, fault.Wrap(err, fault.Damaged, op, "store_damaged"))}
	}()
	select {
	case <-gone:
		return fault.New(fault.Cancelled, op, "cancelled")
	case got := <-done:
		if got.err != nil {
			return got.err
		}
		return fault.Wrap(json.NewEncoder(out).Encode(probeAnswer{OK: true, Values: got.values}), fault.Internal, op, "file_failed", op)
	}
}

// probeLock is the lock of who tries the working copy in a folder.
func probeLock(dir string) *flock.Flock {
	return flock.New(dir+probeExt, flock.SetPermissions(0o600))
}

// outwaitProbe waits until no child of a process that was killed is in a working
// copy any more. The caller holds the office's lock, so that none begins.
func outwaitProbe(ctx context.Context, dir string) error {
	const op = "open office"
	if _, err := os.Stat(dir + probeExt); errors.Is(err, fs.ErrNotExist) {
		return nil // nothing is made where there may be no room
	}
	wait, stop := context.WithTimeout(ctx, probeEnds)
	defer stop()
	lock := probeLock(dir)
	ok, err := lock.TryLockContext(wait, 5*time.Millisecond)
	switch {
	case ok:
		return release(lock, nil)
	case ctx.Err() != nil:
		return fault.Wrap(errors.Join(ctx.Err(), lock.Close()), fault.Cancelled, op, "cancelled")
	case wait.Err() != nil:
		return fault.Wrap(errors.Join(err, lock.Close()), fault.InUse, op, "office_in_use", filepath.Dir(dir))
	}
	return diskFault(op, errors.Join(err, lock.Close()))
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
	request = append(request, '\n')
	defer clear(request)
	if err := o.cfg.Probe(ctx, func(in io.Writer, out io.Reader) error { return talk(request, in, out) }); err != nil {
		return fmt.Errorf("ask probe: %w", err)
	}
	return nil
}

// talk is the parent's side.
func talk(request []byte, in io.Writer, out io.Reader) error {
	if _, err := in.Write(request); err != nil {
		return fmt.Errorf("talk to probe: %w", err)
	}
	answers := bufio.NewReader(io.LimitReader(out, maxAnswer))
	if line, err := answers.ReadString('\n'); err != nil || line != probeReady {
		return errors.New("probe is not ready")
	}
	if _, err := io.WriteString(in, probeBegin); err != nil {
		return fmt.Errorf("talk to probe: %w", err)
	}
	text, err := io.ReadAll(answers) // to its end, which is the child's
	var got probeAnswer
	if err != nil || json.Unmarshal(text, &got) != nil || !got.OK {
		return errors.New("probe gave no answer")
	}
	return nil
}
