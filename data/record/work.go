package record

// CaseTypes and CaseSteps: DOMAIN §2 and §4. The steps are those of a release.
var (
	CaseTypes = []string{"release", "tracing", "condolence", "medical", "transfer"}
	CaseSteps = []string{"screened", "eligible", "papers_collected", "filed", "hearing", "ordered", "checked_at_prison", "left"}
	Pathways  = []string{"end_of_sentence", "semiabierto", "abierto", "prelibertad", "caducidad", "home_arrest", "pardon", "habeas_corpus", "payment"}
)

func caseSchema() *Schema {
	return &Schema{Kind: Case, Name: "case", Fields: []Field{
		{Num: 1, Name: "detainee", Type: Ref, Of: Detainee, Group: "case", Required: true},
		{Num: 2, Name: "type", Type: Enum, Options: CaseTypes, Group: "case", Required: true},
		{Num: 3, Name: "number", Type: Text, Group: "case"},
		{Num: 4, Name: "state", Type: Enum, Options: []string{"open", "waiting", "closed"}, Group: "case"},
		{Num: 5, Name: "assigned_to", Type: Text, Group: "case"},
		{Num: 6, Name: "opened_on", Type: Date, Group: "case"},
		{Num: 7, Name: "closed_on", Type: Date, Group: "case"},
		{Num: 8, Name: "summary", Type: LongText, Group: "case"},
		{Num: 9, Name: "next_step", Type: Text, Group: "case"},
		{Num: 10, Name: "next_step_due", Type: Date, Group: "case"},
		{Num: 11, Name: "risks", Type: LongText, Group: "case", Sensitive: true},
		{Num: 12, Name: "papers_held", Type: Texts, Group: "papers"},
		{Num: 13, Name: "papers_missing", Type: Texts, Group: "papers"},
		{Num: 14, Name: "decisions", Type: LongText, Group: "papers"},
		{Num: 15, Name: "legal_hold", Type: Text, Group: "case", Critical: true}, // why it must be kept: nothing of it is erased meanwhile
		{Num: 20, Name: "pathway", Type: Enum, Options: Pathways, Group: "release"},
		{Num: 21, Name: "step", Type: Enum, Options: CaseSteps, Group: "release"},
		{Num: 22, Name: "legal_basis", Type: Text, Group: "release"},
		{Num: 23, Name: "court", Type: Text, Group: "release"},
		{Num: 24, Name: "process_number", Type: Text, Group: "release", Sensitive: true},
		{Num: 25, Name: "filed_on", Type: Date, Group: "release"},
		{Num: 26, Name: "hearing_on", Type: Moment, Group: "release"},
		{Num: 27, Name: "judge", Type: Text, Group: "release"},
		{Num: 28, Name: "boleta_number", Type: Text, Group: "release", Critical: true},
		{Num: 29, Name: "boleta_date", Type: Date, Group: "release", Critical: true},
		{Num: 30, Name: "conditions", Type: LongText, Group: "release"},
		{Num: 31, Name: "expected_at", Type: Moment, Group: "release"},
		{Num: 32, Name: "expected_place", Type: Text, Group: "release"},
		{Num: 33, Name: "fetched_by", Type: Ref, Of: Contact, Group: "release"},
		{Num: 34, Name: "left_at", Type: Moment, Group: "release", Critical: true},
		{Num: 35, Name: "left_seen_by", Type: Text, Group: "release"},
		{Num: 40, Name: "help_offered", Type: LongText, Group: "condolence"}, // one concrete help, in the family's letter
		{Num: 41, Name: "help_contact", Type: Text, Group: "condolence"},     // a named person and how to reach him
		{Num: 50, Name: "last_seen", Type: LongText, Group: "tracing"},
		{Num: 51, Name: "places_asked", Type: Texts, Group: "tracing"},
		{Num: 60, Name: "diagnosis", Type: LongText, Group: "medical", Sensitive: true},
		{Num: 61, Name: "hospital", Type: Text, Group: "medical"},
		{Num: 62, Name: "certificate", Type: Text, Group: "medical", Sensitive: true},
		{Num: 70, Name: "transfer_from", Type: Text, Group: "transfer"},
		{Num: 71, Name: "transfer_to", Type: Text, Group: "transfer"},
		{Num: 72, Name: "transfer_reason", Type: LongText, Group: "transfer"},
	}}
}

