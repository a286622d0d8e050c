package record

// Kind is a kind of record or of entry. Numbers are stored: never reuse one.
type Kind uint8

// Records have an id and a life of their own.
const (
	Detainee     Kind = 1
	Contact      Kind = 2
	Relationship Kind = 3
	Household    Kind = 4
	Case         Kind = 5
	Incident     Kind = 6
	Facility     Kind = 7
	Attempt      Kind = 8
	Notification Kind = 9
	Task         Kind = 10
	Document     Kind = 11
	Remains      Kind = 12
	Member       Kind = 13
	Device       Kind = 14
	OfficeKind   Kind = 15
	Circle       Kind = 16
	Access       Kind = 17
	Epoch        Kind = 20
)

// Entries belong to a record and are only ever added.
const (
	Claim Kind = 64
	Toll  Kind = 65
	Note  Kind = 66
	Step  Kind = 67
	// Of a circle and of an access record.
	CircleKey  Kind = 68
	AccessLine Kind = 69
	// Of an epoch.
	EpochKey Kind = 72
	// Of any record in which something takes two members.
	Approval Kind = 76
)

// Type is how a field's canonical text is to be read.
type Type uint8

// The types, with their canonical text.
const (
	Text     Type = iota + 1 // one line, NFC, trimmed
	LongText                 // several lines
	Date                     // 2026-11-21, 2026-11, 2026, or ~34@2026-11-21 (34 years old on that day)
	Moment                   // 2026-11-21T14:30 local office time, or a Date when the hour is unknown
	Int                      // decimal
	Bool                     // true or false
	Enum                     // one of Options
	Enums                    // several of Options, one a line
	Ref                      // id of a record of kind Ref
	Refs                     // ids, one a line
	Texts                    // short texts, one a line
	Cedula                   // ten digits, or what was typed when it is doubtful
	Phone                    // +593987654321, or what was typed when it is foreign or doubtful
	Hours                    // 08:00-12:00
)

// Field is one field of a kind.
type Field struct {
	Num       uint16 // stored: never reuse one within a kind
	Name      string // snake_case; label in assets: "<kind>.<name>"
	Type      Type
	Of        Kind     // for Ref and Refs
	Options   []string // for Enum and Enums; label: "option.<kind>.<field>.<option>"
	Group     string   // the card it stands on; label: "group.<group>"
	Required  bool
	Critical  bool // two values at once are a contradiction, not a badge (DESIGN §3)
	Concluded bool // never stored as a value: an edit makes a claim of it (DOMAIN §3)
	Sensitive bool // health, judicial past, ethnicity, threats (LOPDP): left out of anonymised papers
}

// Schema is a kind with its fields in the order in which people fill them.
type Schema struct {
	Kind   Kind
	Name   string // snake_case; label "kind.<name>", plural "kinds.<name>"
	Entry  bool
	Fields []Field

	byName map[string]*Field
	byNum  map[uint16]*Field
}

// Field finds a field by name; a kind that only a newer version knows has none.
func (s *Schema) Field(name string) (*Field, bool) {
	if s == nil {
		return nil, false
	}
	f, ok := s.byName[name]
	return f, ok
}

// FieldNum finds a field by its stored number.
func (s *Schema) FieldNum(n uint16) (*Field, bool) {
	if s == nil {
		return nil, false
	}
	f, ok := s.byNum[n]
	return f, ok
}

// SchemaOf gives the schema of a kind, nil when a newer version made it.
func SchemaOf(k Kind) *Schema { return schemas.byKind[k] }

// KindNamed finds a kind by its name.
func KindNamed(name string) (Kind, bool) {
	s, ok := schemas.byName[name]
	if !ok {
		return 0, false
	}
	return s.Kind, true
}

// Kinds gives all schemas in the order of their numbers.
func Kinds() []*Schema { return schemas.all }

func (k Kind) String() string {
	if s := SchemaOf(k); s != nil {
		return s.Name
	}
	return "unknown"
}

type schemaSet struct {
	all    []*Schema
	byKind map[Kind]*Schema
	byName map[string]*Schema
}

// schemas is made once from the tables below and never changed after.
var schemas = newSchemaSet(
	detaineeSchema(), contactSchema(), relationshipSchema(), householdSchema(), caseSchema(),
	incidentSchema(), facilitySchema(), attemptSchema(), notificationSchema(), taskSchema(),
	documentSchema(), remainsSchema(), memberSchema(), deviceSchema(), officeSchema(),
	claimSchema(), tollSchema(), noteSchema(), stepSchema(), approvalSchema(),
	circleSchema(), circleKeySchema(), accessSchema(), accessLineSchema(),
	epochSchema(), epochKeySchema(),
)

func newSchemaSet(all ...*Schema) schemaSet {
	set := schemaSet{all: all, byKind: map[Kind]*Schema{}, byName: map[string]*Schema{}}
	for _, s := range all {
		s.byName, s.byNum = map[string]*Field{}, map[uint16]*Field{}
		for i := range s.Fields {
			f := &s.Fields[i]
			s.byName[f.Name], s.byNum[f.Num] = f, f
		}
		set.byKind[s.Kind], set.byName[s.Name] = s, s
	}
	return set
}
