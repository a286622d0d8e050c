package present

import (
	"context"
	"slices"

	"paradero/assets"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/reports"
)

// GateLine is one thing that a paper requires, with whether it is there.
type GateLine struct {
	Label   string
	OK      bool
	Doubt   bool     // it does not keep the paper from being issued
	Reasons []string // what is missing or doubtful, each by name
}

// requirement groups the reasons of data/rule under the thing that they are
// about, so that what is there can be shown as well as what is missing.
type requirement struct {
	name string
	keys []string
}

var (
	needAddressee = requirement{"addressee", []string{"addressee_missing", "addressee_name_missing", "addressee_not_verified"}}
	needSafe      = requirement{"safe", []string{"do_not_contact", "consent_withdrawn", "must_not_be_told", "letter_forbidden", "family_threatened"}}
	needTie       = requirement{"tie", []string{"tie_missing", "tie_of_others"}}
	needPerson    = requirement{"person", []string{"detainee_missing", "name_missing", "cedula_missing", "case_or_detainee_missing"}}
	needText      = requirement{"text", []string{"placeholder_unresolved", "condolence_without_no_reply", "condolence_word", "form_of_address_missing"}}
)

// requirements are what each paper needs (DOMAIN §6), in the order in which a
// person would see to it.
var requirements = map[string][]requirement{
	"release-notice": {
		needPerson, needAddressee, needSafe, needTie,
		{"alive", []string{"detainee_is_dead", "life_in_doubt"}},
		{"place", []string{"facility_missing", "place_in_doubt"}},
		{"order", []string{"case_missing", "case_of_other", "case_not_release", "boleta_number_missing", "boleta_date_missing", "boleta_date_in_future", "value_contradicted"}},
		{"judge", []string{"legal_basis_missing", "judge_missing", "process_number_missing"}},
		{"leaving", []string{"expected_at_missing", "expected_place_missing", "fetched_by_missing", "already_left"}},
	},
	"condolence": {
		needPerson, needAddressee, needSafe, needTie,
		{"death", []string{"death_not_confirmed", "life_contradicted"}},
		{"told", []string{"family_not_told", "told_by_one_only", "told_by_phone_only"}},
		{"help", []string{"help_offered_missing", "help_contact_missing"}},
		needText,
		{"second", []string{"second_person_missing", "letter_takes_second"}},
	},
	"notification-record": {
		needPerson, needAddressee,
		{"telling", []string{"notification_missing", "notification_contact_missing", "notification_about_missing", "notification_when_missing", "notification_place_missing", "notification_mode_missing", "phone_reason_missing", "told_by_phone"}},
		{"notifiers", []string{"two_notifiers_needed"}},
		{"talk", []string{"words_said_missing", "identity_method_missing", "known_how_missing", "next_contact_missing"}},
		{"death", []string{"death_not_confirmed"}},
	},
	"remains-request": {
		needPerson,
		{"requester", []string{"requester_missing"}},
		needTie,
		{"descriptors", []string{"descriptors_missing", "last_news_missing", "body_code_missing"}},
	},
	"case-report": {needPerson},
	"incident-report": {
		{"incident", []string{"incident_missing"}}, {"coordinator", []string{"coordinator_issues"}},
	},
}

// gateLines shows what a paper requires: what is there, what is missing, what
// is doubtful. A reason that belongs to nothing in the table stands by itself,
// so that none is ever hidden.
func gateLines(w *assets.Words, kind string, blocked, warnings []fault.Problem) []GateLine {
	var lines []GateLine
	used := map[string]bool{}
	for _, need := range requirements[kind] {
		line := GateLine{Label: w.T("documents.need." + need.name), OK: true}
		line.take(w, need.keys, blocked, false)
		line.take(w, need.keys, warnings, true)
		for _, k := range need.keys {
			used[k] = true
		}
		lines = append(lines, line)
	}
	for _, p := range blocked {
		if !used[p.Key] {
			lines = append(lines, GateLine{Label: problemText(w, p)})
		}
	}
	for _, p := range warnings {
		if !used[p.Key] {
			lines = append(lines, GateLine{Label: problemText(w, p), Doubt: true})
		}
	}
	return lines
}

func (l *GateLine) take(w *assets.Words, keys []string, problems []fault.Problem, doubt bool) {
	for _, p := range problems {
		if !slices.Contains(keys, p.Key) {
			continue
		}
		if l.OK {
			l.OK, l.Doubt = false, doubt
		}
		l.Reasons = append(l.Reasons, problemText(w, p))
	}
}

// MakeLine is one paper that a case can make, with what keeps it from being
// issued.
type MakeLine struct {
	Kind    string
	Label   string
	Allowed bool
	Missing []string // each missing thing, by name
}

// papersOf are the papers that each type of case makes.
var papersOf = map[string][]string{
	"release":    {"release-notice", "case-report"},
	"condolence": {"notification-record", "condolence", "case-report"},
	"tracing":    {"remains-request", "case-report"},
}

// makeLines asks the gate of each paper that the case can make.
func makeLines(ctx context.Context, env Env, work *record.Record) ([]MakeLine, error) {
	kinds, ok := papersOf[work.Get("type")]
	if !ok {
		kinds = []string{"case-report"}
	}
	var lines []MakeLine
	for _, kind := range kinds {
		if !reports.Available(kind) {
			continue
		}
		blocked, _, err := reports.Gate(ctx, env.API, reports.Request{Kind: kind, For: []record.ID{work.Ref("detainee")}, Case: work.ID})
		if err != nil {
			return nil, err
		}
		line := MakeLine{Kind: kind, Label: env.Words.T("document." + kind), Allowed: len(blocked) == 0}
		for _, p := range blocked {
			line.Missing = append(line.Missing, problemText(env.Words, p))
		}
		lines = append(lines, line)
	}
	return lines, nil
}
