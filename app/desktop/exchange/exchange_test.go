package exchange

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
)

// knowing is an office whose status a test says.
type knowing struct {
	data.API
	status  data.Status
	waiting []data.WaitingBatch
	seen    data.BundleSeen
	err     error
}

func (k *knowing) Status(context.Context) (data.Status, error) { return k.status, k.err }
func (k *knowing) Waiting() []data.WaitingBatch                { return k.waiting }
func (k *knowing) LookAtBundle(context.Context, string) (data.BundleSeen, error) {
	return k.seen, k.err
}

// window lends the page what the window does.
type window struct {
	*roomtest.Host
	ways   []data.Way
	asked  []string
	hub    string
	folder string
	read   []string
	wrote  []data.BundleFor
	file   string // what a person picks
}

func (w *window) Courier() present.Courier { return w }
func (w *window) Ways() []data.Way         { return w.ways }
func (w *window) Exchange(kind string)     { w.asked = append(w.asked, kind) }
func (w *window) UseHub(file string, done func(error)) {
	w.hub = file
	done(nil)
}

func (w *window) UseFolder(dir string, done func(error)) {
	w.folder = dir
	done(nil)
}

func (w *window) WriteBundle(_ context.Context, file string, to data.BundleFor, _ func(data.Progress)) (data.BundleMade, error) {
	w.wrote = append(w.wrote, to)
	made := data.BundleMade{File: file, Changes: 1204, Files: []string{file}, Whole: to.Device.IsZero()}
	if to.Most > 0 {
		made.Files = append(made.Files, file+"-2")
	}
	return made, nil
}

func (w *window) ReadBundle(_ context.Context, file string, _ func(data.Progress)) (data.Received, error) {
	w.read = append(w.read, file)
	return data.Received{Taken: 2, Waiting: 1}, nil
}
func (w *window) Pick(_ []string, then func(string))   { then(w.file) }
func (w *window) PickSave(_ string, then func(string)) { then(w.file) }
func (w *window) PickFolder(then func(string))         { then(w.file) }

func device(b byte) record.ID { return record.ID{b, 1, 2, 3} }

// known is what an office with three other devices knows.
func known() (data.Status, []data.WaitingBatch, []data.Way) {
	at := roomtest.Day().Add(-20 * time.Minute)
	st := data.Status{
		Changes: 1204, OnHub: 1201, OnlyHere: 3, Waiting: 2,
		Devices: []data.DeviceStatus{
			{Device: device(1), Name: "Portátil de coordinación", MemberName: "Lucía Chamorro", This: true, Has: 1204, Program: "1.2.3"},
			{Device: device(2), Name: "Latacunga", MemberName: "Tomás Quishpe Yupanqui", Has: 1204, At: at, Signed: true, Program: "1.2.3"},
			{Device: device(3), Name: "Morgue", MemberName: "Rosa Panchana", Has: 1187, Lacks: 17, At: at.Add(-26 * time.Hour)},
			{Device: device(4), Name: "", MemberName: "Íñigo Ñacato de los Ángeles"},
		},
		Refused: []data.RefusedBatch{
			{Hash: ledger.Hash{1}, Device: device(9), Seq: 4, Why: "signature"},
			{Hash: ledger.Hash{2}, Device: device(9), Seq: 5, Why: "signature"},
			{Hash: ledger.Hash{3}, Why: "malformed"},
		},
	}
	ways := []data.Way{
		{Kind: data.WayHub, Name: "hub.defensoria.ec:4222", At: at, Sent: 12, Got: 40, Online: true, Progress: data.Progress{Phase: "receive", Done: 310, Total: 1204}},
		{Kind: data.WayFolder, Name: "/media/red/paradero", At: at.Add(-48 * time.Hour), Sent: 1, Error: "not_permitted"},
	}
	return st, []data.WaitingBatch{{Device: device(3), Seq: 9, Changes: 3}, {Device: device(3), Seq: 10, Changes: 1}}, ways
}

func open(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) (*window, *knowing, *page) {
	t.Helper()
	k := &knowing{API: roomtest.Office(t, roomtest.Day())}
	w := &window{Host: roomtest.New(t, k, lang, dark, size), file: "/tmp/elegido"}
	k.status, k.waiting, w.ways = known()
	r := New(w).(*page)
	w.Show(roomtest.Framed(r.Open("")))
	w.Pump()
	return w, k, r
}

