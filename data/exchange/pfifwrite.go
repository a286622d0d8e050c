package exchange

import (
	"bufio"
	"encoding/xml"
	"io"
	"iter"
	"strings"
	"time"

	"paradero/data/fault"
	"paradero/data/record"
)

// pfifSpace is the namespace of PFIF 1.4.
const pfifSpace = "http://zesty.ca/pfif/1.4"

// PFIFDomain is the part before the stroke in the ids of an office's records.
func PFIFDomain(office record.ID) string { return office.String() + ".paradero.local" }

// PFIFOf says who writes a PFIF file.
type PFIFOf struct {
	Office record.ID
	Name   string
	Now    time.Time
}

// WritePFIF writes people and what is claimed of their lives as PFIF 1.4, for
// registries of the missing. Nothing of their case, their health or their
// families is in it.
func WritePFIF(w io.Writer, of PFIFOf, people iter.Seq2[*record.Record, error]) error {
	out := pfifWriter{bufio.NewWriterSize(w, 64<<10)}
	out.text(xml.Header + `<pfif:pfif xmlns:pfif="` + pfifSpace + `">` + "\n")
	for r, err := range people {
		if err != nil {
			return err
		}
		out.person(of, r)
	}
	out.text("</pfif:pfif>\n")
	// The writer keeps its first error; Flush gives it.
	return fault.Wrap(out.w.Flush(), fault.Internal, "write list", "list_not_written")
}

type pfifWriter struct{ w *bufio.Writer }

func (p pfifWriter) text(s string) { _, _ = p.w.WriteString(s) }

// field writes one field, none where there is nothing to say.
func (p pfifWriter) field(name, text string) {
	if text == "" {
		return
	}
	p.text("<pfif:" + name + ">")
	_ = xml.EscapeText(p.w, []byte(text))
	p.text("</pfif:" + name + ">\n")
}

func pfifTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func (p pfifWriter) person(of PFIFOf, r *record.Record) {
	id := PFIFDomain(of.Office) + "/" + r.ID.String()
	family := strings.TrimSpace(r.Get("paternal_surname") + " " + r.Get("maternal_surname"))
	p.text("<pfif:person>\n")
	p.field("person_record_id", id)
	p.field("entry_date", pfifTime(of.Now))
	p.field("author_name", of.Name)
	p.field("source_name", of.Name)
	p.field("source_date", pfifTime(r.Created))
	p.field("full_name", strings.TrimSpace(r.Get("given_names")+" "+family))
	p.field("given_name", r.Get("given_names"))
	p.field("family_name", family)
	p.field("alternate_names", r.Get("aliases"))
	p.field("sex", r.Get("sex"))
	if birth := r.Get("birth"); birth != "" && strings.Trim(birth, "0123456789-") == "" {
		p.field("date_of_birth", birth)
	}
	takenBack := map[string]bool{}
	for _, e := range r.Entries {
		takenBack[e.Get("corrects")] = true
	}
	for _, e := range r.Entries {
		if status := pfifSaid[e.Get("status")]; e.Kind == record.Claim && status != "" && !takenBack[e.ID.String()] {
			p.note(of, id, status, &e)
		}
	}
	p.text("</pfif:person>\n")
}

// pfifSaid is the registry's word for what a claim says of a life.
var pfifSaid = map[string]string{
	"reported_alive": "believed_alive", "confirmed_alive": "believed_alive", "reported_injured": "believed_alive",
	"reported_missing": "believed_missing", "reported_dead": "believed_dead", "confirmed_dead": "believed_dead",
}

func (p pfifWriter) note(of PFIFOf, person, status string, e *record.Entry) {
	said := pfifTime(of.Now)
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02"} {
		if at, err := time.ParseInLocation(layout, e.Get("when"), of.Now.Location()); err == nil {
			said = pfifTime(at)
			break
		}
	}
	p.text("<pfif:note>\n")
	p.field("note_record_id", PFIFDomain(of.Office)+"/"+e.ID.String())
	p.field("person_record_id", person)
	p.field("entry_date", pfifTime(of.Now))
	p.field("author_name", e.Get("source"))
	p.field("source_date", said)
	p.field("status", status)
	p.field("last_known_location", e.Get("facility"))
	p.text("</pfif:note>\n")
}
