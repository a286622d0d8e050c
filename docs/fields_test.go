package docs

import (
	"fmt"
	"os"
	"testing"

	"paradero/data/record"
)

// kindVector is a kind in vectors/fields.json.
type kindVector struct {
	Kind   record.Kind   `json:"kind"`
	Name   string        `json:"name"`
	Entry  bool          `json:"entry,omitempty"`
	Fields []fieldNumber `json:"fields"`
}

type fieldNumber struct {
	Num  uint16 `json:"num"`
	Name string `json:"name"`
	Type string `json:"type"`
}

var typeNames = map[record.Type]string{
	record.Text: "text", record.LongText: "long text", record.Date: "date", record.Moment: "moment", record.Int: "int", record.Bool: "bool",
	record.Enum: "option", record.Enums: "options", record.Ref: "reference", record.Refs: "references", record.Texts: "texts",
	record.Cedula: "cédula", record.Phone: "phone", record.Hours: "hours",
}

// What is written of a field is its number: one that means something else, or is
// gone, makes old data unreadable. New ones are added to the file.
func TestFieldNumbersStay(t *testing.T) {
	var old []kindVector
	load(t, "fields.json", &old)
	var now []kindVector
	known := map[string]bool{}
	for _, s := range record.Kinds() {
		k := kindVector{Kind: s.Kind, Name: s.Name, Entry: s.Entry}
		for i := range s.Fields {
			f := &s.Fields[i]
			k.Fields = append(k.Fields, fieldNumber{f.Num, f.Name, typeNames[f.Type]})
			known[fmt.Sprintf("%d %s: %d %s (%s)", s.Kind, s.Name, f.Num, f.Name, typeNames[f.Type])] = true
		}
		now = append(now, k)
	}
	listed := map[string]bool{}
	for _, k := range old {
		for _, f := range k.Fields {
			name := fmt.Sprintf("%d %s: %d %s (%s)", k.Kind, k.Name, f.Num, f.Name, f.Type)
			listed[name] = true
			if !known[name] {
				t.Errorf("%s %s was stored as %d/%d (%s), and is something else now", k.Name, f.Name, k.Kind, f.Num, f.Type)
			}
		}
	}
	keep(t, "fields.json", now)
	if os.Getenv("PARADERO_VECTORS") == "write" {
		return
	}
	for name := range known {
		if !listed[name] {
			t.Errorf("vectors/fields.json does not list %s; write it anew with PARADERO_VECTORS=write", name)
		}
	}
}
