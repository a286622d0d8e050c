package data

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/vault"
)

// Joining is a device on its way into an office: it has keys, and waits to be let
// in. It is kept in the vault, under the passphrase that its member chose.
type Joining struct {
	Office       string
	OfficeID     record.ID
	Name         string // the member's
	Role         string
	Device       record.ID
	Words        string // twelve digits that both screens show
	Picture      string // the text of a picture that both screens show
	Expires      time.Time
	RecoveryCode string // only when it has just been made; kept nowhere
	Hub          []byte // how the office's hub is found; nil: the invitation named none
	Waits        bool   // it was let in, and one who works on this computer has to sign in once

	kept  joinKept
	seeds vault.Keys
}

// joinKept is what the vault keeps of a request until it is answered.
type joinKept struct {
	Offer    []byte    `json:"offer"`
	Sig      []byte    `json:"sig"`
	Envelope vault.Key `json:"envelope"`
	Hub      []byte    `json:"hub,omitempty"`
	Request  []byte    `json:"request"`
	Words    string    `json:"words"`
	Picture  string    `json:"picture"`
}

// Joined is what completing brought.
type Joined struct {
	Office string
	Name   string
	Hub    []byte // how the office's hub is found; nil: it has none
	Waits  bool   // one who works on this computer has to sign in once before it opens
}

// Request gives the request as it goes to the coordinator.
func (j *Joining) Request() []byte { return j.kept.Request }

// Rehearse tells whether the recovery code that has just been made was typed back
// right.
func (j *Joining) Rehearse(typed string) bool { return vault.SameCode(j.RecoveryCode, typed) }

// HubSeed is the seed of the key by which this device comes to a hub.
func (j *Joining) HubSeed() ([]byte, error) {
	key, err := hubKey(j.seeds.Sign)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "join", "keys_failed")
	}
	return key.Seed(), nil
}

// Signer signs as this device.
func (j *Joining) Signer() DeviceSigner { return deviceKey{ed25519.NewKeyFromSeed(j.seeds.Sign)} }

// Join answers an invitation: it makes this device's keys in a folder that is empty
// or missing, or in that of an office on this computer where somebody works already
// and one more person is to sign in, and gives the request to be let in. The
// passphrase is the one that will open the office. Answering the same invitation
// again with it gives the same request.
func Join(ctx context.Context, cfg Config, invite, code string, passphrase []byte) (*Joining, error) {
	const op = "join"
	cfg.defaults()
	in, err := readInvite(&cfg, invite, code)
	if err != nil {
		return nil, err
	}
	if len(passphrase) == 0 {
		return nil, &fault.Error{Code: fault.Invalid, Op: op, Key: "passphrase_empty"}
	}
	here, err := joinFolder(cfg.Dir, in.offer)
	if err != nil {
		return nil, err
	}
	lock, err := takeLock(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if here {
		if j, err := askedBefore(ctx, &cfg, in.offer, passphrase); j != nil || err != nil {
			return j, release(lock, err)
		}
	}
	j, err := enter(ctx, &cfg, in, passphrase)
	return j, release(lock, err)
}

func readInvite(cfg *Config, file, code string) (*invitation, error) {
	const op = "join"
	b, err := readSmall(op, file)
	if err != nil {
		return nil, err
	}
	in, err := openInvitation(b, code)
	if err != nil {
		return nil, enrolFault(op, err)
	}
	if !cfg.Clock().Before(in.offer.expires) {
		return nil, fault.New(fault.Refused, op, "invitation_expired")
	}
	return in, nil
}

// readSmall reads a file of enrolment whole.
func readSmall(op, file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fault.Wrap(err, fault.NotFound, op, "file_missing", file)
	case err != nil:
		return nil, diskFault(op, err)
	case info.IsDir() || info.Size() > maxEnrolFile:
		return nil, fault.New(fault.Damaged, op, "enrolment_damaged")
	}
	b, err := os.ReadFile(filepath.Clean(file))
	return b, diskFault(op, err)
}

// joinFolder tells whether there is an office in the folder already, into which one
// more person comes.
func joinFolder(dir string, f *offer) (bool, error) {
	const op = "join"
	p, err := vault.Peek(dir)
	switch {
	case errors.Is(err, vault.ErrMissing):
		return false, emptyFolder(dir)
	case err != nil:
		return false, vaultFault(op, err)
	case record.Plain(p.Office) != record.Plain(f.name):
		return true, fault.New(fault.Refused, op, "join_other_office", p.Office)
	}
	return true, nil
}

