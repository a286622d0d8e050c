package exchange

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"paradero/data/fault"
)

// openXLSX takes the sheet whose heading says most; the first of equals.
func (t *Table) openXLSX(r io.ReaderAt, size int64) error {
	// Both limits are equal so that nothing is ever unpacked to a file: the
	// library puts larger sheets into the temporary folder, in clear.
	book, err := excelize.OpenReader(io.NewSectionReader(r, 0, size), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip,
	})
	if err != nil {
		if errors.Is(err, excelize.ErrWorkbookFileFormat) {
			return fault.Wrap(err, fault.Invalid, op, "file_is_zip")
		}
		return fault.Wrap(err, fault.Invalid, op, "file_workbook_damaged")
	}
	t.serials = true
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		t.shift = 1462 // old Macs count days from 1904
	}
	best, bestScore := "", 0
	sheets := book.GetSheetList()
	for _, name := range sheets[:min(len(sheets), 50)] {
		if visible, err := book.GetSheetVisible(name); err == nil && !visible {
			continue
		}
		src, err := openSheet(book, name)
		if err != nil {
			continue // a sheet of charts has no rows
		}
		score, err := t.attach(src)
		if cerr := src.rows.Close(); err == nil && cerr != nil {
			err = cerr
		}
		if err == nil && score > bestScore {
			best, bestScore = name, score
		}
	}
	if bestScore == 0 {
		return errors.Join(fault.New(fault.Invalid, op, "list_without_heading"), book.Close())
	}
	src, err := openSheet(book, best)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, op, "file_workbook_damaged")
	}
	if _, err := t.attach(src); err != nil {
		return fault.Wrap(err, fault.Invalid, op, "file_workbook_damaged")
	}
	return nil
}

type sheet struct {
	book *excelize.File
	rows *excelize.Rows
	seen int
}

func openSheet(book *excelize.File, name string) (*sheet, error) {
	rows, err := book.Rows(name)
	if err != nil {
		return nil, err
	}
	return &sheet{book: book, rows: rows}, nil
}

func (s *sheet) close() error { return errors.Join(s.rows.Close(), s.book.Close()) }

func (s *sheet) next() ([]string, error) {
	// A sheet has 1,048,576 rows; a number beyond is a trap that would be
	// filled with empty rows.
	if s.seen++; s.seen > 1<<20 || !s.rows.Next() {
		if err := s.rows.Error(); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, op, "file_workbook_damaged")
		}
		return nil, io.EOF
	}
	cells, err := s.rows.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, op, "file_workbook_damaged")
	}
	if len(cells) > maxColumns {
		cells = cells[:maxColumns]
	}
	for i, c := range cells {
		if len(c) > maxCell {
			c = strings.ToValidUTF8(c[:maxCell], "")
		}
		cells[i] = unguard(wholeNumber(c))
	}
	return cells, nil
}

// wholeNumber writes out what a spreadsheet keeps as 1.714307103E9.
func wholeNumber(s string) string {
	if len(s) < 4 || s[0] < '0' || s[0] > '9' || !strings.ContainsAny(s, "eE.") {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1e15 {
		return s
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}

// serialDate reads a spreadsheet's day number (days since 1900) as a canonical
// date. Smaller numbers are years or ages.
func serialDate(s string, shift int) (string, bool) {
	if len(s) < 4 || s[0] < '1' || s[0] > '9' {
		return "", false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 2200 || f > 80000 {
		return "", false
	}
	days, part := math.Modf(f)
	at := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days)+shift)
	if part == 0 {
		return at.Format("2006-01-02"), true
	}
	return at.Add(time.Duration(math.Round(part*24*60)) * time.Minute).Format("2006-01-02T15:04"), true
}
