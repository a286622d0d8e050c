// Package data is the one door to an office: what is kept, how it is changed,
// found, imported, verified and rebuilt. Every write of every screen, command
// and import goes through Office.Edit.
//
// What must not live here: words for people, screens, pages, and the mechanisms
// themselves, each of which has a package of its own below this one.
package data

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"paradero/data/draft"
	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/search"
	"paradero/data/store"
	"paradero/data/team"
	"paradero/data/vault"
)

// Names inside an office's folder (DESIGN §1).
const (
	journalDir = "journal"
	recordsDir = "records"
	lockName   = "lock"
)

// minFree is the room below which nothing is written: Badger's mapped files
// crash the program on a full disk (DESIGN §5).
const minFree = 500 << 20

// storeRoom is the room below which the working copy is only read: Badger makes
// files when it opens, and on a full disk that ends the program.
const storeRoom = 200 << 20

// Office is an open office. It is safe for concurrent use.
type Office struct {
	cfg     Config
	disk    ledger.Disk
	lock    *flock.Flock
	vault   *vault.Vault
	sign    ed25519.PrivateKey
	keys    *epochKeys
	local   *vault.Local
	journal *ledger.Journal
	store   *store.Store
	index   *search.Index
	info    atomic.Pointer[Info]
	rights  atomic.Pointer[team.Rights]
	names   *nameBook
	feeds   *ledger.Feeds
	law     *team.Law

	queue queue

	leaders sync.WaitGroup // those who lead in the background
	imports chan struct{}  // holds one: the import under way
	folds   chan *folded
	order   *barrier
	running sync.WaitGroup
	closing sync.RWMutex // held for reading while a job is handed over
	closed  bool

	use         sync.RWMutex // the working copy is replaced or closed under its write lock
	shut        bool         // it and the journal are closed
	watchers    watchers
	counts      counts
	gone        idSet
	packs       *packBook
	places      *placeBook
	merges      mergeBook
	quiet       quietBook
	drafts      *draft.Store
	flights     flights
	intake      sync.Mutex    // held by who takes in what others wrote
	ways        wayBook       // how far each depot was read, and what devices said
	tally       tally         // how many changes each feed has up to each number
	held        *waiting      // batches that wait for those they depend on
	foldedFeeds *ledger.Feeds // as the working copy has them; the folding goroutine's own
	pending     []unit        // gathered to be folded together; the folding goroutine's own
	pendingSize int
	pendingLate int                    // of them: only noted
	later       laterBook              // what was noted while much arrives
	arrivals    arrivals               // that are under way
	doubles     posSet                 // places of batches that stand elsewhere now
	away        away                   // what was taken off this machine
	owed        hashSet                // batches of which a payload is missing that nothing erased
	relaw       atomic.Bool            // what makes law came late: what was judged is to be judged again
	damage      []ledger.Damage        // found in the journal while opening
	foreign     []ledger.Pos           // batches there that do not verify or open
	acked       ledger.Pos             // what the working copy says was acknowledged
	ackedLast   ledger.Hash            // the last batch of that
	regained    []map[uint32]vault.Key // keys that the journal had and the keyring not
	trimmed     int64                  // bytes of a torn tail that was cut off while opening
	rebuilt     bool                   // the working copy was made anew while opening
	ahead       bool                   // the working copy holds what the journal has lost: it is set aside and not thrown away
	wrong       *Finding               // what was found wrong with the working copy before it was made anew
	checks      checker
	broken      atomic.Bool // folding failed: the working copy is behind until it is rebuilt
	halted      atomic.Bool // the disk failed under the journal: nothing is written until the office is opened again
	verify      sync.Mutex
	audit       audit
	circles     circleBook
	opening     openingBook
	backups     *backups
}

// deviceKey signs as this device.
type deviceKey struct{ key ed25519.PrivateKey }

// Public implements ledger.Signer.
func (d deviceKey) Public() ed25519.PublicKey { return d.key.Public().(ed25519.PublicKey) }

// Sign implements ledger.Signer.
func (d deviceKey) Sign(message []byte) []byte { return ed25519.Sign(d.key, message) }

func (cfg *Config) defaults() {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Progress) {}
	}
	if cfg.Store == nil {
		cfg.Store = store.Badger{}
	}
	if cfg.Disk == nil {
		cfg.Disk = ledger.OS{}
	}
}

