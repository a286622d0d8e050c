package record

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"paradero/data/fault"
)

// pastOnly are the days on which something already happened: one that lies
// ahead is a slip of the pen. Plans and deadlines are not among them.
var pastOnly = map[string]bool{
	"birth": true, "detained_on": true, "offence_date": true, "final_judgment_on": true, "last_contact_on": true,
	"consent_on": true, "consent_withdrawn_on": true, "identity_verified_on": true, "opened_on": true, "closed_on": true,
	"filed_on": true, "boleta_date": true, "left_at": true, "when": true, "ended": true, "started": true, "done_on": true,
	"issued_at": true, "as_of": true, "found_at": true, "handed_on": true, "removed_on": true,
}

// ahead are the days that people name by what is to come.
var ahead = map[string]bool{
	"review_on": true, "next_step_due": true, "hearing_on": true, "expected_at": true, "next_due": true,
	"next_contact": true, "due": true, "remind_on": true,
}

// Check reads what a person typed into a field into its canonical text. A
// problem that is a warning is saved all the same; any other refuses the field,
// and the canonical text is then empty. day is now, in the office's time.
// Reading a canonical text again gives the same text.
func Check(kind Kind, field string, typed string, day time.Time) (canonical string, problems []fault.Problem) {
	s := SchemaOf(kind)
	if s == nil {
		return "", []fault.Problem{{Field: field, Key: "kind_unknown"}}
	}
	f, ok := s.Field(field)
	if !ok {
		return "", []fault.Problem{{Field: field, Key: "field_unknown", Args: []string{field}}}
	}
	c := &checking{field: f, day: day}
	canonical = c.read(typed)
	for _, p := range c.problems {
		if !p.Warning {
			return "", c.problems
		}
	}
	return canonical, c.problems
}

// checking is one field being read.
type checking struct {
	field    *Field
	day      time.Time
	problems []fault.Problem
}

func (c *checking) warn(key string, args ...string) {
	c.problems = append(c.problems, fault.Problem{Field: c.field.Name, Key: key, Args: args, Warning: true})
}

func (c *checking) refuse(key string, args ...string) string {
	c.problems = append(c.problems, fault.Problem{Field: c.field.Name, Key: key, Args: args})
	return ""
}

func (c *checking) read(typed string) string {
	line := CleanLine(typed)
	if line == "" {
		return ""
	}
	switch c.field.Type {
	case Text:
		return c.text(bareName(c.field.Name, c.line(line)), maxLine)
	case LongText:
		return c.text(CleanLong(typed), maxLong)
	case Texts:
		return c.texts(typed)
	case Date, Moment:
		return c.date(line)
	case Int:
		return c.number(line)
	case Bool:
		if said, ok := boolWords[Plain(line)]; ok {
			return said
		}
		return c.refuse("bool_unknown", line)
	case Enum:
		return c.option(line)
	case Enums:
		return c.options(typed)
	case Ref:
		return c.id(line)
	case Refs:
		return c.ids(typed)
	case Cedula:
		return c.cedula(line)
	case Phone:
		n, ok := NormalPhone(line)
		if !ok {
			c.warn("phone_doubtful", n)
		}
		return c.text(n, maxLine)
	case Hours:
		return c.hours(line)
	}
	return c.refuse("field_unknown", c.field.Name)
}

func (c *checking) text(s string, most int) string {
	if utf8.RuneCountInString(s) > most {
		return c.refuse("text_too_long", strconv.Itoa(most))
	}
	return s
}

var email = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)

// line looks at texts that have a form of their own.
func (c *checking) line(s string) string {
	switch c.field.Name {
	case "process_number":
		if !CourtNumber(s) {
			c.warn("court_number", s)
		}
	case "email":
		if !email.MatchString(s) {
			c.warn("email_doubtful", s)
		}
	case "given_names", "paternal_surname", "maternal_surname":
		if strings.ContainsAny(s, "0123456789") {
			c.warn("name_digits", s)
		}
	}
	return s
}

func (c *checking) texts(typed string) string {
	if c.field.Name != "phones" {
		return c.text(CleanList(typed), maxLong)
	}
	list, doubtful := normalPhones(typed)
	for _, d := range doubtful {
		c.warn("phone_doubtful", d)
	}
	return c.text(list, maxLong)
}

