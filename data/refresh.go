package data

import (
	"paradero/data/record"
)

// known are the kinds whose records the office itself goes by.
func known(k record.Kind) bool {
	return k == record.Member || k == record.OfficeKind || k == record.Facility || k == record.Circle
}

// refresh keeps the members' names, the office's name, the rights and the
// facilities current.
func (o *Office) refresh(r *record.Record) {
	info := o.Info()
	switch {
	case r.Kind == record.Facility:
		o.places.set(r)
	case r.Kind == record.Member:
		o.names.set(r.ID, r.Get("name"))
		if r.ID == info.Member {
			info.Name, info.Role, info.Licence = r.Get("name"), r.Get("role"), r.Get("licence")
			if role, ok := o.law.Role(r.ID); ok {
				info.Role = role // which may have waited for a second coordinator's word
			}
		}
	case r.ID == info.OfficeID:
		info.Office, info.City = r.Get("name"), r.Get("city")
		if rights, ok := o.law.Rights(); ok {
			o.rights.Store(&rights)
		} else if rights, err := parseRights(r.Get("rights")); err == nil {
			o.rights.Store(&rights)
		}
	}
	o.info.Store(&info)
}

// tellFolded tells who watches what was folded: many at once by their kinds.
func (o *Office) tellFolded(list []*touched) {
	kinds := map[record.Kind]bool{}
	for _, t := range list {
		if len(list) <= 16 {
			o.watchers.tell(Event{Kind: t.state.Kind, ID: t.state.ID})
		}
		kinds[t.state.Kind] = true
	}
	if len(list) > 16 {
		for k := range kinds {
			o.watchers.tell(Event{Kind: k})
		}
	}
}