// Peek reads what stands on an office's sign-in page.
func Peek(dir string) (Sign, error) {
	p, err := vault.Peek(dir)
	if err != nil {
		return Sign{}, vaultFault("open office", err)
	}
	return Sign{Office: p.Office, Demo: p.Demo, DemoPassphrase: p.DemoPassphrase, Joining: p.Joining, People: p.People}, nil
}

// Create makes an office in a folder that is empty or missing, writes its
// genesis batch, and gives it open, with the recovery code that is kept nowhere.
func Create(ctx context.Context, cfg Config, f Founding) (*Office, string, error) {
	const op = "create office"
	cfg.defaults()
	if problems := f.check(); len(problems) > 0 {
		return nil, "", &fault.Error{Code: fault.Invalid, Op: op, Key: "founding_incomplete", Problems: problems}
	}
	if err := emptyFolder(cfg.Dir); err != nil {
		return nil, "", err
	}
	if err := room(cfg.Disk, cfg.Dir, op); err != nil {
		return nil, "", err
	}
	lock, err := takeLock(cfg.Dir)
	if err != nil {
		return nil, "", err
	}
	keys, err := newKeys(cfg.Rand)
	if err != nil {
		return nil, "", release(lock, fault.Wrap(err, fault.Internal, op, "random_failed"))
	}
	public := vault.Public{Office: f.Office, Demo: f.Demo}
	v, code, err := vault.Create(cfg.Dir, cfg.Rand, cfg.cost(), public, keys, f.Passphrase)
	if err != nil {
		return nil, "", release(lock, unmake(cfg.Dir, vaultFault(op, err)))
	}
	o, err := assemble(ctx, cfg, lock, v)
	if err != nil {
		return nil, "", unmake(cfg.Dir, err)
	}
	if err := o.genesis(ctx, f); err != nil {
		return nil, "", unmake(cfg.Dir, errors.Join(err, o.Close()))
	}
	return o, code, nil
}

// unmake takes away what a failed creation left in a folder that was empty, so
// that it can be tried again, and passes the reason on.
func unmake(dir string, err error) error {
	for _, name := range []string{"vault", "vault.spare", journalDir, recordsDir, recordsDir + ".opening"} {
		_ = os.RemoveAll(filepath.Join(dir, name))
	}
	return err
}

// cost is the injected one, or what takes about a second here.
func (cfg *Config) cost() vault.Cost {
	if cfg.Cost != (Cost{}) {
		return vault.Cost(cfg.Cost)
	}
	return vault.Calibrate(cfg.Clock, time.Second)
}

func (f *Founding) check() []fault.Problem {
	var found []fault.Problem
	if record.CleanLine(f.Office) == "" {
		found = append(found, fault.Problem{Field: "office", Key: "required"})
	}
	if record.CleanLine(f.Member) == "" {
		found = append(found, fault.Problem{Field: "member", Key: "required"})
	}
	if _, problems := record.Check(record.Member, "role", f.Role, time.Time{}); f.Role == "" || len(problems) > 0 {
		found = append(found, fault.Problem{Field: "role", Key: "role_unknown", Args: []string{f.Role}})
	}
	if len(f.Passphrase) == 0 {
		found = append(found, fault.Problem{Field: "passphrase", Key: "required"})
	}
	return found
}

// emptyFolder makes the folder, and refuses one that holds something.
func emptyFolder(dir string) error {
	const op = "create office"
	if dir == "" {
		return fault.New(fault.Usage, op, "office_folder_missing")
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fault.Wrap(os.MkdirAll(dir, 0o700), fault.Internal, op, "folder_not_made", dir)
	case err != nil:
		return fault.Wrap(err, fault.Internal, op, "folder_unreadable", dir)
	}
	for _, e := range entries {
		if e.Name() == "vault" || e.Name() == "vault.spare" || e.Name() == journalDir {
			return fault.New(fault.Invalid, op, "office_exists", dir)
		}
	}
	for _, e := range entries {
		if e.Name() != lockName {
			return fault.New(fault.Invalid, op, "folder_not_empty", dir)
		}
	}
	return nil
}

func newKeys(random io.Reader) (vault.Keys, error) {
	k := vault.Keys{Epochs: map[uint32]vault.Key{}, Sign: make([]byte, ed25519.SeedSize), Box: make([]byte, 32)}
	var epoch vault.Key
	for _, b := range [][]byte{k.Office[:], k.Identity[:], epoch[:], k.Sign, k.Box, k.Store[:], k.Member[:]} {
		if _, err := io.ReadFull(random, b); err != nil {
			return vault.Keys{}, fmt.Errorf("draw keys: %w", err)
		}
	}
	k.Epochs[0] = epoch
	return k, nil
}

