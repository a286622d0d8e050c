package demo

import (
	"os"
	"path/filepath"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// colleague is a member of the demonstration who sits at a computer of his own: what
// he says he signs himself, and it comes by a bundle, as in any office.
type colleague struct {
	office *data.Office
	cfg    data.Config
	dir    string
	member record.ID
	device record.ID
}

// few is how many changes a colleague saves at once: who decides on one of them reads
// all that were saved with it.
const few = 8

// cheap is the key derivation of the demonstration: its passphrase stands on the
// sign-in page and protects nothing.
func cheap() data.Cost { return data.Cost{Time: 1, Memory: 1 << 10, Threads: 1} }

// team lets the founder's colleagues in, each with a computer of his own.
func (m *maker) team() error {
	var err error
	if m.lawyer, err = m.join(lawyer, "lawyer", "device.lawyer", record.ID{}); err != nil {
		return err
	}
	if m.social, err = m.join(socialWorker, "social-worker", "device.social", record.ID{}); err != nil {
		return err
	}
	if m.quito, err = m.join(secondCoordinator, "coordinator", "device.second", record.ID{}); err != nil {
		return err
	}
	if m.stolen, err = m.join(socialWorker, "social-worker", "device.stolen", m.social.member); err != nil {
		return err
	}
	_, err = m.save(
		data.Change{Kind: record.Member, Record: m.lawyer.member, Set: set("licence", "09-2011-482", "phone", "0900104182")},
		data.Change{Kind: record.Member, Record: m.social.member, Set: set("phone", "0900105317")},
		data.Change{Kind: record.Member, Record: m.quito.member, Set: set("phone", "0900108841")},
	)
	return err
}

// join brings a colleague in by an invitation, a request and a welcome, and opens the
// office on his computer. With a member it is one more computer of his.
func (m *maker) join(name, role, device string, member record.ID) (*colleague, error) {
	dir, err := os.MkdirTemp(m.room, "c-")
	if err != nil {
		return nil, noRoom(err)
	}
	cfg := m.cfg
	cfg.Dir, cfg.Device, cfg.Cost, cfg.Progress, cfg.Probe = filepath.Join(dir, "office"), m.t(device), cheap(), nil, nil
	in, err := m.office.Invite(m.ctx, data.Inviting{Name: name, Role: role, Member: member}, filepath.Join(dir, "invitation"))
	if err != nil {
		return nil, err
	}
	pass := []byte(Passphrase)
	asks, err := data.Join(m.ctx, cfg, in.File, in.Code, pass)
	if err != nil {
		return nil, err
	}
	welcome, err := m.office.Admit(m.ctx, asks.Request())
	if err != nil {
		return nil, err
	}
	if _, err := data.CompleteJoin(m.ctx, cfg, welcome, pass, nil); err != nil {
		return nil, err
	}
	c := &colleague{cfg: cfg, dir: dir}
	if c.office, err = data.Open(m.ctx, cfg, pass); err != nil {
		return nil, err
	}
	m.others = append(m.others, c)
	if err := m.tell(c); err != nil {
		return nil, err
	}
	c.member, c.device = c.office.Info().Member, c.office.Info().Device
	return c, nil
}

// tell brings a colleague what the founder's computer holds and his does not.
func (m *maker) tell(c *colleague) error {
	file := filepath.Join(c.dir, "to.paradero")
	if _, err := m.office.WriteBundleFor(m.ctx, file, data.BundleFor{Device: c.device}, nil); err != nil {
		return err
	}
	_, err := c.office.ReadBundle(m.ctx, file, nil)
	return err
}

// hear brings the founder's computer what a colleague's holds.
func (m *maker) hear(c *colleague, name string) error {
	file := filepath.Join(m.room, name+".paradero")
	if _, err := c.office.WriteBundleFor(m.ctx, file, data.BundleFor{Device: m.office.Info().Device}, nil); err != nil {
		return err
	}
	_, err := m.office.ReadBundle(m.ctx, file, nil)
	return err
}

// says has a colleague save changes on his own computer, of which the founder's hears.
func (m *maker) says(c *colleague, changes ...data.Change) ([]data.Receipt, error) {
	if err := m.tell(c); err != nil {
		return nil, err
	}
	var all []data.Receipt
	for len(changes) > 0 {
		n := min(few, len(changes))
		receipts, err := c.office.Edit(m.ctx, changes[:n]...)
		if err != nil {
			return nil, err
		}
		all, changes = append(all, receipts...), changes[n:]
		m.wrote(n)
	}
	return all, m.hear(c, "from")
}

// again has a colleague close the office and open it once more: then what he read is
// written down.
func (m *maker) again(c *colleague) error {
	err := c.office.Close()
	c.office = nil
	if err != nil {
		return err
	}
	c.office, err = data.Open(m.ctx, c.cfg, []byte(Passphrase))
	return err
}

// leave closes the colleagues' offices and takes their folders away.
func (m *maker) leave() error {
	var first error
	for _, c := range m.others {
		if c.office == nil {
			continue
		}
		if err := c.office.Close(); err != nil && first == nil {
			first = err
		}
		c.office = nil
	}
	_ = os.RemoveAll(m.room)
	return first
}

func noRoom(err error) error {
	return fault.Wrap(err, fault.Internal, "make demonstration", "demo_no_folder", os.TempDir())
}