func (c *checking) option(line string) string {
	if o, ok := c.field.Option(line); ok {
		return o
	}
	return c.refuse("enum_unknown", line)
}

// options keeps the order of the schema, so that equal choices are equal texts.
func (c *checking) options(typed string) string {
	chosen := map[string]bool{}
	for _, part := range strings.FieldsFunc(CleanList(typed), func(r rune) bool { return r == '\n' || r == ',' || r == ';' }) {
		part = CleanLine(part)
		if part == "" {
			continue
		}
		o, ok := c.field.Option(part)
		if !ok {
			return c.refuse("enum_unknown", part)
		}
		chosen[o] = true
	}
	var out []string
	for _, o := range c.field.Options {
		if chosen[o] {
			out = append(out, o)
		}
	}
	return JoinList(out)
}

func (c *checking) id(line string) string {
	id, err := ParseID(line)
	if err != nil || id.IsZero() {
		return c.refuse("id_malformed", line)
	}
	return id.String()
}

func (c *checking) ids(typed string) string {
	var out []string
	seen := map[string]bool{}
	for _, part := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r <= ' ' }) {
		id := c.id(part)
		if id == "" {
			return ""
		}
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return JoinList(out)
}

func (c *checking) cedula(line string) string {
	canonical, suggestion, reason := CheckCedula(line)
	switch {
	case reason == "":
	case suggestion != "":
		c.warn(reason+"_offer", suggestion)
	case reason == CedulaLength:
		digits, _ := digitsOf(line)
		c.warn(reason, strconv.Itoa(len(digits)))
	case reason == CedulaProvince:
		c.warn(reason, canonical[:2])
	default:
		c.warn(reason, canonical)
	}
	return c.text(canonical, maxLine)
}

func (c *checking) date(line string) string {
	to := nearest
	if pastOnly[c.field.Name] {
		to = backward
	} else if ahead[c.field.Name] {
		to = forward
	}
	d, problem := readDay(line, c.day, to)
	if problem != "" {
		return c.refuse(problem, line)
	}
	if d.Said != "" && c.field.Name != "birth" {
		return c.refuse("date_is_age", line)
	}
	if c.field.Type == Date {
		d.Hour, d.Minute, d.HasTime = 0, 0, false
	}
	first, last := d.Span()
	if d.Said != "" {
		said, _ := ParseCanonical(d.Said)
		first, _ = said.Span()
	}
	if pastOnly[c.field.Name] && first.After(dateOf(c.day)) {
		return c.refuse("date_in_future", line)
	}
	if c.field.Name == "birth" {
		return c.birth(d, last)
	}
	return d.String()
}

// birth refuses an age that nobody reaches, and doubts that of a child: the
// prisons of this work hold adults.
func (c *checking) birth(d Day, last time.Time) string {
	age := yearsBetween(last, dateOf(c.day))
	if age > maxAge {
		return c.refuse("birth_too_old", strconv.Itoa(maxAge))
	}
	if age < 18 {
		c.warn("birth_minor", strconv.Itoa(max(0, age)))
	}
	return d.String()
}

var hoursForm = regexp.MustCompile(`^(?:de |from )?(.+?)(?: ?- ?| a las | a | hasta las | hasta | to | y )(.+)$`)

// hours reads "8 a 12", "08h00-12h30", "2pm a 5pm".
func (c *checking) hours(line string) string {
	m := hoursForm.FindStringSubmatch(strings.TrimPrefix(dateText(line), "de "))
	if m == nil {
		return c.refuse("hours_malformed", line)
	}
	var ends [2]string
	for i, part := range m[1:] {
		part = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(part), "las "), "a las ")
		rest, hour, minute, ok, problem := cutClock(part)
		if !ok && problem == "" {
			rest, hour, minute, ok, problem = cutClock(part + ":00")
		}
		if rest != "" || problem != "" || !ok {
			return c.refuse("hours_malformed", line)
		}
		ends[i] = Day{Year: minYear, Month: 1, Day: 1, Hour: hour, Minute: minute, HasTime: true}.String()[11:]
	}
	if ends[0] == ends[1] {
		return c.refuse("hours_malformed", line)
	}
	return ends[0] + "-" + ends[1]
}
