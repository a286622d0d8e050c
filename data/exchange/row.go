package exchange

import (
	"strings"

	"paradero/data/fault"
	"paradero/data/record"
)

// building is one row being read.
type building struct {
	*Row
	t     *Table
	full  string // a name in one column
	first bool   // given names first
	both  string // both surnames in one column
	claim map[string]string
	said  []string // further statuses: a claim has one
	age   string
}

// build reads the cells of one row.
func (t *Table) build(cells []string) *Row {
	b := building{t: t, Row: &Row{Num: t.num, Kind: t.kind, Values: make(map[string]string, len(t.plan.cols)+4)}}
	if isTotal(cells) {
		b.refuse("", "", "row_is_total")
		return b.Row
	}
	for i := range t.plan.cols {
		c := &t.plan.cols[i]
		if c.at >= len(cells) {
			continue
		}
		raw := strings.TrimSpace(cells[c.at])
		if raw == "" || nothing[raw] {
			continue
		}
		if c.check == 0 {
			b.special(c, raw)
			continue
		}
		if c.exact {
			raw = cells[c.at]
		}
		b.checked(c, raw)
	}
	b.finish()
	return b.Row
}

// nothing is what lists write where they know nothing.
var nothing = map[string]bool{"-": true, "--": true, "---": true, "N/A": true, "n/a": true, "NA": true, "S/N": true, "s/n": true, "#N/A": true, "#N/D": true, "NULL": true, "null": true, ".": true}

// isTotal knows the line under a list.
func isTotal(cells []string) bool {
	for _, c := range cells {
		if c = strings.TrimSpace(c); c != "" {
			switch record.Plain(c) {
			case "total", "totales", "total general", "subtotal", "suma":
				return true
			}
			return false
		}
	}
	return false
}

func (b *building) note(column string, whole bool, p fault.Problem) {
	b.Problems = append(b.Problems, Problem{Column: column, Whole: whole, Problem: p})
}

func (b *building) refuse(column, field, key string, args ...string) {
	b.note(column, true, fault.Problem{Field: field, Key: key, Args: args})
}

// checked reads a cell by the schema and puts it where it belongs.
func (b *building) checked(c *colPlan, raw string) {
	canonical, problems := b.t.value(c, raw)
	for _, p := range problems {
		b.note(c.heading, false, p)
	}
	if canonical == "" {
		if c.as == statusField && len(problems) > 0 {
			b.Notes = append(b.Notes, c.heading+": "+raw) // a word we do not know is still what the list said
		}
		return
	}
	switch b.t.kind {
	case record.Detainee:
		if b.ofClaim(c, canonical) {
			return
		}
	case record.Contact, record.Relationship, record.Claim:
		if b.ofParent(c, canonical) {
			return
		}
	}
	if was := b.Values[c.field]; was != "" && c.field == "phones" {
		canonical = record.CleanList(was + "\n" + canonical)
	}
	b.Values[c.field] = canonical
}

// ofClaim puts a place or status into what the list claims.
func (b *building) ofClaim(c *colPlan, canonical string) bool {
	switch c.field {
	case "facility", "wing", "cell":
		b.say(c.field, canonical)
	case statusField, "life_status", "release_status":
		b.status(c.heading, canonical)
	case hospital:
		b.say("hospital", canonical)
	case "age":
		b.age = canonical
	default:
		return false
	}
	return true
}

func (b *building) say(field, value string) {
	if b.claim == nil {
		b.claim = make(map[string]string, 6)
	}
	b.claim[field] = value
}

// status takes what a list says about a life or a release. A list confirms
// nothing: it has neither method nor paper.
func (b *building) status(heading, status string) {
	switch status {
	case "confirmed_dead", "confirmed_alive":
		status = "reported_" + strings.TrimPrefix(status, "confirmed_")
		b.note(heading, false, fault.Problem{Field: statusField, Key: "list_only_reports", Warning: true})
	case "unknown":
		return
	}
	if b.claim["status"] == "" {
		b.say("status", status)
	} else if b.claim["status"] != status {
		b.said = append(b.said, status)
	}
}

// ofParent puts a paper or name of another person where the row's record or
// tie is looked for.
func (b *building) ofParent(c *colPlan, canonical string) bool {
	isClaim := b.t.kind == record.Claim
	switch c.field {
	case ofID, ofCedula, ofPassport, ofName:
		if isClaim {
			b.parent(strings.TrimPrefix(c.field, "detainee_"), canonical)
		} else {
			b.parent(c.field, canonical)
		}
	case contactID, contactCedula, contactPass, contactName:
		b.parent(c.field, canonical)
	case "kinship":
		if b.t.kind == record.Relationship {
			return false
		}
		b.parent("kinship", canonical)
	default:
		return false
	}
	return true
}

