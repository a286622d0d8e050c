package command

import (
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/sync/hub"
)

// hubFlags are the flags of `hub` and its sub-words.
type hubFlags struct {
	at, listen, address, monitor string
	cluster                      []string
	route                        string
	quota                        int64 // GB
	nats                         []string
	creds, nkey, ca              string
	deviceCreds, deviceNkey      string
	ownKeys                      bool
	replicas                     int
	out                          string
}

// hubVerb runs a hub, adds an office to one, or prepares a cluster of others.
func hubVerb(fs *pflag.FlagSet) action {
	var f hubFlags
	fs.StringVar(&f.at, "at", "", "")
	fs.StringVar(&f.listen, "listen", "0.0.0.0:4222", "")
	fs.StringVar(&f.address, "address", "", "")
	fs.StringSliceVar(&f.cluster, "cluster", nil, "")
	fs.StringVar(&f.route, "route", "", "")
	fs.StringVar(&f.monitor, "monitor", "", "")
	fs.Int64Var(&f.quota, "quota", 0, "")
	fs.StringSliceVar(&f.nats, "nats", nil, "")
	fs.StringVar(&f.creds, "creds", "", "")
	fs.StringVar(&f.nkey, "nkey", "", "")
	fs.StringVar(&f.ca, "ca", "", "")
	fs.StringVar(&f.deviceCreds, "device-creds", "", "")
	fs.StringVar(&f.deviceNkey, "device-nkey", "", "")
	fs.BoolVar(&f.ownKeys, "own-keys", false, "")
	fs.IntVar(&f.replicas, "replicas", 3, "")
	fs.StringVarP(&f.out, "output", "o", "hub.invitation", "")
	return func(c *call, args []string) error {
		switch {
		case f.quota < 0 || f.quota > 1<<20:
			return usage("flag_value", "quota", strconv.FormatInt(f.quota, 10))
		case len(args) == 0:
			return c.hubRun(&f)
		case args[0] == "office" && len(args) == 3 && args[1] == "add":
			return c.hubOffice(&f, args[2])
		case args[0] == "office" && len(args) == 3 && args[1] == "release":
			return c.hubRelease(&f, args[2])
		case args[0] == "account" && len(args) == 1:
			return c.hubAccount(&f)
		case args[0] == "permissions" && len(args) == 1:
			return c.withOffice(c.hubPermissions)
		}
		return usage("wrong_count", c.words.T("help.hub.usage"))
	}
}

// hubRun runs a hub until it is told to stop.
func (c *call) hubRun(f *hubFlags) error {
	if f.at == "" {
		return usage("hub_where")
	}
	if len(f.cluster) > 0 && (f.route == "" || len(f.cluster) < 3) {
		return usage("hub_several")
	}
	events := make(chan hub.Event, 100)
	var h *hub.Server
	begun := make(chan error, 1)
	go func() { // several hubs wait for each other, and say so
		var err error
		h, err = hub.Start(c.ctx, hub.Options{
			Dir: f.at, Listen: f.listen, Address: f.address, Monitor: f.monitor, Quota: f.quota << 30,
			Cluster: f.cluster, Route: f.route, Clock: c.env.Clock, Free: ledger.OS{}.Free,
			Tell: func(e hub.Event) {
				select {
				case events <- e:
				default: // nobody reads; nothing waits for that
				}
			},
		})
		begun <- err
	}()
	done := c.ctx.Done()
	var early []hub.Event
	for running := false; ; {
		var err error
		select {
		case err = <-begun:
			if err != nil {
				return hub.Fault("start hub", err)
			}
			defer h.Stop()
			running, done, err = true, c.ctx.Done(), c.hubListens(h)
			for _, e := range early {
				c.hubEvent(e)
			}
		case <-done:
			if running {
				c.print("command.hub.ended")
				return nil
			}
			done = nil // Start sees it, and comes back
		case e := <-events:
			if !running && e.What == hub.EventOffice { // where it listens is said first
				early = append(early, e)
				continue
			}
			c.hubEvent(e)
			err = c.outErr
		}
		if err != nil {
			return err
		}
	}
}

func (c *call) hubEvent(e hub.Event) {
	var out object
	out.put("event", e.What)
	out.put("office", e.Office)
	out.put("count", e.Count)
	c.result(out, func() { c.print("command.hub.event."+e.What, e.Office, c.words.Count(e.Count)) })
}

