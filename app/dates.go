package app

import (
	"fmt"
	"strconv"
	"time"

	"paradero/assets"
	"paradero/data/record"
)

// DateText writes a canonical date or moment shortly: "21 nov 2026",
// "nov 2026", "2026", "21 nov 2026, 14:30", "34 años (dicho el 21 nov 2026)".
// What is not canonical is given back as it is.
func DateText(canonical string, w *assets.Words) string { return dateText(canonical, w, "date.short") }

// DateFull is DateText with the month in full: "21 de noviembre de 2026".
func DateFull(canonical string, w *assets.Words) string { return dateText(canonical, w, "date.full") }

// BirthText is DateText with the age on a day: "14 ago 1989 (37 años)".
func BirthText(canonical string, today time.Time, w *assets.Words) string {
	text := DateText(canonical, w)
	d, ok := record.ParseCanonical(canonical)
	if !ok || d.Said != "" {
		return text
	}
	years, ok := record.AgeOn(canonical, today)
	if !ok {
		return text
	}
	return w.T("date.with_age", text, w.N("date.years", years))
}

// TimeText writes a moment of the clock in the place's own time, as DateText.
func TimeText(t time.Time, w *assets.Words) string {
	return DateText(t.Local().Format("2006-01-02T15:04"), w)
}

func dateText(canonical string, w *assets.Words, form string) string {
	d, ok := record.ParseCanonical(canonical)
	if !ok {
		return canonical
	}
	month := ""
	if d.Month > 0 {
		month = w.T(form + ".month." + strconv.Itoa(d.Month))
	}
	year := strconv.Itoa(d.Year)
	switch {
	case d.Said != "":
		return w.T("date.age_said", w.N("date.years", d.Age), dateText(d.Said, w, form))
	case d.Day == 0 && d.Month == 0:
		return year
	case d.Day == 0:
		return w.T(form+".month", month, year)
	}
	text := w.T(form+".day", strconv.Itoa(d.Day), month, year)
	if d.HasTime {
		text = w.T("date.at", text, fmt.Sprintf("%02d:%02d", d.Hour, d.Minute))
	}
	return text
}
