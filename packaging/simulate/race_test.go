//go:build race

package simulate

// raced tells whether the race detector is in: it makes everything ten times slower.
const raced = true

// shortly is how many seeds a test runs that is told nothing.
const shortly = 40
