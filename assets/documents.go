package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

// The texts of papers are data: a person who never programmed can read and
// mend them, and another language is one more folder.
//
//go:embed documents
var documents embed.FS

// LoadDocumentTexts reads the texts of papers in a language: every
// documents/<lang>/*.json, flat, a key in one file only. A language that nobody
// has translated the papers into gives an error that fs.ErrNotExist matches.
func LoadDocumentTexts(lang Lang) (*Words, error) {
	w := &Words{lang: lang, text: map[string]string{}}
	paths, err := fs.Glob(documents, "documents/"+string(lang)+"/*.json")
	if err != nil {
		return nil, fmt.Errorf("list texts of papers: %w", err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("texts of papers in %q: %w", lang, fs.ErrNotExist)
	}
	for _, path := range paths {
		b, err := documents.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read embedded %s: %w", path, err)
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
