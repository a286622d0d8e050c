package assets_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"paradero/assets"
	"paradero/data/match"
	"paradero/data/record"
)

func words(t *testing.T) []*assets.Words {
	t.Helper()
	var all []*assets.Words
	for _, lang := range []assets.Lang{assets.Spanish, assets.English} {
		w, err := assets.LoadWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, w)
	}
	return all
}

var blank = regexp.MustCompile(`\{\d\}`)

// TestBothLanguagesSayTheSame: the same keys, and each with the same blanks to
// fill, or one language would drop what a person typed.
func TestBothLanguagesSayTheSame(t *testing.T) {
	all := words(t)
	es, en := all[0], all[1]
	for _, pair := range [][2]*assets.Words{{es, en}, {en, es}} {
		for _, key := range pair[0].Keys() {
			if !pair[1].Has(key) {
				t.Errorf("%s stands in %s only", key, pair[0].Lang())
			}
		}
	}
	for _, key := range es.Keys() {
		a, b := blanks(es.T(key)), blanks(en.T(key))
		if en.Has(key) && !slices.Equal(a, b) {
			t.Errorf("%s fills %v in Spanish and %v in English", key, a, b)
		}
		if strings.TrimSpace(es.T(key)) == "" {
			t.Errorf("%s says nothing", key)
		}
	}
}

func blanks(s string) []string {
	found := blank.FindAllString(s, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// TestSchemaHasLabels: a field that nobody named would stand on the screen as
// its bare key.
func TestSchemaHasLabels(t *testing.T) {
	for _, w := range words(t) {
		need := func(key string) {
			if !w.Has(key) {
				t.Errorf("%s lacks %s", w.Lang(), key)
			}
		}
		for _, s := range record.Kinds() {
			need("kind." + s.Name)
			need("kinds." + s.Name)
			for _, f := range s.Fields {
				need(s.Name + "." + f.Name)
				need("group." + f.Group)
				if f.Critical {
					need("critical." + f.Name + ".why") // what the contradictions desk says
				}
				for _, o := range f.Options {
					need("option." + s.Name + "." + f.Name + "." + o)
				}
			}
		}
		for code := range record.Provinces {
			need("province." + code)
		}
		for _, why := range []string{
			match.WhyName, match.WhySurname, match.WhySurnames, match.WhyGiven, match.WhySound, match.WhySwapped,
			match.WhyShort, match.WhyNear, match.WhyAlias, match.WhyInitial, match.WhyReorder, "cedula", "paper", "place",
		} {
			need("why." + why)
		}
	}
}

// TestOptionsAreReadBack: what the screen calls an option is understood when a
// person, or a list that was exported, types it.
func TestOptionsAreReadBack(t *testing.T) {
	now := time.Date(2021, 11, 24, 10, 0, 0, 0, time.UTC)
	for _, w := range words(t) {
		for _, s := range record.Kinds() {
			for _, f := range s.Fields {
				for _, o := range f.Options {
					label := w.T("option." + s.Name + "." + f.Name + "." + o)
					if got, problems := record.Check(s.Kind, f.Name, label, now); got != o {
						t.Errorf("%s: %s.%s %q is read as %q, not %q (%v): add it to record.Synonyms", w.Lang(), s.Name, f.Name, label, got, o, problems)
					}
				}
			}
		}
	}
}

// problemKey finds the keys where data/record writes them: c.warn("key"),
// w.refuse(field, "key"), tables and constants.
var problemKey = regexp.MustCompile(`c\.(?:warn|refuse)\("([a-z_]+)"|w\.(?:warn|refuse)\([^,()]+, "([a-z_]+)"|(?:date[A-Z]\w+|Cedula[A-Z]\w+) += "([a-z_]+)"|"([a-z]+_before_[a-z]+)"\}|Key: "([a-z_]+)"`)

// TestProblemsHaveWords reads the keys out of the sources of data/record.
func TestProblemsHaveWords(t *testing.T) {
	files, err := filepath.Glob("../data/record/*.go")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range problemKey.FindAllStringSubmatch(string(source), -1) {
			key := strings.Join(m[1:], "")
			if key == record.CedulaZero {
				key += "_offer" // never without what it offers
			}
			keys[key] = true
		}
	}
	if len(keys) < 35 {
		t.Fatalf("only %d problem keys were read from the sources: %v", len(keys), keys)
	}
	for _, w := range words(t) {
		for key := range keys {
			if !w.Has("problem." + key) {
				t.Errorf("%s lacks problem.%s", w.Lang(), key)
			}
		}
	}
}
