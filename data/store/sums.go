package store

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A store that was closed in order leaves a list of its files, with the length
// and CRC-32C of each. Badger trusts the lengths that it finds in its files
// before it has checked them, so that one flipped bit there ends the program;
// what agrees with the list can be opened without that fear, and what does not
// is not opened at all. While a store is open, and after a crash, there is no
// list, and Probe is asked.
const (
	sumsName = "SUMS"
	sumsLine = "paradero store 1\n"
)

// Condition is what can be said of a store without opening it.
type Condition int

// The conditions of a store.
const (
	Sound     Condition = iota // closed in order, and every byte is what was written
	Unknown                    // not closed in order: nobody knows
	Damaged                    // a file is not what was written
	Condemned                  // found wrong by who used it: to be made anew
)

// Look gives the condition of the store in dir and, of a damaged one, the first
// file that is not what was written.
func Look(dir string) (Condition, string) {
	if b, err := os.ReadFile(string(markerOf(dir))); err == nil {
		if len(b) > 0 {
			return Condemned, ""
		}
		return Unknown, ""
	}
	listed, err := readSums(dir)
	if err != nil {
		return Unknown, ""
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return Unknown, ""
	}
	for _, e := range entries {
		if _, ok := listed[e.Name()]; !ok && e.Name() != sumsName && kept(e.Name()) {
			return Damaged, e.Name()
		}
	}
	for name, want := range listed {
		if got, err := sumOf(filepath.Join(dir, name)); err != nil || got != want {
			return Damaged, name
		}
	}
	return Sound, ""
}

// kept tells whether a file of Badger's says something; its lock does not.
func kept(name string) bool { return name != "LOCK" }

// sum is what the list says of one file.
type sum struct {
	size int64
	crc  uint32
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sumOf(path string) (sum, error) {
	f, err := os.Open(path)
	if err != nil {
		return sum{}, fmt.Errorf("check file: %w", err)
	}
	defer func() { _ = f.Close() }()
	h := crc32.New(castagnoli)
	n, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, make([]byte, 256<<10))
	if err != nil {
		return sum{}, fmt.Errorf("check file: %w", err)
	}
	return sum{n, h.Sum32()}, nil
}

// writeSums lists the files of a store that has just been closed. The list
// checks itself by its last line, so that half a list is none.
func writeSums(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list store: %w", err)
	}
	var b strings.Builder
	b.WriteString(sumsLine)
	for _, e := range entries {
		if !kept(e.Name()) || e.Name() == sumsName {
			continue
		}
		s, err := sumOf(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%08x %d %s\n", s.crc, s.size, e.Name())
	}
	text := b.String()
	text += fmt.Sprintf("%08x\n", crc32.Checksum([]byte(text), castagnoli))
	if err := os.WriteFile(filepath.Join(dir, sumsName), []byte(text), 0o600); err != nil {
		return fmt.Errorf("list store: %w", err)
	}
	return nil
}

var errNoSums = errors.New("no list of the store's files")

// maxSums bounds the list: a store has tens of files.
const maxSums = 1 << 20

func readSums(dir string) (map[string]sum, error) {
	f, err := os.Open(filepath.Join(dir, sumsName))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoSums, err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxSums))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoSums, err)
	}
	text, last, ok := cutLast(string(b))
	if !ok || !strings.HasPrefix(text, sumsLine) || last != fmt.Sprintf("%08x\n", crc32.Checksum([]byte(text), castagnoli)) {
		return nil, errNoSums
	}
	listed := map[string]sum{}
	lines := bufio.NewScanner(strings.NewReader(text[len(sumsLine):]))
	for lines.Scan() {
		var s sum
		var name string
		if n, err := fmt.Sscanf(lines.Text(), "%08x %d %s", &s.crc, &s.size, &name); n != 3 || err != nil || name != filepath.Base(name) {
			return nil, errNoSums
		}
		listed[name] = s
	}
	return listed, nil
}

// cutLast divides a text before its last line.
func cutLast(text string) (before, last string, ok bool) {
	i := strings.LastIndexByte(strings.TrimSuffix(text, "\n"), '\n')
	if i < 0 {
		return "", "", false
	}
	return text[:i+1], text[i+1:], true
}

// dropSums takes the list away before the files change.
func dropSums(dir string) error {
	if err := os.Remove(filepath.Join(dir, sumsName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("open store: %w", err)
	}
	return nil
}
