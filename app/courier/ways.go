package courier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/sync"
	"paradero/data/sync/folder"
	"paradero/data/sync/hub"
)

// WaysOf gives the ways of an office as they are set up: the hub that it remembers,
// those that this device alone was told of, and the folders that were ever used on
// this machine.
func WaysOf(o *data.Office) []Way {
	var out []Way
	add := func(invitation []byte) {
		w, err := HubWay(o, invitation)
		if err == nil && !slices.ContainsFunc(out, func(v Way) bool { return v.Name == w.Name }) {
			out = append(out, w)
		}
	}
	noted := o.NotedHubs()
	if invitation, ok := o.Hub(); ok {
		if w, err := HubWay(o, invitation); err == nil && o.NotedSince(w.Name) {
			invitation = noted[w.Name] // somebody gave this device a later one to the same address
		}
		add(invitation)
	}
	for _, name := range slices.Sorted(maps.Keys(noted)) {
		add(noted[name])
	}
	for _, w := range o.Ways() {
		if w.Kind == data.WayFolder {
			out = append(out, FolderWay(o, w.Name, false))
		}
	}
	return out
}

// UseHub takes a hub into use: for the whole office by who may choose it, else on
// this device alone.
func UseHub(ctx context.Context, o *data.Office, invitation []byte) (Way, error) {
	w, err := HubWay(o, invitation)
	if err != nil {
		return Way{}, err
	}
	if err = o.SetHub(ctx, invitation); fault.Is(err, fault.Refused) || fault.Is(err, fault.NotFound) {
		err = o.NoteHub(w.Name, invitation)
	}
	return w, err
}

// FolderWay is a shared folder. begin: it is used for the first time.
func FolderWay(o *data.Office, dir string, begin bool) Way {
	return Way{Kind: data.WayFolder, Name: dir, Open: func(context.Context) (sync.Depot, error) {
		info := o.Info()
		return folder.Open(folder.Options{Dir: dir, Office: info.OfficeID, Device: info.Device, Clock: o.Now, Begin: begin})
	}}
}

// HubWay is the hub of an invitation.
func HubWay(o *data.Office, invitation []byte) (Way, error) {
	inv, err := hub.ReadInvitation(invitation)
	if err != nil {
		return Way{}, hub.Fault("use hub", err)
	}
	h := &atHub{office: o, invitation: invitation, name: inv.Address()}
	stamp := sha256.Sum256(invitation)
	return Way{Kind: data.WayHub, Name: h.name, Stamp: hex.EncodeToString(stamp[:8]), Check: h.check, Open: func(ctx context.Context) (sync.Depot, error) {
		d, err := h.open(ctx)
		if err != nil {
			return nil, hub.Fault("connect to hub", err)
		}
		return d, nil
	}}, nil
}

// atHub is this device at one hub.
type atHub struct {
	office     *data.Office
	invitation []byte
	name       string
}

func (h *atHub) open(ctx context.Context) (sync.Depot, error) {
	seed, err := h.office.HubSeed()
	if err != nil {
		return nil, err
	}
	id := hub.Identity{Device: h.office.Info().Device, Seed: seed}
	if err := h.check(ctx); err != nil && !errors.Is(err, sync.ErrRefused) {
		return nil, err
	}
	d, err := hub.Dial(ctx, h.invitation, id)
	if errors.Is(err, sync.ErrRefused) { // it is new, or was set up anew, or this device is
		changed, rerr := h.inherit(ctx)
		if rerr == nil && !changed {
			changed, rerr = h.register(ctx)
		}
		if rerr != nil || !changed {
			return nil, errors.Join(err, rerr)
		}
		d, err = hub.Dial(ctx, h.invitation, id)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// inherit brings this device in for one before it, when it came from a backup and
// nobody at the hub has heard of it yet.
func (h *atHub) inherit(ctx context.Context) (bool, error) {
	words, err := h.office.HubWords(ctx)
	if err != nil || len(words) == 0 {
		return false, err
	}
	seed, err := h.office.HubSeed()
	if err != nil {
		return false, err
	}
	heir := hub.Heir{Office: h.office.Info().OfficeID}
	for _, w := range words {
		heir.Words = append(heir.Words, hub.Word(w))
	}
	this := hub.Device{ID: h.office.Info().Device, SignKey: h.office.HubSigner().Public(), HubKey: hub.HubKey(seed)}
	return hub.Inherit(ctx, h.invitation, this, &heir, h.office.HubSigner())
}

// check tells the hub whom to let in, when that has changed.
func (h *atHub) check(ctx context.Context) error {
	devices, may, err := h.devices(ctx)
	if err != nil || !may || h.office.HubTold(h.name) == printOf(devices) {
		return err
	}
	_, err = h.register(ctx)
	return err
}

// register gives the hub the list of devices; only a device that manages may.
func (h *atHub) register(ctx context.Context) (bool, error) {
	devices, may, err := h.devices(ctx)
	if err != nil || !may {
		return false, err
	}
	changed, err := hub.Register(ctx, h.invitation, devices, h.office.HubSigner())
	if err != nil {
		return false, err
	}
	return changed, h.office.NoteHubTold(h.name, printOf(devices))
}

func (h *atHub) devices(ctx context.Context) (list []hub.Device, may bool, err error) {
	roster, err := h.office.Roster(ctx)
	if err != nil {
		return nil, false, err
	}
	this := h.office.Info().Device
	for _, d := range roster {
		list = append(list, hub.Device{ID: d.Device, SignKey: d.SignKey, HubKey: d.HubKey, Manages: d.Manages})
		may = may || d.Device == this && d.Manages
	}
	return list, may, nil
}

func printOf(list []hub.Device) string {
	h := sha256.New()
	for _, d := range list {
		_, _ = fmt.Fprintf(h, "%x %x %x %v\n", d.ID, d.SignKey, d.HubKey, d.Manages)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// SetHub takes the hub of an invitation into use.
func (c *Courier) SetHub(ctx context.Context, invitation []byte) error {
	if _, err := UseHub(ctx, c.office, invitation); err != nil {
		return err
	}
	poke(c.anew)
	return nil
}

// SetFolder takes a folder of this machine into use; "" gives up all.
func (c *Courier) SetFolder(ctx context.Context, dir string) error {
	if dir == "" {
		c.arranging.Lock()
		defer c.arranging.Unlock()
		c.end(func(w *Way) bool { return w.Kind == data.WayFolder })
		for _, w := range c.office.Ways() {
			if w.Kind == data.WayFolder {
				if err := c.office.ForgetWay(w.Kind, w.Name); err != nil {
					return err
				}
			}
		}
		poke(c.anew)
		return nil
	}
	d, err := FolderWay(c.office, dir, true).Open(ctx)
	if err != nil {
		return data.ExchangeFault(err)
	}
	defer func() { _ = d.Close() }()
	if err := c.office.NoteWay(data.WayFolder, d.Name(), true, nil); err != nil {
		return err
	}
	poke(c.anew)
	return nil
}
