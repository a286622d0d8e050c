package rule

import (
	"slices"
	"strings"
	"testing"

	"paradero/data/record"
)

func rec(kind record.Kind, n int, v vals) *record.Record {
	r := &record.Record{ID: id(n), Kind: kind, Values: map[string][]record.Val{}}
	for k, t := range v {
		r.Values[k] = []record.Val{{Text: t}}
	}
	return r
}

// ready is everything in order for a release notice and for a letter.
func ready() Facts {
	f := Facts{
		Detainee:  rec(record.Detainee, 1, vals{"given_names": "Luis", "paternal_surname": "Guamán", "cedula": "1710034065"}),
		Status:    Status{Life: "confirmed_dead", Facility: "CPL Guayas N°1", Level: Confirmed},
		Addressee: rec(record.Contact, 2, vals{"given_names": "Rosa", "paternal_surname": "Quishpe", "form_of_address": "Señora Rosa", "identity_verified_on": "2021-10-02"}),
		Author:    "Ana Paz", ApprovedBy: "Carlos Vera", Role: "lawyer", Licence: "17-2010-1", Today: "2021-10-20",
	}
	f.Tie = rec(record.Relationship, 3, vals{"contact": f.Addressee.ID.String(), "detainee": f.Detainee.ID.String(), "kinship": "mother"})
	f.Case = rec(record.Case, 4, vals{
		"detainee": f.Detainee.ID.String(), "type": "release", "legal_basis": "pena cumplida", "judge": "J. Mora", "process_number": "09281-2016-00123",
		"boleta_number": "B-77", "boleta_date": "2021-10-18", "expected_at": "2021-10-21T15:00", "expected_place": "puerta principal",
		"fetched_by": f.Addressee.ID.String(), "help_offered": "pasajes", "help_contact": "Ana Paz, 099", "court": "Unidad Penal", "summary": "hechos", "certificate": "MSP 4", "diagnosis": "x",
	})
	f.Notifications = []*record.Record{rec(record.Notification, 5, vals{
		"contact": f.Addressee.ID.String(), "about": f.Detainee.ID.String(), "notifiers": "Ana Paz\nCarlos Vera", "mode": "in_person", "when": "2021-10-10T10:00",
		"place": "la casa", "words_said": "Luis murió", "identity_method": "ADN", "known_how": "rumour", "next_contact": "2021-10-12",
	})}
	f.HouseholdContacts = []*record.Record{f.Addressee}
	return f
}

func set(r *record.Record, field, value string) { r.Values[field] = []record.Val{{Text: value}} }

