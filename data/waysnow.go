package data

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"paradero/data/fault"
	"paradero/data/ledger"
)

// Ways gives every way of exchange that was ever used, the hub first, and how each
// went last.
func (o *Office) Ways() []Way {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	var out []Way
	for key, w := range o.ways.ways {
		now := o.ways.live[key]
		out = append(out, Way{
			Kind: w.Kind, Name: w.Name, At: w.At, Sent: w.Sent, Got: w.Got, Error: w.Error, Online: now.Online, Progress: now.Progress,
		})
	}
	order := map[string]int{WayHub: 0, WayFolder: 1, WayBundle: 2}
	slices.SortFunc(out, func(a, b Way) int {
		return cmp.Or(cmp.Compare(order[a.Kind], order[b.Kind]), b.At.Compare(a.At), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// ForgetWay forgets a depot: it is not asked any more, and what it was known to
// hold counts no more.
func (o *Office) ForgetWay(kind, name string) error {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	key := wayKey(kind, name)
	delete(o.ways.ways, key)
	delete(o.ways.live, key)
	file, err := o.wayFile(key)
	if err == nil {
		err = os.Remove(filepath.Join(o.cfg.Dir, waysDir, file))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return diskFault("forget a way of exchange", err)
}

// goingOn notes what an exchange is doing now, for those who look.
func (o *Office) goingOn(w *way, change func(*Way)) {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	key := wayKey(w.Kind, w.Name)
	now := o.ways.live[key]
	change(&now)
	o.ways.live[key] = now
}

// NoteWay notes, for whoever carries changes, that a depot is there now or why it
// cannot be reached; a way that was never used is known from then on.
func (o *Office) NoteWay(kind, name string, online bool, err error) error {
	if err != nil && kind == WayFolder && !o.wayKnown(kind, name) {
		return nil // a folder that was never there is none of ours
	}
	w := o.way(kind, name)
	o.goingOn(w, func(now *Way) { now.Online = online })
	key := faultKey(syncFault("exchange", err))
	var keep bool
	o.setWay(func() {
		keep = w.At.IsZero() && w.Error == "" || w.Error != key && err != nil
		if err != nil {
			w.Error = key
		}
	})
	if !keep {
		return nil
	}
	return o.keepWay(w)
}

func (o *Office) wayKnown(kind, name string) bool {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	return o.ways.ways[wayKey(kind, name)] != nil
}

// Unsent tells whether something is here that a depot is not known to hold. It
// reads nothing.
func (o *Office) Unsent(kind, name string) bool {
	w := o.way(kind, name)
	here := holdingOf(o.ends().Tips())
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	return !maps.Equal(here, holdingOf(w.There))
}

// HubTold gives what a hub was told last of the devices that it is to let in, as
// NoteHubTold noted it.
func (o *Office) HubTold(name string) string {
	w := o.way(WayHub, name)
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	return w.Roster
}

// NoteHubTold notes what a hub was told of the devices that it is to let in.
func (o *Office) NoteHubTold(name, roster string) error {
	w := o.way(WayHub, name)
	o.setWay(func() { w.Roster = roster })
	return o.keepWay(w)
}

// NoteHub keeps the invitation to a hub on this device alone: by who may not choose
// the office's, or has just joined and has nothing of it yet.
func (o *Office) NoteHub(name string, invitation []byte) error {
	if len(invitation) > maxInvitation {
		return fault.New(fault.Invalid, "set hub", "hub_invitation")
	}
	w, over := o.way(WayHub, name), o.hubPrint()
	o.setWay(func() { w.Invitation, w.Over = slices.Clone(invitation), over })
	return o.keepWay(w)
}

// hubPrint names the invitation to the office's hub.
func (o *Office) hubPrint() string {
	invitation, _ := o.Hub()
	return shortHash(ledger.HashOf(invitation))
}

// NotedSince tells whether an invitation was noted while the office's was what it is
// now: where both are to one address, as of a hub that was set up anew, the noted one
// is the later.
func (o *Office) NotedSince(name string) bool {
	now := o.hubPrint()
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	w := o.ways.ways[wayKey(WayHub, name)]
	return w != nil && len(w.Invitation) > 0 && w.Over == now
}

// NotedHubs gives the invitations that NoteHub kept, by the hubs' names.
func (o *Office) NotedHubs() map[string][]byte {
	o.ways.mu.Lock()
	defer o.ways.mu.Unlock()
	o.loadWays()
	out := map[string][]byte{}
	for _, w := range o.ways.ways {
		if w.Kind == WayHub && len(w.Invitation) > 0 {
			out[w.Name] = slices.Clone(w.Invitation)
		}
	}
	return out
}

// ExchangeFault gives a depot's error its code and key, for people.
func ExchangeFault(err error) error { return syncFault("exchange", err) }
