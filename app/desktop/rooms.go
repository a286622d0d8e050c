package desktop

import (
	"paradero/app/desktop/cases"
	"paradero/app/desktop/clashes"
	"paradero/app/desktop/documents"
	"paradero/app/desktop/exchange"
	"paradero/app/desktop/families"
	"paradero/app/desktop/incidents"
	"paradero/app/desktop/people"
	"paradero/app/desktop/room"
	"paradero/app/desktop/settings"
	"paradero/app/desktop/team"
	"paradero/app/desktop/today"
)

// rooms gives the rooms in the order of the rail.
func rooms() []maker {
	return []maker{
		{key: "today", make: today.New},
		{key: "people", make: people.New},
		{key: "families", make: families.New},
		{key: "cases", make: cases.New},
		{key: "incidents", make: incidents.New},
		{key: "contradictions", make: clashes.New},
		{key: "documents", make: documents.New},
		{key: "team", make: func(h room.Host) room.Room { return team.New(h.(team.Controls)) }},
		{key: "settings", make: func(h room.Host) room.Room { return settings.New(h.(settings.Controls)) }},
		{key: "sync", make: func(h room.Host) room.Room { return exchange.New(h.(exchange.Controls)) }, aside: true},
	}
}