// hubListens says where the hub listens and what to do next.
func (c *call) hubListens(h *hub.Server) error {
	file := h.InvitationFile()
	b, err := os.ReadFile(file)
	if err != nil {
		return hub.Fault("start hub", err)
	}
	inv, err := hub.ReadInvitation(b)
	if err != nil {
		return hub.Fault("start hub", err)
	}
	var out object
	out.put("listening", h.Address())
	out.put("invitation", file)
	out.put("addresses", inv.URLs)
	out.put("fingerprint", inv.Fingerprint())
	c.result(out, func() {
		c.print("command.hub.listens", h.Address())
		c.print("command.hub.invitation", file)
		for _, u := range inv.URLs {
			c.print("command.hub.address", u)
		}
		c.print("command.hub.fingerprint", inv.Fingerprint())
		c.print("command.hub.next", file)
	})
	return c.outErr
}

func (c *call) hubOffice(f *hubFlags, name string) error {
	if f.at == "" {
		return usage("hub_where")
	}
	name = hub.OfficeName(name)
	if !hub.GoodOfficeName(name) {
		return fault.New(fault.Invalid, "add office to hub", "hub_office_name", name)
	}
	file, err := hub.AddOffice(f.at, name, f.quota<<30)
	if err != nil {
		return hub.Fault("add office to hub", err)
	}
	var out object
	out.put("office", name)
	out.put("invitation", file)
	c.result(out, func() { c.print("command.hub.added", file) })
	return nil
}

func (c *call) hubRelease(f *hubFlags, name string) error {
	if f.at == "" {
		return usage("hub_where")
	}
	if name == "hub" {
		name = hub.FirstOffice
	}
	if err := hub.ReleaseOffice(f.at, name); err != nil {
		return hub.Fault("release office of hub", err)
	}
	var out object
	out.put("office", name)
	out.put("released", true)
	c.result(out, func() { c.print("command.hub.released") })
	return nil
}

// hubAccount prepares an account of a cluster that others run.
func (c *call) hubAccount(f *hubFlags) error {
	if len(f.nats) == 0 {
		return usage("hub_cluster_where")
	}
	if f.replicas < 1 || f.replicas > 5 {
		return usage("flag_value", "replicas", strconv.Itoa(f.replicas))
	}
	want := hub.Foreign{URLs: f.nats, Replicas: f.replicas, Quota: f.quota << 30, OwnKeys: f.ownKeys}
	for _, part := range []struct {
		file string
		into *[]byte
	}{{f.creds, &want.Creds}, {f.nkey, &want.Nkey}, {f.ca, &want.CA}, {f.deviceCreds, &want.DeviceCreds}, {f.deviceNkey, &want.DeviceNkey}} {
		if part.file == "" {
			continue
		}
		b, err := os.ReadFile(part.file)
		if err != nil {
			return fault.Wrap(err, fault.NotFound, "prepare account", "file_missing")
		}
		*part.into = b
	}
	inv, err := hub.Prepare(c.ctx, want)
	if err != nil {
		return hub.Fault("prepare account", err)
	}
	if err := hub.WriteInvitation(f.out, inv); err != nil {
		return fault.Wrap(err, fault.Internal, "write invitation", "hub_write", filepath.Base(f.out))
	}
	own := f.deviceCreds != "" || f.deviceNkey != "" || f.ownKeys
	var out object
	out.put("invitation", f.out)
	out.put("replicas", f.replicas)
	out.put("own_credentials", own)
	out.put("permissions", hub.Permissions(nil))
	c.result(out, func() {
		c.print("command.hub.prepared", f.out)
		if !own {
			c.note(c.words.T("command.hub.same_credentials"))
		}
		c.print("command.hub.permissions")
		c.text(hub.Permissions(nil))
	})
	return nil
}

// hubPermissions prints for a cluster's operator what each device of the office may
// do there, with its key.
func (c *call) hubPermissions(o *data.Office) error {
	roster, err := o.Roster(c.ctx)
	if err != nil {
		return err
	}
	devices := make([]hub.Device, len(roster))
	for i, d := range roster {
		devices[i] = hub.Device{ID: d.Device, SignKey: d.SignKey, HubKey: d.HubKey, Manages: d.Manages}
	}
	text := hub.Permissions(devices)
	var out object
	out.put("devices", len(devices))
	out.put("permissions", text)
	c.result(out, func() { c.text(text) })
	return nil
}