func (b *building) parent(key, value string) {
	if b.Parent == nil {
		b.Parent = map[string]string{}
	}
	b.Parent[key] = value
}

// special reads the columns that no schema knows.
func (b *building) special(c *colPlan, raw string) {
	switch c.field {
	case fullName:
		b.full = raw
	case fullGiven:
		b.full, b.first = raw, true
	case fullAny:
		b.full, b.first = raw, b.t.plan.givenFirst
	case surnames:
		b.both = raw
	case penalty:
		b.penalty(c, raw)
	case deadMark:
		b.mark(c, raw, "reported_dead")
	case injuredMark:
		b.mark(c, raw, "reported_injured")
	case note:
		text := record.CleanLong(raw)
		if !plainNote[headingKey(c.heading)] {
			text = c.heading + ": " + text
		}
		b.Notes = append(b.Notes, text)
	case "incident":
		b.parent("incident", record.CleanLine(raw))
	case ofID, contactID:
		if id, err := record.ParseID(raw); err == nil {
			b.ofParent(c, id.String())
		} else {
			b.note(c.heading, false, fault.Problem{Field: "id", Key: "id_malformed", Args: []string{raw}})
		}
	}
}

// plainNote are headings that say nothing beside the note itself.
var plainNote = map[string]bool{
	"observaciones": true, "observacion": true, "obs": true, "nota": true, "notas": true, "note": true, "notes": true,
	"comentarios": true, "comentario": true, "remarks": true,
}

// mark reads a cross, a yes, or the word itself.
func (b *building) mark(c *colPlan, raw, status string) {
	switch record.Plain(raw) {
	case "no", "0", "false", "falso", "n", "":
		return
	case "x", "si", "s", "1", "yes", "y", "true", "verdadero":
		b.status(c.heading, status)
		return
	}
	if said, problems := record.Check(record.Claim, statusField, raw, b.t.opt.Day); said != "" && len(problems) == 0 {
		b.status(c.heading, said)
		return
	}
	b.Notes = append(b.Notes, c.heading+": "+record.CleanLine(raw))
}

// penalty reads "5 años 4 meses". A bare number could be years or months, and
// guessing would set somebody's end of sentence wrong.
func (b *building) penalty(c *colPlan, raw string) {
	if strings.Trim(raw, "0123456789") == "" {
		if !b.t.plan.inYears {
			b.note(c.heading, false, fault.Problem{Field: "penalty_months", Key: "penalty_without_unit", Args: []string{raw}})
			return
		}
		raw += " años"
	}
	months, problems := record.Check(record.Detainee, "penalty_months", raw, b.t.opt.Day)
	for _, p := range problems {
		b.note(c.heading, false, p)
	}
	if months != "" && b.Values["penalty_months"] == "" {
		b.Values["penalty_months"] = months
	}
}

// finish draws together what the columns said and refuses what is nothing.
func (b *building) finish() {
	switch b.t.kind {
	case record.Detainee:
		b.splitNames()
		b.born()
		b.dates()
		b.claims()
		b.identified()
	case record.Contact:
		b.splitNames()
		b.identified()
	case record.Relationship:
		b.ties()
	case record.Claim:
		b.reportRow()
	case record.Toll:
		b.fill("source", b.t.list)
		b.fill("when", b.t.asOf)
		b.required("category", "count")
	case record.Remains:
		b.required("code")
	case record.Facility:
		b.fill("as_of", b.t.asOf)
		b.required("name")
	}
	b.clean()
}

// clean leaves no empty values behind.
func (b *building) clean() {
	for k, v := range b.Values {
		if v == "" {
			delete(b.Values, k)
		}
	}
}

func (b *building) fill(field, value string) {
	if b.Values[field] == "" && value != "" {
		b.Values[field] = value
	}
}

func (b *building) required(fields ...string) {
	for _, f := range fields {
		if b.Values[f] == "" && !b.refusedFor(f) {
			b.refuse(b.t.headingOf(f), f, "required")
		}
	}
}

// refusedFor makes a field that was typed wrongly the reason for the whole row.
func (b *building) refusedFor(field string) bool {
	for i := range b.Problems {
		if p := &b.Problems[i]; p.Problem.Field == field && !p.Problem.Warning {
			p.Whole = true
			return true
		}
	}
	return false
}

func (t *Table) headingOf(field string) string {
	for _, c := range t.columns {
		if c.Field == field {
			return c.Heading
		}
	}
	return ""
}

