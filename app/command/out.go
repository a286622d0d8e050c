package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
)

// object is one JSON object whose names keep the order in which they were put.
type object []member

type member struct {
	name  string
	value any
}

// put adds a value under a name.
func (o *object) put(name string, value any) { *o = append(*o, member{name, value}) }

// MarshalJSON writes the object in its own order and leaves < > & as they are.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := plainJSON(m.name)
		if err != nil {
			return nil, err
		}
		value, err := plainJSON(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// line prints one object as one line of JSON.
func (c *call) line(o object) {
	b, err := o.MarshalJSON()
	if err != nil {
		c.outErr = fault.Wrap(err, fault.Internal, "print", "unknown", "json")
		return
	}
	c.write(string(b) + "\n")
}

// result prints the object, or for people what say prints.
func (c *call) result(o object, say func()) {
	if c.common.json {
		c.line(o)
		return
	}
	say()
}

// print prints a line for people, by key; it is silent under --json.
func (c *call) print(key string, args ...string) { c.text(c.words.T(key, args...)) }

func (c *call) text(s string) {
	if !c.common.json {
		c.write(s + "\n")
	}
}

// note says something beside the result, on standard error.
func (c *call) note(s string) {
	if c.common.quiet {
		return
	}
	c.meter.clear()
	_, _ = io.WriteString(c.env.Stderr, s+"\n")
}

func (c *call) write(s string) {
	if c.outErr != nil {
		return
	}
	c.meter.clear()
	if _, err := io.WriteString(c.env.Stdout, s); err != nil {
		c.outErr = fault.Wrap(err, fault.Internal, "print", "output_closed")
	}
}

// table prints rows in aligned columns under their headings; empty columns
// are left out.
func (c *call) table(headings []string, rows [][]string) {
	widths := make([]int, len(headings))
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell), utf8.RuneCountInString(headings[i]))
			}
		}
	}
	var b strings.Builder
	for _, row := range append([][]string{headings}, rows...) {
		var line strings.Builder
		for i, cell := range row {
			if widths[i] == 0 {
				continue
			}
			if line.Len() > 0 {
				line.WriteString("  ")
			}
			line.WriteString(cell + strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell))))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	c.text(strings.TrimSuffix(b.String(), "\n"))
}

// warnings gives doubts as JSON, and for people on standard error.
func (c *call) warnings(problems []fault.Problem) []object {
	list := make([]object, 0, len(problems))
	for _, p := range problems {
		var o object
		o.put("field", p.Field)
		o.put("key", p.Key)
		o.put("text", c.reason(p))
		list = append(list, o)
		if !c.common.json {
			c.note(c.words.T("command.warning", c.reason(p)))
		}
	}
	return list
}

// meter shows progress on a terminal, on one line that it rewrites.
type meter struct {
	mu    sync.Mutex
	out   io.Writer
	words *assets.Words
	quiet bool
	shown bool
	last  time.Time
}

func (m *meter) show(p data.Progress) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.quiet || time.Since(m.last) < 80*time.Millisecond {
		return
	}
	m.last, m.shown = time.Now(), true
	phase := p.Phase
	if key := "command.phase." + phase; m.words.Has(key) {
		phase = m.words.T(key)
	}
	text := phase
	if p.Total > 0 {
		text += fmt.Sprintf("  %s / %s", m.words.Count(p.Done), m.words.Count(p.Total))
	} else if p.Done > 0 {
		text += "  " + m.words.Count(p.Done)
	}
	_, _ = io.WriteString(m.out, "\r\x1b[K"+text)
}

// clear takes the line away before something else is printed.
func (m *meter) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shown {
		_, _ = io.WriteString(m.out, "\r\x1b[K")
		m.shown = false
	}
}
