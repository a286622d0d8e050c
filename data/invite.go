package data

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/vault"
)

// Inviting is who is to be invited.
type Inviting struct {
	Name   string
	Role   string
	Member record.ID // whose further device it is; zero: somebody new
}

// Invitation is one that was made. The code is kept nowhere: it is told by voice,
// apart from the file.
type Invitation struct {
	ID          record.ID
	File        string
	Code        string
	Fingerprint string // of the device that invites, to be told with the code
	Expires     time.Time
}

// Invited is an invitation that this device made.
type Invited struct {
	ID      record.ID
	Name    string
	Role    string
	Member  record.ID
	Made    time.Time
	Expires time.Time
	Used    bool // a device came by it
	Over    bool // its time is over
}

// invitesName is the sealed file of the invitations that this device made.
const invitesName = "invitations"

// inviteCost is what the code of an invitation costs to try: the floor of
// passphrases, so that the smallest laptop opens it too.
func (cfg *Config) inviteCost() vault.Cost {
	if cfg.Cost != (Cost{}) {
		return vault.Cost(cfg.Cost)
	}
	return vault.Cost{Time: 3, Memory: 64 << 10, Threads: uint8(min(runtime.NumCPU(), 4))}
}

// Invite makes an invitation for one person and one device: a file that may go any
// way, and a code to be told by voice. Nobody is in the team before a coordinator
// has admitted his request. Needs the right to invite.
func (o *Office) Invite(ctx context.Context, who Inviting, file string) (Invitation, error) {
	const op = "invite"
	if err := o.mayInvite(op); err != nil {
		return Invitation{}, err
	}
	who, err := o.checkInviting(who)
	if err != nil {
		return Invitation{}, err
	}
	if err := o.publishKeys(ctx); err != nil {
		return Invitation{}, err
	}
	in, err := o.newInvitation(who)
	if err != nil {
		return Invitation{}, fault.Wrap(err, fault.Internal, op, "random_failed")
	}
	code, err := vault.DrawTold(o.cfg.Rand)
	if err != nil {
		return Invitation{}, fault.Wrap(err, fault.Internal, op, "random_failed")
	}
	b, err := in.seal(o.cfg.Rand, code)
	if err != nil {
		return Invitation{}, fault.Wrap(err, fault.Internal, op, "random_failed")
	}
	made := Invited{ID: in.offer.id, Name: who.Name, Role: who.Role, Member: who.Member, Made: o.Now(), Expires: in.offer.expires}
	if err := o.keepInvited(made); err != nil {
		return Invitation{}, err
	}
	if err := vault.Replace(file, b); err != nil {
		return Invitation{}, diskFault(op, err)
	}
	return Invitation{ID: in.offer.id, File: file, Code: code, Fingerprint: fingerprint(in.offer.sign), Expires: in.offer.expires}, nil
}

func (o *Office) mayInvite(op string) error {
	change := ledger.Change{Kind: record.Member, Op: ledger.OpEdit}
	if _, err := io.ReadFull(o.cfg.Rand, change.Record[:]); err != nil {
		return fault.Wrap(err, fault.Internal, op, "random_failed")
	}
	if ok, why := o.mayNow(&change); !ok {
		return fault.New(fault.Refused, op, "right_missing", inviteRight(why), o.Info().Role)
	}
	return nil
}

// inviteRight names the right that is missing for what the law calls the team's.
func inviteRight(why string) string {
	if why == "team" {
		return "invite"
	}
	return why
}

// checkInviting completes and checks who is to be invited.
func (o *Office) checkInviting(who Inviting) (Inviting, error) {
	const op = "invite"
	if !who.Member.IsZero() {
		r, err := o.read(who.Member)
		if err != nil {
			return who, err
		}
		if r.Kind != record.Member || r.Get("removed_on") != "" {
			return who, fault.New(fault.Invalid, op, "invite_no_member")
		}
		who.Name, who.Role = r.Get("name"), r.Get("role")
		return who, nil
	}
	var found []fault.Problem
	if who.Name = record.CleanLine(who.Name); who.Name == "" {
		found = append(found, fault.Problem{Field: "name", Key: "required"})
	}
	if !slices.Contains(record.Roles, who.Role) {
		found = append(found, fault.Problem{Field: "role", Key: "role_unknown", Args: []string{who.Role}})
	}
	if len(found) > 0 {
		return who, &fault.Error{Code: fault.Invalid, Op: op, Key: "invalid", Problems: found}
	}
	return who, nil
}

