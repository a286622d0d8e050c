package exchange

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
)

// Limits of a PFIF file.
const (
	maxPFIF   = 64 << 20
	pfifDepth = 8
	pfifMost  = 200_000 // people, and notes
)

// pfifRecord is a person or a note: what its fields say, by name.
type pfifRecord map[string]string

// pfifFile is a whole file, read.
type pfifFile struct {
	people []pfifRecord
	notes  map[string][]pfifRecord // by person_record_id
	count  int
}

// openPFIF reads a PFIF file, 1.1 to 1.4, into rows: a person is a detainee, known
// by his record id and never by his name, and what a note says of him is a claim
// of its author's.
func (t *Table) openPFIF(r io.Reader) error {
	f := &pfifFile{notes: map[string][]pfifRecord{}}
	if err := f.read(xml.NewDecoder(io.LimitReader(r, maxPFIF))); err != nil {
		return err
	}
	for i, p := range f.people {
		t.ready = append(t.ready, t.pfifRow(i+1, p, f.notes[p["person_record_id"]]))
	}
	return nil
}

func pfifFault(err error) error { return fault.Wrap(err, fault.Invalid, op, "pfif_malformed") }

// read walks over the elements. A document type is refused: PFIF has none, and
// what it could define would be another's text.
func (f *pfifFile) read(d *xml.Decoder) error {
	seen := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return pfifFault(err)
		}
		switch e := token.(type) {
		case xml.Directive:
			return pfifFault(errors.New("document type"))
		case xml.StartElement:
			switch {
			case !seen && e.Name.Local == "pfif":
				seen = true
			case !seen:
				return pfifFault(errors.New("no pfif element"))
			case e.Name.Local == "person", e.Name.Local == "note":
				if err := f.record(d, e.Name.Local, ""); err != nil {
					return err
				}
			default:
				if err := d.Skip(); err != nil {
					return pfifFault(err)
				}
			}
		}
	}
	if !seen {
		return pfifFault(errors.New("no pfif element"))
	}
	return nil
}

// record reads one person or note; of is the person in whom a note stands.
func (f *pfifFile) record(d *xml.Decoder, kind, of string) error {
	if f.count++; f.count > 2*pfifMost {
		return fault.New(fault.Invalid, op, "pfif_malformed")
	}
	rec := pfifRecord{}
	for {
		token, err := d.Token()
		if err != nil {
			return pfifFault(err)
		}
		switch e := token.(type) {
		case xml.Directive:
			return pfifFault(errors.New("document type"))
		case xml.EndElement:
			f.keep(kind, rec, of)
			return nil
		case xml.StartElement:
			name := e.Name.Local
			if name == "note" && kind == "person" {
				if err := f.record(d, name, rec["person_record_id"]); err != nil {
					return err
				}
				continue
			}
			text, err := pfifText(d)
			if err != nil {
				return err
			}
			if newer := pfifNames[name]; newer != "" {
				name = newer
			}
			if rec[name] == "" {
				rec[name] = text
			}
		}
	}
}

// pfifNames are the names that fields had in versions 1.1 to 1.3.
var pfifNames = map[string]string{
	"first_name": "given_name", "last_name": "family_name", "home_zip": "home_postal_code", "other": "description", "found": "author_made_contact",
}

// pfifText reads the text of a field to its end.
func pfifText(d *xml.Decoder) (string, error) {
	var b strings.Builder
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return "", pfifFault(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth++; depth > pfifDepth {
				return "", pfifFault(errors.New("nested too deeply"))
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if b.Len()+len(e) > maxCell {
				return "", pfifFault(errors.New("text too long"))
			}
			b.Write(e)
		}
	}
	return strings.TrimSpace(b.String()), nil
}

func (f *pfifFile) keep(kind string, rec pfifRecord, of string) {
	if kind == "person" {
		f.people = append(f.people, rec)
		return
	}
	if rec["person_record_id"] != "" {
		of = rec["person_record_id"]
	}
	if of != "" {
		f.notes[of] = append(f.notes[of], rec)
	}
}

