package page

import "strings"

// Fact is one stated fact: what, its value, and who says so.
type Fact struct {
	Label  string
	Value  string
	Source string
}

// Signature is a place to sign.
type Signature struct {
	Name string // printed beneath the line; empty leaves a line to write it on
	Role string
	Note string // "opcional"
}

// room starts a new page unless that much height is left.
func (s *Sheet) room(height float64) {
	if s.y+height > s.bottom && s.y > s.top+1 {
		s.newPage()
	}
}

// Gap leaves height free, nothing at the top of a page.
func (s *Sheet) Gap(mm float64) {
	if s.y > s.top+1 {
		s.y += mm * s.scale
	}
}

// lines writes wrapped lines with the first's top at the present height,
// breaking the page so that never one line stands alone on either side.
func (s *Sheet) lines(x float64, text []string, st Style) {
	lead := s.leading(st)
	for i, t := range text {
		need := lead
		if i == 0 && len(text) > 1 || i == len(text)-2 {
			need = 2 * lead
		}
		if len(text) <= 3 && i == 0 {
			need = float64(len(text)) * lead
		}
		s.room(need)
		s.put(x, s.y+s.size(st)*ptToMM, t, st)
		s.y += lead
	}
}

// Title names the paper, with a line beneath it.
func (s *Sheet) Title(text, beneath string) {
	st := Style{Size: 17, Bold: true}
	s.lines(s.left, s.wrap(text, s.right-s.left, st), st)
	if beneath != "" {
		sub := Style{Size: 9.5, Quiet: true}
		s.lines(s.left, s.wrap(beneath, s.right-s.left, sub), sub)
	}
	s.Gap(4)
}

// Heading starts a section; it never stands alone at the foot of a page.
func (s *Sheet) Heading(text string) {
	st := Style{Size: 12, Bold: true, colour: accent}
	s.Gap(4)
	lines := s.wrap(text, s.right-s.left, st)
	s.room(float64(len(lines))*s.leading(st) + 16*s.scale)
	s.lines(s.left, lines, st)
	s.Gap(1.2)
}

// Subheading starts a part of a section.
func (s *Sheet) Subheading(text string) {
	st := Style{Size: 10.5, Bold: true}
	s.Gap(2)
	lines := s.wrap(text, s.right-s.left, st)
	s.room(float64(len(lines))*s.leading(st) + 14*s.scale)
	s.lines(s.left, lines, st)
	s.Gap(0.8)
}

// Para writes a paragraph; each line break of the text stays one.
func (s *Sheet) Para(text string) { s.Text(text, Style{}) }

// Text writes a paragraph in a style.
func (s *Sheet) Text(text string, st Style) {
	if text == "" {
		return
	}
	s.lines(s.left, s.wrap(text, s.right-s.left, st), st)
	gap := 2.0
	if s.frame.Letter {
		gap = 3.2
	}
	s.Gap(gap)
}

// Right writes a line at the right margin: place and date of a letter.
func (s *Sheet) Right(text string) {
	st := Style{}
	for _, t := range s.wrap(text, s.right-s.left, st) {
		s.room(s.leading(st))
		s.put(s.right-s.width(t, st), s.y+s.size(st)*ptToMM, t, st)
		s.y += s.leading(st)
	}
}

// Callout writes a sentence that must not be overlooked, with a bar beside it.
func (s *Sheet) Callout(text string) {
	st := Style{Size: 10, Bold: true}
	lines := s.wrap(text, s.right-s.left-9, st)
	height := float64(len(lines))*s.leading(st) + 5*s.scale
	s.Gap(1)
	s.room(height)
	s.pdf.SetFillColor(soft.r, soft.g, soft.b)
	s.pdf.Rect(s.left, s.y, s.right-s.left, height, "F")
	s.pdf.SetFillColor(accent.r, accent.g, accent.b)
	s.pdf.Rect(s.left, s.y, 1.2, height, "F")
	end := s.y + height
	s.y += 2.2 * s.scale
	for _, t := range lines {
		s.put(s.left+5, s.y+s.size(st)*ptToMM, t, st)
		s.y += s.leading(st)
	}
	s.y = end
	s.Gap(3)
}

