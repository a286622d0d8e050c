package team

import (
	"paradero/data/ledger"
	"paradero/data/record"
)

// Holds tells whether a member has a right at a place in the order.
func (l *Law) Holds(at Place, member record.ID, right string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready()
	return l.holds(at, member, right)
}

// kept tells whether a change would take something away of what is kept of who
// read what: nobody may.
func kept(c *ledger.Change) bool {
	return c.Kind == record.Access && (c.Op != ledger.OpEdit || setsField(c, ledger.FieldDeleted))
}
