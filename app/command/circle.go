package command

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// circleFlags are those of team's sub-words about circles, readings and devices.
type circleFlags struct {
	share, since, of string
}

func (f *circleFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.share, "share", "", "")
	fs.Lookup("share").NoOptDefVal = shareAll
	fs.StringVar(&f.since, "since", "", "")
	fs.StringVar(&f.of, "of", "", "")
}

// shareAll is what --share without a value means: every device that waits.
const shareAll = "*"

// circleWord gives what a sub-word of team does that is about circles, readings or
// a lost device; nil when there is none such.
func (c *call) circleWord(f *teamFlags, args []string) func(*data.Office) error {
	switch rest := args[1:]; {
	case args[0] == "circles" && len(rest) == 0:
		return c.teamCircles
	case args[0] == "circle" && len(rest) > 0:
		return func(o *data.Office) error { return c.teamCircle(o, f, rest[0], rest[1:]) }
	case args[0] == "readings" && len(rest) == 0:
		return func(o *data.Office) error { return c.teamReadings(o, f) }
	case args[0] == "breach" && len(rest) == 1:
		return func(o *data.Office) error { return c.teamBreach(o, rest[0], f.out) }
	}
	return nil
}

func (c *call) teamCircles(o *data.Office) error {
	list, err := o.Circles(c.ctx)
	if err != nil {
		return err
	}
	for i := range list {
		c.sayCircle(&list[i])
	}
	if len(list) == 0 {
		c.note(c.words.T("command.circle.none"))
	}
	return nil
}

func (c *call) sayCircle(one *data.Circle) {
	var out object
	out.put("id", one.ID.String())
	out.put("name", one.Name)
	members := make([]object, 0, len(one.Members))
	for _, m := range one.Members {
		devices := make([]object, 0, len(m.Devices))
		for _, d := range m.Devices {
			devices = append(devices, object{{"id", d.ID.String()}, {"name", d.Name}, {"waiting", d.Waiting}})
		}
		members = append(members, object{{"id", m.ID.String()}, {"name", m.Name}, {"devices", devices}})
	}
	out.put("members", members)
	out.put("inside", one.Inside)
	out.put("open", one.Open)
	out.put("waiting", one.Waiting)
	out.put("readers", one.Readers)
	if len(one.Before) > 0 {
		out.put("before", one.Before)
	}
	out.put("records", one.Records)
	c.result(out, func() {
		names := make([]string, len(one.Members))
		for i, m := range one.Members {
			names[i] = m.Name
		}
		c.text(one.Name + "  " + one.ID.String())
		c.print("command.circle.people", strings.Join(names, ", "))
		c.print("command.circle.records", c.words.Count(one.Records))
		if len(one.Before) > 0 {
			c.print("command.circle.before", strings.Join(one.Before, ", "))
		}
		for _, m := range one.Members {
			for _, d := range m.Devices {
				if d.Waiting {
					c.print("command.circle.waiting", m.Name, joinWith(" ", d.Name, d.ID.String()))
				}
			}
		}
		c.sayAlone(one)
	})
}

// sayAlone warns of a circle whose writings go with one person, or with one device.
func (c *call) sayAlone(one *data.Circle) {
	switch {
	case !one.Inside:
	case len(one.Members) == 1:
		c.print("command.circle.alone")
	case one.Readers == 1 && one.Open:
		c.print("command.circle.one_device")
	}
}

// circleNamed finds a circle by its name, its id or how either begins.
func (c *call) circleNamed(o *data.Office, name string) (*data.Circle, error) {
	list, err := o.Circles(c.ctx)
	if err != nil {
		return nil, err
	}
	var found []*data.Circle
	for i := range list {
		one := &list[i]
		if record.Plain(one.Name) == record.Plain(name) || one.ID.String() == strings.ToLower(name) {
			return one, nil
		}
		if strings.HasPrefix(record.Plain(one.Name), record.Plain(name)) || len(name) >= 6 && strings.HasPrefix(one.ID.String(), strings.ToLower(name)) {
			found = append(found, one)
		}
	}
	if len(found) != 1 {
		return nil, fault.New(fault.NotFound, "find circle", "circle_unknown")
	}
	return found[0], nil
}

// teamCircle makes a circle of some people, gives one other people, or gives its
// keys to the devices that wait for them.
func (c *call) teamCircle(o *data.Office, f *teamFlags, name string, people []string) error {
	var members []record.ID
	for _, p := range people {
		m, err := c.memberNamed(o, p)
		if err != nil {
			return err
		}
		members = append(members, m)
	}
	one, err := c.circleNamed(o, name)
	switch {
	case err != nil && len(members) == 0:
		return err
	case err != nil && fault.Is(err, fault.NotFound):
		r, err := o.NewCircle(c.ctx, name, members)
		if err != nil {
			return err
		}
		return c.saidCircle(o, r.ID)
	case err != nil:
		return err
	}
	if len(members) > 0 {
		if _, err := o.ChangeCircle(c.ctx, one.ID, "", members, f.reason); err != nil {
			return err
		}
	}
	switch f.circle.share {
	case "":
	case shareAll:
		err = o.ShareCircle(c.ctx, one.ID)
	default:
		var device record.ID
		if device, err = c.deviceNamed(o, f.circle.share, nil); err == nil {
			err = o.ShareCircle(c.ctx, one.ID, device)
		}
	}
	if err != nil {
		return err
	}
	return c.saidCircle(o, one.ID)
}

func (c *call) saidCircle(o *data.Office, id record.ID) error {
	list, err := o.Circles(c.ctx)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].ID == id {
			c.sayCircle(&list[i])
		}
	}
	return nil
}

