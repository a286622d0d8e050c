package exchange

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"

	"paradero/data/fault"
)

// openText reads a list of separated values.
func (t *Table) openText(r io.ReaderAt, size int64, f form) error {
	var in io.Reader = io.NewSectionReader(r, 0, size)
	switch f {
	case formUTF16LE:
		in = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in)
	case formUTF16BE:
		in = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader(in)
	}
	buf := bufio.NewReaderSize(in, 64<<10)
	if mark, err := buf.Peek(3); err == nil && string(mark) == bom {
		if _, err := buf.Discard(3); err != nil {
			return fault.Wrap(err, fault.Internal, op, "file_unreadable")
		}
	}
	sample, err := buf.Peek(64 << 10)
	if err != nil && err != io.EOF {
		return fault.Wrap(err, fault.Internal, op, "file_unreadable")
	}
	score, err := t.attach(newText(buf, delimiter(sample)))
	if err != nil {
		return err
	}
	if score == 0 {
		return fault.New(fault.Invalid, op, "list_without_heading")
	}
	return nil
}

// delimiter takes the one that cuts most lines into the same number of cells;
// "sep=;" in the first line decides at once, as spreadsheets write it.
func delimiter(sample []byte) byte {
	if bytes.HasPrefix(sample, []byte("sep=")) && len(sample) > 5 && (sample[5] == '\r' || sample[5] == '\n') {
		return sample[4]
	}
	best, bestScore := byte(','), 0
	for _, d := range []byte{',', ';', '\t', '|'} {
		counts := map[int]int{}
		rest := sample
		for lines := 0; lines < 50 && len(rest) > 0; lines++ {
			n, line := nextRecord(rest, d, true)
			if n == 0 {
				break
			}
			rest = rest[n:]
			counts[len(split(string(line), d, nil))]++
		}
		score := 0
		for cells, lines := range counts {
			if cells > 1 {
				score = max(score, lines*1000+min(cells, 99))
			}
		}
		if score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}

// text reads separated values one record at a time. The standard reader refuses
// what offices write (a quote inside a name, one that is never closed), and one
// open quote would swallow all that follows; here it costs one row at most.
type text struct {
	scan  *bufio.Scanner
	delim byte
	cells []string
	first bool
}

func newText(r io.Reader, delim byte) *text {
	t := &text{scan: bufio.NewScanner(r), delim: delim, first: true}
	t.scan.Buffer(make([]byte, 64<<10), 2*maxRecord)
	t.scan.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if len(data) == 0 {
			return 0, nil, nil
		}
		n, line := nextRecord(data, delim, atEOF || len(data) >= maxRecord)
		if n > 0 && line == nil {
			line = []byte{}
		}
		return n, line, nil
	})
	return t
}

func (t *text) close() error { return nil }

func (t *text) next() ([]string, error) {
	if !t.scan.Scan() {
		if err := t.scan.Err(); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, op, "file_row_too_long")
		}
		return nil, io.EOF
	}
	line := string(t.scan.Bytes())
	if t.first {
		t.first = false
		if strings.HasPrefix(line, "sep=") && len(line) == 5 {
			return t.next()
		}
	}
	t.cells = split(line, t.delim, t.cells[:0])
	for i, c := range t.cells {
		c = decoded(c)
		if len(c) > maxCell {
			c = strings.ToValidUTF8(c[:maxCell], "")
		}
		t.cells[i] = unguard(c)
	}
	return t.cells, nil
}

// nextRecord finds where the first record ends: n bytes with its line break.
// With final set there is nothing more to come; a quote that is still open then
// is a letter like any other, and the record ends with its line.
func nextRecord(data []byte, delim byte, final bool) (n int, line []byte) {
	end := bytes.IndexByte(data, '\n')
	line = data
	if end >= 0 {
		line = data[:end]
	}
	if bytes.IndexByte(line, '"') >= 0 {
		if quoted, closed := quotedEnd(data, delim); closed {
			end = quoted
		} else if !final {
			return 0, nil
		}
	}
	if end < 0 {
		if !final {
			return 0, nil
		}
		return lineBreaks(data)
	}
	// Old Macs end lines with a return alone.
	if cr := bytes.IndexByte(data[:end], '\r'); cr >= 0 && cr < end-1 && bytes.IndexByte(data[:end], '"') < 0 {
		return cr + 1, data[:cr]
	}
	return end + 1, bytes.TrimSuffix(data[:end], []byte{'\r'})
}

// lineBreaks ends the last record, which may be several old Mac lines.
func lineBreaks(data []byte) (int, []byte) {
	if cr := bytes.IndexByte(data, '\r'); cr >= 0 && bytes.IndexByte(data[:cr], '"') < 0 {
		return cr + 1, data[:cr]
	}
	return len(data), data
}

// quotedEnd finds the line break that ends the record, minding quotes that open
// a cell; -1 and true when the data ends outside quotes without one.
func quotedEnd(data []byte, delim byte) (end int, closed bool) {
	inside, start := false, true
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inside:
			if c == '"' {
				if i+1 < len(data) && data[i+1] == '"' {
					i++
					continue
				}
				inside = false
			}
		case c == '"' && start:
			inside, start = true, false
		case c == delim:
			start = true
		case c == '\n':
			return i, true
		default:
			start = false
		}
	}
	return -1, !inside
}

// split cuts a record into cells and appends them to dst.
func split(line string, delim byte, dst []string) []string {
	if strings.IndexByte(line, '"') < 0 {
		for len(dst) < maxColumns {
			i := strings.IndexByte(line, delim)
			if i < 0 {
				return append(dst, line)
			}
			dst = append(dst, line[:i])
			line = line[i+1:]
		}
		return dst
	}
	for len(dst) < maxColumns {
		cell, rest, more := quotedCell(line, delim)
		dst = append(dst, cell)
		if !more {
			return dst
		}
		line = rest
	}
	return dst
}

// quotedCell reads one cell that may be quoted.
func quotedCell(line string, delim byte) (cell, rest string, more bool) {
	if !strings.HasPrefix(line, `"`) {
		if i := strings.IndexByte(line, delim); i >= 0 {
			return line[:i], line[i+1:], true
		}
		return line, "", false
	}
	var b strings.Builder
	s := line[1:]
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 { // never closed: the quote was a letter
			if j := strings.IndexByte(line, delim); j >= 0 && b.Len() == 0 {
				return line[:j], line[j+1:], true
			}
			return b.String() + s, "", false
		}
		b.WriteString(s[:i])
		if s = s[i+1:]; strings.HasPrefix(s, `"`) {
			b.WriteByte('"')
			s = s[1:]
			continue
		}
		tail := s
		if j := strings.IndexByte(s, delim); j >= 0 {
			tail, rest, more = s[:j], s[j+1:], true
		}
		return b.String() + strings.TrimRight(tail, " "), rest, more
	}
}
