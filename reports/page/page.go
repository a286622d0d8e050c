// Package page lays out papers: A4 sheets with a head, a foot, paragraphs,
// tables of facts, checklists and places to sign, as a PDF whose bytes depend
// on its input alone.
//
// What must not live here: what a paper states, words for people (they come in
// as arguments), records, the office. It is the only importer of gofpdf.
package page

import (
	"bytes"
	"fmt"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// Frame is what stands around the text of a paper.
type Frame struct {
	Title   string // of the file, shown by viewers
	Author  string
	Subject string
	Number  string // kept in the file even where the page does not show it

	Office   string
	Lines    []string                  // beneath the office: city, address, telephone
	Head     []string                  // at the right of the head: number, version, copy
	Foot     string                    // what every page says: confidentiality
	Code     string                    // the check code, at the foot
	PageOf   func(page, of int) string // nil: pages bear no count
	Demo     string                    // marks every page of an invented office
	DemoLine string                    // the same in a line that can be read aloud and searched
	Draft    string                    // across every page of a preview
	When     time.Time                 // the file's date: never the clock's
	Letter   bool                      // a letterhead and wider margins
	Scale    float64                   // 0 means 1; a letter that must fit shrinks a little
}

// Result is a finished paper.
type Result struct {
	PDF      []byte
	Pages    int
	Replaced int // characters that no font here can print, left out or marked
}

// Page measures in millimetres.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	ptToMM     = 25.4 / 72
	footHeight = 20.0
)

type colour struct{ r, g, b int }

// The paper's colours: ink, quiet ink, hairline, accent, and a ground that a
// black and white printer leaves white.
var (
	ink    = colour{0x1D, 0x27, 0x33}
	quiet  = colour{0x5A, 0x66, 0x75}
	line   = colour{0xD6, 0xDC, 0xE2}
	accent = colour{0x0B, 0x6B, 0x70}
	amber  = colour{0x9A, 0x67, 0x00}
	soft   = colour{0xF1, 0xF6, 0xF7}
	ghost  = colour{0xEE, 0xF0, 0xF2}
)

// Sheet is a paper being written, from top to bottom.
type Sheet struct {
	pdf    *gofpdf.Fpdf
	fonts  *Fonts
	frame  Frame
	script *script
	added  map[string]bool
	face   string
	left   float64
	right  float64
	top    float64
	bottom float64
	y      float64
	scale  float64
}

// Build makes a paper. draw may be called twice: text that needs more than the
// Latin letters is set again with the whole fonts, so draw must only write.
func Build(fonts *Fonts, frame Frame, draw func(*Sheet)) (Result, error) {
	s := newSheet(fonts, frame, false)
	res, err := s.run(draw)
	if err == nil && s.script.beyond {
		s = newSheet(fonts, frame, true)
		res, err = s.run(draw)
	}
	if err != nil {
		return Result{}, fmt.Errorf("lay out %s: %w", frame.Subject, err)
	}
	return res, nil
}

func newSheet(fonts *Fonts, frame Frame, wide bool) *Sheet {
	pdf := gofpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(frame.When.UTC())
	pdf.SetModificationDate(frame.When.UTC())
	s := &Sheet{
		pdf: pdf, fonts: fonts, frame: frame, added: map[string]bool{}, scale: frame.Scale,
		script: &script{fonts: fonts, wide: wide},
		left:   22, right: pageWidth - 22, top: 34, bottom: pageHeight - footHeight - 4,
	}
	if frame.Letter {
		s.left, s.right, s.top = 28, pageWidth-28, 42
	}
	if s.scale == 0 {
		s.scale = 1
	}
	pdf.SetTitle(s.script.clean(frame.Title), true)
	pdf.SetAuthor(s.script.clean(frame.Author), true)
	pdf.SetSubject(s.script.clean(frame.Subject), true)
	pdf.SetKeywords(frame.Number, false) // plain, so that an altered copy still tells which one it was
	pdf.SetCreator("Paradero", true)
	pdf.SetProducer("Paradero", true)
	return s
}

func (s *Sheet) run(draw func(*Sheet)) (Result, error) {
	s.newPage()
	draw(s)
	pages := s.pdf.PageNo()
	for p := 1; p <= pages; p++ {
		s.pdf.SetPage(p)
		s.foot(p, pages)
	}
	var buf bytes.Buffer
	if err := s.pdf.Output(&buf); err != nil {
		return Result{}, err
	}
	return Result{PDF: buf.Bytes(), Pages: pages, Replaced: s.script.replaced}, nil
}

