package hub

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"paradero/data/record"
)

// Errors of preparing a cluster that others run.
var (
	ErrNoJetStream = errors.New("JetStream is off for this account")
	ErrReplicas    = errors.New("the cluster cannot keep so many replicas")
	ErrStreams     = errors.New("the account has streams of these names that are not ours")
)

// Foreign says how to reach an account of a NATS cluster that others run, and what
// to prepare there.
type Foreign struct {
	URLs     []string // nats://host:port or tls://host:port, perhaps with user:password@
	Creds    []byte   // the text of a credentials file
	Nkey     []byte   // a seed
	CA       []byte   // PEM
	Replicas int
	Quota    int64 // bytes of batches; 0: as much as the account allows, 20 GB at most

	// What devices come in with, where it is not the same: credentials, a seed, or
	// each its own key, which the operator has to be told of (Permissions).
	DeviceCreds, DeviceNkey []byte
	OwnKeys                 bool
}

// Prepare makes the streams of an office in an account of its own at a cluster, or
// brings them up to date, and gives the invitation. Nothing of ours runs there.
func Prepare(ctx context.Context, f Foreign) (*Invitation, error) {
	inv, err := f.invitation(f.Creds, f.Nkey)
	if err != nil {
		return nil, err
	}
	d := &Depot{inv: inv, notes: notes{listeners: map[chan struct{}]bool{}}}
	nc, err := d.connect(ctx, nil, "admin", "")
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	js, err := nc.JetStream(nats.MaxWait(startTime))
	if err != nil {
		return nil, err
	}
	account, err := accountOf(ctx, js)
	if err != nil {
		return nil, err
	}
	quota := f.Quota
	if quota == 0 {
		quota = defaultQuota
		if most := account.Limits.MaxStore; most > 0 {
			quota = min(quota, most/int64(f.Replicas)-128<<20)
		}
	}
	for _, c := range []*nats.StreamConfig{batchesConfig(f.Replicas, quota), statementsConfig(f.Replicas), boxesConfig(f.Replicas)} {
		if err := prepareStream(ctx, js, c); err != nil {
			return nil, err
		}
	}
	si, err := js.StreamInfo(streamBatches, nats.Context(ctx))
	if err != nil {
		return nil, refusedOrAway(ctx, "prepare account", err)
	}
	// The account has no name that a client can ask for. Its stream's birth is as good.
	sum := sha256.Sum256([]byte("paradero account " + strconv.FormatInt(si.Created.UnixNano(), 36)))
	account16 := record.ID(sum[:16]).String()
	if len(f.DeviceCreds) > 0 || len(f.DeviceNkey) > 0 || f.OwnKeys {
		if inv, err = f.invitation(f.DeviceCreds, f.DeviceNkey); err != nil {
			return nil, err
		}
		inv.User, inv.Password, inv.Info, inv.OwnKeys = "", "", subjectInfo, f.OwnKeys
	}
	inv.Account = account16
	return inv, nil
}

// accountOf asks what the account may have. A cluster that has just started does not
// answer until it has chosen who leads.
func accountOf(ctx context.Context, js nats.JetStreamContext) (info *nats.AccountInfo, err error) {
	for began := time.Now(); time.Since(began) < startTime; wait(ctx, comeBack) {
		short, cancel := context.WithTimeout(ctx, 3*time.Second)
		info, err = js.AccountInfo(nats.Context(short))
		cancel()
		switch {
		case err == nil:
			return info, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, nats.ErrJetStreamNotEnabled), errors.Is(err, nats.ErrJetStreamNotEnabledForAccount), errors.Is(err, nats.ErrNoResponders):
			return nil, fmt.Errorf("%w: %w", ErrNoJetStream, err)
		}
	}
	return nil, refusedOrAway(ctx, "prepare account", err)
}

