package command

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/app/courier"
	"paradero/data"
	"paradero/data/fault"
)

// maxInvitation bounds what is read of a file that is said to be an invitation.
const maxInvitation = 1 << 20

// syncVerb exchanges with the hub and the shared folders: once, or until stopped.
func syncVerb(fs *pflag.FlagSet) action {
	hub := fs.String("hub", "", "")
	folder := fs.String("folder", "", "")
	watch := fs.Bool("watch", false, "")
	return func(c *call, _ []string) error {
		return c.withOffice(func(o *data.Office) error {
			ways, err := c.ways(o, *hub, *folder)
			if err != nil {
				return err
			}
			if *watch {
				return c.syncWatch(o, ways)
			}
			err = courier.Once(c.ctx, o, ways, c.met, c.meter.show)
			c.meter.clear()
			if at, on := o.Opening(c.ctx); on && c.common.json {
				var out object
				putArriving(&out, &at)
				c.line(out)
			} else if on {
				c.sayArriving(o)
			}
			return err
		})
	}
}

// ways gives those that were named, or all that are set up. A hub that is named is
// used from then on.
func (c *call) ways(o *data.Office, hub, folder string) ([]courier.Way, error) {
	var out []courier.Way
	if hub != "" {
		invitation, err := readInvitation(hub)
		if err != nil {
			return nil, err
		}
		w, err := courier.UseHub(c.ctx, o, invitation)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	if folder != "" {
		dir, err := filepath.Abs(folder)
		if err != nil {
			return nil, fault.Wrap(err, fault.NotFound, "exchange", "sync_away")
		}
		out = append(out, courier.FolderWay(o, dir, true))
	}
	if len(out) == 0 {
		out = courier.WaysOf(o)
	}
	if len(out) == 0 {
		return nil, usage("sync_no_way")
	}
	return out, nil
}

func readInvitation(file string) ([]byte, error) {
	const op = "read invitation"
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, op, "file_missing")
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxInvitation))
	return b, fault.Wrap(err, fault.NotFound, op, "file_missing")
}

// met prints one exchange.
func (c *call) met(w courier.Way, out data.Exchanged, err error) {
	var o object
	o.put("way", w.Kind)
	o.put("name", w.Name)
	o.put("sent", out.Sent)
	o.put("got", out.Got)
	o.put("waiting", out.Received.Waiting)
	o.put("refused", len(out.Received.Refused))
	o.put("complete", out.Complete)
	if err != nil {
		sentence, _ := app.Words(err, c.words)
		o.put("error", sentence)
	}
	c.result(o, func() {
		if err == nil || out.Sent+out.Got > 0 {
			c.print("command.sync.met", w.Name, c.words.Count(out.Got), c.words.Count(out.Sent))
		}
		if out.Received.Waiting > 0 {
			c.text(c.words.N("command.sync.waiting", out.Received.Waiting))
		}
		for _, r := range out.Received.Refused[:min(len(out.Received.Refused), 10)] {
			c.text(c.words.T("command.bundle.refused", c.words.T("refused."+r.Why)))
		}
	})
}

// syncWatch exchanges until it is stopped.
func (c *call) syncWatch(o *data.Office, ways []courier.Way) error {
	var mu sync.Mutex // standard output is one
	failed := map[string]string{}
	tell := func(w courier.Way, out data.Exchanged, err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil || out.Sent+out.Got+len(out.Received.Refused) > 0 {
			c.met(w, out, err)
		}
	}
	said := func() {
		mu.Lock()
		defer mu.Unlock()
		for _, w := range o.Ways() {
			if key := w.Kind + " " + w.Name; failed[key] != w.Error {
				if failed[key] = w.Error; w.Error != "" {
					c.note(w.Name + ": " + c.words.T("error."+w.Error))
				}
			}
		}
	}
	c.note(c.words.T("command.sync.watching", strconv.Itoa(len(ways))))
	carrier := courier.Start(o, courier.Options{Ways: func() []courier.Way { return ways }, Met: tell, Moved: said})
	<-c.ctx.Done()
	carrier.Close()
	return nil
}
