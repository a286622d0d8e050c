package record

// The words of life and release (DOMAIN §3); a claim carries one of them.
var (
	LifeStatuses    = []string{"unknown", "reported_alive", "reported_injured", "reported_missing", "reported_dead", "confirmed_alive", "confirmed_dead"}
	ReleaseStatuses = []string{"detained", "transferred", "hospitalised", "ordered_released", "released"}
	LegalStatuses   = []string{"remand", "sentenced", "contravention", "coercive"}
	Sexes           = []string{"male", "female", "other"}
	Channels        = []string{"in_person", "phone", "whatsapp", "sms", "voicemail", "letter", "through_other"}
	Languages       = []string{"es", "qu", "shuar", "en", "other"}
)

// MergedIntoNum is the number of merged_into in every kind that can be merged.
const MergedIntoNum = 90

// names are the fields of a name, the same for everybody who has one.
func names() []Field {
	return []Field{
		{Num: 1, Name: "given_names", Type: Text, Group: "identity"},
		{Num: 2, Name: "paternal_surname", Type: Text, Group: "identity"},
		{Num: 3, Name: "maternal_surname", Type: Text, Group: "identity"},
		{Num: 4, Name: "aliases", Type: Texts, Group: "identity"},
		{Num: 5, Name: "original_name", Type: Text, Group: "identity"}, // as a list wrote it in one column
		{Num: 6, Name: "name_doubtful", Type: Bool, Group: "identity"}, // the split of that column is a guess
		{Num: 7, Name: "cedula", Type: Cedula, Group: "identity", Critical: true},
		{Num: 8, Name: "passport", Type: Text, Group: "identity"},
	}
}

// detaineeSchema: DOMAIN §10, first paragraph.
func detaineeSchema() *Schema {
	return &Schema{Kind: Detainee, Name: "detainee", Fields: append(names(), []Field{
		{Num: 9, Name: "birth", Type: Date, Group: "identity"},
		{Num: 10, Name: "age", Type: Int, Group: "identity"}, // shown and imported; stored as a birth "~34@day" when the day is known
		{Num: 11, Name: "sex", Type: Enum, Options: Sexes, Group: "identity"},
		{Num: 12, Name: "gender_lived", Type: Text, Group: "identity", Sensitive: true},
		{Num: 13, Name: "nationality", Type: Text, Group: "identity"},
		{Num: 14, Name: "ethnicity", Type: Text, Group: "identity", Sensitive: true},
		{Num: 15, Name: "language", Type: Enum, Options: Languages, Group: "identity"},
		{Num: 16, Name: "name_on_cedula", Type: Text, Group: "identity"},
		{Num: 17, Name: "other_papers", Type: Texts, Group: "identity"},

		{Num: 20, Name: "facility", Type: Text, Group: "place", Concluded: true},
		{Num: 21, Name: "wing", Type: Text, Group: "place", Concluded: true},
		{Num: 22, Name: "cell", Type: Text, Group: "place", Concluded: true},
		{Num: 23, Name: "security_level", Type: Enum, Options: []string{"minimum", "medium", "maximum"}, Group: "place"},
		{Num: 24, Name: "incident", Type: Ref, Of: Incident, Group: "place"},

		{Num: 30, Name: "legal_status", Type: Enum, Options: LegalStatuses, Group: "legal", Sensitive: true},
		{Num: 31, Name: "detained_on", Type: Moment, Group: "legal", Sensitive: true},
		{Num: 32, Name: "offence", Type: Text, Group: "legal", Sensitive: true},
		{Num: 33, Name: "offence_date", Type: Date, Group: "legal", Sensitive: true},
		{Num: 34, Name: "penalty_months", Type: Int, Group: "legal", Sensitive: true},
		{Num: 35, Name: "credited_days", Type: Int, Group: "legal", Sensitive: true},
		{Num: 36, Name: "final_judgment_on", Type: Date, Group: "legal", Sensitive: true},
		{Num: 37, Name: "process_number", Type: Text, Group: "legal", Sensitive: true},
		{Num: 38, Name: "other_cases", Type: Texts, Group: "legal", Sensitive: true},
		{Num: 39, Name: "judge", Type: Text, Group: "legal", Sensitive: true},
		{Num: 40, Name: "lawyer", Type: Text, Group: "legal"},

		{Num: 50, Name: "height_cm", Type: Int, Group: "body"},
		{Num: 51, Name: "build", Type: Text, Group: "body"},
		{Num: 52, Name: "hair", Type: Text, Group: "body"},
		{Num: 53, Name: "marks", Type: Texts, Group: "body", Sensitive: true}, // tattoo or scar, with its place on the body
		{Num: 54, Name: "dental", Type: LongText, Group: "body", Sensitive: true},
		{Num: 55, Name: "implants", Type: LongText, Group: "body", Sensitive: true},
		{Num: 56, Name: "clothes_last_seen", Type: Text, Group: "body"},

		{Num: 60, Name: "health", Type: LongText, Group: "health", Sensitive: true},
		{Num: 61, Name: "medication", Type: LongText, Group: "health", Sensitive: true},
		{Num: 62, Name: "disability", Type: Text, Group: "health", Sensitive: true},
		{Num: 63, Name: "pregnancy", Type: Text, Group: "health", Sensitive: true},

		{Num: 70, Name: "last_contact_on", Type: Moment, Group: "last_news"},
		{Num: 71, Name: "last_contact_with", Type: Text, Group: "last_news"},
		{Num: 72, Name: "last_contact_how", Type: Text, Group: "last_news"},
		{Num: 73, Name: "risk_flags", Type: Texts, Group: "last_news", Sensitive: true},
		{Num: 74, Name: "legal_basis", Type: Text, Group: "privacy"}, // LOPDP: why we may keep this
		{Num: 75, Name: "purpose", Type: Text, Group: "privacy"},
		{Num: 76, Name: "review_on", Type: Date, Group: "privacy"},
		{Num: 77, Name: "legal_hold", Type: Text, Group: "privacy", Critical: true}, // why it must be kept: nothing of it is erased meanwhile

		// The person whom this one was found to be; written by a merge only.
		{Num: MergedIntoNum, Name: "merged_into", Type: Ref, Of: Detainee, Group: "identity", Critical: true},

		// Concluded from claims, never typed over (DOMAIN §3).
		{Num: 80, Name: "life_status", Type: Enum, Options: LifeStatuses, Group: "status", Concluded: true},
		{Num: 81, Name: "release_status", Type: Enum, Options: ReleaseStatuses, Group: "status", Concluded: true},
	}...)}
}

