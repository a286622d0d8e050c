package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"paradero/assets"
	"paradero/data/fault"
)

// Words turns a failure into one sentence for people and the way out. A
// failure without words of its own becomes a general sentence with a code that
// a developer can find; no stack, no path, nothing that was typed.
func Words(err error, w *assets.Words) (sentence, hint string) {
	if err == nil {
		return "", ""
	}
	var e *fault.Error
	if errors.As(err, &e) {
		if key := "error." + e.Key; w.Has(key) {
			sentence = w.T(key, e.Args...)
			if w.Has(key + ".hint") {
				hint = w.T(key+".hint", e.Args...)
			}
			return sentence, hint
		}
		return general(w, e.Key)
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return w.T("error.cancelled"), w.T("error.cancelled.hint")
	case errors.Is(err, syscall.ENOSPC):
		return w.T("error.disk_full"), w.T("error.disk_full.hint")
	case errors.Is(err, fs.ErrPermission):
		return w.T("error.not_permitted"), w.T("error.not_permitted.hint")
	case errors.Is(err, fs.ErrNotExist):
		return w.T("error.file_missing"), w.T("error.file_missing.hint")
	}
	return general(w, "internal")
}

func general(w *assets.Words, code string) (sentence, hint string) {
	return w.T("error.unknown"), w.T("error.unknown.hint", code)
}

// ProblemText turns one reason into words, for the line beside its field.
func ProblemText(p fault.Problem, w *assets.Words) string {
	if key := "problem." + p.Key; w.Has(key) {
		return w.T(key, p.Args...)
	}
	return w.T("problem.unknown", p.Key)
}

// Reasons gives the reasons that an error carries, in words.
func Reasons(err error, w *assets.Words) []string {
	var e *fault.Error
	if !errors.As(err, &e) {
		return nil
	}
	out := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		out = append(out, ProblemText(p, w))
	}
	return out
}

// Crashed writes the sentence for a fault of the program itself, in the
// person's language, and no trace.
func Crashed(to io.Writer) {
	set := DefaultSettings(os.Getenv)
	if path, err := SettingsPath(); err == nil {
		set, _ = LoadSettings(path) // the default ones when they cannot be read
	}
	w, err := assets.LoadWords(set.Lang)
	if err != nil {
		return
	}
	sentence, hint := general(w, "internal")
	_, _ = io.WriteString(to, sentence+" "+hint+"\n")
}