// askedBefore gives what this passphrase asked for already; nil: nothing.
func askedBefore(ctx context.Context, cfg *Config, f *offer, passphrase []byte) (*Joining, error) {
	const op = "join"
	v, err := vault.Unlock(ctx, cfg.Dir, cfg.Rand, passphrase)
	switch {
	case errors.Is(err, vault.ErrSecret):
		if p, err := vault.Peek(cfg.Dir); err == nil && p.Joining {
			return nil, fault.New(fault.Refused, op, "join_folder_waits")
		}
		return nil, nil
	case err != nil:
		return nil, vaultFault(op, err)
	}
	defer v.Forget()
	if v.State() == vault.Ready {
		return nil, fault.New(fault.Refused, op, "passphrase_taken")
	}
	j, err := joiningOf(v)
	if err != nil {
		return nil, err
	}
	if string(j.kept.Offer) != string(f.bytes) {
		return nil, fault.New(fault.Refused, op, "join_other_invitation")
	}
	return j, nil
}

// enter makes the device's keys and its request, and keeps them.
func enter(ctx context.Context, cfg *Config, in *invitation, passphrase []byte) (*Joining, error) {
	const op = "join"
	keys, err := newKeys(cfg.Rand)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "random_failed")
	}
	keys = vault.Keys{Sign: keys.Sign, Box: keys.Box, Store: keys.Store}
	kept, err := ask(cfg, in, &keys)
	if err != nil {
		return nil, err
	}
	joining, err := json.Marshal(kept)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	v, code, err := vault.Enter(ctx, cfg.Dir, cfg.Rand, cfg.cost(), vault.Public{Office: in.offer.name}, keys, joining, passphrase)
	if err != nil {
		return nil, vaultFault(op, err)
	}
	j, err := joiningOf(v)
	if err != nil {
		return nil, err
	}
	j.RecoveryCode = code
	return j, nil
}

// ask makes the request.
func ask(cfg *Config, in *invitation, keys *vault.Keys) (joinKept, error) {
	const op = "join"
	box, err := vault.BoxPublic(keys.Box)
	if err != nil {
		return joinKept{}, fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	hub, err := hubKey(keys.Sign)
	if err != nil {
		return joinKept{}, fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	device := ed25519.NewKeyFromSeed(keys.Sign)
	q := &asked{
		offer: in.offer, device: record.CleanLine(cfg.Device), sign: device.Public().(ed25519.PublicKey), box: box,
		hub: hub.Public().(ed25519.PublicKey), at: cfg.Clock(),
	}
	switch q.device {
	case Nameless:
		q.device = ""
	case "":
		if name, err := os.Hostname(); err == nil {
			q.device = record.CleanLine(name)
		}
	}
	kept := joinKept{Offer: in.offer.bytes, Sig: in.offer.sig, Envelope: *in.offer.envelope, Hub: in.hub}
	if kept.Request, err = q.seal(cfg.Rand, ed25519.NewKeyFromSeed(in.seed), device); err != nil {
		return joinKept{}, fault.Wrap(err, fault.Internal, op, "random_failed")
	}
	if kept.Words, kept.Picture, err = q.compare(); err != nil {
		return joinKept{}, enrolFault(op, err)
	}
	return kept, nil
}

// joiningOf reads what a vault keeps of a request.
func joiningOf(v *vault.Vault) (*Joining, error) {
	const op = "join"
	j := &Joining{Waits: v.State() == vault.Granted, Office: v.Public().Office}
	if err := json.Unmarshal(v.Asked(), &j.kept); err != nil {
		return nil, fault.Wrap(err, fault.Damaged, op, "vault_damaged")
	}
	f, err := readOffer(j.kept.Offer, j.kept.Sig)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, op, "vault_damaged")
	}
	k := v.Keys()
	j.seeds = vault.Keys{Sign: append([]byte(nil), k.Sign...), Box: append([]byte(nil), k.Box...)}
	j.OfficeID = f.office
	j.Name, j.Role, j.Expires, j.Hub = f.who, f.role, f.expires, j.kept.Hub
	j.Words, j.Picture = j.kept.Words, j.kept.Picture
	j.Device = ledger.DeviceOf(j.Signer().Public())
	return j, nil
}

// letIn refuses to open an office in which this person is not yet.
func letIn(op string, v *vault.Vault) error {
	switch v.State() {
	case vault.Joining:
		return fault.New(fault.Refused, op, "office_joining", v.Public().Office)
	case vault.Granted:
		return fault.New(fault.Refused, op, "office_computer_waits", v.Public().Office)
	}
	return nil
}