// contactSchema: DOMAIN §5. Contact only in the ways that the person named safe.
func contactSchema() *Schema {
	return &Schema{Kind: Contact, Name: "contact", Fields: append(names(), []Field{
		{Num: 9, Name: "birth", Type: Date, Group: "identity"},
		{Num: 11, Name: "sex", Type: Enum, Options: Sexes, Group: "identity"},
		{Num: 20, Name: "phones", Type: Texts, Group: "reach"},
		{Num: 21, Name: "email", Type: Text, Group: "reach"},
		{Num: 22, Name: "address", Type: Text, Group: "reach"},
		{Num: 23, Name: "household", Type: Ref, Of: Household, Group: "reach"},
		{Num: 24, Name: "role_in_household", Type: Enum, Options: []string{"speaks_for_it", "member", "must_not_be_told"}, Group: "reach"},
		{Num: 30, Name: "preferred_channel", Type: Enum, Options: Channels, Group: "safe_contact"},
		{Num: 31, Name: "forbidden_channels", Type: Enums, Options: Channels, Group: "safe_contact", Critical: true},
		{Num: 32, Name: "safe_hours", Type: Hours, Group: "safe_contact"},
		{Num: 33, Name: "who_may_answer", Type: Text, Group: "safe_contact"},
		{Num: 34, Name: "code_phrase", Type: Text, Group: "safe_contact", Sensitive: true},
		{Num: 35, Name: "phone_shared_with", Type: Text, Group: "safe_contact"},
		{Num: 36, Name: "voicemail", Type: Enum, Options: []string{"vague_only", "allowed", "never"}, Group: "safe_contact"},
		{Num: 37, Name: "do_not_contact", Type: Bool, Group: "safe_contact", Critical: true},
		{Num: 38, Name: "threat", Type: Enum, Options: []string{"none", "threat", "extortion"}, Group: "safe_contact", Critical: true, Sensitive: true},
		{Num: 39, Name: "threat_note", Type: LongText, Group: "safe_contact", Sensitive: true},
		{Num: 40, Name: "must_not_be_told", Type: Texts, Group: "safe_contact", Critical: true},
		{Num: 45, Name: "language", Type: Enum, Options: Languages, Group: "speech"},
		{Num: 46, Name: "literacy", Type: Enum, Options: []string{"reads", "reads_little", "does_not_read"}, Group: "speech"},
		{Num: 47, Name: "form_of_address", Type: Text, Group: "speech"}, // "Señora Rosa": how a letter begins
		{Num: 50, Name: "consent_purpose", Type: Text, Group: "consent"},
		{Num: 51, Name: "consent_how", Type: Enum, Options: []string{"written", "spoken", "recorded"}, Group: "consent"},
		{Num: 52, Name: "consent_on", Type: Date, Group: "consent"},
		{Num: 53, Name: "consent_taken_by", Type: Text, Group: "consent"},
		{Num: 54, Name: "consent_withdrawn_on", Type: Date, Group: "consent", Critical: true},
		{Num: 55, Name: "identity_verified_on", Type: Date, Group: "consent"}, // the addressee of a letter is who he says
		{Num: 56, Name: "identity_verified_how", Type: Text, Group: "consent"},
		{Num: 57, Name: "legal_hold", Type: Text, Group: "consent", Critical: true}, // as a detainee's
		{Num: MergedIntoNum, Name: "merged_into", Type: Ref, Of: Contact, Group: "identity", Critical: true},
	}...)}
}

