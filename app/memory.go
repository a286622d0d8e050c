package app

import "runtime/debug"

// LimitMemory makes the collector keep the program small: a field laptop has
// 4 GB and a browser open. The limit is soft; a large import may pass it and
// then pays with time. Measured with a hundred thousand people: the rows take
// 40 MB, the store's caches and tables 60 MB, the window 70 MB (DESIGN §5).
func LimitMemory() {
	const soft = 320 << 20
	debug.SetMemoryLimit(soft)
	debug.SetGCPercent(50)
}
