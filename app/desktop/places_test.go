package desktop

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

// The places beside the files of a dialog stand in the language of the program, and a
// stick that is plugged in is one of them.
func TestPlacesOfFiles(t *testing.T) {
	b := newBench(t, spanish())
	b.shell.pickFile(func(string) {})
	list := placesList(b.shell.win.Canvas().Overlays().Top())
	if list == nil {
		t.Fatal("Fyne's list of places is not found")
	}
	item := list.CreateItem()
	list.UpdateItem(0, item)
	if label, _ := placeParts(item); label == nil || label.Text != b.words.T("fyne.Home") {
		t.Errorf("the first place is %+v", label)
	}
	if runtime.GOOS != "linux" {
		t.Skip("sticks are looked for elsewhere")
	}
	root := t.TempDir()
	want := []string{filepath.Join(root, "media", "ines", "MEMORIA"), filepath.Join(root, "run", "media", "ines", "KINGSTON")}
	for _, dir := range want {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/", filepath.Join(root, "media", "ines", "raiz")); err != nil {
		t.Fatal(err)
	}
	if got := sticks(root); !slices.Equal(got, want) {
		t.Errorf("sticks: %q", got)
	}
}
