package hub

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"paradero/data/record"
)

// office is what a hub knows of an office, as its file offices/NAME.json holds it.
// NAME is the operator's word; it goes nowhere else.
type office struct {
	Version int    `json:"version"`
	Account string `json:"account"`
	Claim   []byte `json:"claim"`
	Visitor []byte `json:"visitor"`          // seed
	Roster  []byte `json:"roster,omitempty"` // as it was signed
	Quota   int64  `json:"quota"`            // bytes of its batches

	name   string
	roster *Roster
	inside *server.Account // the devices' account: batches and statements
	lobby  *server.Account // the visitors' account: letters and the roster
	admin  *nats.Conn      // ours, in the lobby
}

const (
	officesDir   = "offices"
	maxOfficeTag = 40
)

// OfficeName makes of what an operator calls an office what his hub does: small
// letters without accents, hyphens between words.
func OfficeName(name string) string {
	if GoodOfficeName(name) || strings.ContainsAny(name, `./\`) {
		return name
	}
	name = strings.Join(strings.Fields(record.Plain(name)), "-")
	return name[:min(len(name), maxOfficeTag)]
}

// GoodOfficeName tells whether an operator may call an office so at his hub: it is
// a file's name.
func GoodOfficeName(name string) bool {
	if name == "" || len(name) > maxOfficeTag || name == "hub" {
		return false
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return name[0] != '-'
}

// newOffice makes an office that nobody has claimed.
func newOffice(name string, quota int64) (*office, error) {
	secrets := make([]byte, 2*seedSize+len(record.ID{}))
	if _, err := rand.Read(secrets); err != nil {
		return nil, err
	}
	return &office{
		Version: 1, Account: record.ID(secrets[2*seedSize:]).String(), Quota: quota, name: name,
		Claim: secrets[:seedSize:seedSize], Visitor: secrets[seedSize : 2*seedSize : 2*seedSize],
	}, nil
}

func officeFile(dir, name string) string { return filepath.Join(dir, officesDir, name+".json") }

func (o *office) save(dir string) error {
	b, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(officeFile(dir, o.name), append(b, '\n'))
}

// loadOffice reads an office's file.
func loadOffice(dir, name string) (*office, error) {
	b, err := os.ReadFile(officeFile(dir, name))
	if err != nil {
		return nil, err
	}
	o := office{name: name}
	if err := json.Unmarshal(b, &o); err != nil {
		return nil, fmt.Errorf("office %s: %w", name, err)
	}
	if o.Version != 1 || o.Account == "" || len(o.Claim) != seedSize || len(o.Visitor) != seedSize {
		return nil, fmt.Errorf("office %s: %w", name, errDamaged)
	}
	if _, err := record.ParseID(o.Account); err != nil {
		return nil, fmt.Errorf("office %s: %w", name, errDamaged)
	}
	if len(o.Roster) > 0 {
		if o.roster, err = trustedRoster(o.Roster, o.Account); err != nil {
			return nil, fmt.Errorf("office %s: %w", name, err)
		}
	}
	return &o, nil
}

var errDamaged = errors.New("file is damaged")

// officeNames lists the offices of a hub.
func officeNames(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, officesDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok && GoodOfficeName(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// invitation is what devices of the office are given.
func (o *office) invitation(urls []string, pin []byte) *Invitation {
	return &Invitation{Version: invitationVersion, URLs: urls, Account: o.Account, Pin: pin, Claim: o.Claim, Visitor: o.Visitor}
}

// who tells whose key this is, and what it may do.
func (o *office) who(key string) (acc *server.Account, grant Grant, ok bool) {
	if visitor, err := publicOf(o.Visitor); err == nil && visitor == key {
		return o.lobby, visitorGrant(), true
	}
	if o.roster == nil {
		return nil, Grant{}, false
	}
	for _, d := range o.roster.Devices {
		if userKey(d.HubKey) == key {
			return o.inside, GrantFor(d.ID, false), true
		}
	}
	return nil, Grant{}, false
}

// publicOf gives the NATS name of a seed's key.
func publicOf(seed []byte) (string, error) {
	kp, err := nkeys.FromRawSeed(nkeys.PrefixByteUser, seed)
	if err != nil {
		return "", err
	}
	return kp.PublicKey()
}
