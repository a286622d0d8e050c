package rule

import "paradero/data/record"

// Text gives a record's text by field as lists hold it: "id" beside the
// fields, and of a detainee what is concluded from the claims.
func Text(r *record.Record) func(field string) string {
	var concluded map[string]string
	if r.Kind == record.Detainee {
		s := Conclude(r)
		concluded = map[string]string{
			"life_status": s.Life, "release_status": s.Release, "facility": s.Facility, "wing": s.Wing, "cell": s.Cell,
		}
	}
	return func(field string) string {
		if field == "id" {
			return r.ID.String()
		}
		if text, ok := concluded[field]; ok {
			return text
		}
		return r.Get(field)
	}
}
