package rule

import (
	"paradero/data/record"
)

// Why reading, printing or exporting a record is kept (LOPDP: judicial past,
// health, body and ethnicity are sensitive; DOMAIN §9), the weightiest first.
const (
	SensitiveRestricted = "restricted"
	SensitiveThreat     = "threat"
	SensitiveDeath      = "death"
	SensitiveRemains    = "remains"
	SensitiveData       = "data"  // a field that is marked so
	SensitivePaper      = "paper" // an identity document
	SensitiveList       = "list"  // of whatever: it leaves the office as a whole
)

// Sensitive says why a record is sensitive; "" when it is not. restricted is
// whether a circle holds any of it.
func Sensitive(r *record.Record, restricted bool) string {
	switch {
	case restricted:
		return SensitiveRestricted
	case r.Get("threat") != "" && r.Get("threat") != "none":
		return SensitiveThreat
	case r.Kind == record.Notification, r.Kind == record.Detainee && Conclude(r).Life == "confirmed_dead":
		return SensitiveDeath
	case r.Kind == record.Remains:
		return SensitiveRemains
	case len(SensitiveFields(r)) > 0:
		return SensitiveData
	case paper(r.Get("cedula")), paper(r.Get("passport")):
		return SensitivePaper
	}
	return ""
}

// SensitiveFields gives the fields of a record that are marked sensitive and
// hold something, in the order of its form.
func SensitiveFields(r *record.Record) []string {
	schema := record.SchemaOf(r.Kind)
	if schema == nil {
		return nil
	}
	var out []string
	for i := range schema.Fields {
		if f := &schema.Fields[i]; f.Sensitive && r.Get(f.Name) != "" && r.Get(f.Name) != "none" {
			out = append(out, f.Name)
		}
	}
	return out
}

func paper(text string) bool {
	return text != "" && text != record.NoCedula && text != record.UnknownCedula
}
