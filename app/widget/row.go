package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"
)

// RowData is what one row of a list shows.
type RowData struct {
	Initials string // "" leaves the avatar out
	Icon     fyne.Resource
	Title    string
	Caption  string
	Chip     string // "" leaves it out
	Tone     Tone
	Mark     string // a second chip before the first: a contradiction, a threat
	MarkTone Tone
	Personal bool // title, caption and initials are unreadable while names are blurred
}

// Row is one row of a list, made from primitives: initials, title, caption,
// chips; texts end in an ellipsis where the width ends.
type Row struct {
	fw.BaseWidget
	data    RowData
	avatar  *Avatar
	icon    *fw.Icon
	title   *Text
	caption *Text
	chip    *Chip
	mark    *Chip
	line    *Fill
}

// NewRow makes an empty row, for lists that reuse rows.
func NewRow() *Row {
	r := &Row{
		avatar: NewAvatar(""), icon: fw.NewIcon(nil), title: NewText("").Bold().Shrinks(),
		caption: Caption("").Shrinks(), chip: NewChip("", ToneGrey), mark: NewChip("", ToneGrey),
		line: newFill(ColorBorder, 1),
	}
	r.chip.most, r.mark.most = 150, 150
	r.ExtendBaseWidget(r)
	return r
}

// PersonRow makes a row that shows the data.
func PersonRow(d RowData) *Row {
	r := NewRow()
	r.Set(d)
	return r
}

// Set shows other data.
func (r *Row) Set(d RowData) {
	r.data = d
	r.apply()
	r.Refresh()
}

func (r *Row) apply() {
	d := r.data
	r.title.personal, r.caption.personal = d.Personal, d.Personal
	r.title.text, r.caption.text = d.Title, d.Caption
	r.avatar.initials = d.Initials
	show(r.avatar, d.Initials != "")
	show(r.icon, d.Initials == "" && d.Icon != nil)
	show(r.caption, d.Caption != "")
	r.icon.Resource = d.Icon
	r.chip.text, r.chip.tone = d.Chip, d.Tone
	show(r.chip, d.Chip != "")
	r.mark.text, r.mark.tone = d.Mark, d.MarkTone
	show(r.mark, d.Mark != "")
}

// show shows or hides without a refresh when nothing changes.
func show(o fyne.CanvasObject, on bool) {
	if on == o.Visible() {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// CreateRenderer draws the row.
func (r *Row) CreateRenderer() fyne.WidgetRenderer {
	r.apply()
	return &plain{
		objects: []fyne.CanvasObject{r.avatar, r.icon, r.title, r.caption, r.mark, r.chip, r.line},
		min:     func() fyne.Size { return fyne.NewSize(U(160), r.height()) },
		layout:  r.place,
		refresh: func() {
			r.apply()
			r.place(r.Size())
			for _, o := range []fyne.CanvasObject{r.avatar, r.icon, r.title, r.caption, r.mark, r.chip, r.line} {
				o.Refresh()
			}
		},
	}
}

func (r *Row) height() float32 {
	h := fyne.MeasureText("Ñg", current().Size(theme.SizeNameText), fyne.TextStyle{Bold: true}).Height +
		fyne.MeasureText("Ñg", current().Size(theme.SizeNameCaptionText), fyne.TextStyle{}).Height
	return max(U(54), h+U(18))
}

func (r *Row) place(s fyne.Size) {
	x, right := U(12), s.Width-U(12)
	switch {
	case r.avatar.Visible():
		m := r.avatar.MinSize()
		r.avatar.Resize(m)
		r.avatar.Move(fyne.NewPos(U(10), (s.Height-m.Height)/2))
		x = U(10) + m.Width + U(10)
	case r.icon.Visible():
		d := U(18)
		r.icon.Resize(fyne.NewSquareSize(d))
		r.icon.Move(fyne.NewPos(x, (s.Height-d)/2))
		x += d + U(10)
	}
	for _, c := range []*Chip{r.chip, r.mark} {
		if c.Visible() {
			m := c.MinSize()
			right -= m.Width
			c.Resize(m)
			c.Move(fyne.NewPos(right, (s.Height-m.Height)/2))
			right -= U(6)
		}
	}
	w := max(right-x, U(20))
	th, ch := r.title.MinSize().Height, r.caption.MinSize().Height
	if !r.caption.Visible() {
		ch = 0
	}
	y := (s.Height - th - ch - U(2)) / 2
	r.title.Resize(fyne.NewSize(w, th))
	r.title.Move(fyne.NewPos(x, y))
	r.caption.Resize(fyne.NewSize(w, ch))
	r.caption.Move(fyne.NewPos(x, y+th+U(2)))
	r.line.Resize(fyne.NewSize(s.Width, 1))
	r.line.Move(fyne.NewPos(0, s.Height-1))
}
