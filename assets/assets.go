// Package assets embeds what the program shows but does not compute: fonts,
// icons, the words of both languages, document texts, facilities and rules as
// dated data.
//
// What must not live here: code that decides anything, and any import of ours.
package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"strconv"
	"strings"
)

//go:embed fonts locale data
var files embed.FS

// Font gives an embedded font by file name, a copy that the caller may keep.
func Font(name string) ([]byte, error) { return read("fonts/" + name) }

func read(path string) ([]byte, error) {
	b, err := files.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read embedded %s: %w", path, err)
	}
	return b, nil
}

// Lang is a language of the interface.
type Lang string

// The languages; Spanish comes first.
const (
	Spanish Lang = "es"
	English Lang = "en"
)

// ParseLang reads "es" or "en".
func ParseLang(s string) (Lang, bool) {
	switch Lang(s) {
	case Spanish, English:
		return Lang(s), true
	}
	return "", false
}

// Words is the catalogue of one language, read-only and safe for concurrent use.
type Words struct {
	lang Lang
	text map[string]string
}

// LoadWords reads every file of locale/<lang>; each is a flat object of key to
// text, and a key stands in one file only.
func LoadWords(lang Lang) (*Words, error) {
	w := &Words{lang: lang, text: map[string]string{}}
	paths, err := fs.Glob(files, "locale/"+string(lang)+"/*.json")
	if err != nil {
		return nil, fmt.Errorf("list words: %w", err)
	}
	for _, path := range paths {
		b, err := read(path)
		if err != nil {
			return nil, err
		}
		part := map[string]string{}
		if err := json.Unmarshal(b, &part); err != nil {
			return nil, fmt.Errorf("parse %s: %w", path, err)
		}
		for k, v := range part {
			if _, twice := w.text[k]; twice {
				return nil, fmt.Errorf("parse %s: key %s stands in two files", path, k)
			}
			w.text[k] = v
		}
	}
	return w, nil
}

// Lang says which language these words are in.
func (w *Words) Lang() Lang { return w.lang }

// T gives the text of a key with {0}, {1}… filled. A key without text is shown
// as ⟦key⟧, so that it is seen and a test can find it.
func (w *Words) T(key string, args ...string) string {
	s, ok := w.text[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	for i, a := range args {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", a)
	}
	return s
}

// N gives key.one or key.other for a count, which also fills {0}; further
// args fill {1}…
func (w *Words) N(key string, n int, args ...string) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return w.T(key+form, append([]string{w.Count(n)}, args...)...)
}

// Has reports whether the key has a text.
func (w *Words) Has(key string) bool { _, ok := w.text[key]; return ok }

// Keys gives all keys, sorted.
func (w *Words) Keys() []string {
	keys := make([]string, 0, len(w.text))
	for k := range w.text {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Count writes a number with a thin space between thousands, as both
// languages read it (RAE, SI).
func (w *Words) Count(n int) string {
	s := strconv.Itoa(n)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	if neg {
		s = "−" + s
	}
	return s
}