func must(t *testing.T, w *window, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !w.Sees(text) {
			t.Errorf("does not say %q; says %q", text, w.Texts())
		}
	}
}

func TestPageSaysWhatCanBeProved(t *testing.T) {
	w, k, r := open(t, assets.Spanish, false, fyne.NewSize(1280, 1300))
	must(t, w, "3 de los 1\u202f204 cambios están solo en este computador.", "Morgue · Rosa Panchana",
		"4 cambios de Morgue · Rosa Panchana esperan otros anteriores", "2 paquetes de Computador", "la firma no vale", "310 de 1\u202f204")
	k.status.OnlyHere, k.status.OnHub = 0, 1204
	k.status.Devices[2].Lacks = 0
	r.Changed(data.Event{})
	w.Pump()
	must(t, w, "Los 1\u202f204 cambios están en el hub y en otros 2 computadores.")
	k.err = fault.New(fault.Internal, "status", "store_damaged")
	r.Changed(data.Event{})
	w.Pump()
	must(t, w, w.Words().T("error.store_damaged"), "Volver a intentar")
}

// slow ends an exchange while the office is being read: what was read is old.
type slow struct {
	*knowing
	window *window
}

func (s *slow) Status(context.Context) (data.Status, error) {
	old := s.status
	s.status.OnlyHere, s.status.OnHub = 0, 1204
	s.window.ways = []data.Way{{Kind: data.WayHub, Name: "hub", At: roomtest.Day(), Sent: 3, Online: true}}
	return old, nil
}

func TestWhatEndedWhileItReadIsReadAgain(t *testing.T) {
	k := &knowing{API: roomtest.Office(t, roomtest.Day())}
	s := &slow{knowing: k}
	w := &window{Host: roomtest.New(t, s, assets.Spanish, false, fyne.NewSize(1280, 1300))}
	s.window = w
	k.status, k.waiting, w.ways = known()
	r := New(w).(*page)
	w.Show(roomtest.Framed(r.Open("")))
	w.Pump()
	must(t, w, "3 de los 1\u202f204 cambios están solo en este computador.")
	w.Pass(2)
	must(t, w, "Los 1\u202f204 cambios están en el hub")
}

func TestWaysAreSetUpAndUsed(t *testing.T) {
	w, _, r := open(t, assets.Spanish, false, fyne.NewSize(1280, 1300))
	w.ways = nil
	r.Changed(data.Event{})
	w.Pump()
	w.Press("Cargar la invitación del hub…")
	w.Press("Elegir la carpeta…")
	if w.hub != w.file || w.folder != w.file {
		t.Fatalf("hub %q, folder %q", w.hub, w.folder)
	}
	w.ways = []data.Way{{Kind: data.WayFolder, Name: w.file}}
	w.Pass(1) // the page looks at the ways by itself
	w.Press("Intercambiar ahora")
	if len(w.asked) != 1 || w.asked[0] != data.WayFolder {
		t.Fatalf("asked %q", w.asked)
	}
	w.Press("Dejar de usarla")
	if w.folder != "" {
		t.Fatalf("the folder is still used: %q", w.folder)
	}
}

// brought is a bundle of which something would contradict.
var brought = data.BundleSeen{
	Made: roomtest.Day(), By: "Tomás Quishpe", Batches: 9, New: 2, Changes: 41, Contradictions: 1, Misses: 2,
	Records: []data.BundleRecord{
		{ID: device(7), Kind: record.Detainee, Name: "Núñez Ñáñez, Íñigo Ángel", Changes: 3, Contradictions: []string{"life_status"}},
		{ID: device(8), Kind: record.Contact, Name: "Quishpe, Rosa", Changes: 1, New: true},
		{ID: device(9), Kind: record.Case, Changes: 2},
	}, More: 4,
}

