package exchange

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"paradero/data/fault"
	"paradero/data/record"
)

// Filter chooses records by their fields; all its conditions must hold.
type Filter struct{ conditions []condition }

type condition struct {
	field, op, value string
	plain            string
}

// ParseFilter reads field=value, field!=value, field<value, field>value and
// field~text, several joined by commas. A comma within a value is part of it
// when no condition follows: "source=Fiscalía, Guayas".
func ParseFilter(s string) (Filter, error) {
	var f Filter
	for _, part := range strings.Split(s, ",") {
		at := strings.IndexAny(part, "=<>~")
		name := ""
		if at > 0 {
			name = strings.TrimSpace(strings.TrimSuffix(part[:at], "!"))
		}
		switch {
		case fieldName(name):
			c := condition{field: name, op: part[at : at+1], value: strings.TrimSpace(part[at+1:])}
			if c.op == "=" && part[at-1] == '!' {
				c.op = "!="
			}
			f.conditions = append(f.conditions, c)
		case len(f.conditions) > 0 && at < 0:
			last := &f.conditions[len(f.conditions)-1]
			last.value = strings.TrimSpace(last.value + "," + part)
		case strings.TrimSpace(part) == "" && strings.TrimSpace(s) == "":
			return Filter{}, nil
		default:
			return Filter{}, fault.New(fault.Usage, "read filter", "filter_condition", strings.TrimSpace(part))
		}
	}
	for i := range f.conditions {
		f.conditions[i].plain = record.Plain(f.conditions[i].value)
	}
	return f, nil
}

func fieldName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_0123456789") == ""
}

// Fields names the fields that the filter looks at, each once.
func (f Filter) Fields() []string {
	var out []string
	for _, c := range f.conditions {
		if !slices.Contains(out, c.field) {
			out = append(out, c.field)
		}
	}
	return out
}

// Match reports whether a record is chosen. Of a field with several values one
// is enough.
func (f Filter) Match(get func(field string) string) bool {
	for _, c := range f.conditions {
		if !c.holds(get(c.field)) {
			return false
		}
	}
	return true
}

func (c condition) holds(text string) bool {
	switch c.op {
	case "=":
		return c.equal(text)
	case "!=":
		return !c.equal(text)
	case "~":
		return c.plain == "" || strings.Contains(record.Plain(text), c.plain)
	}
	if text == "" {
		return false // what is not known is neither more nor less
	}
	n := strings.Compare(text, c.value)
	a, errA := strconv.ParseFloat(text, 64)
	b, errB := strconv.ParseFloat(c.value, 64)
	if errA == nil && errB == nil {
		n = cmp.Compare(a, b)
	}
	return (c.op == "<" && n < 0) || (c.op == ">" && n > 0)
}

// equal minds accents, not capitals.
func (c condition) equal(text string) bool {
	if strings.EqualFold(text, c.value) {
		return true
	}
	return slices.ContainsFunc(record.SplitList(text), func(item string) bool { return strings.EqualFold(item, c.value) })
}