func incidentSchema() *Schema {
	return &Schema{Kind: Incident, Name: "incident", Fields: []Field{
		{Num: 1, Name: "name", Type: Text, Group: "incident", Required: true},
		{Num: 2, Name: "kind_of", Type: Enum, Options: []string{"riot", "fire", "escape", "hostages", "epidemic", "other"}, Group: "incident"},
		{Num: 3, Name: "facility", Type: Text, Group: "incident"},
		{Num: 4, Name: "wings", Type: Texts, Group: "incident"},
		{Num: 5, Name: "started", Type: Moment, Group: "incident"},
		{Num: 6, Name: "ended", Type: Moment, Group: "incident"},
		{Num: 7, Name: "confirmed_facts", Type: LongText, Group: "incident"},
		{Num: 8, Name: "unconfirmed_facts", Type: LongText, Group: "incident"},
		{Num: 9, Name: "needs", Type: LongText, Group: "incident"},
		{Num: 20, Name: "emergency_decree", Type: Text, Group: "emergency"},
		{Num: 21, Name: "emergency_place", Type: Text, Group: "emergency"},
		{Num: 22, Name: "emergency_from", Type: Date, Group: "emergency"},
		{Num: 23, Name: "emergency_days", Type: Int, Group: "emergency"},
	}}
}

func facilitySchema() *Schema {
	return &Schema{Kind: Facility, Name: "facility", Fields: []Field{
		{Num: 1, Name: "name", Type: Text, Group: "facility", Required: true},
		{Num: 2, Name: "known_as", Type: Texts, Group: "facility"},
		{Num: 3, Name: "province", Type: Text, Group: "facility"},
		{Num: 4, Name: "capacity", Type: Int, Group: "facility"},
		{Num: 5, Name: "held", Type: Int, Group: "facility"},
		{Num: 6, Name: "as_of", Type: Date, Group: "facility"},
		{Num: 7, Name: "closed_on", Type: Date, Group: "facility"},
		{Num: 8, Name: "wings", Type: Texts, Group: "facility"},
		{Num: 9, Name: "address", Type: Text, Group: "facility"},
		{Num: 10, Name: "phone", Type: Phone, Group: "facility"},
		{Num: 11, Name: "note", Type: LongText, Group: "facility"},
	}}
}

func taskSchema() *Schema {
	return &Schema{Kind: Task, Name: "task", Fields: []Field{
		{Num: 1, Name: "what", Type: Text, Group: "task", Required: true},
		{Num: 2, Name: "about", Type: Ref, Group: "task"}, // any record
		{Num: 3, Name: "assigned_to", Type: Text, Group: "task"},
		{Num: 4, Name: "due", Type: Date, Group: "task"},
		{Num: 5, Name: "done_on", Type: Date, Group: "task"},
		{Num: 6, Name: "remind_on", Type: Date, Group: "task"},
	}}
}

// DocumentKinds are the papers of DOMAIN §6, with the words of the command line.
var DocumentKinds = []string{"release-notice", "humanitarian-petition", "habeas-corpus", "condolence", "notification-record", "remains-request", "case-report", "incident-report"}

// Letter is the paper that takes two members (DOMAIN §3).
const Letter = "condolence"

// documentSchema: the register of issued papers. A row is made once, at issue.
func documentSchema() *Schema {
	return &Schema{Kind: Document, Name: "document", Fields: []Field{
		{Num: 1, Name: "kind", Type: Enum, Options: DocumentKinds, Group: "document", Required: true},
		{Num: 2, Name: "number", Type: Text, Group: "document", Required: true},
		{Num: 3, Name: "version", Type: Int, Group: "document"},
		{Num: 4, Name: "copy", Type: Int, Group: "document"},
		{Num: 5, Name: "about", Type: Refs, Group: "document"}, // those it speaks of
		{Num: 6, Name: "addressee", Type: Ref, Of: Contact, Group: "document"},
		{Num: 7, Name: "case", Type: Ref, Of: Case, Group: "document"},
		{Num: 8, Name: "issued_at", Type: Moment, Group: "document"},
		{Num: 9, Name: "as_of", Type: Moment, Group: "document"}, // the time of its data
		{Num: 10, Name: "issued_by", Type: Text, Group: "document"},
		{Num: 11, Name: "role", Type: Text, Group: "document"},
		{Num: 12, Name: "place", Type: Text, Group: "document"},
		{Num: 13, Name: "sha256", Type: Text, Group: "document"},
		{Num: 14, Name: "check_code", Type: Text, Group: "document"},
		{Num: 15, Name: "stated", Type: Texts, Group: "document"}, // "name=value" of each stated fact: a later change of one supersedes the copy
		{Num: 16, Name: "approved_by", Type: Text, Group: "document"},
		{Num: 17, Name: "anonymised", Type: Bool, Group: "document"},
		{Num: 18, Name: "pages", Type: Int, Group: "document"},
		{Num: 19, Name: "state", Type: Enum, Options: []string{"proposed", "issued"}, Group: "document"}, // "" is issued: it took nobody else's word
	}}
}

