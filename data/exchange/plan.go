package exchange

import (
	"strings"

	"paradero/data/fault"
	"paradero/data/record"
)

// plan is what the sample of rows taught about the columns.
type plan struct {
	cols       []colPlan
	givenFirst bool // names of an unnamed order stand as people say them
	womenM     bool // the column of sex says H and M: M is mujer
	inYears    bool // the heading of the penalty says years
}

// colPlan is one column that is read.
type colPlan struct {
	at      int
	field   string // of Column.Field
	heading string
	check   record.Kind // whose schema checks it; 0: this package reads it
	as      string      // the schema's field
	memo    bool        // few different values: remember what they came to
	seen    map[string]memoVal
	title   bool   // a name that may stand in capitals
	split   string // letters that divide several values in one cell
	date    bool
	exact   bool // several lines by our own heading: blanks before the first stay
}

// checkedBy says which schema reads a field that is not of the row's own kind.
var checkedBy = map[string]struct {
	kind record.Kind
	as   string
}{
	ofCedula: {record.Detainee, "cedula"}, contactCedula: {record.Contact, "cedula"},
	ofPassport: {record.Detainee, "passport"}, contactPass: {record.Contact, "passport"},
	ofName: {record.Detainee, "original_name"}, contactName: {record.Contact, "original_name"},
	"kinship": {record.Relationship, "kinship"}, hospital: {record.Claim, "facility"},
	"life_status": {record.Claim, "status"}, "release_status": {record.Claim, "status"},
}

var placeFields = map[string]bool{"facility": true, "wing": true, "cell": true, statusField: true}

func (t *Table) makePlan(sample [][]string) plan {
	var p plan
	s := record.SchemaOf(t.kind)
	for i, col := range t.columns {
		if col.Field == "" || col.Field == leaveOut {
			continue
		}
		c := colPlan{at: i, field: col.Field, heading: col.Heading, memo: true}
		other, foreign := checkedBy[col.Field]
		switch f, ok := s.Field(col.Field); {
		case t.kind == record.Detainee && placeFields[col.Field]:
			c.check, c.as = record.Claim, col.Field
		case foreign && !(ok && t.kind == record.Contact && col.Field == "cedula"):
			c.check, c.as = other.kind, other.as
		case ok:
			c.check, c.as = t.kind, col.Field
			c.date = f.Type == record.Date || f.Type == record.Moment
			if f.Type == record.Texts && !strings.EqualFold(col.Heading, col.Field) {
				c.split = "/;|"
			}
			c.exact = f.Type == record.LongText && strings.EqualFold(col.Heading, col.Field)
			c.memo = f.Type != record.Cedula && f.Type != record.LongText && f.Type != record.Phone && f.Type != record.Texts
		}
		switch col.Field {
		case "given_names", "paternal_surname", "maternal_surname":
			// A heading of our own schema is a machine's list: it is left as it is.
			c.title = !strings.EqualFold(col.Heading, col.Field)
		case "passport", "process_number", "original_name", ofCedula, ofPassport, contactCedula, contactPass, ofName, contactName:
			c.memo = false
		case penalty:
			key := headingKey(col.Heading)
			p.inYears = strings.Contains(" "+key+" ", " anos ") || strings.Contains(" "+key+" ", " years ")
			p.inYears = p.inYears && !strings.Contains(key, "meses")
		case "sex":
			p.womenM = saysH(sample, i)
		case fullAny:
			p.givenFirst = givenFirst(sample, i)
		}
		if c.memo {
			c.seen = map[string]memoVal{}
		}
		p.cols = append(p.cols, c)
	}
	return p
}

// saysH reports whether a column of sex writes H for men.
func saysH(sample [][]string, at int) bool {
	for _, row := range sample {
		if at < len(row) && strings.EqualFold(strings.TrimSpace(row[at]), "h") {
			return true
		}
	}
	return false
}

// givenFirst reads the order of whole names from the names themselves: the way
// that leaves fewer of them doubtful. Lists of offices put surnames first, so a
// tie goes to them.
func givenFirst(sample [][]string, at int) bool {
	lists, people := 0, 0
	for _, row := range sample {
		if at >= len(row) {
			continue
		}
		if _, _, _, doubtful := record.SplitName(row[at]); doubtful {
			lists++
		}
		if _, _, _, doubtful := record.SplitGivenFirst(row[at]); doubtful {
			people++
		}
	}
	return people < lists
}

type memoVal struct {
	canonical string
	problems  []fault.Problem
}

// maxMemo is how many different cells of one column are remembered.
const maxMemo = 1 << 14

// value reads one cell of a checked column.
func (t *Table) value(c *colPlan, raw string) (string, []fault.Problem) {
	if c.memo {
		if v, ok := c.seen[raw]; ok {
			return v.canonical, v.problems
		}
	}
	typed := raw
	switch {
	case c.date && t.serials:
		if d, ok := serialDate(raw, t.shift); ok {
			typed = d
		}
	case c.title:
		typed = record.TitleName(raw)
	case c.split != "":
		typed = strings.Map(func(r rune) rune {
			if strings.ContainsRune(c.split, r) {
				return '\n'
			}
			return r
		}, raw)
	case c.field == "sex" && t.plan.womenM && strings.EqualFold(strings.TrimSpace(raw), "m"):
		typed = "mujer"
	}
	canonical, problems := record.Check(c.check, c.as, typed, t.opt.Day)
	if c.memo && len(c.seen) < maxMemo {
		// The cell is a part of its line: without a copy the whole line would stay.
		c.seen[strings.Clone(raw)] = memoVal{strings.Clone(canonical), problems}
	}
	return canonical, problems
}

// title is record.TitleName, remembered: a list has few different names.
func (t *Table) title(s string) string {
	if s == "" {
		return ""
	}
	if v, ok := t.titles[s]; ok {
		return v
	}
	v := record.TitleName(s)
	if len(t.titles) < maxMemo {
		t.titles[strings.Clone(s)] = strings.Clone(v)
	}
	return v
}