// splitNames makes three fields of a name in one column, and keeps the column.
func (b *building) splitNames() {
	v := b.Values
	if b.both != "" && v["paternal_surname"] == "" {
		given := v["given_names"]
		full := b.both + ", " + given
		if given == "" {
			full = b.both + ", ?"
		}
		_, paternal, maternal, doubtful := record.SplitName(full)
		v["paternal_surname"], v["maternal_surname"] = b.t.title(paternal), b.t.title(maternal)
		if doubtful && given != "" {
			v["name_doubtful"], v["original_name"] = "true", record.CleanLine(b.both+", "+given)
		}
	}
	if b.full == "" || v["given_names"] != "" || v["paternal_surname"] != "" {
		return
	}
	split := record.SplitName
	if b.first {
		split = record.SplitGivenFirst
	}
	given, paternal, maternal, doubtful := split(b.full)
	v["given_names"], v["paternal_surname"] = b.t.title(given), b.t.title(paternal)
	if maternal != "" {
		v["maternal_surname"] = b.t.title(maternal)
	}
	if v["original_name"] == "" {
		v["original_name"] = record.CleanLine(b.full)
	}
	if doubtful {
		v["name_doubtful"] = "true"
	}
}

// born keeps an age as a birth with the day it was said, where that is known;
// the day of the import is not, or bringing a list in again would change it.
func (b *building) born() {
	if b.age == "" {
		return
	}
	if b.Values["birth"] != "" || b.t.asOf == "" {
		b.Values["age"] = b.age
		return
	}
	said, ok := record.ParseCanonical(b.t.asOf)
	if !ok || !said.Exact() {
		b.Values["age"] = b.age
		return
	}
	b.Values["birth"] = "~" + b.age + "@" + b.t.asOf[:len("2006-01-02")]
}

// dates asks the whole record's check only where two dates look wrong.
func (b *building) dates() {
	birth := b.Values["birth"]
	if birth == "" || birth[0] == '~' {
		return
	}
	for _, f := range []string{"detained_on", "offence_date"} {
		if d := b.Values[f]; d != "" && d < birth {
			_, problems := record.CheckAll(record.Detainee, map[string]string{"given_names": "x", "birth": birth, f: d}, b.t.opt.Day)
			for _, p := range problems {
				if p.Field == f && !p.Warning {
					b.note(b.t.headingOf(f), false, p)
					delete(b.Values, f)
				}
			}
		}
	}
}

// claims makes what the list says of place and status into claims by the list.
func (b *building) claims() {
	if b.claim == nil {
		return
	}
	if h := b.claim["hospital"]; h != "" {
		if prison := b.claim["facility"]; prison != "" {
			b.Notes = append(b.Notes, b.t.headingOf("facility")+": "+prison)
			delete(b.claim, "wing")
			delete(b.claim, "cell")
		}
		b.claim["facility"] = h
		delete(b.claim, "hospital")
		if b.claim["status"] == "" {
			b.claim["status"] = "hospitalised"
		}
	}
	b.signed(b.claim)
	b.Claims = append(b.Claims, b.claim)
	for _, status := range b.said {
		more := map[string]string{"status": status}
		b.signed(more)
		b.Claims = append(b.Claims, more)
	}
}

func (b *building) signed(claim map[string]string) {
	claim["source"], claim["source_kind"] = b.t.list, "official_list"
	if b.t.asOf != "" {
		claim["when"] = b.t.asOf
	}
}

// identified refuses a row about nobody: neither name nor paper.
func (b *building) identified() {
	v := b.Values
	for _, f := range naming {
		if v[f] != "" {
			return
		}
	}
	if c := v["cedula"]; c == "" || c == record.NoCedula || c == record.UnknownCedula {
		b.refuse("", "", "name_or_paper")
	}
}

var naming = []string{"given_names", "paternal_surname", "original_name", "maternal_surname", "passport", "aliases"}

func (b *building) ties() {
	p := b.Parent
	if p[contactID]+p[contactCedula]+p[contactPass]+p[contactName] == "" {
		b.refuse("", "contact", "tie_without_contact")
	}
	if p[ofID]+p[ofCedula]+p[ofPassport]+p[ofName] == "" {
		b.refuse("", "detainee", "tie_without_detainee")
	}
	b.required("kinship")
}

func (b *building) reportRow() {
	b.fill("source", b.t.list)
	b.fill("when", b.t.asOf)
	p, v := b.Parent, b.Values
	if p["id"]+p["cedula"]+p["passport"]+p["name"] == "" {
		b.refuse("", "", "claim_about_nobody")
	}
	if v["status"]+v["facility"]+v["wing"]+v["cell"] == "" {
		b.refuse(b.t.headingOf(statusField), statusField, "claim_says_nothing")
	}
}