func remainsSchema() *Schema {
	return &Schema{Kind: Remains, Name: "remains", Fields: []Field{
		{Num: 1, Name: "code", Type: Text, Group: "remains", Required: true},
		{Num: 2, Name: "morgue", Type: Text, Group: "remains"},
		{Num: 3, Name: "found_at", Type: Moment, Group: "remains"},
		{Num: 4, Name: "found_where", Type: Text, Group: "remains"},
		{Num: 5, Name: "found_by", Type: Text, Group: "remains"},
		{Num: 6, Name: "extent", Type: Enum, Options: []string{"whole", "part"}, Group: "remains"},
		{Num: 7, Name: "sex_apparent", Type: Enum, Options: Sexes, Group: "remains"},
		{Num: 8, Name: "age_apparent", Type: Text, Group: "remains"},
		{Num: 9, Name: "marks", Type: Texts, Group: "remains", Sensitive: true},
		{Num: 10, Name: "dental", Type: LongText, Group: "remains", Sensitive: true},
		{Num: 11, Name: "effects", Type: Texts, Group: "remains"},
		{Num: 12, Name: "state", Type: Text, Group: "remains", Sensitive: true},
		{Num: 13, Name: "identified_as", Type: Ref, Of: Detainee, Group: "identification", Critical: true},
		{Num: 14, Name: "method", Type: Enum, Options: IdentificationMethods, Group: "identification", Critical: true},
		{Num: 15, Name: "authority", Type: Text, Group: "identification"},
		{Num: 16, Name: "proof", Type: Text, Group: "identification"},
		{Num: 17, Name: "handed_to", Type: Ref, Of: Contact, Group: "identification"},
		{Num: 18, Name: "handed_on", Type: Moment, Group: "identification"},
		{Num: 19, Name: "incident", Type: Ref, Of: Incident, Group: "remains"},
	}}
}

func memberSchema() *Schema {
	return &Schema{Kind: Member, Name: "member", Fields: []Field{
		{Num: 1, Name: "name", Type: Text, Group: "member", Required: true},
		{Num: 2, Name: "role", Type: Enum, Options: Roles, Group: "member", Required: true, Critical: true},
		{Num: 3, Name: "licence", Type: Text, Group: "member"}, // a lawyer's matrícula
		{Num: 4, Name: "phone", Type: Phone, Group: "member"},
		{Num: 5, Name: "removed_on", Type: Date, Group: "member", Critical: true},
	}}
}

// Roles are who may do what (DESIGN §4).
var Roles = []string{"coordinator", "lawyer", "social-worker"}

func deviceSchema() *Schema {
	return &Schema{Kind: Device, Name: "device", Fields: []Field{
		{Num: 1, Name: "member", Type: Ref, Of: Member, Group: "device", Required: true},
		{Num: 2, Name: "name", Type: Text, Group: "device"},
		{Num: 3, Name: "sign_key", Type: Text, Group: "device", Required: true, Critical: true}, // Ed25519 public key, base32
		{Num: 4, Name: "box_key", Type: Text, Group: "device", Critical: true},                  // HPKE public key
		{Num: 5, Name: "ended_at", Type: Text, Group: "device", Critical: true},                 // the number and hash at which a cut ended it
		{Num: 6, Name: "succeeds", Type: Ref, Of: Device, Group: "device"},                      // the device that it goes on for, after a restore
		{Num: 7, Name: "endorsement", Type: Text, Group: "device"},                              // that one's signature over this one's key
		{Num: 8, Name: "hub_key", Type: Text, Group: "device", Critical: true},                  // NKey public key, with which it signs in to a hub
		{Num: 9, Name: "invitation", Type: Text, Group: "device"},                               // the invitation by which it came, which is used up with it
		{Num: 10, Name: "followed_by", Type: Refs, Of: Device, Group: "device"},                 // of one that ended: those that go on for it
	}}
}

func officeSchema() *Schema {
	return &Schema{Kind: OfficeKind, Name: "office", Fields: []Field{
		{Num: 1, Name: "name", Type: Text, Group: "office", Required: true},
		{Num: 2, Name: "city", Type: Text, Group: "office"},
		{Num: 3, Name: "address", Type: Text, Group: "office"},
		{Num: 4, Name: "phone", Type: Phone, Group: "office"},
		{Num: 5, Name: "demonstration", Type: Bool, Group: "office"},
		{Num: 6, Name: "rights", Type: LongText, Group: "office", Critical: true}, // the rights table, version 1
		{Num: 7, Name: "rights_version", Type: Int, Group: "office", Critical: true},
		{Num: 8, Name: "condolence_text", Type: LongText, Group: "texts"},
		{Num: 9, Name: "release_checklist", Type: Texts, Group: "texts"},
		{Num: 10, Name: "help_contact", Type: Text, Group: "texts"},
		{Num: 11, Name: "hub", Type: LongText, Group: "office"}, // the invitation to the hub that it uses, base64
	}}
}