func (o *Office) newInvitation(who Inviting) (*invitation, error) {
	in := &invitation{seed: make([]byte, ed25519.SeedSize)}
	f := &offer{
		office: o.Info().OfficeID, name: o.Info().Office, inviter: o.Info().Device, sign: deviceKey{o.sign}.Public(),
		founder: o.founder(), member: who.Member, who: who.Name, role: who.Role,
		expires: o.Now().UTC().Truncate(time.Second).AddDate(0, 0, offerDays), cost: o.cfg.inviteCost(),
	}
	for _, b := range [][]byte{in.seed, f.id[:]} {
		if _, err := io.ReadFull(o.cfg.Rand, b); err != nil {
			return nil, err
		}
	}
	f.answer = ed25519.NewKeyFromSeed(in.seed).Public().(ed25519.PublicKey)
	f.bytes = f.encode()
	f.sig = ed25519.Sign(o.sign, append([]byte(inviteMagic), f.bytes...))
	var err error
	if f.envelope, err = envelopeKey(&o.vault.Keys().Identity, f.id); err != nil {
		return nil, err
	}
	if hub, ok := o.Hub(); ok {
		in.hub = hub
	}
	in.offer = f
	return in, nil
}

// founder is the device that the office was founded on.
func (o *Office) founder() record.ID {
	if id := record.ID(o.vault.Keys().Founder); !id.IsZero() {
		return id
	}
	return o.Info().Device
}

// fingerprint is how a device's key is told by voice.
func fingerprint(sign []byte) string {
	id := ledger.DeviceOf(sign).String()
	return strings.ToUpper(id[:4] + " " + id[4:8] + " " + id[8:12] + " " + id[12:16])
}

// Invitations gives the invitations that this device made and that are not over
// long since, the newest first.
func (o *Office) Invitations(ctx context.Context) ([]Invited, error) {
	list, err := o.invited()
	if err != nil {
		return nil, err
	}
	used, err := o.usedInvitations(ctx)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Used, list[i].Over = used[list[i].ID], !o.Now().Before(list[i].Expires)
	}
	slices.SortStableFunc(list, func(a, b Invited) int { return b.Made.Compare(a.Made) })
	return list, nil
}

// Withdraw takes back an invitation that this device made and that nobody has come
// by: this device admits nobody by it any more.
func (o *Office) Withdraw(id record.ID) error {
	return o.changeInvited(func(list []Invited) []Invited {
		return slices.DeleteFunc(list, func(i Invited) bool { return i.ID == id })
	})
}

// usedInvitations gives those by which a device came, on whatever device that was
// admitted.
func (o *Office) usedInvitations(ctx context.Context) (map[record.ID]bool, error) {
	used := map[record.ID]bool{}
	err := o.Each(ctx, record.Device, func(r *record.Record) error {
		if id, err := record.ParseID(r.Get("invitation")); err == nil {
			used[id] = true
		}
		return nil
	})
	return used, err
}

func (o *Office) invitesKey() (*vault.Key, error) {
	root := vault.Key(o.vault.Keys().Sign)
	return vault.Sub(&root, invitesName)
}

// invitesFile is this person's on this computer.
func (o *Office) invitesFile() string {
	return filepath.Join(o.cfg.Dir, invitesName+"-"+o.Info().Device.String()[:8])
}

func (o *Office) invited() ([]Invited, error) {
	const op = "read invitations"
	sealed, err := os.ReadFile(o.invitesFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, diskFault(op, err)
	}
	key, err := o.invitesKey()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	var list []Invited
	plain, err := vault.Open(key, []byte(invitesName), sealed)
	if err != nil || json.Unmarshal(plain, &list) != nil {
		return nil, nil //nolint:nilerr // a damaged list: what it named is admitted by its file all the same
	}
	return list, nil
}

func (o *Office) keepInvited(made Invited) error {
	old := o.Now().AddDate(0, -1, 0)
	return o.changeInvited(func(list []Invited) []Invited {
		return append(slices.DeleteFunc(list, func(i Invited) bool { return i.Expires.Before(old) }), made)
	})
}

func (o *Office) changeInvited(change func([]Invited) []Invited) error {
	const op = "keep invitations"
	o.verify.Lock()
	defer o.verify.Unlock()
	list, err := o.invited()
	if err != nil {
		return err
	}
	plain, err := json.Marshal(change(list))
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	key, err := o.invitesKey()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "keys_failed")
	}
	sealed, err := vault.Seal(o.cfg.Rand, nil, key, []byte(invitesName), plain)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "random_failed")
	}
	return diskFault(op, vault.Replace(o.invitesFile(), sealed))
}

// IsRequest tells whether a file's bytes are a request to be let in; IsWelcome
// whether they are an answer to one, IsInvitation whether they are an invitation.
func IsRequest(b []byte) bool { return strings.HasPrefix(string(b), requestMagic) }

// IsWelcome tells whether a file's bytes are the answer to a request.
func IsWelcome(b []byte) bool { return strings.HasPrefix(string(b), welcomeMagic) }

// IsInvitation tells whether a file's bytes are an invitation.
func IsInvitation(b []byte) bool { return strings.HasPrefix(string(b), inviteMagic) }

// WriteEnrolment writes a request or a welcome to a file, whole or not at all.
func WriteEnrolment(file string, b []byte) error {
	return fault.Wrap(vault.Replace(file, b), fault.Internal, "write file", "file_not_written", file)
}
