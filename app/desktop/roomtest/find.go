package roomtest

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/widget"
)

// Each walks every visible object of the window.
func (h *Host) Each(do func(o fyne.CanvasObject) bool) {
	done := false
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if done || o == nil || !o.Visible() {
			return
		}
		if do(o) {
			done = true
			return
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c)
			}
		}
	}
	walk(h.window.Content())
}

// Press taps the first visible button with these words.
func (h *Host) Press(text string) {
	h.t.Helper()
	var found *widget.Button
	h.Each(func(o fyne.CanvasObject) bool {
		b, ok := o.(*widget.Button)
		if ok && b.Text == text {
			found = b
		}
		return found != nil
	})
	if found == nil {
		h.t.Fatalf("there is no button %q; texts: %q", text, h.Texts())
	}
	test.Tap(found)
	h.Pump()
}

// Texts gives every text that is seen.
func (h *Host) Texts() []string {
	var all []string
	h.Each(func(o fyne.CanvasObject) bool {
		switch o := o.(type) {
		case *widget.Text:
			all = append(all, o.Text())
		case *widget.Paragraph:
			all = append(all, o.Text())
		case *widget.Chip:
			all = append(all, o.Text())
		case *widget.Button:
			all = append(all, o.Text)
		case *fw.Check:
			all = append(all, o.Text)
		case *widget.Entry:
			all = append(all, o.Text)
		}
		return false
	})
	return all
}

// Sees reports whether a text is seen somewhere.
func (h *Host) Sees(text string) bool {
	for _, t := range h.Texts() {
		if strings.Contains(t, text) {
			return true
		}
	}
	return false
}

// Fill types into the field under a caption.
func (h *Host) Fill(caption, typed string) {
	h.t.Helper()
	next := false
	done := false
	h.Each(func(o fyne.CanvasObject) bool {
		if c, ok := o.(*widget.Text); ok && (c.Text() == caption || c.Text() == caption+" *") {
			next = true
			return false
		}
		if !next {
			return false
		}
		switch o := o.(type) {
		case *widget.Entry:
			o.SetText(typed)
			done = true
		case *widget.SearchBar:
			o.SetText(typed)
			done = true
		case *widget.OptionalDate:
			o.SetText(typed)
			done = true
		case *widget.Choice:
			for i, label := range o.Options {
				if label == typed {
					o.SetSelectedIndex(i)
					done = true
				}
			}
			if !done {
				h.t.Fatalf("%q offers %q, not %q", caption, o.Options, typed)
			}
		case *widget.Select:
			for i, label := range o.Options {
				if label == typed {
					o.SetSelectedIndex(i)
					done = true
				}
			}
			if !done {
				h.t.Fatalf("%q offers %q, not %q", caption, o.Options, typed)
			}
		}
		return done
	})
	if !done {
		h.t.Fatalf("there is no field %q; texts: %q", caption, h.Texts())
	}
	h.Pump()
}
