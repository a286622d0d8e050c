package documents

import (
	"bytes"
	"context"
	"image"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app/desktop/room"
	"paradero/app/widget"
	"paradero/reports"
)

// preview shows the pages of a PDF in the window, drawn through pipes alone.
type preview struct {
	host  room.Host
	root  *fyne.Container
	pdf   []byte
	pages []image.Image // as wide as the window
	close image.Image   // the shown page, looked at closely
	at    int
	zoom  float32 // of the width that there is; 1 fits it
	sheet *pageImage
	label *widget.Text
	prev  *widget.Button
	next  *widget.Button
}

func newPreview(h room.Host) *preview {
	p := &preview{host: h, zoom: 1, root: container.NewStack(), sheet: newPageImage(), label: widget.Caption("").Middle()}
	w := h.Words()
	p.prev = widget.Plain("", theme.NavigateBackIcon(), func() { p.turn(-1) })
	p.next = widget.Plain("", theme.NavigateNextIcon(), func() { p.turn(1) })
	p.note(w.T("documents.preview.wait"))
	return p
}

// object is what to place on the page.
func (p *preview) object() fyne.CanvasObject { return p.root }

func (p *preview) note(text string) {
	p.root.Objects = []fyne.CanvasObject{widget.Note(text)}
	p.root.Refresh()
}

// set shows another PDF; the same one is not drawn twice.
func (p *preview) set(pdf []byte) {
	if bytes.Equal(pdf, p.pdf) && len(pdf) > 0 {
		return
	}
	p.pdf, p.close, p.zoom = pdf, nil, 1
	if len(pdf) == 0 {
		p.pages = nil
		p.note(p.host.Words().T("documents.preview.none"))
		return
	}
	if p.pages == nil {
		p.note(p.host.Words().T("documents.preview.wait"))
	}
	p.host.Work("documents.preview", func(ctx context.Context) func() {
		pages, err := reports.Render(ctx, pdf, fitDPI)
		return func() {
			if err != nil {
				p.fail(err)
				return
			}
			p.pages, p.at = pages, max(0, min(p.at, len(pages)-1))
			p.draw()
		}
	})
}

// fitDPI is sharp enough for a page as wide as the window gives it.
const fitDPI = 110

// near draws the shown page as sharply as the zoom asks for; one page alone,
// since it takes many times the memory.
func (p *preview) near() {
	pdf, dpi, page := p.pdf, int(fitDPI*p.zoom), p.at+1
	p.host.Work("documents.preview", func(ctx context.Context) func() {
		img, err := reports.RenderPage(ctx, pdf, dpi, page)
		return func() {
			if err != nil {
				p.fail(err)
				return
			}
			p.close = img
			p.draw()
		}
	})
}

func (p *preview) fail(err error) {
	p.pages, p.close = nil, nil
	p.root.Objects = []fyne.CanvasObject{p.host.ErrorPanel(err, nil)}
	p.root.Refresh()
}

// drop stops what is being drawn, as when the page is left.
func (p *preview) drop() { p.host.Stop("documents.preview") }

func (p *preview) draw() {
	w := p.host.Words()
	p.show()
	out := widget.Plain("", theme.ZoomOutIcon(), func() { p.scale(p.zoom / 1.25) })
	in := widget.Plain("", theme.ZoomInIcon(), func() { p.scale(p.zoom * 1.25) })
	fit := widget.Quiet(w.T("documents.preview.fit"), theme.ZoomFitIcon(), func() { p.scale(1) })
	bar := widget.HFill(6, 3, p.prev, p.label, p.next, widget.Gap(1), fit, out, in)
	paper := fyne.CanvasObject(p.sheet)
	if p.zoom > 1 {
		paper = widget.Fixed(0, 640, container.NewScroll(p.sheet))
	}
	p.root.Objects = []fyne.CanvasObject{widget.VStack(10, bar, paper)}
	p.root.Refresh()
}

func (p *preview) show() {
	if p.at < 0 || p.at >= len(p.pages) {
		return
	}
	p.label.SetText(p.host.Words().T("documents.preview.page", strconv.Itoa(p.at+1), strconv.Itoa(len(p.pages))))
	p.prev.SetEnabled(p.at > 0)
	p.next.SetEnabled(p.at < len(p.pages)-1)
	if p.zoom > 1 && p.close != nil {
		p.sheet.set(p.close, p.zoom)
		return
	}
	p.sheet.set(p.pages[p.at], p.zoom)
}

func (p *preview) turn(by int) {
	p.at, p.close = max(0, min(p.at+by, len(p.pages)-1)), nil
	if p.zoom > 1 {
		p.near()
	}
	p.show()
}

// scale changes the zoom between the width that there is and three times it.
func (p *preview) scale(zoom float32) {
	zoom = max(1, min(zoom, 3))
	if zoom == p.zoom || len(p.pages) == 0 {
		return
	}
	if p.zoom == 1 {
		p.sheet.base = p.sheet.Size().Width
	}
	p.zoom, p.close = zoom, nil
	if zoom > 1 {
		p.near()
	}
	p.draw()
}

// pageImage is one page as wide as there is room, or wider by the zoom, on the
// white of paper in both looks.
type pageImage struct {
	fw.BaseWidget
	img  *canvas.Image
	edge *canvas.Rectangle
	zoom float32
	base float32 // the width that is one, once zoomed
	// ratio is the page's height by its width.
	ratio float32
}

func newPageImage() *pageImage {
	s := &pageImage{img: canvas.NewImageFromImage(nil), zoom: 1, ratio: 1.414, edge: canvas.NewRectangle(nil)}
	s.img.FillMode = canvas.ImageFillStretch
	s.img.ScaleMode = canvas.ImageScaleSmooth
	s.ExtendBaseWidget(s)
	return s
}

func (s *pageImage) set(page image.Image, zoom float32) {
	b := page.Bounds()
	s.img.Image, s.zoom = page, zoom
	s.ratio = float32(b.Dy()) / float32(max(1, b.Dx()))
	s.Refresh()
}

// CreateRenderer draws the page with a thin edge.
func (s *pageImage) CreateRenderer() fyne.WidgetRenderer { return &pageRenderer{s} }

type pageRenderer struct{ s *pageImage }

func (r *pageRenderer) Destroy() {}

func (r *pageRenderer) Layout(size fyne.Size) {
	r.s.edge.Resize(size)
	r.s.img.Move(fyne.NewPos(1, 1))
	r.s.img.Resize(size.SubtractWidthHeight(2, 2))
}

// MinSize is as high as the page is at the width it has: the stack gives it its
// width first.
func (r *pageRenderer) MinSize() fyne.Size {
	if r.s.zoom > 1 {
		w := r.s.base * r.s.zoom
		return fyne.NewSize(w, w*r.s.ratio)
	}
	return fyne.NewSize(widget.U(200), max(widget.U(200), r.s.Size().Width)*r.s.ratio)
}

func (r *pageRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.s.edge, r.s.img}
}

func (r *pageRenderer) Refresh() {
	r.s.edge.FillColor = theme.Color(widget.ColorBorder)
	r.s.edge.Refresh()
	r.s.img.Refresh()
	r.Layout(r.s.Size())
}