// pfifRow makes the row of a person.
func (t *Table) pfifRow(num int, p pfifRecord, notes []pfifRecord) *Row {
	row := &Row{Num: num, Kind: record.Detainee, Key: p["person_record_id"], Values: map[string]string{}}
	set := func(field, typed, column string) {
		if typed == "" {
			return
		}
		canonical, problems := record.Check(record.Detainee, field, typed, t.opt.Day)
		for _, problem := range problems {
			row.Problems = append(row.Problems, Problem{Column: column, Problem: problem})
		}
		if canonical != "" {
			row.Values[field] = canonical
		}
	}
	full, more, _ := strings.Cut(p["full_name"], "\n")
	given, family := p["given_name"], p["family_name"]
	paternal, maternal := family, ""
	switch {
	case given != "" && family != "":
		given, paternal, maternal, _ = record.SplitName(family + ", " + given)
	case given == "" && family == "" && full != "":
		given, paternal, maternal, _ = record.SplitGivenFirst(full)
	}
	set("given_names", given, "given_name")
	set("paternal_surname", paternal, "family_name")
	set("maternal_surname", maternal, "family_name")
	set("original_name", full, "full_name")
	set("aliases", strings.TrimSpace(p["alternate_names"]+"\n"+more), "alternate_names")
	set("sex", p["sex"], "sex")
	set("birth", p["date_of_birth"], "date_of_birth")
	if p["date_of_birth"] == "" && !strings.Contains(p["age"], "-") {
		set("age", p["age"], "age")
	}
	if row.Key == "" || given+paternal+maternal == "" {
		row.Problems = append(row.Problems, Problem{Column: "person_record_id", Whole: true, Problem: fault.Problem{Key: "required", Field: "person_record_id"}})
	}
	row.Notes = pfifRemarks(p)
	for _, n := range notes {
		t.pfifNote(row, p, n)
	}
	return row
}

// pfifRemarks are fields that have no place in a record: kept as they were said.
func pfifRemarks(p pfifRecord) (notes []string) {
	if text := record.CleanLong(p["description"]); text != "" {
		notes = append(notes, text)
	}
	for _, name := range []string{
		"home_street", "home_neighborhood", "home_city", "home_state", "home_postal_code", "home_country", "photo_url", "profile_urls", "source_url",
	} {
		if text := record.CleanLine(p[name]); text != "" {
			notes = append(notes, name+": "+text)
		}
	}
	if strings.Contains(p["age"], "-") {
		notes = append(notes, "age: "+record.CleanLine(p["age"]))
	}
	return notes
}

// pfifStatus is what a note's word comes to. A registry on the net reports and
// confirms nothing; who asks for information says nothing.
var pfifStatus = map[string]string{
	"believed_alive": "reported_alive", "is_note_author": "reported_alive", "believed_missing": "reported_missing", "believed_dead": "reported_dead",
}

// pfifNote adds what a note says: a claim with its own date where it speaks of
// his state, otherwise a remark.
func (t *Table) pfifNote(row *Row, p, n pfifRecord) {
	text := record.CleanLong(n["text"])
	status := pfifStatus[n["status"]]
	if status == "" {
		if text != "" {
			row.Notes = append(row.Notes, text)
		}
		return
	}
	claim := map[string]string{"status": status, "source": t.list, "source_kind": "other"}
	for _, who := range []string{n["author_name"], p["source_name"]} {
		if who = record.CleanLine(who); who != "" {
			claim["source"] = who
			break
		}
	}
	if place := record.CleanLine(n["last_known_location"]); place != "" {
		text = strings.TrimSpace(text + "\n" + place)
	}
	if text != "" {
		claim["evidence"] = text
	}
	for _, said := range []string{n["source_date"], n["entry_date"]} {
		if at, err := time.Parse(time.RFC3339, said); err == nil {
			if when, problems := record.Check(record.Claim, "when", at.In(t.opt.Day.Location()).Format("2006-01-02T15:04"), t.opt.Day); len(problems) == 0 {
				claim["when"] = when
			}
			break
		}
	}
	row.Claims = append(row.Claims, claim)
}