func TestGateRelease(t *testing.T) {
	for want, change := range map[string]func(*Facts){
		"":                                      func(*Facts) {},
		"boleta_number:boleta_number_missing":   func(f *Facts) { set(f.Case, "boleta_number", "") },
		"boleta_date:boleta_date_missing":       func(f *Facts) { set(f.Case, "boleta_date", "") },
		"boleta_date:boleta_date_in_future":     func(f *Facts) { set(f.Case, "boleta_date", "2021-12-01") },
		"legal_basis:legal_basis_missing":       func(f *Facts) { set(f.Case, "legal_basis", "") },
		"judge:judge_missing":                   func(f *Facts) { set(f.Case, "judge", "") },
		"process_number:process_number_missing": func(f *Facts) { set(f.Case, "process_number", "") },
		"facility:facility_missing":             func(f *Facts) { f.Status.Facility = "" },
		"addressee:addressee_missing":           func(f *Facts) { f.Addressee = nil },
		"tie:tie_missing":                       func(f *Facts) { f.Tie = nil },
		"tie:tie_of_others":                     func(f *Facts) { set(f.Tie, "detainee", id(99).String()) },
		"case:case_of_other":                    func(f *Facts) { set(f.Case, "detainee", id(99).String()) },
		"do_not_contact:do_not_contact":         func(f *Facts) { set(f.Addressee, "do_not_contact", "true") },
		"boleta_number:value_contradicted": func(f *Facts) {
			f.Case.Values["boleta_number"] = []record.Val{{Text: "B-77"}, {Text: "B-78"}}
		},
		"life_status:detainee_is_dead":                 func(f *Facts) { f.Status.Life = "confirmed_dead" },
		"?cedula:cedula_missing":                       func(f *Facts) { set(f.Detainee, "cedula", "") },
		"?identity_verified_on:addressee_not_verified": func(f *Facts) { set(f.Addressee, "identity_verified_on", "") },
		"?expected_at:expected_at_missing":             func(f *Facts) { set(f.Case, "expected_at", "") },
		"?fetched_by:fetched_by_missing":               func(f *Facts) { set(f.Case, "fetched_by", "") },
		"?threat:family_threatened":                    func(f *Facts) { set(f.Addressee, "threat", "extortion") },
		"must_not_be_told:must_not_be_told":            func(f *Facts) { set(f.Addressee, "role_in_household", "must_not_be_told") },
		"consent_withdrawn_on:consent_withdrawn":       func(f *Facts) { set(f.Addressee, "consent_withdrawn_on", "2021-10-01") },
	} {
		f := ready()
		f.Status.Life = "unknown"
		change(&f)
		if got := keys(Gate("release-notice", f)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestGateReleaseWithoutCaseNamesAll(t *testing.T) {
	f := ready()
	f.Status.Life, f.Case = "unknown", nil
	got := keys(Gate("release-notice", f))
	for _, want := range []string{"case:case_missing", "boleta_number:", "boleta_date:", "judge:", "process_number:", "legal_basis:"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not named in %s", want, got)
		}
	}
}

func TestGateCondolence(t *testing.T) {
	for want, change := range map[string]func(*Facts){
		"":                                    func(*Facts) {},
		"life_status:death_not_confirmed":     func(f *Facts) { f.Status.Life = "reported_dead" },
		"life_status:life_contradicted":       func(f *Facts) { f.Status.Contradictions = []Contradiction{{Field: "life_status"}} },
		"notification:family_not_told":        func(f *Facts) { f.Notifications = nil },
		"mode:told_by_phone_only":             func(f *Facts) { set(f.Notifications[0], "mode", "phone") },
		"notifiers:told_by_one_only":          func(f *Facts) { set(f.Notifications[0], "notifiers", "Ana Paz\nANA PAZ") },
		"forbidden_channels:letter_forbidden": func(f *Facts) { set(f.Addressee, "forbidden_channels", "sms\nletter") },
		"do_not_contact:do_not_contact": func(f *Facts) {
			f.Addressee.Values["do_not_contact"] = []record.Val{{Text: "false"}, {Text: "true"}}
		},
		"help_offered:help_offered_missing":        func(f *Facts) { set(f.Case, "help_offered", "") },
		"help_contact:help_contact_missing":        func(f *Facts) { set(f.Case, "help_contact", "") },
		"?approved_by:second_person_missing":       func(f *Facts) { f.ApprovedBy = "ana paz" },
		"?form_of_address:form_of_address_missing": func(f *Facts) { set(f.Addressee, "form_of_address", "") },
		"?tie:tie_missing":                         func(f *Facts) { f.Tie = nil },
	} {
		f := ready()
		change(&f)
		if got := keys(Gate("condolence", f)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestGateCondolenceWhoWasTold(t *testing.T) {
	f := ready()
	set(f.Notifications[0], "contact", id(60).String())
	if got := keys(Gate("condolence", f)); got != "notification:family_not_told" {
		t.Errorf("another household: %q", got)
	}
	f.HouseholdContacts = append(f.HouseholdContacts, rec(record.Contact, 60, vals{"given_names": "Pedro"}))
	if got := keys(Gate("condolence", f)); got != "" {
		t.Errorf("someone of the household: %q", got)
	}
	set(f.Notifications[0], "about", id(61).String())
	if got := keys(Gate("condolence", f)); got != "notification:family_not_told" {
		t.Errorf("told about the brother: %q", got)
	}
	f = ready()
	set(f.Notifications[0], "when", "2021-11-30")
	if got := keys(Gate("condolence", f)); got != "notification:family_not_told" {
		t.Errorf("planned, not told: %q", got)
	}
	f = ready()
	f.Office = rec(record.OfficeKind, 7, vals{"help_contact": "Ana Paz"})
	set(f.Case, "help_contact", "")
	if got := keys(Gate("condolence", f)); got != "" {
		t.Errorf("the office's contact: %q", got)
	}
}

func TestGateOthers(t *testing.T) {
	f := ready()
	if got := keys(Gate("notification-record", f)); got != "" {
		t.Errorf("notification record: %q", got)
	}
	set(f.Notifications[0], "mode", "phone")
	if got := keys(Gate("notification-record", f)); got != "phone_reason:phone_reason_missing ?mode:told_by_phone" {
		t.Errorf("by phone: %q", got)
	}
	set(f.Notifications[0], "notifiers", "Ana Paz")
	if got := keys(Blocking(Gate("notification-record", f))); !strings.HasPrefix(got, "notifiers:two_notifiers_needed") {
		t.Errorf("alone: %q", got)
	}
	if got := keys(Gate("case-report", Facts{})); got != "case:case_or_detainee_missing" {
		t.Errorf("case report: %q", got)
	}
	if got := keys(Gate("incident-report", Facts{Role: "lawyer"})); got != "incident:incident_missing role:coordinator_issues" {
		t.Errorf("incident report: %q", got)
	}
	if got := keys(Gate("habeas-corpus", Facts{Role: "social-worker"})); !strings.HasPrefix(got, "role:lawyer_issues licence:licence_missing detainee:detainee_missing court:court_missing") {
		t.Errorf("habeas corpus: %q", got)
	}
	if got := keys(Gate("poem", f)); got != "kind:document_kind_unknown" {
		t.Errorf("no such kind: %q", got)
	}
}

// Every kind of paper has a gate that holds when nothing is known.
func TestGateHoldsOnNothing(t *testing.T) {
	for _, kind := range record.DocumentKinds {
		if len(Blocking(Gate(kind, Facts{}))) == 0 {
			t.Errorf("%s is issued of nothing", kind)
		}
	}
}

func TestSuperseded(t *testing.T) {
	doc := rec(record.Document, 8, vals{"stated": "boleta_number=B-77\nfacility=CPL  Guayas\njudge=J. Mora"})
	got := Superseded(doc, map[string]string{"boleta_number": "B-78", "facility": "CPL Guayas"})
	if !slices.Equal(got, []string{"boleta_number", "judge"}) {
		t.Errorf("got %v", got)
	}
}