// Kinships are the ties of a contact to a detainee, as said of the contact.
var Kinships = []string{
	"mother", "father", "wife", "husband", "partner", "daughter", "son", "sister", "brother",
	"grandmother", "grandfather", "aunt", "uncle", "cousin", "niece", "nephew", "friend", "lawyer", "other",
}

func relationshipSchema() *Schema {
	return &Schema{Kind: Relationship, Name: "relationship", Fields: []Field{
		{Num: 1, Name: "contact", Type: Ref, Of: Contact, Group: "tie", Required: true},
		{Num: 2, Name: "detainee", Type: Ref, Of: Detainee, Group: "tie", Required: true},
		{Num: 3, Name: "kinship", Type: Enum, Options: Kinships, Group: "tie", Required: true},
		{Num: 4, Name: "proof", Type: Text, Group: "tie"}, // paper that shows it
		{Num: 5, Name: "next_of_kin", Type: Bool, Group: "tie"},
		{Num: 6, Name: "note", Type: Text, Group: "tie"},
	}}
}

func householdSchema() *Schema {
	return &Schema{Kind: Household, Name: "household", Fields: []Field{
		{Num: 1, Name: "name", Type: Text, Group: "household", Required: true},
		{Num: 2, Name: "address", Type: Text, Group: "household"},
		{Num: 3, Name: "speaks_for_it", Type: Ref, Of: Contact, Group: "household", Critical: true},
		{Num: 4, Name: "must_not_be_told", Type: Texts, Group: "household", Critical: true},
		{Num: 5, Name: "assigned_to", Type: Text, Group: "household"}, // the one colleague who calls: no family is called three times
		{Num: 6, Name: "plan", Type: LongText, Group: "household"},
		{Num: 7, Name: "threat", Type: Enum, Options: []string{"none", "threat", "extortion"}, Group: "household", Critical: true, Sensitive: true},
	}}
}

// attemptSchema: one row an attempt; a call about three brothers is one call.
func attemptSchema() *Schema {
	return &Schema{Kind: Attempt, Name: "attempt", Fields: []Field{
		{Num: 1, Name: "contact", Type: Ref, Of: Contact, Group: "attempt", Required: true},
		{Num: 2, Name: "about", Type: Refs, Of: Detainee, Group: "attempt", Required: true},
		{Num: 3, Name: "when", Type: Moment, Group: "attempt", Required: true},
		{Num: 4, Name: "by", Type: Text, Group: "attempt"},
		{Num: 5, Name: "channel", Type: Enum, Options: Channels, Group: "attempt", Required: true},
		{Num: 6, Name: "outcome", Type: Enum, Options: []string{"reached", "no_answer", "wrong_number", "refused", "message_left", "unsafe"}, Group: "attempt", Required: true},
		{Num: 7, Name: "note", Type: LongText, Group: "attempt"}, // what was said, in keywords
		{Num: 8, Name: "asked", Type: LongText, Group: "attempt"},
		{Num: 9, Name: "next_due", Type: Date, Group: "attempt"},
	}}
}

// notificationSchema: the telling of a death, DOMAIN §5.
func notificationSchema() *Schema {
	return &Schema{Kind: Notification, Name: "notification", Fields: []Field{
		{Num: 1, Name: "contact", Type: Ref, Of: Contact, Group: "told", Required: true},
		{Num: 2, Name: "about", Type: Ref, Of: Detainee, Group: "told", Required: true},
		{Num: 3, Name: "notifiers", Type: Texts, Group: "told", Required: true},
		{Num: 4, Name: "mode", Type: Enum, Options: []string{"in_person", "phone"}, Group: "told", Required: true},
		{Num: 5, Name: "when", Type: Moment, Group: "told", Required: true},
		{Num: 6, Name: "ended", Type: Moment, Group: "told"},
		{Num: 7, Name: "place", Type: Text, Group: "told"},
		{Num: 8, Name: "phone_reason", Type: Text, Group: "told"}, // by phone only if it would otherwise become public first
		{Num: 9, Name: "tie", Type: Text, Group: "told"},
		{Num: 10, Name: "others_present", Type: Text, Group: "told"},
		{Num: 11, Name: "interpreter", Type: Text, Group: "told"},
		{Num: 12, Name: "identity_source", Type: Text, Group: "identity_of_dead"},
		{Num: 13, Name: "identity_method", Type: Text, Group: "identity_of_dead"},
		{Num: 14, Name: "words_said", Type: LongText, Group: "talk"},
		{Num: 15, Name: "known_before", Type: LongText, Group: "talk"},
		{Num: 16, Name: "known_how", Type: Enum, Options: []string{"nothing", "video", "press", "rumour", "official", "other"}, Group: "talk"},
		{Num: 17, Name: "questions", Type: LongText, Group: "talk"},
		{Num: 18, Name: "reaction", Type: LongText, Group: "talk", Sensitive: true},
		{Num: 19, Name: "safety", Type: LongText, Group: "talk", Sensitive: true},
		{Num: 20, Name: "handed_over", Type: LongText, Group: "talk"},
		{Num: 21, Name: "next_contact", Type: Date, Group: "talk"},
		{Num: 22, Name: "signed", Type: Bool, Group: "talk"},
	}}
}
