package desktop

import (
	"paradero/app/desktop/cases"
	"paradero/app/desktop/clashes"
	"paradero/app/desktop/documents"
	"paradero/app/desktop/families"
	"paradero/app/desktop/incidents"
	"paradero/app/desktop/people"
	"paradero/app/desktop/room"
	"paradero/app/desktop/settings"
	"paradero/app/desktop/today"
)

// rooms gives the rooms in the order of the rail.
func rooms() []maker {
	return []maker{
		{"today", today.New},
		{"people", people.New},
		{"families", families.New},
		{"cases", cases.New},
		{"incidents", incidents.New},
		{"contradictions", clashes.New},
		{"documents", documents.New},
		{"settings", func(h room.Host) room.Room { return settings.New(h.(settings.Controls)) }},
	}
}
