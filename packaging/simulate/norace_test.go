//go:build !race

package simulate

// shortly is how many seeds a test runs that is told nothing.
const shortly = 100
