package desktop

import "testing"

// A dialog of files that is given a size before it is shown ends the program.
func TestFilesCanBeChosen(t *testing.T) {
	b, _ := signedIn(t)
	for name, ask := range map[string]func(){
		"open":   func() { b.session.Pick([]string{".csv"}, func(string) {}) },
		"save":   func() { b.session.PickSave("lista.csv", func(string) {}) },
		"folder": func() { b.session.PickFolder(func(string) {}) },
	} {
		ask()
		top := b.win.Canvas().Overlays().Top()
		if top == nil {
			t.Fatalf("%s: nothing is shown", name)
		}
		b.goBack()
		if b.win.Canvas().Overlays().Top() != nil {
			t.Errorf("%s: Esc does not close it", name)
		}
	}
}
