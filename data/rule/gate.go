package rule

import (
	"paradero/data/fault"
	"paradero/data/record"
)

// Facts are what a gate looks at. What is not there is nil or empty, and the
// gate then says that it is missing.
type Facts struct {
	Detainee          *record.Record
	Status            Status // of the detainee
	Case              *record.Record
	Addressee         *record.Record   // contact
	Tie               *record.Record   // relationship of the addressee to the detainee
	Household         *record.Record   // the addressee's
	Notifications     []*record.Record // about the detainee
	HouseholdContacts []*record.Record
	Office            *record.Record
	Incident          *record.Record
	Remains           *record.Record
	ApprovedBy        string // the second person
	Second            string // "" where one member's word suffices, record.Waiting where another's is still to come, else what he said
	Author            string
	Role              string // of the author, record.Roles
	Licence           string // a lawyer's matrícula
	Today             string // canonical date
}

// Gate says what keeps a paper from being issued (DOMAIN §6), and, as warnings,
// what should be looked at first. Every problem names its field.
func Gate(kind string, f Facts) []fault.Problem {
	var c checks
	switch kind {
	case "release-notice":
		c.releaseNotice(f)
	case "condolence":
		c.condolence(f)
	case "notification-record":
		c.notificationRecord(f)
	case "case-report":
		c.need(f.Case != nil || f.Detainee != nil, "case", "case_or_detainee_missing")
	case "humanitarian-petition":
		c.petition(f)
	case "habeas-corpus":
		c.habeasCorpus(f)
	case "remains-request":
		c.remainsRequest(f)
	case "incident-report":
		c.need(f.Incident != nil, "incident", "incident_missing")
		c.need(f.Role == "coordinator", "role", "coordinator_issues")
	default:
		c.need(false, "kind", "document_kind_unknown", kind)
	}
	return c.found
}

// checks gathers problems in the order in which a person would mend them.
type checks struct{ found []fault.Problem }

func (c *checks) need(ok bool, field, key string, args ...string) {
	if !ok {
		c.found = append(c.found, fault.Problem{Field: field, Key: key, Args: args})
	}
}

func (c *checks) warn(ok bool, field, key string, args ...string) {
	if !ok {
		c.found = append(c.found, fault.Problem{Field: field, Key: key, Args: args, Warning: true})
	}
}
