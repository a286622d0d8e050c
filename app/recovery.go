package app

import (
	"strings"
	"time"

	"paradero/assets"
	"paradero/data/fault"
	"paradero/reports/page"
)

// RecoverySheet is the sheet of paper with an office's recovery code, as PDF.
// Whoever calls must not leave it on the disk that the code opens.
func RecoverySheet(office, code string, when time.Time, w *assets.Words) ([]byte, error) {
	return keySheet(office, code, when, w, sheetWords{
		title: w.T("recovery.sheet.title"), text: w.T("recovery.sheet.text", office),
		points: []string{w.T("recovery.sheet.keep"), w.T("recovery.sheet.who"), w.T("recovery.sheet.letters")},
	})
}

// ShareSheet is the sheet of one person's share; its number is from 1.
func ShareSheet(office, share string, number int, when time.Time, w *assets.Words) ([]byte, error) {
	return keySheet(office, share, when, w, sheetWords{
		title: w.T("shares.sheet.title", w.Count(number)), text: w.T("shares.sheet.text", office),
		points: []string{w.T("shares.sheet.one"), w.T("shares.sheet.keep"), w.T("shares.sheet.older"), w.T("recovery.sheet.letters")},
	})
}

type sheetWords struct {
	title, text string
	points      []string
}

func keySheet(office, code string, when time.Time, w *assets.Words, say sheetWords) ([]byte, error) {
	const op = "make recovery sheet"
	fonts, err := page.Prepared()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "sheet_failed")
	}
	size := 20.0
	if strings.Count(code, "-") > 5 {
		size = 17 // seven groups stand on one line too
	}
	frame := page.Frame{
		Title: say.title, Subject: say.title, Office: office,
		Foot: w.T("recovery.sheet.foot"), When: when,
	}
	made, err := page.Build(fonts, frame, func(s *page.Sheet) {
		s.Title(say.title, DateFull(when.Local().Format("2006-01-02"), w))
		s.Para(say.text)
		s.Gap(6)
		s.Text(strings.ReplaceAll(code, "-", "   "), page.Style{Size: size, Bold: true})
		s.Gap(6)
		s.Bullets(say.points)
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "sheet_failed")
	}
	return made.PDF, nil
}
