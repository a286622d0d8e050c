package page

// Facts writes a table of label, value and source.
func (s *Sheet) Facts(facts []Fact) {
	rows := make([][]string, 0, len(facts))
	for _, f := range facts {
		if f.Value != "" {
			rows = append(rows, []string{f.Label, f.Value, f.Source})
		}
	}
	s.table(rows, []float64{0.23, 0.39, 0.38}, []Style{{Size: 9, Quiet: true}, {Size: 9.5}, {Size: 7.5, Quiet: true}}, nil)
}

// Table writes rows under a head; shares are the columns' parts of the width.
// The head stands again on every page.
func (s *Sheet) Table(head []string, shares []float64, rows [][]string) {
	styles := make([]Style, len(shares))
	for i := range styles {
		styles[i] = Style{Size: 9}
	}
	s.table(rows, shares, styles, head)
}

const cellPad = 1.1

func (s *Sheet) table(rows [][]string, shares []float64, styles []Style, head []string) {
	if len(rows) == 0 {
		return
	}
	cols := s.columns(shares)
	if head != nil {
		first := s.cells(rows[0], cols, styles)
		s.room(s.height(first, styles) + 8*s.scale)
		s.tableHead(head, cols)
	}
	for i, row := range rows {
		cells := s.cells(row, cols, styles)
		if n := len(rows); n > 2 && i == n-2 { // the last row does not stand alone on a page
			both := s.height(cells, styles) + s.height(s.cells(rows[n-1], cols, styles), styles)
			if s.y+both > s.bottom && both < (s.bottom-s.top)/2 {
				s.newTablePage(head, cols)
			}
		}
		s.row(cells, cols, styles, head)
	}
	s.Gap(3)
}

type column struct{ x, width float64 }

func (s *Sheet) columns(shares []float64) []column {
	sum := 0.0
	for _, sh := range shares {
		sum += sh
	}
	cols := make([]column, len(shares))
	x := s.left
	for i, sh := range shares {
		w := (s.right - s.left) * sh / sum
		cols[i] = column{x, w - 3}
		x += w
	}
	return cols
}

func (s *Sheet) cells(row []string, cols []column, styles []Style) [][]string {
	out := make([][]string, len(cols))
	for i := range cols {
		if i < len(row) && row[i] != "" {
			out[i] = s.wrap(row[i], cols[i].width, styles[i])
		}
	}
	return out
}

func (s *Sheet) height(cells [][]string, styles []Style) float64 {
	h := 0.0
	for i, c := range cells {
		h = max(h, float64(len(c))*s.leading(styles[i]))
	}
	return h + 2*cellPad*s.scale
}

// row writes one row: whole where a page can hold it, else line by line.
func (s *Sheet) row(cells [][]string, cols []column, styles []Style, head []string) {
	for {
		height := s.height(cells, styles)
		left := s.bottom - s.y
		if height > left && (height <= s.bottom-s.top-10 || left < 20) && s.y > s.top+1 {
			s.newTablePage(head, cols)
			left = s.bottom - s.y
		}
		rest := s.rowPart(cells, cols, styles, left)
		if rest == nil {
			return
		}
		cells = rest
	}
}

func (s *Sheet) newTablePage(head []string, cols []column) {
	s.newPage()
	if head != nil {
		s.tableHead(head, cols)
	}
}

// rowPart writes what fits into room and gives what does not.
func (s *Sheet) rowPart(cells [][]string, cols []column, styles []Style, room float64) [][]string {
	base := 0.0
	for _, st := range styles {
		base = max(base, s.size(st)*ptToMM)
	}
	rest, more, height := make([][]string, len(cells)), false, 0.0
	for i, c := range cells {
		lead := s.leading(styles[i])
		fit := max(1, int((room-2*cellPad*s.scale)/lead))
		if fit < len(c) {
			rest[i], more = c[fit:], true
			c = c[:fit]
		}
		for j, t := range c {
			s.put(cols[i].x, s.y+cellPad*s.scale+base+float64(j)*lead, t, styles[i])
		}
		height = max(height, float64(len(c))*lead)
	}
	s.y += height + 2*cellPad*s.scale
	s.rule(s.y)
	if !more {
		return nil
	}
	return rest
}

func (s *Sheet) tableHead(head []string, cols []column) {
	st := Style{Size: 8, Bold: true, Quiet: true}
	styles := make([]Style, len(cols))
	for i := range styles {
		styles[i] = st
	}
	s.rowPart(s.cells(head, cols, styles), cols, styles, s.bottom-s.y)
}
