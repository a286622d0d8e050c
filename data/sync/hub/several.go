package hub

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Several hubs as one: each has the same hub.key and the same offices, speaks to the
// others over routes that only who holds that key can open, and keeps everything as
// often as there are hubs, three times at most. A device needs one of them.

const (
	clusterName  = "paradero"
	mostReplicas = 3
	gatherTime   = 10 * time.Minute // for enough of them to be up
	gatherOnce   = 3 * time.Second  // nobody answers while nobody leads
	gossipEvery  = 5 * time.Second
	// subjectGossip carries an office's signed roster between hubs, in its visitors'
	// account, where no visitor may listen or speak under it.
	subjectGossip = "hub.roster.gossip"
)

// replicas is how often everything is kept.
func (h *Server) replicas() int {
	if len(h.opt.Cluster) == 0 {
		return 1
	}
	return min(len(h.opt.Cluster), mostReplicas)
}

// join fills in what makes a server one of several.
func (h *Server) join(o *server.Options, cert tls.Certificate, name string) error {
	if len(h.opt.Cluster) == 0 {
		return nil
	}
	host, port, err := net.SplitHostPort(h.opt.Route)
	if err != nil {
		return fmt.Errorf("%w: route: %w", ErrListen, err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return fmt.Errorf("%w: route: %w", ErrListen, err)
	}
	o.ServerName = name
	// Routes begin only when NATS listens for clients. It lets none in there (Check).
	o.DontListen, o.Host, o.Port = false, "127.0.0.1", server.RANDOM_PORT
	pin := h.pin
	o.Cluster = server.ClusterOpts{
		Name: clusterName, Host: host, Port: n, NoAdvertise: true, TLSTimeout: handshakeTime.Seconds(), AuthTimeout: handshakeTime.Seconds(),
		TLSConfig: &tls.Config{
			MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAnyClientCert,
			InsecureSkipVerify: true, // in its place: both ends hold the same key
			VerifyConnection: func(s tls.ConnectionState) error {
				if len(s.PeerCertificates) == 0 {
					return ErrPin
				}
				if sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo); !bytes.Equal(sum[:], pin) {
					return ErrPin
				}
				return nil
			},
		},
	}
	for _, at := range h.opt.Cluster {
		if _, _, err := net.SplitHostPort(at); err != nil {
			return fmt.Errorf("%w: route: %w", ErrListen, err)
		}
		o.Routes = append(o.Routes, &url.URL{Scheme: "nats-route", Host: at})
	}
	return nil
}

// nodeName is what this hub calls itself among several, always the same.
func nodeName(before state) (string, error) {
	if before.Node != "" {
		return before.Node, nil
	}
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return "hub-" + hex.EncodeToString(b), nil
}

// gather makes an office's streams; among several hubs it waits until enough are up.
func (h *Server) gather(ctx context.Context, nc *nats.Conn, streams ...*nats.StreamConfig) error {
	if len(h.opt.Cluster) == 0 {
		return ensure(nc, startTime, streams...)
	}
	err := ensure(nc, gatherOnce, streams...)
	if err == nil {
		return nil
	}
	h.opt.Tell(Event{What: EventWaiting, Count: len(h.opt.Cluster)})
	for began := time.Now(); err != nil && time.Since(began) < gatherTime; err = ensure(nc, gatherOnce, streams...) {
		wait(ctx, time.Second)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return err
}

// gossip hears what other hubs know of an office's devices.
func (h *Server) gossip(o *office) error {
	if len(h.opt.Cluster) == 0 {
		return nil
	}
	name := o.name
	_, err := o.admin.Subscribe(subjectGossip, func(m *nats.Msg) { h.heard(name, m.Data) })
	return err
}

// heard takes in a later roster that another hub has checked. It may have missed
// those between, by which it could check it itself.
func (h *Server) heard(name string, b []byte) {
	h.mu.RLock()
	o := h.offices[name]
	h.mu.RUnlock()
	if o == nil {
		return
	}
	r, err := trustedRoster(b, o.Account)
	if err != nil {
		return
	}
	h.mu.Lock()
	if o = h.offices[name]; o.roster != nil && r.Serial <= o.roster.Serial {
		h.mu.Unlock()
		return
	}
	err = h.seat(name, o, b, r)
	h.mu.Unlock()
	if err == nil {
		h.reseat()
		h.opt.Tell(Event{What: EventRoster, Office: name, Count: len(r.Devices)})
	}
}

// spread tells the other hubs what this one knows of each office's devices: who was
// down when a roster came hears of it so.
func (h *Server) spread() {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, o := range h.offices {
		if len(o.Roster) > 0 && o.admin != nil {
			_ = o.admin.Publish(subjectGossip, o.Roster) // again in a few seconds
		}
	}
}