// memberNamed finds a member by his name, how it begins, or his id.
func (c *call) memberNamed(o *data.Office, text string) (record.ID, error) {
	list, err := o.Team(c.ctx)
	if err != nil {
		return record.ID{}, err
	}
	var found []record.ID
	for i := range list {
		if record.Plain(list[i].Name) == record.Plain(text) {
			return list[i].ID, nil
		}
		if text != "" && strings.HasPrefix(record.Plain(list[i].Name), record.Plain(text)) {
			found = append(found, list[i].ID)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	m, err := c.resolve(o, text, record.Member)
	if err != nil {
		return record.ID{}, err
	}
	return m.ID, nil
}

// deviceNamed finds a device by its id, how that begins, its name, or its owner's
// when he has no other: one of those that are meant at all, where which is given.
func (c *call) deviceNamed(o *data.Office, typed string, which func(*data.TeamDevice) bool) (record.ID, error) {
	list, err := o.Team(c.ctx)
	if err != nil {
		return record.ID{}, err
	}
	text := strings.ToLower(typed)
	var found []record.ID
	for i := range list {
		meant := slices.DeleteFunc(list[i].Devices, func(d data.TeamDevice) bool { return which != nil && !which(&d) })
		for _, d := range meant {
			owner := record.Plain(list[i].Name) == record.Plain(text)
			same := owner || d.ID.String() == text || d.Record.String() == text || d.Name != "" && record.Plain(d.Name) == record.Plain(text)
			if same || len(text) >= 6 && strings.HasPrefix(d.ID.String(), text) {
				found = append(found, d.ID)
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return record.ID{}, fault.New(fault.NotFound, "find device", "device_unknown", typed)
	}
	return record.ID{}, fault.New(fault.Invalid, "find device", "device_several", typed)
}

// teamReadings tells who read, printed or carried out what.
func (c *call) teamReadings(o *data.Office, f *teamFlags) error {
	var want data.ReadingFilter
	if f.circle.of != "" {
		id, err := c.resolveID(o, f.circle.of)
		if err != nil {
			return err
		}
		want.Record = id
	}
	if f.member != "" {
		m, err := c.memberNamed(o, f.member)
		if err != nil {
			return err
		}
		want.Member = m
	}
	if f.circle.since != "" {
		at, err := c.moment(o, f.circle.since)
		if err != nil {
			return err
		}
		y, m, d := at.Date()
		want.Since = time.Date(y, m, d, 0, 0, 0, 0, at.Location())
	}
	list, err := o.Readings(c.ctx, want)
	if err != nil {
		return err
	}
	for i := range list {
		r := &list[i]
		out := readingObject(r)
		c.result(out, func() { c.text(c.readingLine(o, r)) })
	}
	if len(list) == 0 {
		c.note(c.words.T("command.readings.none"))
	}
	return nil
}

func readingObject(r *data.Reading) object {
	out := object{{"what", r.What}, {"at", stamped(r.At)}, {"by", r.By}, {"device", r.Device.String()}, {"of", r.Of}}
	if !r.Record.IsZero() {
		out.put("record", r.Record.String())
	}
	if r.Detail != "" {
		out.put("detail", r.Detail)
	}
	if r.Count > 0 {
		out.put("count", r.Count)
	}
	if r.Why != "" {
		out.put("why", r.Why)
	}
	return out
}

func (c *call) readingLine(o *data.Office, r *data.Reading) string {
	name := ""
	if row, ok := o.Row(r.Record); ok {
		name = rowName(row)
	}
	of := r.Of
	if key := "kind." + r.Of; c.words.Has(key) {
		of = c.words.T(key)
	}
	count := ""
	if r.Count > 0 {
		count = "(" + strconv.Itoa(r.Count) + ")"
	}
	id := ""
	if !r.Record.IsZero() {
		id = r.Record.String()
	}
	return r.At.Format("2006-01-02 15:04") + "  " + join(r.By, c.words.T("access."+r.What), of, name, count, r.Detail, id)
}

// circleID gives the circle that a flag names; none when it was not given.
func (c *call) circleID(o *data.Office, name string) (record.ID, error) {
	if name == "" {
		return record.ID{}, nil
	}
	one, err := c.circleNamed(o, name)
	if err != nil {
		return record.ID{}, err
	}
	return one.ID, nil
}

// everybody is what --restrict is given to lift a restriction.
const everybody = "none"

// restrict says who reads what is written of a record from now on.
func (c *call) restrict(o *data.Office, r *record.Record, name, reason string) error {
	id, err := record.ID{}, error(nil)
	if name != everybody {
		if id, err = c.circleID(o, name); err != nil {
			return err
		}
	}
	receipt, err := o.Restrict(c.ctx, r.ID, id, reason)
	if err != nil {
		return err
	}
	out := object{{"id", r.ID.String()}, {"restricted", !id.IsZero()}, {"change", receipt.Write.String()}}
	c.result(out, func() {
		if id.IsZero() {
			c.print("command.circle.lifted")
		} else {
			c.print("command.circle.restricted")
		}
	})
	return nil
}

// putRestricted tells who alone reads a record, or a part of it.
func (p *recordPage) putRestricted(o *object) {
	if !p.record.Restricted() {
		return
	}
	o.put("restricted", p.circle)
	o.put("known_to", p.people)
	if p.record.Closed > 0 {
		o.put("closed", p.record.Closed)
	}
}

func (c *call) sayRestricted(p *recordPage) {
	if !p.record.Restricted() {
		return
	}
	c.print("command.show.restricted", p.circle, strings.Join(p.people, ", "))
	if p.record.Closed > 0 {
		c.text(c.words.N("command.show.closed", p.record.Closed))
	}
}