func TestBundleIsShownBeforeItIsTaken(t *testing.T) {
	w, k, r := open(t, assets.Spanish, false, fyne.NewSize(1280, 1300))
	k.seen = brought
	w.Press("Leer un paquete…")
	must(t, w, "Trae 41 cambios que no están aquí.", "Tomás Quishpe", "se contradiría con lo que hay aquí: Estado de vida", "Quishpe, Rosa", "y 4 fichas más", "Le faltan 2 lotes anteriores")
	if len(w.read) != 0 {
		t.Fatal("taken in before anybody said so")
	}
	if !r.Back() || w.Sees("Trae 41 cambios") {
		t.Fatal("Esc does not close the preview")
	}
	w.Press("Leer un paquete…")
	w.Press("Recibir los cambios")
	if len(w.read) != 1 {
		t.Fatal("not taken in")
	}
	must(t, w, "Se recibieron 41 cambios.", "1 espera otro anterior")
	k.seen.New, k.seen.Changes = 0, 0
	w.Press("Leer un paquete…")
	must(t, w, "No trae nada nuevo")
	if w.Sees("Recibir los cambios") {
		t.Error("nothing is offered to be taken in")
	}
	w.Press("Cerrar")
	w.Press("Escribir un paquete…")
	must(t, w, "Lleva los 1\u202f204 cambios que hay aquí")
	w.Press("Elegir dónde y escribir…")
	must(t, w, "Paquete escrito, con 1\u202f204 cambios.")
}

// A bundle for one device holds what that one lacks, and a small stick gets it in
// parts.
func TestBundleForOneDevice(t *testing.T) {
	w, k, r := open(t, assets.Spanish, false, fyne.NewSize(1280, 1300))
	k.status.Devices[1].Has, k.status.Devices[1].Lacks = 1187, 17
	r.Changed(data.Event{})
	w.Pump()
	w.Press("Escribir un paquete…")
	w.Fill("Para quién", "Latacunga · Tomás Quishpe Yupanqui")
	must(t, w, "Lleva solo los 17 cambios que le faltan a Latacunga · Tomás Quishpe Yupanqui")
	w.Fill("Para quién", "Morgue · Rosa Panchana")
	must(t, w, "Morgue · Rosa Panchana no ha dicho todavía qué tiene")
	if !r.Back() || w.Sees("Para quién") || len(w.wrote) != 0 {
		t.Fatal("Esc does not close the form")
	}
	w.Press("Escribir un paquete…")
	w.Fill("Para quién", "Latacunga · Tomás Quishpe Yupanqui")
	w.Fill("Tamaño de cada archivo", "Hasta 700 MB (disco)")
	w.Press("Elegir dónde y escribir…")
	if len(w.wrote) != 1 || w.wrote[0] != (data.BundleFor{Device: device(2), Most: 700e6}) {
		t.Fatalf("%+v", w.wrote)
	}
	must(t, w, "Lleva solo lo que le falta a Latacunga", "Está en 2 archivos: elegido, elegido-2.")
}

// What program each device has is told, and that one has a newer one.
func TestNewerProgramIsTold(t *testing.T) {
	w, k, r := open(t, assets.Spanish, false, fyne.NewSize(1280, 1300))
	for i, v := range []string{"1.9.2", "1.10.0", "", "1.9.3"} {
		k.status.Devices[i].Program = v
	}
	k.status.Devices[3].Ended = true
	r.Changed(data.Event{})
	w.Pump()
	must(t, w, "tiene una versión más nueva del programa (1.10.0; aquí está la 1.9.2)", "Programa")
	for _, v := range []string{"1.9.2", "1.9.1", "1.9", "dev", ""} {
		k.status.Devices[1].Program = v
		r.Changed(data.Event{})
		w.Pump()
		if w.Sees("más nueva") {
			t.Errorf("%q is newer than 1.9.2", v)
		}
	}
}

// TestTour draws the page for a person to look at.
func TestTour(t *testing.T) {
	for _, c := range []struct {
		lang assets.Lang
		dark bool
		size fyne.Size
	}{
		{assets.Spanish, false, fyne.NewSize(1280, 800)},
		{assets.Spanish, true, fyne.NewSize(1180, 680)},
		{assets.English, true, fyne.NewSize(1280, 800)},
		{assets.English, false, fyne.NewSize(1180, 680)},
	} {
		w, k, r := open(t, c.lang, c.dark, c.size)
		w.Picture("exchange")
		r.page.ScrollTo(2000)
		w.Picture("exchange-end")
		k.seen = brought
		r.look("/media/usb/paradero-2026-11-21.paradero")
		w.Picture("exchange-bundle")
		r.writing()
		w.Picture("exchange-write")
		r.page.Cancel()
		r.leavePreview()
		k.status = data.Status{Changes: 12, OnlyHere: 12, Devices: k.status.Devices[:1]}
		k.waiting, w.ways, r.told = nil, nil, ""
		r.Changed(data.Event{})
		w.Picture("exchange-alone")
	}
}
