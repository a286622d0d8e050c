package present

import (
	"strings"

	"paradero/data"
)

// BundleChoice is for whom a bundle can be written and how large its parts can be.
type BundleChoice struct {
	sync    *Sync
	devices []data.DeviceStatus // those that go on, this one left out
}

// BundleTo is what was chosen.
type BundleTo struct {
	For  data.BundleFor
	Name string // the device's; "" for everybody
}

// partSizes are the sizes of a part that are offered: one file, a mail, a small
// stick, a disc, and the most that a stick formatted as usual can hold in one file.
var partSizes = []struct {
	key   string
	bytes int64
}{{"none", 0}, {"20mb", 20e6}, {"100mb", 100e6}, {"700mb", 700e6}, {"4gb", 4e9}}

// NewBundle gives what can be chosen now.
func (s *Sync) NewBundle() *BundleChoice {
	c := &BundleChoice{sync: s}
	for i := range s.status.Devices {
		if d := &s.status.Devices[i]; !d.This && !d.Ended {
			c.devices = append(c.devices, *d)
		}
	}
	return c
}

// For are everybody, then each other device.
func (c *BundleChoice) For() []string {
	labels := []string{c.sync.env.Words.T("sync.bundle.for.all")}
	for i := range c.devices {
		labels = append(labels, c.sync.who(c.devices[i].Device))
	}
	return labels
}

// Sizes are what a part may weigh at most.
func (c *BundleChoice) Sizes() []string {
	labels := make([]string, 0, len(partSizes))
	for _, p := range partSizes {
		labels = append(labels, c.sync.env.Words.T("sync.bundle.most."+p.key))
	}
	return labels
}

// About says what a bundle for one of them would hold.
func (c *BundleChoice) About(i int) string {
	w := c.sync.env.Words
	if i <= 0 || i > len(c.devices) {
		return w.N("sync.bundle.about.all", c.sync.status.Changes)
	}
	d := &c.devices[i-1]
	switch {
	case !d.Signed:
		return w.N("sync.bundle.about.unknown", c.sync.status.Changes, c.sync.who(d.Device))
	case d.Lacks == 0:
		return w.T("sync.bundle.about.nothing", c.sync.who(d.Device), stamp(w, d.At))
	}
	return w.N("sync.bundle.about.lacks", d.Lacks, c.sync.who(d.Device), stamp(w, d.At))
}

// Made is a choice of both, by their places in the lists.
func (c *BundleChoice) Made(device, size int) BundleTo {
	var to BundleTo
	if device > 0 && device <= len(c.devices) {
		to.For.Device = c.devices[device-1].Device
		to.Name = c.sync.who(to.For.Device)
	}
	if size > 0 && size < len(partSizes) {
		to.For.Most = partSizes[size].bytes
	}
	return to
}

// BundleWritten says what was written, for whom and in which files.
func (s *Sync) BundleWritten(to BundleTo, made *data.BundleMade, names []string) string {
	w := s.env.Words
	text := w.N("sync.bundle.written", made.Changes)
	switch {
	case to.Name != "" && made.Whole:
		text += " " + w.T("sync.bundle.written.whole", to.Name)
	case to.Name != "":
		text += " " + w.T("sync.bundle.written.for", to.Name)
	}
	if len(names) > 1 {
		text += " " + w.N("sync.bundle.written.parts", len(names), strings.Join(names, ", "))
	}
	return text
}
