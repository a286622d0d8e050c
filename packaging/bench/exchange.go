package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"sync/atomic"
	"time"

	"paradero/app/courier"
	"paradero/data"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/sync/hub"
)

// hubDevice is an office's device as a hub is told of it.
func hubDevice(o *data.Office) (hub.Device, []byte, error) {
	seed, err := o.HubSeed()
	return hub.Device{ID: o.Info().Device, SignKey: o.HubSigner().Public(), HubKey: hub.HubKey(seed), Manages: true}, seed, err
}

// together is two devices of one office at one hub.
type together struct {
	hub    *hubProcess
	line   *line // between the second device and the hub
	a, b   *data.Office
	da, db *hub.Depot
}

func (t *together) close() {
	for _, d := range []*hub.Depot{t.da, t.db} {
		if d != nil {
			_ = d.Close()
		}
	}
	if t.line != nil {
		t.line.close()
	}
	if t.b != nil {
		_ = t.b.Close()
	}
	if t.hub != nil {
		t.hub.stop()
	}
}

// together starts an empty hub and brings the office that is given to it, and a
// second device that has nothing of the people.
func (b *bench) together(ctx context.Context, a *data.Office, empty string) (t *together, err error) {
	dir, err := b.folder("together")
	if err != nil {
		return nil, err
	}
	t = &together{a: a}
	begun := t
	defer func() {
		if err != nil {
			begun.close()
		}
	}()
	if t.hub, err = b.startHub(ctx, filepath.Join(dir, "hub")); err != nil {
		return nil, err
	}
	if t.b, err = secondDevice(ctx, filepath.Join(dir, "second"), empty); err != nil {
		return nil, err
	}
	first, seedA, err := hubDevice(t.a)
	if err != nil {
		return nil, err
	}
	second, seedB, err := hubDevice(t.b)
	if err != nil {
		return nil, err
	}
	if _, err = hub.Register(ctx, t.hub.invitation, []hub.Device{first, second}, t.a.HubSigner()); err != nil {
		return nil, err
	}
	if t.da, err = hub.Dial(ctx, t.hub.invitation, hub.Identity{Device: first.ID, Seed: seedA}); err != nil {
		return nil, err
	}
	inv, err := hub.ReadInvitation(t.hub.invitation)
	if err != nil {
		return nil, err
	}
	if t.line, err = newLine(ctx, inv.Address()); err != nil {
		return nil, err
	}
	inv.URLs = []string{"tls://" + t.line.address()}
	t.db, err = hub.Dial(ctx, inv.Bytes(), hub.Identity{Device: second.ID, Seed: seedB})
	return t, err
}

// move sends all that the first device has and brings it to the second at the same
// time, until all people are there.
func (t *together) move(ctx context.Context, people int) (time.Duration, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	start := time.Now()
	sent := make(chan error, 1)
	go func() {
		_, err := t.a.SyncWith(ctx, t.da, nil)
		sent <- err
	}()
	for over := false; ; {
		got, err := t.b.SyncWith(ctx, t.db, nil)
		if err != nil {
			return 0, err
		}
		if t.b.Count(record.Detainee) >= people {
			break
		}
		if over && got.Got == 0 {
			return 0, errors.New("the first device has sent all and the second has not got it")
		}
		select {
		case err := <-sent:
			if err != nil {
				return 0, err
			}
			over, sent = true, nil
		default:
			if got.Got == 0 {
				time.Sleep(10 * time.Millisecond)
			}
		}
	}
	took := time.Since(start)
	if sent != nil {
		if err := <-sent; err != nil {
			return 0, err
		}
	}
	return took, nil
}