// Open signs in to an office: it unlocks the vault (about a second by design),
// takes in what the working copy lacks of the journal, rebuilds the copy when
// it is missing or wrong, and reads the rows that lists show.
func Open(ctx context.Context, cfg Config, passphrase []byte) (*Office, error) {
	cfg.defaults()
	return open(ctx, cfg, func() (*vault.Vault, error) {
		return vault.Unlock(ctx, cfg.Dir, cfg.Rand, passphrase)
	})
}

func open(ctx context.Context, cfg Config, unlock func() (*vault.Vault, error)) (*Office, error) {
	const op = "open office"
	if _, err := vault.Peek(cfg.Dir); err != nil {
		return nil, vaultFault(op, err)
	}
	lock, err := lockSoon(ctx, cfg.Dir)
	if err != nil {
		return nil, err
	}
	cfg.Progress(Progress{Phase: "unlock"})
	v, err := unlock()
	if cfg.Cost == (Cost{}) {
		debug.FreeOSMemory() // the 64 MiB and more that the key derivation walked over
	}
	if err != nil {
		return nil, release(lock, vaultFault(op, err))
	}
	if err := letIn(op, v); err != nil {
		return nil, release(lock, err)
	}
	if err := renewPerson(&cfg, v); err != nil {
		return nil, release(lock, err)
	}
	return assemble(ctx, cfg, lock, v)
}

// assemble opens journal and store under the lock and starts the goroutine that
// folds; who writes commits by himself (see queue).
func assemble(ctx context.Context, cfg Config, lock *flock.Flock, v *vault.Vault) (*Office, error) {
	o := &Office{
		cfg: cfg, disk: cfg.Disk, lock: lock, vault: v, index: search.New(),
		sign: ed25519.NewKeyFromSeed(v.Keys().Sign), names: newNameBook(), feeds: ledger.NewFeeds(), foldedFeeds: ledger.NewFeeds(), held: newWaiting(),
		keys:    newEpochKeys(cfg.Rand, v.Keys().Epochs),
		imports: make(chan struct{}, 1), folds: make(chan *folded, 4), order: newBarrier(), packs: newPackBook(), places: newPlaceBook(),
		backups: newBackups(),
	}
	if v.Keys().Founder == [16]byte{} { // kept when the keyring is next written: others may come to share it
		v.Keys().Founder = ledger.DeviceOf(deviceKey{o.sign}.Public())
	}
	o.circles.reset()
	o.keys.circles = &o.circles
	o.keys.inUse.Store(v.Keys().InUse)
	o.law = o.newLaw()
	o.info.Store(&Info{
		Office: v.Public().Office, OfficeID: v.Keys().Office, Demo: v.Public().Demo, Dir: cfg.Dir,
		Member: v.Keys().Member, Device: ledger.DeviceOf(deviceKey{o.sign}.Public()),
	})
	if err := o.bring(ctx); err != nil {
		return nil, o.abandon(err)
	}
	if err := o.keepRegained(); err != nil {
		return nil, o.abandon(err)
	}
	if err := o.bringOpening(ctx); err != nil {
		return nil, o.abandon(err)
	}
	o.running.Go(func() { o.foldLoop() })
	if err := errors.Join(o.learnRecords(ctx), o.succeedOld(ctx), o.shareComputer(ctx)); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	o.beginChecks()
	return o, nil
}

// abandon closes what was opened of an office that cannot be, and passes the
// reason on.
func (o *Office) abandon(err error) error {
	if o.store != nil {
		_ = o.store.Close()
	}
	if o.journal != nil {
		_ = o.journal.Close()
	}
	return release(o.lock, err)
}

