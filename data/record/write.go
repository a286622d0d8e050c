package record

import (
	"strconv"
	"strings"

	"paradero/data/fault"
)

// writeText is how many letters name a batch, and ShortestWrite how many of
// them a person must give at least.
const (
	writeText     = 52
	ShortestWrite = 8
)

// String gives the text form of a change's name: the hash of its batch, 52
// lowercase letters and digits, a point, and its place therein.
func (w Write) String() string {
	return strings.ToLower(idText.EncodeToString(w.Batch[:])) + "." + strconv.Itoa(int(w.Index))
}

// IsZero reports whether it names nothing.
func (w Write) IsZero() bool { return w == Write{} }

// ParseWrite reads the whole text form, capitals allowed.
func ParseWrite(s string) (Write, error) {
	start, index, err := SplitWrite(s)
	if err != nil {
		return Write{}, err
	}
	b, derr := idText.DecodeString(strings.ToUpper(start))
	if derr != nil || len(start) != writeText || index < 0 {
		return Write{}, fault.New(fault.Invalid, "read change", "change_malformed", s)
	}
	w := Write{Index: uint16(index)}
	copy(w.Batch[:], b)
	return w, nil
}

// SplitWrite reads the beginning of a text form, at least ShortestWrite
// letters; index is -1 where none is given.
func SplitWrite(s string) (start string, index int, err error) {
	malformed := fault.New(fault.Invalid, "read change", "change_malformed", s)
	start, number, given := strings.Cut(strings.ToLower(strings.TrimSpace(s)), ".")
	if len(start) < ShortestWrite || len(start) > writeText || strings.Trim(start, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return "", 0, malformed
	}
	if !given {
		return start, -1, nil
	}
	n, nerr := strconv.ParseUint(number, 10, 16)
	if nerr != nil {
		return "", 0, malformed
	}
	return start, int(n), nil
}
