package rule

import (
	"cmp"
	"slices"
	"strings"

	"paradero/data/fault"
	"paradero/data/record"
)

// releaseNotice: the family is told that somebody leaves prison only when the
// order that frees him is on record.
func (c *checks) releaseNotice(f Facts) {
	c.addressee(f)
	c.tie(f, false)
	c.named(f)
	c.warn(f.Detainee.Get("cedula") != "", "cedula", "cedula_missing")
	c.need(f.Status.Life != "confirmed_dead", "life_status", "detainee_is_dead")
	c.warn(f.Status.Life != "reported_dead" && !f.Status.Contradicted("life_status"), "life_status", "life_in_doubt")
	c.need(f.Status.Facility != "", "facility", "facility_missing")
	c.warn(!f.Status.Contradicted("facility"), "facility", "place_in_doubt")
	c.ordered(f)
	c.warn(f.Case.Get("expected_at") != "", "expected_at", "expected_at_missing")
	c.warn(f.Case.Get("expected_place") != "", "expected_place", "expected_place_missing")
	c.warn(f.Case.Get("fetched_by") != "", "fetched_by", "fetched_by_missing")
	c.warn(f.Case.Get("left_at") == "", "left_at", "already_left")
}

// ordered: boleta, judge, process and basis, each by name.
func (c *checks) ordered(f Facts) {
	r := f.Case
	if r == nil {
		c.need(false, "case", "case_missing")
	} else {
		c.need(f.Detainee == nil || r.Ref("detainee") == f.Detainee.ID, "case", "case_of_other")
		c.warn(r.Get("type") == "release", "case", "case_not_release")
	}
	c.need(cmp.Or(r.Get("legal_basis"), r.Get("pathway")) != "", "legal_basis", "legal_basis_missing")
	c.need(cmp.Or(r.Get("judge"), f.Detainee.Get("judge")) != "", "judge", "judge_missing")
	c.need(cmp.Or(r.Get("process_number"), f.Detainee.Get("process_number")) != "", "process_number", "process_number_missing")
	c.need(r.Get("boleta_number") != "", "boleta_number", "boleta_number_missing")
	date := r.Get("boleta_date")
	c.need(date != "", "boleta_date", "boleta_date_missing")
	c.need(date == "" || f.Today == "" || !before(f.Today, date), "boleta_date", "boleta_date_in_future")
	for _, field := range FieldContradictions(r) {
		if field == "boleta_number" || field == "boleta_date" {
			c.need(false, field, "value_contradicted")
		}
	}
}

// condolence: never before the death is certain and the family was told in
// person (DOMAIN §6).
func (c *checks) condolence(f Facts) {
	c.addressee(f)
	c.letter(f)
	c.tie(f, true)
	c.named(f)
	c.need(f.Status.Life == "confirmed_dead", "life_status", "death_not_confirmed")
	c.need(!f.Status.Contradicted("life_status"), "life_status", "life_contradicted")
	c.told(f)
	c.need(f.Case.Get("help_offered") != "", "help_offered", "help_offered_missing")
	c.need(cmp.Or(f.Case.Get("help_contact"), f.Office.Get("help_contact")) != "", "help_contact", "help_contact_missing")
	c.warn(f.Addressee == nil || f.Addressee.Get("form_of_address") != "", "form_of_address", "form_of_address_missing")
	switch f.Second {
	case "":
		c.warn(f.ApprovedBy != "" && plain(f.ApprovedBy) != plain(f.Author), "approved_by", "second_person_missing")
	case record.Waiting:
		c.warn(false, "approved_by", "letter_takes_second")
	default:
		c.need(f.Second == record.Approve, "approved_by", "second_person_missing")
	}
}

// addressee: who may be written to at all. Where two colleagues disagree on
// whether somebody may be contacted, the more careful one is heard.
func (c *checks) addressee(f Facts) {
	r := f.Addressee
	if r == nil {
		c.need(false, "addressee", "addressee_missing")
		return
	}
	c.need(fullName(r) != "", "addressee", "addressee_name_missing")
	c.need(!anyValue(r, "do_not_contact", "true"), "do_not_contact", "do_not_contact")
	c.need(!anyValue(r, "consent_withdrawn_on", ""), "consent_withdrawn_on", "consent_withdrawn")
	c.need(!keptFrom(f), "must_not_be_told", "must_not_be_told")
	c.warn(r.Get("identity_verified_on") != "", "identity_verified_on", "addressee_not_verified")
	threatened := anyValue(r, "threat", "threat", "extortion") || anyValue(f.Household, "threat", "threat", "extortion")
	c.warn(!threatened, "threat", "family_threatened")
}

// letter: the safe channel. A notice may be handed over; a letter of condolence
// goes to the house.
func (c *checks) letter(f Facts) {
	if f.Addressee == nil {
		return
	}
	for _, v := range f.Addressee.Values["forbidden_channels"] {
		if slices.Contains(record.SplitList(v.Text), "letter") {
			c.need(false, "forbidden_channels", "letter_forbidden")
			return
		}
	}
}

