package reports

import (
	"strings"
	"testing"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// The breach report says whose the device was, until when it is known to have
// held what, who is concerned with which sensitive data, and what was read on it.
func TestBreachReport(t *testing.T) {
	m := family()
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	b := &data.Breach{
		Device: record.ID{1}, Name: "portátil azul", MemberName: "Luis Quispe", Since: at.AddDate(0, -2, 0), LastWrote: at.AddDate(0, 0, -1),
		Made: at, Due: at.AddDate(0, 0, 5), Epochs: []uint32{0}, AllEpochs: 2, Changes: 1204, ChangesKnown: 1100, Erased: 3, Restricted: 2,
		Circles: []data.BreachCircle{{Name: "Reservado 1", Keys: 1, AllKeys: 2}},
		Kinds:   []data.BreachKind{{Kind: record.Detainee, Records: 40, Known: 38}},
		People: []data.BreachPerson{
			{ID: record.ID{2}, Kind: record.Detainee, Name: "Ángel Núñez", Fields: []string{"health", "cedula"}, Known: true},
			{ID: record.ID{3}, Kind: record.Contact, Name: "Zoila Guambo", Fields: []string{"threat"}, Restricted: true},
			{ID: record.ID{4}, Kind: record.Contact},
		},
		Readings: []data.Reading{
			{What: record.AccessRead, Record: record.ID{2}, Of: "detainee", At: at},
			{What: record.AccessExport, Of: "detainee", Detail: "health~epilepsia", Count: 7, At: at},
		},
	}
	out, err := Breach(ctx, m, b)
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, out.PDF)
	for _, want := range []string{
		"portátil azul", "Luis Quispe", "nunca", "25 de noviembre de 2026", "1 204", "1 100", "38", "Ángel Núñez", "Zoila Guambo", "reservado",
		"Claves de la oficina: 1 de 2", "Reservado 1", "(sin nombre legible)", "leyó", "exportó", "health~epilepsia", "todavía puede firmar", "borrados después",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), want) {
			t.Errorf("it does not say %q", want)
		}
	}
	again, err := Breach(ctx, m, b)
	if err != nil || string(again.PDF) != string(out.PDF) {
		t.Error("the same report is another file")
	}
	for range mostBreached {
		b.People = append(b.People, data.BreachPerson{ID: record.ID{9}, Kind: record.Contact, Name: "Otra"})
	}
	if out, err = Breach(ctx, m, b); err != nil || !strings.Contains(read(t, out.PDF), "Siguen 3 personas más") {
		t.Errorf("what is left out is not said: %v", err)
	}
}
