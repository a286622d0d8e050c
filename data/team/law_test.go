package team

import (
	"strings"
	"testing"

	"paradero/data/ledger"
	"paradero/data/record"
)

// said makes a change of fields by their names.
func said(id record.ID, kind record.Kind, fields ...string) *ledger.Change {
	c := &ledger.Change{Record: id, Kind: kind, Op: ledger.OpEdit}
	for i := 0; i < len(fields); i += 2 {
		f, _ := record.SchemaOf(kind).Field(fields[i])
		c.Fields = append(c.Fields, ledger.Field{Num: f.Num, Text: fields[i+1]})
	}
	return c
}

type lawCase struct {
	office, founder, boss, other, tool record.ID
	key                                string
	device                             record.ID
}

func (c *lawCase) act(lamport uint64, device, author record.ID, change *ledger.Change) Act {
	return Act{At: Place{Lamport: lamport, Write: record.Write{Batch: [32]byte{byte(lamport)}}}, Device: device, Seq: lamport, Author: author, Change: change}
}

// begin makes a law with a founder, a coordinator, and a lawyer with a device.
func begin() (*lawCase, []Act) {
	c := &lawCase{office: record.ID{1}, founder: record.ID{2}, boss: record.ID{3}, other: record.ID{4}, tool: record.ID{5}}
	key := [32]byte{7}
	c.key, c.device = keyText.EncodeToString(key[:]), ledger.DeviceOf(key[:])
	own := [32]byte{9}
	c.founder = ledger.DeviceOf(own[:])
	var acts []Act
	for i, change := range []*ledger.Change{
		said(c.office, record.OfficeKind, "rights", FirstRights()),
		said(c.boss, record.Member, "role", "coordinator"),
		said(record.ID{8}, record.Device, "member", c.boss.String(), "sign_key", keyText.EncodeToString(own[:])),
	} {
		a := c.act(1, c.founder, c.boss, change)
		a.At.Write.Index = uint16(i)
		acts = append(acts, a)
	}
	return c, append(acts,
		c.act(2, c.founder, c.boss, said(c.other, record.Member, "role", "lawyer")),
		c.act(3, c.founder, c.boss, said(record.ID{6}, record.Device, "member", c.other.String(), "sign_key", c.key)),
	)
}

// An act that nobody had the right to is not made good by what came behind it,
// so that who hears both at once says the same as who heard them one by one.
func TestNothingIsMadeGoodAfterwards(t *testing.T) {
	c, acts := begin()
	early := c.act(4, c.device, c.other, said(c.tool, record.Device, "name", "portátil"))
	key := [32]byte{11}
	later := c.act(5, c.founder, c.boss, said(c.tool, record.Device, "member", c.other.String(), "sign_key", keyText.EncodeToString(key[:])))
	one, all := NewLaw(c.office, c.founder), NewLaw(c.office, c.founder)
	for _, a := range append(acts, early) {
		one.Learn(a)
	}
	was, _ := one.Judge(&early)
	for _, a := range append(acts, early, later) {
		all.Learn(a)
	}
	if now, _ := all.Judge(&early); was || now {
		t.Errorf("a device was named before it was let in by one who lets nobody in: %v, then %v", was, now)
	}
	if ok, why := all.Judge(&later); !ok {
		t.Error(why)
	}
}

// A device that an earlier act gives to another member makes what it signed be
// judged again.
func TestDeviceOfAnother(t *testing.T) {
	c, acts := begin()
	law := NewLaw(c.office, c.founder)
	third := record.ID{14}
	acts[4].At.Lamport = 6
	for _, a := range append(acts, c.act(4, c.founder, c.boss, said(third, record.Member, "role", "lawyer"))) {
		law.Learn(a)
	}
	word := c.act(9, c.device, c.other, said(record.ID{20}, record.Task, "what", strings.Repeat("x", 3)))
	if ok, why := law.Judge(&word); !ok {
		t.Fatal(why)
	}
	law.Judged(word.At)
	late := law.Learn(c.act(5, c.founder, c.boss, said(record.ID{30}, record.Device, "member", third.String(), "sign_key", c.key)))
	ok, _ := law.Judge(&word)
	if ok || !late {
		t.Errorf("judged %v, to be judged again: %v", ok, late)
	}
}
