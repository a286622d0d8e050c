package record

// IdentificationMethods: DOMAIN §3. The first five confirm; the others never do.
var (
	PrimaryMethods        = []string{"fingerprints", "dental", "dna", "implant_serial", "death_record"}
	SecondaryMethods      = []string{"medical_findings", "tattoos", "property", "clothing", "visual", "video"}
	AliveMethods          = []string{"seen", "spoken_to"}
	IdentificationMethods = append(append([]string{}, PrimaryMethods...), SecondaryMethods...)
	Methods               = append(append([]string{}, IdentificationMethods...), AliveMethods...)
	TollCategories        = []string{"dead", "injured", "gravely_injured", "missing", "hostages", "bodies", "remains", "identified", "returned"}
)

// claimSchema: what one source says about a person, with its time.
func claimSchema() *Schema {
	return &Schema{Kind: Claim, Name: "claim", Entry: true, Fields: []Field{
		{Num: 1, Name: "status", Type: Enum, Options: append(append([]string{}, LifeStatuses...), ReleaseStatuses...), Group: "claim"},
		{Num: 2, Name: "facility", Type: Text, Group: "claim"},
		{Num: 3, Name: "wing", Type: Text, Group: "claim"},
		{Num: 4, Name: "cell", Type: Text, Group: "claim"},
		{Num: 5, Name: "source", Type: Text, Group: "claim", Required: true},
		{Num: 6, Name: "source_kind", Type: Enum, Options: []string{"member", "family", "official_list", "authority", "hospital", "prison", "press", "video", "rumour", "other"}, Group: "claim"},
		{Num: 7, Name: "when", Type: Moment, Group: "claim"}, // when it was true, by the source: not when it arrived
		{Num: 8, Name: "through", Type: Text, Group: "claim"},
		{Num: 9, Name: "reliability", Type: Enum, Options: []string{"high", "medium", "low"}, Group: "claim"},
		{Num: 10, Name: "evidence", Type: LongText, Group: "claim"},
		{Num: 11, Name: "method", Type: Enum, Options: Methods, Group: "claim"}, // of a confirmation
		{Num: 12, Name: "proof", Type: Text, Group: "claim"},                    // its paper: number, authority, date
		{Num: 13, Name: "authority", Type: Text, Group: "claim"},
		{Num: 14, Name: "proposed_by", Type: Text, Group: "claim"},
		{Num: 15, Name: "approved_by", Type: Text, Group: "claim"}, // the second person
		{Num: 16, Name: "corrects", Type: Text, Group: "claim"},    // id of a claim that this one takes back, kept visible
		{Num: 17, Name: "resolves", Type: Texts, Group: "claim"},   // ids of claims whose contradiction this one ends
		{Num: 18, Name: "reason", Type: LongText, Group: "claim"},
		{Num: 19, Name: "incident", Type: Ref, Of: Incident, Group: "claim"},
	}}
}

// tollSchema: what one source counted in an incident.
func tollSchema() *Schema {
	return &Schema{Kind: Toll, Name: "toll", Entry: true, Fields: []Field{
		{Num: 1, Name: "category", Type: Enum, Options: TollCategories, Group: "toll", Required: true},
		{Num: 2, Name: "count", Type: Int, Group: "toll", Required: true},
		{Num: 3, Name: "unit", Type: Enum, Options: []string{"people", "bodies", "parts", "bodies_and_parts"}, Group: "toll"},
		{Num: 4, Name: "source", Type: Text, Group: "toll", Required: true},
		{Num: 5, Name: "when", Type: Moment, Group: "toll"},
		{Num: 6, Name: "note", Type: Text, Group: "toll"},
		{Num: 7, Name: "corrects", Type: Text, Group: "toll"},
	}}
}

// noteSchema: notes are many and short, added and corrected, never edited.
func noteSchema() *Schema {
	return &Schema{Kind: Note, Name: "note", Entry: true, Fields: []Field{
		{Num: 1, Name: "text", Type: LongText, Group: "note", Required: true},
		{Num: 2, Name: "corrects", Type: Text, Group: "note"},
	}}
}

// stepSchema: what happened to a case or to remains, and when: the pipeline's history.
func stepSchema() *Schema {
	return &Schema{Kind: Step, Name: "step", Entry: true, Fields: []Field{
		{Num: 1, Name: "step", Type: Text, Group: "step", Required: true},
		{Num: 2, Name: "when", Type: Moment, Group: "step"},
		{Num: 3, Name: "who", Type: Text, Group: "step"},
		{Num: 4, Name: "note", Type: Text, Group: "step"},
		{Num: 5, Name: "corrects", Type: Text, Group: "step"},
	}}
}

// What a member says to another's proposal, or takes back of his own.
const (
	Approve  = "approve"
	Refuse   = "refuse"
	Withdraw = "withdraw"
)

// Numbers of an approval's fields.
const (
	ApprovalOf      uint16 = 1
	ApprovalVerdict uint16 = 2
	ApprovalReason  uint16 = 3
)

// approvalSchema: a second member's word on a change that takes two (DOMAIN §3).
// It names the change by its hash, and so exactly what it said.
func approvalSchema() *Schema {
	return &Schema{Kind: Approval, Name: "approval", Entry: true, Fields: []Field{
		{Num: ApprovalOf, Name: "of", Type: Text, Group: "approval", Required: true},
		{Num: ApprovalVerdict, Name: "verdict", Type: Enum, Options: []string{Approve, Refuse, Withdraw}, Group: "approval", Required: true},
		{Num: ApprovalReason, Name: "reason", Type: LongText, Group: "approval"},
	}}
}
