package desktop

import (
	"encoding/json"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"paradero/assets"
)

// fynePrefix marks the words that Fyne itself shows: menus of a field, the file
// dialog.
const fynePrefix = "fyne."

// translateFyne gives Fyne its own words in the chosen language. Fyne follows
// the system's language alone, so the chosen words are registered as if they
// were the system's; its own Spanish has mistakes, which ours replaces too.
func translateFyne(w *assets.Words) {
	own := map[string]string{}
	for _, k := range w.Keys() {
		if name, ok := strings.CutPrefix(k, fynePrefix); ok {
			own[name] = w.T(k)
		}
	}
	b, err := json.Marshal(own)
	if err == nil {
		err = lang.AddTranslationsForLocale(b, lang.SystemLocale())
	}
	if err != nil {
		fyne.LogError("register words", err)
	}
}