// prepareStream makes one stream, or checks the one that is there and brings its
// limits up to date.
func prepareStream(ctx context.Context, js nats.JetStreamContext, c *nats.StreamConfig) error {
	si, err := js.StreamInfo(c.Name, nats.Context(ctx))
	switch {
	case errors.Is(err, nats.ErrStreamNotFound):
		_, err = js.AddStream(c, nats.Context(ctx))
	case err == nil && (strings.Join(si.Config.Subjects, " ") != strings.Join(c.Subjects, " ") || si.Config.Storage != c.Storage || si.Config.Discard != c.Discard):
		return fmt.Errorf("%w: %s", ErrStreams, c.Name)
	case err == nil:
		_, err = js.UpdateStream(c, nats.Context(ctx))
	}
	if err == nil {
		return nil
	}
	var api *nats.APIError
	if errors.As(err, &api) {
		words := api.Description
		if strings.Contains(words, "replicas") || strings.Contains(words, "no suitable peers") || strings.Contains(words, "peers") {
			return fmt.Errorf("%w: %s", ErrReplicas, words)
		}
		if strings.Contains(words, "overlap") {
			return fmt.Errorf("%w: %s", ErrStreams, words)
		}
		return fmt.Errorf("%w: stream %s: %s", ErrStart, c.Name, words)
	}
	return refusedOrAway(ctx, "prepare account", err)
}

// invitation is how to come in with these means.
func (f *Foreign) invitation(creds, nkey []byte) (*Invitation, error) {
	inv := &Invitation{Version: invitationVersion, Foreign: true, CA: string(f.CA), Creds: string(creds), Nkey: strings.TrimSpace(string(nkey))}
	for _, raw := range f.URLs {
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return nil, fmt.Errorf("%w: address", ErrInvitation)
		}
		if u.User != nil {
			inv.User = u.User.Username()
			inv.Password, _ = u.User.Password()
		}
		if u.Port() == "" {
			u.Host += ":4222"
		}
		inv.URLs = append(inv.URLs, u.Scheme+"://"+u.Host)
	}
	if len(f.CA) > 0 && !x509.NewCertPool().AppendCertsFromPEM(f.CA) {
		return nil, fmt.Errorf("%w: authority", ErrInvitation)
	}
	if len(inv.URLs) == 0 {
		return nil, fmt.Errorf("%w: address", ErrInvitation)
	}
	_, err := inv.tls()
	return inv, err
}

// clientTLS is the least that a cluster must speak.
const clientTLS = tls.VersionTLS12

// Permissions is the piece of a NATS server's configuration that its operator
// wants: the streams in an account that devices are not in, and for each device no
// more than it needs. With streams and devices in one account, whoever is let in
// could reach the streams' own administration through the answer to a Direct Get.
func Permissions(devices []Device) string {
	var b strings.Builder
	services := []string{"p.>", "r.>", "a.>", "s.*", "j.*"}
	info := "$JS.API.STREAM.INFO." + streamBatches
	direct := []string{"$JS.API.DIRECT.GET." + streamBatches, "$JS.API.DIRECT.GET." + streamStatements, "$JS.API.DIRECT.GET." + streamBoxes + ".j.*"}
	b.WriteString("accounts {\n  PARADERO_STREAMS {\n    jetstream: enabled\n    users: [ { user: \"paradero-admin\", password: \"…\" } ]\n    exports: [\n")
	for _, s := range append(services, info) {
		fmt.Fprintf(&b, "      { service: %q }\n", s)
	}
	for _, s := range direct {
		fmt.Fprintf(&b, "      { service: %q, response_type: \"stream\" }\n", s)
	}
	b.WriteString("    ]\n  }\n  PARADERO_DEVICES {\n    imports: [\n")
	for _, s := range append(services, direct...) {
		fmt.Fprintf(&b, "      { service: { account: \"PARADERO_STREAMS\", subject: %q } }\n", s)
	}
	fmt.Fprintf(&b, "      { service: { account: \"PARADERO_STREAMS\", subject: %q }, to: %q }\n", info, subjectInfo)
	b.WriteString("    ]\n    users: [\n")
	if len(devices) == 0 {
		devices = []Device{{}}
	}
	for _, d := range devices {
		key, name := "U…", "DEVICE"
		if len(d.HubKey) > 0 {
			key, name = userKey(d.HubKey), d.ID.String()
		}
		g := GrantFor(d.ID, true)
		fmt.Fprintf(&b, "      { nkey: %q, permissions: {\n          publish: [%s]\n          subscribe: [%s] } }\n",
			key, quoted(g.Publish, d.ID.String(), name), quoted(g.Subscribe, d.ID.String(), name))
	}
	b.WriteString("    ]\n  }\n}\n")
	return b.String()
}

func quoted(list []string, id, name string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(strings.ReplaceAll(s, id, name))
	}
	return strings.Join(out, ", ")
}