// bring makes the journal and the working copy ready.
func (o *Office) bring(ctx context.Context) error {
	const op = "open office"
	journal, err := ledger.OpenJournal(o.disk, filepath.Join(o.cfg.Dir, journalDir))
	if err != nil {
		return diskFault(op, err)
	}
	o.journal = journal
	if err := o.bringDrafts(); err != nil {
		return err
	}
	if err := o.readAway(); err != nil {
		return err
	}
	key, err := vault.Sub(&o.vault.Keys().Store, "value")
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	o.counts.set(map[record.Kind]int{})
	if o.local, err = vault.NewLocal(o.cfg.Rand, key); err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	if o.onDisk() {
		if err := outwaitProbe(ctx, o.storeDir()); err != nil {
			return err
		}
	}
	ok, err := o.useCopy(ctx)
	if err != nil {
		return err
	}
	if ok {
		return nil
	}
	if err := o.checkBorn(ctx); err != nil {
		return err
	}
	if err := o.rebuild(ctx, o.cfg.Progress); err != nil {
		return err
	}
	return diskFault(op, o.tookOff())
}

// Close ends all work, makes sure that what was acknowledged is folded, and
// releases the office. It may be called twice.
func (o *Office) Close() error {
	o.endAudit()
	o.closing.Lock()
	if o.closed {
		o.closing.Unlock()
		return nil
	}
	o.closed = true
	o.closing.Unlock()
	o.later.halt.Store(true)
	o.backups.halt()
	o.checks.end()
	o.leaders.Wait()
	close(o.folds)
	o.running.Wait()
	o.watchers.close()
	o.use.Lock()
	defer o.use.Unlock()
	o.shut = true
	// A copy that does not close in order is tried before it is opened again; what
	// was saved stands in the journal, and has not failed.
	_ = o.store.Close()
	err := o.journal.Close()
	o.forget()
	return release(o.lock, fault.Wrap(err, fault.Internal, "close office", "close_failed"))
}

// Info says who works where.
func (o *Office) Info() Info { return *o.info.Load() }

// Now is the office's clock.
func (o *Office) Now() time.Time { return o.cfg.Clock() }

// Rehearse tells whether a recovery code, as copied from paper, is right.
func (o *Office) Rehearse(code string) bool {
	o.verify.Lock()
	defer o.verify.Unlock()
	return o.vault.Rehearse(code)
}

// Damage tells how many stretches of the journal were found damaged while
// opening; Verify names them. Rebuilt tells whether the working copy was made
// anew.
func (o *Office) Damage() int {
	o.use.RLock()
	defer o.use.RUnlock()
	return len(o.damage) + len(o.foreign)
}

// Rebuilt tells whether the working copy was made anew while opening.
func (o *Office) Rebuilt() bool {
	o.use.RLock()
	defer o.use.RUnlock()
	return o.rebuilt
}

// Mended tells whether one of the vault's two copies was damaged and healed.
func (o *Office) Mended() bool { return o.vault.Mended }

// ChangePassphrase replaces an office's passphrase. It needs the old one, and
// nobody else in the office meanwhile.
func ChangePassphrase(ctx context.Context, cfg Config, old, next []byte) error {
	return replacePassphrase(cfg, "change passphrase", next, vaultFault, func(cfg Config) (*vault.Vault, error) {
		return vault.Unlock(ctx, cfg.Dir, cfg.Rand, old)
	})
}

// Recover sets a new passphrase by the printed recovery code. Whoever holds the
// code holds the office; the old passphrase opens nothing afterwards.
func Recover(ctx context.Context, cfg Config, code string, next []byte) error {
	return replacePassphrase(cfg, "recover", next, codeFault, func(cfg Config) (*vault.Vault, error) {
		return vault.Recover(ctx, cfg.Dir, cfg.Rand, code)
	})
}

// replacePassphrase sets a new passphrase in a vault that is opened in one of the
// ways to do so; told gives what keeps it shut its key.
func replacePassphrase(cfg Config, op string, next []byte, told func(op string, err error) error, open func(Config) (*vault.Vault, error)) error {
	cfg.defaults()
	if len(next) == 0 {
		return &fault.Error{Code: fault.Invalid, Op: op, Key: "passphrase_empty"}
	}
	if _, err := vault.Peek(cfg.Dir); err != nil {
		return vaultFault(op, err)
	}
	lock, err := takeLock(cfg.Dir)
	if err != nil {
		return err
	}
	v, err := open(cfg)
	if err != nil {
		return release(lock, told(op, err))
	}
	return release(lock, vaultFault(op, v.SetPassphrase(next, cfg.cost())))
}

// codeFault is vaultFault for a recovery code, which is no passphrase.
func codeFault(op string, err error) error {
	if errors.Is(err, vault.ErrSecret) {
		return fault.New(fault.Passphrase, op, "recovery_code_of_another")
	}
	return vaultFault(op, err)
}