// keptFrom reports whether the household asked that this person not be told.
func keptFrom(f Facts) bool {
	if f.Addressee.Get("role_in_household") == "must_not_be_told" {
		return true
	}
	name, id := plain(fullName(f.Addressee)), f.Addressee.ID.String()
	for _, item := range f.Household.List("must_not_be_told") {
		if strings.TrimSpace(item) == id || (name != "" && plain(item) == name) {
			return true
		}
	}
	return false
}

func (c *checks) tie(f Facts, only bool) {
	check := c.need
	if only {
		check = c.warn
	}
	if f.Tie == nil {
		check(false, "tie", "tie_missing")
		return
	}
	ofBoth := (f.Addressee == nil || f.Tie.Ref("contact") == f.Addressee.ID) &&
		(f.Detainee == nil || f.Tie.Ref("detainee") == f.Detainee.ID)
	c.need(ofBoth, "tie", "tie_of_others")
}

func (c *checks) named(f Facts) {
	if f.Detainee == nil {
		c.need(false, "detainee", "detainee_missing")
		return
	}
	c.need(fullName(f.Detainee) != "", "name", "name_missing")
}

// told: somebody of this household heard it from two people who stood before
// him. A telephone call may be recorded, but does not open this gate.
func (c *checks) told(f Facts) {
	byPhone, alone := false, false
	for _, n := range f.Notifications {
		if !tells(n, f) {
			continue
		}
		switch {
		case n.Get("mode") != "in_person":
			byPhone = true
		case distinct(n.List("notifiers")) < 2:
			alone = true
		default:
			return
		}
	}
	switch {
	case alone:
		c.need(false, "notifiers", "told_by_one_only")
	case byPhone:
		c.need(false, "mode", "told_by_phone_only")
	default:
		c.need(false, "notification", "family_not_told")
	}
}

// tells reports whether a notification told this household of this death, and
// already took place.
func tells(n *record.Record, f Facts) bool {
	if n == nil || n.Deleted || f.Detainee == nil || n.Ref("about") != f.Detainee.ID || f.Addressee == nil {
		return false
	}
	if f.Today != "" && n.Get("when") != "" && before(f.Today, n.Get("when")) {
		return false
	}
	to := n.Ref("contact")
	if to.IsZero() {
		return false
	}
	if to == f.Addressee.ID {
		return true
	}
	return slices.ContainsFunc(f.HouseholdContacts, func(r *record.Record) bool {
		return r != nil && !r.Deleted && r.ID == to
	})
}

// notificationRecord prints what was told; it states what happened, so a death
// that is not confirmed is a warning here, where it can no longer be stopped.
func (c *checks) notificationRecord(f Facts) {
	c.named(f)
	var n *record.Record
	for _, m := range f.Notifications {
		about := m != nil && !m.Deleted && (f.Detainee == nil || m.Ref("about") == f.Detainee.ID)
		if about && (f.Addressee == nil || m.Ref("contact") == f.Addressee.ID) && (n == nil || m.Get("when") > n.Get("when")) {
			n = m
		}
	}
	if n == nil {
		c.need(false, "notification", "notification_missing")
		return
	}
	c.found = append(c.found, CheckNotification(shown(n))...)
	c.warn(f.Status.Life == "confirmed_dead", "life_status", "death_not_confirmed")
}

// CheckNotification says what the record of a death told lacks (DOMAIN §5).
func CheckNotification(values map[string]string) []fault.Problem {
	var c checks
	c.need(values["contact"] != "", "contact", "notification_contact_missing")
	c.need(values["about"] != "", "about", "notification_about_missing")
	c.need(distinct(record.SplitList(values["notifiers"])) >= 2, "notifiers", "two_notifiers_needed")
	c.need(values["when"] != "", "when", "notification_when_missing")
	switch values["mode"] {
	case "in_person":
		c.warn(values["place"] != "", "place", "notification_place_missing")
	case "phone":
		c.need(values["phone_reason"] != "", "phone_reason", "phone_reason_missing")
		c.warn(false, "mode", "told_by_phone")
	default:
		c.need(false, "mode", "notification_mode_missing")
	}
	c.warn(values["words_said"] != "", "words_said", "words_said_missing")
	c.warn(values["identity_method"] != "", "identity_method", "identity_method_missing")
	c.warn(values["known_how"] != "", "known_how", "known_how_missing")
	c.warn(values["next_contact"] != "", "next_contact", "next_contact_missing")
	return c.found
}

// anyValue reports whether any live value of a field is one of those given, or
// is not empty when "" is asked for.
func anyValue(r *record.Record, field string, of ...string) bool {
	if r == nil {
		return false
	}
	for _, v := range r.Values[field] {
		if slices.Contains(of, v.Text) || (of[0] == "" && v.Text != "") {
			return true
		}
	}
	return false
}

func shown(r *record.Record) map[string]string {
	out := make(map[string]string, len(r.Values))
	for name := range r.Values {
		out[name] = r.Get(name)
	}
	return out
}

// distinct counts people by their folded names.
func distinct(names []string) int {
	seen := map[string]bool{}
	for _, n := range names {
		if p := plain(n); p != "" {
			seen[p] = true
		}
	}
	return len(seen)
}

func fullName(r *record.Record) string {
	return strings.Join(strings.Fields(r.Get("given_names")+" "+r.Get("paternal_surname")+" "+r.Get("maternal_surname")), " ")
}
