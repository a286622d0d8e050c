package desktop

import (
	"paradero/app/desktop/room"
	"paradero/app/desktop/settings"
)

// rooms gives the rooms in the order of the rail.
func rooms() []maker {
	return []maker{
		{"settings", func(h room.Host) room.Room { return settings.New(h.(settings.Controls)) }},
	}
}
