package exchange

import (
	"bytes"
	"errors"
	"iter"
	"strings"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"

	"pgregory.net/rapid"
)

func each(records []vals) iter.Seq2[Getter, error] {
	return func(yield func(Getter, error) bool) {
		for _, r := range records {
			if !yield(func(f string) string { return r[f] }, nil) {
				return
			}
		}
	}
}

// What goes out comes in again unchanged, whatever people wrote.
func TestRoundTrip(t *testing.T) {
	fields := []string{"given_names", "paternal_surname", "aliases", "cedula", "passport", "birth", "sex", "legal_status", "detained_on", "offence", "penalty_months", "health", "marks"}
	rapid.Check(t, func(t *rapid.T) {
		var records []vals
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			r := vals{"paternal_surname": "Paz"}
			for _, f := range fields {
				typed := rapid.OneOf(
					rapid.SampledFrom([]string{"", "=1+1", "+593987654321", "-5", "@x", "'=x", "''", "'0912", "a,b;c|d", "\"x\"", "á/ñ", "dos\nlíneas", "JUAN", "1990-02-03", "2021-10", "F", "remand", "64", "1710034065", "~34@2021-10-01"}),
					rapid.StringN(0, 12, -1),
				).Draw(t, f)
				if c, _ := record.Check(record.Detainee, f, typed, today); c != "" && !nothing[c] && !isTotal([]string{c}) {
					r[f] = c
				}
			}
			// What no office could hold is not what it exports.
			if _, problems := record.CheckAll(record.Detainee, r, today); len(rule.Blocking(problems)) > 0 {
				delete(r, "detained_on")
			}
			records = append(records, r)
		}
		var out bytes.Buffer
		mark := rapid.Bool().Draw(t, "mark")
		if err := WriteCSV(&out, record.Detainee, fields, nil, each(records), Style{Mark: mark}); err != nil {
			t.Fatal(err)
		}
		table, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()), "x.csv", Options{As: "detainees", Day: today})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range records {
			row, err := table.Next()
			if err != nil {
				t.Fatalf("row %d: %v", i, err)
			}
			for _, f := range fields {
				if row.Values[f] != want[f] {
					t.Fatalf("%s: %q became %q in\n%s", f, want[f], row.Values[f], out.String())
				}
			}
		}
		if row, err := table.Next(); err == nil {
			t.Fatalf("a row too many: %+v", row)
		}
	})
}

func TestWriteCSV(t *testing.T) {
	var out strings.Builder
	words := map[string]string{"given_names": "NOMBRES", "cedula": "CÉDULA"}
	err := WriteCSV(&out, record.Detainee, []string{"given_names", "cedula"}, func(f string) string { return words[f] },
		each([]vals{{"given_names": "=cmd()", "cedula": "0100000009"}, {"given_names": "Ana \"La\", Paz"}}), Style{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "NOMBRES,CÉDULA\r\n'=cmd(),0100000009\r\n\"Ana \"\"La\"\", Paz\",\r\n"; out.String() != want {
		t.Errorf("got %q", out.String())
	}
	if err := WriteCSV(&out, record.Detainee, []string{"nope"}, nil, each(nil), Style{}); !fault.Is(err, fault.Usage) {
		t.Errorf("a field that is none: %v", err)
	}
	broken := errors.New("no")
	err = WriteCSV(&out, record.Detainee, []string{"cedula"}, nil, func(yield func(Getter, error) bool) { yield(nil, broken) }, Style{})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if err := WriteCSV(full{}, record.Detainee, []string{"cedula"}, nil, each(nil), Style{}); !fault.Is(err, fault.Internal) {
		t.Errorf("a full disk: %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestExportFieldsHoldEachPaperOnce(t *testing.T) {
	seen := map[string]int{}
	for _, f := range ExportFields(record.Detainee) {
		seen[f]++
	}
	for _, f := range []string{"cedula", "passport", "given_names", "facility", "life_status"} {
		if seen[f] != 1 {
			t.Errorf("%s stands %d times", f, seen[f])
		}
	}
	if seen["incident"] != 0 {
		t.Error("an id of a record goes out")
	}
}

func TestFilter(t *testing.T) {
	r := vals{"facility": "CPL Guayas N°1", "birth": "1950-02-03", "penalty_months": "64", "given_names": "José", "aliases": "Pepe\nEl Gato", "life_status": "reported_dead"}
	get := func(f string) string { return r[f] }
	for filter, want := range map[string]bool{
		"":                                  true,
		"life_status=reported_dead":         true,
		"life_status!=reported_dead":        false,
		"facility=cpl guayas n°1":           true,
		"facility~GUAYAS":                   true,
		"given_names~jose":                  true,
		"given_names=jose":                  false,
		"aliases=pepe":                      true,
		"birth<1956-10-20":                  true,
		"birth>1956":                        false,
		"penalty_months>9":                  true,
		"penalty_months<100, birth<1956":    true,
		"penalty_months<100, birth>1956":    false,
		"cedula=":                           true,
		"cedula<5":                          false,
		"facility~guayas,given_names!=Luis": true,
		"offence=Robo, agravado,birth<1956": false,
	} {
		f, err := ParseFilter(filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if got := f.Match(get); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
	f, err := ParseFilter("offence=Robo, agravado,birth<1956")
	if err != nil || len(f.conditions) != 2 || f.conditions[0].value != "Robo, agravado" {
		t.Errorf("a comma within a value: %+v %v", f, err)
	}
	for _, bad := range []string{"x", "=y", "a b=c", ",", "name"} {
		if _, err := ParseFilter(bad); !fault.Is(err, fault.Usage) {
			t.Errorf("%q is taken: %v", bad, err)
		}
	}
}
