package team

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// Who read what is listed, narrowed by person, doing, period and name, and leads to
// the record.
func TestReadings(t *testing.T) {
	w, r, boss, his, _, seed := trio(t, assets.Spanish, false, fyne.NewSize(1280, 900))
	words := w.Words()
	w.Show(roomtest.Framed(r.Open(present.ReadingsPlace)))
	must(t, w, words.T("readings.none"))
	open := func(o *data.Office, id record.ID) {
		t.Helper()
		who, err := o.Get(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		o.Opened(who)
	}
	open(boss, seed.Son)
	open(his, seed.Dead)
	boss.Printed("case-report", "IC-2026-0004", seed.Son)
	boss.Exported("detainee", "given_names~ngel", 12)
	if _, err := his.Digest(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := his.Close(); err != nil { // what he read is written when he closes
		t.Fatal(err)
	}
	w.Press(words.T("readings.back"))
	if len(w.Went) != 1 || w.Went[0] != "team " {
		t.Errorf("went %q", w.Went)
	}
	w.Show(roomtest.Framed(r.Open(present.ReadingsPlace)))
	must(t, w, words.N("readings.count", 3), "Núñez Ñáñez, Íñigo Ángel", words.T("readings.why.data"), words.T("readings.what.export"), "IC-2026-0004", "12 fichas")
	w.Fill(words.T("readings.did"), words.T("readings.what.print"))
	must(t, w, words.N("readings.count", 1))
	w.Fill(words.T("readings.did"), words.T("readings.anything"))
	w.Fill(words.T("readings.by"), "Tomás Quishpe")
	must(t, w, words.T("readings.no_match"))
	w.Press(words.T("readings.clear"))
	must(t, w, words.N("readings.count", 3))
	w.Fill(words.T("readings.since"), "2026-11-22")
	w.Press(words.T("readings.look"))
	must(t, w, words.T("readings.no_match"))
	w.Press(words.T("readings.clear"))
	r.reads.vm.Search("inigo")
	w.Pump()
	must(t, w, words.N("readings.count", 2))
	r.reads.table.OnSelect(0)
	r.reads.table.SetSelected(0)
	r.reads.under()
	w.Press(words.T("readings.open"))
	if len(w.Records) != 1 || w.Records[0] != seed.Son {
		t.Errorf("opened %v", w.Records)
	}
	w.Press(words.T("readings.only"))
	must(t, w, words.T("readings.about", "Núñez Ñáñez, Íñigo Ángel"))
}

// unread is an office that cannot tell who read what.
type unread struct{ *data.Office }

func (unread) Readings(context.Context, data.ReadingFilter) ([]data.Reading, error) {
	return nil, fault.New(fault.Refused, "read accesses", "right_missing", "remove", "lawyer")
}

func TestReadingsSayWhyNot(t *testing.T) {
	o := unread{roomtest.Office(t, roomtest.Day())}
	w := &window{Host: roomtest.New(t, o, assets.Spanish, false, big), written: map[string][]byte{}}
	r := New(w).(*teamRoom)
	w.Show(roomtest.Framed(r.Open(present.ReadingsPlace + "/" + strings.Repeat("x", 5))))
	must(t, w, "no permite hacer esto", w.Words().T("sync.again"))
}
