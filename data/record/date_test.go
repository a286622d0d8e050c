package record

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	for typed, want := range map[string]string{
		"3/5/21": "2021-05-03", "03-05-2021": "2021-05-03", "2021-05-03": "2021-05-03", "3.5.2021": "2021-05-03",
		"3 mayo 2021": "2021-05-03", "3 de mayo de 2021": "2021-05-03", "3 de mayo del 2021": "2021-05-03",
		"03/MAY/2021": "2021-05-03", "3-may-21": "2021-05-03", "lunes 3 de mayo de 2021": "2021-05-03",
		"May 3, 2021": "2021-05-03", "3rd May 2021": "2021-05-03", "2021/5/3": "2021-05-03", "20210503": "2021-05-03",
		"mayo 2021": "2021-05", "mayo de 2021": "2021-05", "May 2021": "2021-05", "05/2021": "2021-05", "2021-05": "2021-05", "5-2021": "2021-05",
		"2021": "2021", "1987": "1987", "1/1/87": "1987-01-01", "1/1/30": "2030-01-01", "1/1/45": "1945-01-01",
		"34 años": "~34@2021-11-24", "unos 34 años": "~34@2021-11-24", "34 years old": "~34@2021-11-24", "~34@2020-01-02": "~34@2020-01-02",
		"15 días": "2021-12-09", "15 dias": "2021-12-09", "hace 15 días": "2021-11-09", "15 days ago": "2021-11-09", "dentro de 2 semanas": "2021-12-08",
		"3 meses": "2022-02-24", "hace 3 meses": "2021-08", "hace 2 años": "2019",
		"hoy": "2021-11-24", "ayer": "2021-11-23", "anteayer": "2021-11-22", "mañana": "2021-11-25", "yesterday": "2021-11-23", "TODAY": "2021-11-24",
		"lunes": "2021-11-22", "el lunes pasado": "2021-11-22", "próximo lunes": "2021-11-29", "miércoles": "2021-11-24", "miércoles pasado": "2021-11-17",
		"21 nov": "2021-11-21", "5 de enero": "2022-01-05",
		"3/5/21 14:30": "2021-05-03T14:30", "3/5/21 14h30": "2021-05-03T14:30", "3/5/21, 14h": "2021-05-03T14:00", "14h30": "2021-11-24T14:30",
		"14:30": "2021-11-24T14:30", "ayer a las 2 pm": "2021-11-23T14:00", "ayer 2:05 p.m.": "2021-11-23T14:05", "12 am": "2021-11-24T00:00",
		"3 de mayo de 2021 a las 9": "2021-05-03T09:00", "2021-05-03T14:30": "2021-05-03T14:30", "2021-05-03 14:30:15": "2021-05-03T14:30",
		"2021-05-03 00:00:00": "2021-05-03", "2021-05-03T19:30:00Z": "2021-05-03T14:30", "29/2/2020": "2020-02-29",
	} {
		if got, ok := ParseDate(typed, today); !ok || got != want {
			t.Errorf("ParseDate(%q) = %q %v, want %q", typed, got, ok, want)
		}
	}
	for _, typed := range []string{
		"", "31/2/2021", "29/2/2021", "0/5/2021", "5/13/2021", "2021-13-01", "32 de mayo de 2021", "3/5/21 25:00", "mayo", "pronto",
		"34", "3/5/1492", "05/2021 14:30", "hace 3 días ago", "121 años", "3//5", "/", "2021-02-30", "12:75",
	} {
		if got, ok := ParseDate(typed, today); ok {
			t.Errorf("ParseDate(%q) = %q, want refused", typed, got)
		}
	}
}

func TestDayFirstAlways(t *testing.T) {
	if got, _ := ParseDate("5/6/2021", today); got != "2021-06-05" {
		t.Errorf("5/6/2021 = %s", got)
	}
}

func TestAgeOn(t *testing.T) {
	for birth, want := range map[string]int{
		"1985-11-24": 36, "1985-11-25": 35, "1985": 36, "1985-11": 36, "1985-12": 35, "~34@2021-11-24": 34, "~34@2019-11-24": 36, "~34@2019-11-25": 35, "2000-02-29": 21,
	} {
		if got, ok := AgeOn(birth, today); !ok || got != want {
			t.Errorf("AgeOn(%s) = %d %v, want %d", birth, got, ok, want)
		}
	}
	for _, bad := range []string{"", "x", "2030-01-01", "1985-02-30", "~34", "~34@2021"} {
		if got, ok := AgeOn(bad, today); ok {
			t.Errorf("AgeOn(%q) = %d", bad, got)
		}
	}
	if got := BirthFromAge(34, today); got != "~34@2021-11-24" {
		t.Error(got)
	}
}

func TestEveryDayIsReadInEachForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 100000).Draw(t, "days"))
		want := day.Format("2006-01-02")
		form := rapid.SampledFrom([]string{"2/1/2006", "02-01-2006", "2.1.2006", "2006-01-02", "2 January 2006", "Jan 2, 2006", "2-Jan-2006", "20060102"}).Draw(t, "form")
		if got, ok := ParseDate(day.Format(form), today); !ok || got != want {
			t.Fatalf("%q = %q", day.Format(form), got)
		}
		d, ok := ParseCanonical(want)
		first, last := d.Span()
		if !ok || d.String() != want || !first.Equal(day) || !last.Equal(day) {
			t.Fatalf("%v %v %v", d, first, last)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"3/5/21", "3 de mayo de 2021", "34 años", "~34@2021-11-24", "15 días", "ayer 14h30", "2021-05-03T19:30:00Z", "lunes pasado", "\xff/\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ParseDate(s, today)
		if !ok {
			return
		}
		if d, ok := ParseCanonical(got); !ok || d.String() != got {
			t.Fatalf("%q gives %q, which is not canonical", s, got)
		}
	})
}
