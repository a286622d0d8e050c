package record

// circleSchema: a circle is who may read what is restricted to it (DESIGN §4). Its
// name is read by the whole team, so that it says whom to ask; it names no family.
func circleSchema() *Schema {
	return &Schema{Kind: Circle, Name: "circle", Fields: []Field{
		{Num: 1, Name: "name", Type: Text, Group: "circle", Required: true},
		{Num: 2, Name: "members", Type: Refs, Of: Member, Group: "circle", Required: true, Critical: true},
	}}
}

// circleKeySchema: one of a circle's keys, wrapped to one device.
func circleKeySchema() *Schema {
	return &Schema{Kind: CircleKey, Name: "circle_key", Entry: true, Fields: []Field{
		{Num: 1, Name: "key", Type: Text, Group: "circle", Required: true},     // its name, which follows from it
		{Num: 2, Name: "device", Type: Text, Group: "circle", Required: true},  // as its key is named
		{Num: 3, Name: "wrapped", Type: Text, Group: "circle", Required: true}, // base64
	}}
}

// What is kept of who saw something sensitive.
const (
	AccessRead   = "read"
	AccessPrint  = "print"
	AccessExport = "export"
)

// accessSchema: what one device's member read, printed and carried out on one day.
func accessSchema() *Schema {
	return &Schema{Kind: Access, Name: "access", Fields: []Field{
		{Num: 1, Name: "day", Type: Date, Group: "access", Required: true},
	}}
}

// accessLineSchema: one of these. The record is no reference: that it was read
// is not said of it.
func accessLineSchema() *Schema {
	return &Schema{Kind: AccessLine, Name: "access_line", Entry: true, Fields: []Field{
		{Num: 1, Name: "what", Type: Text, Group: "access", Required: true}, // one of the above
		{Num: 2, Name: "record", Type: Text, Group: "access"},
		{Num: 3, Name: "of", Type: Text, Group: "access"}, // its kind, or the kind of a list
		{Num: 4, Name: "when", Type: Moment, Group: "access", Required: true},
		{Num: 5, Name: "detail", Type: LongText, Group: "access"}, // a paper's number, a list's filter
		{Num: 6, Name: "count", Type: Int, Group: "access"},       // of the records in a list
		{Num: 7, Name: "why", Type: Text, Group: "access"},        // why it counts as sensitive
	}}
}
