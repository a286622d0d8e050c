package hub

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// Invitation is how a device finds a hub and knows that it is the right one: the
// text of the file hub.invitation. Whoever holds it may leave and fetch letters
// whose names he knows; until the office has given its list of devices, also that
// list. It opens no batch and lets no device in.
type Invitation struct {
	Version int      `json:"paradero_hub"`
	URLs    []string `json:"urls"` // tls://host:port; one that answers is enough
	Account string   `json:"account"`

	// Pin is the SHA-256 of the hub's public key (SubjectPublicKeyInfo): its
	// certificate is its own, made at its first start. Without a pin, CA (PEM) or
	// the system's authorities vouch for the server; a tls:// address asks for TLS.
	Pin []byte `json:"pin,omitempty"`
	CA  string `json:"ca,omitempty"`

	// Of a hub of ours: who claims the account first, and the seed of the key that
	// all visitors share.
	Claim   []byte `json:"claim,omitempty"`
	Visitor []byte `json:"visitor,omitempty"`

	// Of a NATS cluster that others run: how it lets a device in. One of them.
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	Nkey     string `json:"nkey,omitempty"`     // seed
	Creds    string `json:"creds,omitempty"`    // the text of a credentials file
	OwnKeys  bool   `json:"own_keys,omitempty"` // each device by its own key
	Foreign  bool   `json:"foreign,omitempty"`
	Info     string `json:"info,omitempty"` // where STREAM.INFO is asked, where not under its own subject
}

const (
	invitationVersion = 1
	maxInvitation     = 64 << 10
)

// ReadInvitation reads an invitation, also one with unknown members of a later
// program.
func ReadInvitation(b []byte) (*Invitation, error) {
	if len(b) > maxInvitation {
		return nil, ErrInvitation
	}
	var inv Invitation
	if err := json.Unmarshal(bytes.TrimSpace(b), &inv); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvitation, err)
	}
	if inv.Version != invitationVersion || len(inv.URLs) == 0 || inv.Account == "" {
		return nil, ErrInvitation
	}
	for _, u := range inv.URLs {
		if !strings.HasPrefix(u, "tls://") && !(inv.Foreign && strings.HasPrefix(u, "nats://")) {
			return nil, fmt.Errorf("%w: address", ErrInvitation)
		}
	}
	if !inv.Foreign && (len(inv.Pin) != sha256.Size || len(inv.Visitor) != seedSize || len(inv.Claim) != seedSize) {
		return nil, fmt.Errorf("%w: keys", ErrInvitation)
	}
	return &inv, nil
}

// Bytes is the invitation's text.
func (inv *Invitation) Bytes() []byte {
	b, err := json.MarshalIndent(inv, "", "  ")
	if err != nil {
		return nil // plain strings and bytes always encode
	}
	return append(b, '\n')
}

// WriteInvitation writes an invitation to a file for the owner only.
func WriteInvitation(file string, inv *Invitation) error { return writeFile(file, inv.Bytes()) }

// Address is the first address without its scheme, for people.
func (inv *Invitation) Address() string {
	_, host, _ := strings.Cut(inv.URLs[0], "://")
	return host
}

// Fingerprint is the beginning of the pin as people compare it.
func (inv *Invitation) Fingerprint() string {
	if len(inv.Pin) < 10 {
		return ""
	}
	return strings.ToLower(base64.RawURLEncoding.EncodeToString(inv.Pin[:9]))
}

// tls gives how the server is to be known; nil asks for none.
func (inv *Invitation) tls() (*tls.Config, error) {
	if len(inv.Pin) > 0 {
		return pinned(inv.Pin), nil
	}
	if !strings.HasPrefix(inv.URLs[0], "tls://") {
		return nil, nil
	}
	c := &tls.Config{MinVersion: clientTLS}
	if inv.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(inv.CA)) {
			return nil, fmt.Errorf("%w: authority", ErrInvitation)
		}
	}
	return c, nil
}

// pinned accepts exactly the server whose public key has this SHA-256, whatever
// its certificate says of names and days: the clock of either may be wrong.
func pinned(pin []byte) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, // in its place: VerifyConnection
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 {
				return ErrPin
			}
			sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
			if !bytes.Equal(sum[:], pin) {
				return ErrPin
			}
			return nil
		},
	}
}
