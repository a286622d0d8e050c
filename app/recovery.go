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
	const op = "make recovery sheet"
	fonts, err := page.Prepared()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "sheet_failed")
	}
	frame := page.Frame{
		Title: w.T("recovery.sheet.title"), Subject: w.T("recovery.sheet.title"), Office: office,
		Foot: w.T("recovery.sheet.foot"), When: when,
	}
	made, err := page.Build(fonts, frame, func(s *page.Sheet) {
		s.Title(w.T("recovery.sheet.title"), DateFull(when.Local().Format("2006-01-02"), w))
		s.Para(w.T("recovery.sheet.text", office))
		s.Gap(6)
		s.Text(strings.ReplaceAll(code, "-", "   "), page.Style{Size: 20, Bold: true})
		s.Gap(6)
		s.Bullets([]string{w.T("recovery.sheet.keep"), w.T("recovery.sheet.who"), w.T("recovery.sheet.letters")})
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "sheet_failed")
	}
	return made.PDF, nil
}