// ResumeJoin gives a device's request again, by the passphrase that its member
// chose: to send it another time, or to compare once more.
func ResumeJoin(ctx context.Context, cfg Config, passphrase []byte) (*Joining, error) {
	const op = "join"
	cfg.defaults()
	lock, v, err := unlockJoining(ctx, &cfg, op, passphrase)
	if err != nil {
		return nil, err
	}
	defer v.Forget()
	if v.State() == vault.Ready {
		return nil, release(lock, fault.New(fault.Refused, op, "join_done"))
	}
	j, err := joiningOf(v)
	return j, release(lock, err)
}

func unlockJoining(ctx context.Context, cfg *Config, op string, passphrase []byte) (*flock.Flock, *vault.Vault, error) {
	if _, err := vault.Peek(cfg.Dir); err != nil {
		return nil, nil, vaultFault(op, err)
	}
	lock, err := takeLock(cfg.Dir)
	if err != nil {
		return nil, nil, err
	}
	cfg.Progress(Progress{Phase: "unlock"})
	v, err := vault.Unlock(ctx, cfg.Dir, cfg.Rand, passphrase)
	if err != nil {
		return nil, nil, release(lock, vaultFault(op, err))
	}
	return lock, v, nil
}

// CompleteJoin takes the welcome that answers this device's request, and keeps the
// office's keys: the office can be opened from then on. It is empty until a bundle
// or the hub brings what the others said.
func CompleteJoin(ctx context.Context, cfg Config, answer, passphrase []byte, progress func(Progress)) (Joined, error) {
	const op = "join"
	cfg.defaults()
	if progress != nil {
		cfg.Progress = progress
	}
	if IsInvitation(answer) || IsRequest(answer) {
		return Joined{}, fault.New(fault.Invalid, op, "welcome_none")
	}
	lock, v, err := unlockJoining(ctx, &cfg, op, passphrase)
	if err != nil {
		return Joined{}, err
	}
	defer v.Forget()
	out, err := complete(&cfg, v, answer)
	return out, release(lock, err)
}

func complete(cfg *Config, v *vault.Vault, answer []byte) (Joined, error) {
	const op = "join"
	switch v.State() {
	case vault.Ready:
		return Joined{}, fault.New(fault.Refused, op, "join_done")
	case vault.Granted:
		return Joined{}, fault.New(fault.Refused, op, "office_computer_waits", v.Public().Office)
	}
	j, err := joiningOf(v)
	if err != nil {
		return Joined{}, err
	}
	f, err := readOffer(j.kept.Offer, j.kept.Sig)
	if err != nil {
		return Joined{}, fault.Wrap(err, fault.Damaged, op, "vault_damaged")
	}
	f.envelope = &j.kept.Envelope
	w, by, err := openWelcome(answer, f, j.Device, v.Keys().Box)
	if err != nil {
		return Joined{}, enrolFault(op, err)
	}
	hub := w.hub
	if len(hub) == 0 {
		hub = j.kept.Hub
	}
	w.keys.Hub = hub
	if err := v.Grant(w.keys); err != nil {
		return Joined{}, vaultFault(op, err)
	}
	if v.State() == vault.Ready && len(v.People()) == 1 { // a computer that is shared has everything
		// Without it nothing is lost but that the newest is seen first.
		_ = (&openingKept{Offer: f.bytes, Sig: f.sig, By: by}).keep(cfg, &v.Keys().Store)
	}
	return Joined{Office: w.name, Name: f.who, Hub: hub, Waits: v.State() == vault.Granted}, nil
}

// Post leaves the request in a depot, where the coordinator's device looks for it.
func (j *Joining) Post(ctx context.Context, d sync.Depot) error {
	box, err := boxName(&j.kept.Envelope, "request")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "join", "keys_failed")
	}
	return d.PutBox(ctx, box, j.kept.Request)
}

// Fetch looks for the welcome in a depot; nil: it has not come yet. What is no
// welcome for this device counts as none: whoever reaches the depot may write there.
func (j *Joining) Fetch(ctx context.Context, d sync.Depot) ([]byte, error) {
	b, err := fetch(ctx, d, &j.kept.Envelope, "welcome")
	if err != nil || b == nil {
		return nil, err
	}
	f, err := readOffer(j.kept.Offer, j.kept.Sig)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "join", "vault_damaged")
	}
	f.envelope = &j.kept.Envelope
	if _, _, err := openWelcome(b, f, j.Device, j.seeds.Box); err != nil {
		return nil, nil //nolint:nilerr // see above
	}
	return b, nil
}