// newPage starts a page with what stands behind and above the text.
func (s *Sheet) newPage() {
	s.pdf.AddPage()
	mark := s.frame.Draft
	if s.frame.Demo != "" {
		mark = s.frame.Demo
	}
	if mark != "" {
		s.watermark(mark)
	}
	if s.frame.Demo != "" && s.frame.DemoLine != "" {
		s.centred(s.frame.DemoLine, 9, Style{Size: 8, Bold: true, colour: amber})
	}
	if s.frame.Demo != "" && s.frame.Draft != "" {
		s.centred(s.frame.Draft, 5.5, Style{Size: 8, Bold: true, colour: amber})
	}
	if s.frame.Letter {
		s.letterhead()
	} else {
		s.head()
	}
	s.y = s.top
	if s.frame.Letter && s.pdf.PageNo() > 1 {
		s.y = 24
	}
}

func (s *Sheet) watermark(mark string) {
	st := Style{Size: 62, Bold: true, colour: ghost}
	w := s.width(s.script.clean(mark), st)
	if limit := 245.0; w > limit {
		st.Size *= limit / w
		w = limit
	}
	s.pdf.TransformBegin()
	s.pdf.TransformRotate(52, pageWidth/2, pageHeight/2)
	s.put(pageWidth/2-w/2, pageHeight/2+st.Size*ptToMM/3, s.script.clean(mark), st)
	s.pdf.TransformEnd()
}

func (s *Sheet) head() {
	small := Style{Size: 8.5, colour: quiet}
	y := 16.0
	width := (s.right - s.left) * 0.56
	for i, t := range s.wrap(s.frame.Office, width, Style{Size: 10.5, Bold: true}) {
		if i == 2 {
			break
		}
		s.put(s.left, y, t, Style{Size: 10.5, Bold: true, colour: accent})
		y += 4.6
	}
	for _, l := range s.frame.Lines {
		s.put(s.left, y, s.first(l, width, small), small)
		y += 3.9
	}
	y = 16
	for i, h := range s.frame.Head {
		st := small
		if i == 0 {
			st = Style{Size: 9.5, Bold: true, colour: ink}
		}
		t := s.first(h, (s.right-s.left)*0.42, st)
		s.put(s.right-s.width(t, st), y, t, st)
		y += 4.1
	}
	s.rule(29)
}

// letterhead stands on the first page only: a family gets a letter, not a form.
func (s *Sheet) letterhead() {
	if s.pdf.PageNo() > 1 {
		return
	}
	y := 20.0
	for i, t := range s.wrap(s.frame.Office, s.right-s.left, Style{Size: 12, Bold: true}) {
		if i == 2 {
			break
		}
		s.put(s.left, y, t, Style{Size: 12, Bold: true, colour: accent})
		y += 5.4
	}
	st := Style{Size: 9, colour: quiet}
	for _, l := range s.frame.Lines {
		s.put(s.left, y, s.first(l, s.right-s.left, st), st)
		y += 4.2
	}
}

func (s *Sheet) foot(p, of int) {
	s.face = ""
	st := Style{Size: 7.5, colour: quiet}
	y := pageHeight - footHeight + 2
	if !s.frame.Letter {
		s.rule(y - 3.5)
	}
	right := ""
	if s.frame.PageOf != nil {
		right = s.script.clean(s.frame.PageOf(p, of))
		s.put(s.right-s.width(right, st), y, right, st)
	}
	room := s.right - s.left - s.width(right, st) - 6
	for i, t := range s.wrap(s.frame.Foot, room, st) {
		if i == 2 {
			break
		}
		s.put(s.left, y, t, st)
		y += 3.5
	}
	if s.frame.Code != "" {
		s.put(s.left, y, s.script.clean(s.frame.Code), Style{Size: 7.5, Bold: true, colour: quiet})
	}
}

func (s *Sheet) rule(y float64) {
	s.pdf.SetDrawColor(line.r, line.g, line.b)
	s.pdf.SetLineWidth(0.2)
	s.pdf.Line(s.left, y, s.right, y)
}

func (s *Sheet) centred(text string, y float64, st Style) {
	t := s.script.clean(text)
	s.put(pageWidth/2-s.width(t, st)/2, y, t, st)
}