// exchange compares moving all people from one device through a hub into another
// with the peer's moving plain documents, and then measures the everyday of a team.
func (b *bench) exchange(ctx context.Context) error {
	a, empty, err := b.sourceOffice(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	var t *together
	defer func() {
		if t != nil {
			t.close()
		}
	}()
	c := contest{
		name: fmt.Sprintf("%s people from one device to another", grouped(int64(b.people))), unit: "people/s", rounds: min(b.rounds, 3),
		sides: []side{{name: "Paradero, through a hub", run: func(ctx context.Context) (float64, error) {
			if t != nil {
				t.close()
				t = nil
			}
			var err error
			if t, err = b.together(ctx, a, empty); err != nil {
				return 0, err
			}
			took, err := t.move(ctx, b.people)
			return float64(b.people) / took.Seconds(), err
		}}},
	}
	peer, stop, err := b.pouchSides(ctx)
	if err != nil {
		return err
	}
	defer stop()
	c.sides = append(c.sides, peer...)
	if err := c.run(ctx, b.out); err != nil {
		return err
	}
	return b.everyday(ctx, t)
}

// pouchSides are the peer's, none where it cannot be had.
func (b *bench) pouchSides(ctx context.Context) ([]side, func(), error) {
	nothing := func() {}
	peer, why, err := installPouch(ctx, b.npm)
	if err != nil {
		return nil, nothing, err
	}
	if peer == nil {
		fmt.Fprintf(b.out, "PouchDB: left out, %s\n", why)
		return nil, nothing, nil
	}
	dir, err := b.folder("pouch")
	if err != nil {
		return nil, nothing, err
	}
	pair, err := peer.pair(ctx, dir, b.people)
	if err != nil {
		return nil, nothing, err
	}
	fmt.Fprintf(b.out, pouchWork+"\n", peer.version, grouped(int64(b.people)), documentSize)
	return []side{
		{name: "PouchDB, batches of 1,000", aim: 3, run: func(ctx context.Context) (float64, error) { return pair.push(ctx, 1000) }},
		{name: "PouchDB, its default batch", aim: 5, run: func(ctx context.Context) (float64, error) { return pair.push(ctx, 0) }},
	}, pair.stop, nil
}

// everyday measures nothing to do, a week apart, and a live change.
func (b *bench) everyday(ctx context.Context, t *together) error {
	fmt.Fprintf(b.out, "the everyday of two devices that have %s people\n", grouped(int64(b.people)))
	for _, part := range []func(context.Context, *together) error{b.idle, b.week, b.live} {
		if err := part(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// idle measures an exchange when there is nothing to do.
func (b *bench) idle(ctx context.Context, t *together) error {
	for range 3 { // what is told of oneself, and what others told, is not nothing
		for _, side := range []struct {
			o *data.Office
			d *hub.Depot
		}{{t.a, t.da}, {t.b, t.db}} {
			if _, err := side.o.SyncWith(ctx, side.d, nil); err != nil {
				return err
			}
		}
	}
	var took, bytes []float64
	for range 50 {
		before, start := t.line.carried(), time.Now()
		if _, err := t.b.SyncWith(ctx, t.db, nil); err != nil {
			return err
		}
		took = append(took, time.Since(start).Seconds()*1000)
		bytes = append(bytes, float64(t.line.carried()-before))
	}
	spread(b.out, "nothing to do", took, "ms", 10)
	spread(b.out, "… on the line, both ways", bytes, "bytes", 0)
	return nil
}

// week measures a thousand saves that the other device has not seen.
func (b *bench) week(ctx context.Context, t *together) error {
	const saves = 1000
	var sent, got, bytes []float64
	v := newInventor(9)
	for range min(b.rounds, 3) {
		for range saves {
			if err := save(ctx, t.a, padded(v.next())); err != nil {
				return err
			}
		}
		start := time.Now()
		if _, err := t.a.SyncWith(ctx, t.da, nil); err != nil {
			return err
		}
		sent = append(sent, time.Since(start).Seconds())
		before := t.line.carried()
		start = time.Now()
		did, err := t.b.SyncWith(ctx, t.db, nil)
		if err != nil {
			return err
		}
		got = append(got, time.Since(start).Seconds())
		bytes = append(bytes, float64(t.line.carried()-before)/1024)
		if did.Got != saves {
			return fmt.Errorf("%d changes of %d came", did.Got, saves)
		}
	}
	spread(b.out, "1,000 saves of a week: sent", sent, "s", 0)
	spread(b.out, "… and taken in by the other", got, "s", 0)
	spread(b.out, "… on the line", bytes, "KB", 0)
	return nil
}

// live measures a save until the colleague's lists and page know of it, both sides
// as the desktop does it.
func (b *bench) live(ctx context.Context, t *together) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for _, o := range []*data.Office{t.a, t.b} {
		carrier, err := carried(ctx, o, t.hub.invitation)
		if err != nil {
			return err
		}
		defer carrier.Close()
	}
	seen := t.b.Watch(ctx)
	v := newInventor(11)
	var took []float64
	for range 100 {
		start := time.Now()
		if err := save(ctx, t.a, padded(v.next())); err != nil {
			return err
		}
		limit := time.NewTimer(20 * time.Second)
		for here := false; !here; {
			select {
			case e := <-seen:
				here = e.Kind == record.Detainee
			case <-limit.C:
				return errors.New("a live change did not come")
			}
		}
		limit.Stop()
		took = append(took, time.Since(start).Seconds()*1000)
	}
	spread(b.out, "a save until the colleague sees it", took, "ms", 1000)
	return nil
}

// carried starts a courier and comes back when it is at the hub.
func carried(ctx context.Context, o *data.Office, invitation []byte) (*courier.Courier, error) {
	device, seed, err := hubDevice(o)
	if err != nil {
		return nil, err
	}
	way := courier.Way{Kind: data.WayHub, Name: "bench", Open: func(ctx context.Context) (sync.Depot, error) {
		return hub.Dial(ctx, invitation, hub.Identity{Device: device.ID, Seed: seed})
	}}
	c := courier.Start(o, courier.Options{Ways: func() []courier.Way { return []courier.Way{way} }})
	for range 200 {
		for _, w := range c.Ways() {
			if w.Online {
				return c, nil
			}
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			c.Close()
			return nil, ctx.Err()
		}
	}
	c.Close()
	return nil, errors.New("the courier does not come to the hub")
}

// line carries bytes between a device and a hub, and counts them.
type line struct {
	ln    net.Listener
	to    string
	bytes atomic.Int64
}

func newLine(ctx context.Context, to string) (*line, error) {
	var config net.ListenConfig
	ln, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &line{ln: ln, to: to}
	go func() {
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			out, err := (&net.Dialer{}).DialContext(ctx, "tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			go l.carry(in, out)
			go l.carry(out, in)
		}
	}()
	return l, nil
}

func (l *line) carry(from, to net.Conn) {
	_, _ = io.Copy(to, io.TeeReader(from, l)) // when one end closes, so does the other
	_ = to.Close()
	_ = from.Close()
}

// Write implements io.Writer.
func (l *line) Write(p []byte) (int, error) { l.bytes.Add(int64(len(p))); return len(p), nil }

func (l *line) carried() int64  { return l.bytes.Load() }
func (l *line) address() string { return l.ln.Addr().String() }
func (l *line) close()          { _ = l.ln.Close() }
