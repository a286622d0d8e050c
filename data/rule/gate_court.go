package rule

import "cmp"

// petition on humanitarian grounds: a lawyer writes to a judge.
func (c *checks) petition(f Facts) {
	c.lawyer(f)
	c.named(f)
	c.need(f.Case.Get("court") != "", "court", "court_missing")
	c.need(cmp.Or(f.Detainee.Get("birth"), f.Detainee.Get("health"), f.Detainee.Get("disability"), f.Detainee.Get("pregnancy"), f.Case.Get("diagnosis")) != "", "health", "condition_missing")
	c.need(f.Detainee.Get("legal_status") != "", "legal_status", "legal_status_missing")
	c.need(f.Case.Get("summary") != "", "summary", "facts_missing")
	c.need(cmp.Or(f.Case.Get("legal_basis"), f.Case.Get("pathway")) != "", "legal_basis", "legal_basis_missing")
	c.need(f.Case.Get("certificate") != "", "certificate", "certificate_missing")
	c.need(f.Status.Life != "confirmed_dead", "life_status", "detainee_is_dead")
}

// habeasCorpus may be asked at any time, also when nobody knows the place: the
// brief then says that it is unknown.
func (c *checks) habeasCorpus(f Facts) {
	c.lawyer(f)
	c.named(f)
	c.need(f.Case.Get("court") != "", "court", "court_missing")
	c.need(f.Case.Get("summary") != "", "summary", "facts_missing")
	c.warn(f.Status.Facility != "", "facility", "place_unknown")
	c.need(f.Status.Life != "confirmed_dead", "life_status", "detainee_is_dead")
}

func (c *checks) lawyer(f Facts) {
	c.need(f.Role == "lawyer", "role", "lawyer_issues")
	c.need(f.Licence != "", "licence", "licence_missing")
}

// remainsRequest asks the forensic office; who asks must be tied to the dead.
func (c *checks) remainsRequest(f Facts) {
	c.named(f)
	if f.Addressee == nil {
		c.need(false, "requester", "requester_missing")
	} else {
		c.need(fullName(f.Addressee) != "", "requester", "requester_missing")
	}
	c.tie(f, false)
	known := cmp.Or(f.Detainee.Get("marks"), f.Detainee.Get("dental"), f.Detainee.Get("implants"), f.Detainee.Get("clothes_last_seen"))
	c.warn(known != "", "marks", "descriptors_missing")
	c.warn(f.Detainee.Get("last_contact_on") != "", "last_contact_on", "last_news_missing")
	c.warn(f.Remains.Get("code") != "", "code", "body_code_missing")
}
