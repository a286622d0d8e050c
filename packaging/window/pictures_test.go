//go:build window

package window

import (
	"image"
	"os"
	"path/filepath"
	"testing"

	"paradero/packaging/program"
)

// TestPictures takes the pictures of the README from the real window on the
// demonstration office. It runs only where PARADERO_PICTURES names a folder
// (make pictures).
func TestPictures(t *testing.T) {
	dir := os.Getenv("PARADERO_PICTURES")
	if dir == "" {
		t.Skip("PARADERO_PICTURES names no folder")
	}
	o := program.Prepare(t, t.TempDir())
	o.Want(o.Run("demo", "--at", o.Dir, "--no-window"), program.Done, "demo")
	t.Setenv("PARADERO_SHOTS", dir)
	d := start(t, o.Home, "--office", o.Dir)
	signIn := d.painted()
	d.must(d.Type(d.ctx, "demostracion"), "type the passphrase")
	d.must(d.Keys(d.ctx, "Return"), "press Enter")
	d.opens(signIn)
	now := d.shot()
	if dark(now) {
		d.must(d.Keys(d.ctx, "ctrl+d"), "turn to the light look")
		d.changes(now, 0.5, "the light look")
	}
	d.must(d.Keys(d.ctx, peopleRoom), "go to the people")
	d.settled("the people are listed")
	// Somebody of whom two claims contradict each other, beside the whole list.
	d.must(d.Click(d.ctx, d.id, 502, 191), "those with a contradiction")
	d.settled("those with a contradiction")
	found := d.shot()
	d.must(d.Keys(d.ctx, "ctrl+f", "Down", "Return"), "open the first")
	d.changes(found, 0.02, "the person's page")
	d.must(d.Click(d.ctx, d.id, 246, 167), "all of them")
	d.settled("all of them")
	d.keep("people-light")
	now = d.shot()
	d.must(d.Keys(d.ctx, "ctrl+d"), "turn to the dark look")
	d.changes(now, 0.5, "the dark look")
	d.open("Morán Bajaña")
	d.keep("person-dark")
	d.quit()
	for _, name := range []string{"people-light.png", "person-dark.png"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// open searches for somebody and opens the first who is found.
func (d *desktop) open(name string) {
	d.t.Helper()
	d.must(d.Keys(d.ctx, "ctrl+f", "ctrl+a"), "go to the search line")
	d.must(d.Paste(d.ctx, name), "paste a name")
	found := d.settled("the search has answered")
	d.must(d.Keys(d.ctx, "Down", "Return"), "open the first")
	d.changes(found, 0.02, "the person's page")
	d.settled("the page stands")
}

// dark reports whether a picture is mostly dark.
func dark(img *image.RGBA) bool {
	sum := 0
	for i := 0; i < len(img.Pix); i += 4 {
		sum += int(img.Pix[i+1])
	}
	return sum/(len(img.Pix)/4) < 100
}