// Bullets writes a list.
func (s *Sheet) Bullets(items []string) {
	st := Style{}
	for _, it := range items {
		s.item(it, st, 5, func(y float64) {
			s.put(s.left+1, y+s.size(st)*ptToMM, "•", st)
		})
	}
	s.Gap(1)
}

// Checklist writes a list with boxes to tick by hand.
func (s *Sheet) Checklist(items []string) {
	st := Style{}
	for _, it := range items {
		s.item(it, st, 8, func(y float64) {
			s.pdf.SetDrawColor(ink.r, ink.g, ink.b)
			s.pdf.SetLineWidth(0.3)
			s.pdf.Rect(s.left+0.5, y+0.5*s.scale, 3.6*s.scale, 3.6*s.scale, "D")
		})
		s.Gap(1.2)
	}
	s.Gap(1)
}

// item writes one entry of a list, whole where it fits a page.
func (s *Sheet) item(text string, st Style, indent float64, mark func(y float64)) {
	lines := s.wrap(text, s.right-s.left-indent, st)
	if h := float64(len(lines)) * s.leading(st); h < s.bottom-s.top {
		s.room(h)
	}
	for i, t := range lines {
		s.room(s.leading(st))
		if i == 0 {
			mark(s.y)
		}
		s.put(s.left+indent, s.y+s.size(st)*ptToMM, t, st)
		s.y += s.leading(st)
	}
}

// Signatures leaves places to sign, two beside each other, never torn apart.
// The line above them goes with them: a signature alone on a page is worth
// nothing. Where it saves a page, the room for the hand is a little less.
func (s *Sheet) Signatures(above string, places []Signature) {
	const gap = 12.0
	space := 17.0
	width := (s.right - s.left - gap) / 2
	st := Style{Size: 9, Quiet: true}
	lines := s.wrap(above, s.right-s.left, st)
	height := float64(len(lines)) * s.leading(st)
	for _, p := range places[:min(2, len(places))] {
		height = max(height, float64(len(lines))*s.leading(st)+s.signature(0, width, p, false))
	}
	if tight := 12.0; s.y+height+space*s.scale > s.bottom && s.y+height+tight*s.scale <= s.bottom {
		space = tight
	}
	s.room(height + space*s.scale)
	if above != "" {
		s.lines(s.left, lines, st)
	}
	for i := 0; i < len(places); i += 2 {
		row := places[i:min(i+2, len(places))]
		height := 0.0
		for _, p := range row {
			height = max(height, s.signature(0, width, p, false))
		}
		s.room(space*s.scale + height)
		s.y += space * s.scale
		for j, p := range row {
			s.signature(s.left+float64(j)*(width+gap), width, p, true)
		}
		s.y += height
	}
}

// signature writes, or only measures, one place beneath its line.
func (s *Sheet) signature(x, width float64, p Signature, draw bool) float64 {
	y := s.y
	if draw {
		s.pdf.SetDrawColor(ink.r, ink.g, ink.b)
		s.pdf.SetLineWidth(0.25)
		s.pdf.Line(x, y, x+width, y)
	}
	y += 1.2 * s.scale
	for _, l := range []struct {
		text string
		st   Style
	}{
		{p.Name, Style{Size: 9.5, Bold: true}},
		{p.Role, Style{Size: 9}},
		{p.Note, Style{Size: 8, Quiet: true}},
	} {
		if l.text == "" {
			continue
		}
		for _, t := range s.wrap(l.text, width, l.st) {
			if draw {
				s.put(x, y+s.size(l.st)*ptToMM, t, l.st)
			}
			y += s.leading(l.st)
		}
	}
	return y - s.y
}

// Sign ends a letter: room for a hand, then the name in bold and the rest of
// the lines beneath it, all on one page.
func (s *Sheet) Sign(text string) {
	name, rest, _ := strings.Cut(text, "\n")
	bold, body := Style{Bold: true}, Style{}
	top, more := s.wrap(name, s.right-s.left, bold), []string{}
	if rest != "" {
		more = s.wrap(rest, s.right-s.left, body)
	}
	s.room(14*s.scale + float64(len(top)+len(more))*s.leading(body))
	s.Gap(14)
	s.lines(s.left, top, bold)
	s.lines(s.left, more, body)
}
