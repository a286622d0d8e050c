package desktop

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	fw "fyne.io/fyne/v2/widget"

	"paradero/app"
	"paradero/app/desktop/room"
	"paradero/app/desktop/settings"
	"paradero/app/widget"
	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/search"
)

const (
	rightPass = "tortuga martillo cereza ventana"
	rightCode = "7K2QX-9M4TW-B1Z8C-3HJ5V-RN6PD-QX0AE"
)

// fakeOffice holds one record: its own.
type fakeOffice struct {
	data.API
	mu     sync.Mutex
	info   data.Info
	rec    *record.Record
	closed int
	pass   string
	events chan data.Event
	damage int
	behind atomic.Bool
	built  atomic.Int32
	keys   fakeKeys
	drafts fakeDrafts
	looked atomic.Int64

	clashes []data.Contradiction
	mine    []data.Recent
	undone  []record.Write
	backups fakeBackup
	trip    fakeTrip
	status  data.Status
	asked   []data.Proposal
	opening *data.Opening
}

func newFakeOffice(name string, demo bool) *fakeOffice {
	id := record.ID{1}
	return &fakeOffice{
		info: data.Info{Office: name, OfficeID: id, City: "Guayaquil", Name: "Rosa Quishpe Yupanqui", Role: "coordinator", Demo: demo, Dir: "/home/rosa/Paradero/defensa"},
		rec: &record.Record{ID: id, Kind: record.OfficeKind, Values: map[string][]record.Val{
			"name": {{Text: name}}, "city": {{Text: "Guayaquil"}}, "address": {{Text: "Malecón 1401 y Aguirre"}}, "phone": {{Text: "+593 4 251 0000"}},
		}},
		pass: rightPass, events: make(chan data.Event),
	}
}

func (o *fakeOffice) Info() data.Info                             { return o.info }
func (o *fakeOffice) Watch(ctx context.Context) <-chan data.Event { return o.events }
func (o *fakeOffice) Contradictions(context.Context) ([]data.Contradiction, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clashes, nil
}

func (o *fakeOffice) Damage() int   { return o.damage }
func (o *fakeOffice) Behind() bool  { return o.behind.Load() }
func (o *fakeOffice) Rebuilt() bool { return false }
func (o *fakeOffice) Rehearse(code string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	right := rightCode
	if o.keys.code != "" {
		right = o.keys.code
	}
	return strings.EqualFold(strings.TrimSpace(code), right)
}

func (o *fakeOffice) Get(context.Context, record.ID) (*record.Record, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := *o.rec
	return &c, nil
}

func (o *fakeOffice) Edit(_ context.Context, changes ...data.Change) ([]data.Receipt, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	next := *o.rec
	next.Values = map[string][]record.Val{}
	for k, v := range o.rec.Values {
		next.Values[k] = v
	}
	for k, v := range changes[0].Set {
		if k == "name" && v == "" {
			return nil, &fault.Error{Code: fault.Invalid, Op: "edit", Key: "invalid", Problems: []fault.Problem{{Field: "name", Key: "no_such_problem"}}}
		}
		next.Values[k] = []record.Val{{Text: v}}
	}
	o.rec = &next
	return []data.Receipt{{ID: o.rec.ID}}, nil
}

func (o *fakeOffice) List(context.Context, data.ListQuery) (*search.Result, error) {
	return &search.Result{}, nil
}

func (o *fakeOffice) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed++
	return nil
}

func (o *fakeOffice) Verify(_ context.Context, report func(data.Progress)) ([]data.Finding, error) {
	report(data.Progress{Phase: "verify", Done: 1, Total: 1})
	o.mu.Lock()
	defer o.mu.Unlock()
	o.trip.health.Last.At = testNow
	return nil, nil
}

func (o *fakeOffice) Rebuild(context.Context, func(data.Progress)) error {
	o.built.Add(1)
	o.behind.Store(false)
	return nil
}

func (o *fakeOffice) passphrase() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.pass
}

func (o *fakeOffice) Check(_ context.Context, pass []byte) error {
	if string(pass) != o.passphrase() {
		return fault.New(fault.Passphrase, "unlock office", "passphrase_wrong")
	}
	return nil
}

func (o *fakeOffice) ChangePassphrase(_ context.Context, old, changed []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if string(old) != o.pass {
		return fault.New(fault.Passphrase, "change passphrase", "passphrase_wrong")
	}
	o.pass = string(changed)
	return nil
}

// opens says how Open is to go from now on.
func (f *fakeOffices) opens(failing error, block chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.openErr, f.block = failing, block
}

// fakeOffices keeps offices by folder.
type fakeOffices struct {
	mu      sync.Mutex
	by      map[string]*fakeOffice
	peekErr error
	openErr error
	founded data.Founding
	block   chan struct{} // Open waits for it, or for its context
	asked   bool          // another process asks for a lock
}

func (f *fakeOffices) Peek(dir string) (data.Sign, error) {
	if f.peekErr != nil {
		return data.Sign{}, f.peekErr
	}
	f.mu.Lock()
	o, ok := f.by[dir]
	f.mu.Unlock()
	if !ok {
		return data.Sign{}, fault.New(fault.NotFound, "open office", "office_missing", dir)
	}
	s := data.Sign{Office: o.info.Office, Demo: o.info.Demo}
	if s.Demo {
		s.DemoPassphrase = o.passphrase()
	}
	return s, nil
}

func (f *fakeOffices) Create(_ context.Context, cfg data.Config, founding data.Founding) (office, string, error) {
	o := newFakeOffice(founding.Office, founding.Demo)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.founded = founding
	f.by[cfg.Dir] = o
	return o, rightCode, nil
}

func (f *fakeOffices) Open(ctx context.Context, cfg data.Config, pass []byte) (office, error) {
	f.mu.Lock()
	failing, block := f.openErr, f.block
	f.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
			return nil, fault.New(fault.Cancelled, "open office", "cancelled")
		}
	}
	if failing != nil {
		return nil, failing
	}
	f.mu.Lock()
	o := f.by[cfg.Dir]
	f.mu.Unlock()
	if string(pass) != o.passphrase() {
		return nil, fault.New(fault.Passphrase, "open office", "passphrase_wrong")
	}
	return o, nil
}

func (f *fakeOffices) Recover(_ context.Context, dir, code string, pass []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.by[dir].Rehearse(code) {
		return fault.New(fault.Passphrase, "recover", "recovery_code_mistyped")
	}
	f.by[dir].pass = string(pass)
	return nil
}

func (f *fakeOffices) Demo(ctx context.Context, cfg data.Config, _ *assets.Words) (office, error) {
	o := newFakeOffice("Oficina de demostración", true)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.by[cfg.Dir] = o
	return o, nil
}

var testNow = time.Date(2026, 11, 22, 10, 30, 0, 0, time.UTC)

// plainRoom is a room that notes what is asked of it.
type plainRoom struct {
	h    room.Host
	key  string
	log  []string
	stay bool
	back bool
}

func (p *plainRoom) note(s string) { p.log = append(p.log, s) }

func (p *plainRoom) Key() string         { return p.key }
func (p *plainRoom) Icon() fyne.Resource { return nil }
func (p *plainRoom) Open(arg string) fyne.CanvasObject {
	p.note("open " + arg)
	return container.NewVBox(fw.NewLabel("room " + p.key + " " + arg))
}
func (p *plainRoom) Leave() bool { p.note("leave"); return !p.stay }
func (p *plainRoom) Focus()      {}
func (p *plainRoom) Find()       { p.note("find") }
func (p *plainRoom) Save()       { p.note("save") }
func (p *plainRoom) Back() bool  { return p.back }

// bench is a shell on the test driver whose screen goroutine is the test's own.
type bench struct {
	*shell
	t       *testing.T
	offices *fakeOffices
	queue   chan func()
	now     time.Time
	rooms   map[string]*plainRoom
	saved   app.Settings
}

func newBench(t *testing.T, settings_ app.Settings) *bench {
	t.Helper()
	return newBenchAt(t, settings_, nil)
}

// newBenchAt is newBench with other offices than the plain invented ones.
func newBenchAt(t *testing.T, settings_ app.Settings, at func(*fakeOffices) offices) *bench {
	t.Helper()
	a := test.NewApp()
	t.Cleanup(a.Quit)
	b := &bench{t: t, offices: &fakeOffices{by: map[string]*fakeOffice{}}, queue: make(chan func(), 1024), now: testNow, rooms: map[string]*plainRoom{}}
	plainly := func(key string) maker {
		return maker{key: key, make: func(h room.Host) room.Room {
			r := &plainRoom{h: h, key: key}
			b.rooms[key] = r
			return r
		}}
	}
	var from offices = b.offices
	if at != nil {
		from = at(b.offices)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	s, err := newShell(ctx, world{
		app: a, offices: from, settings: settings_, save: func(set app.Settings) error { b.saved = set; return nil },
		clock: func() time.Time { return b.now }, dispatch: func(do func()) { b.queue <- do }, version: "0.1", home: t.TempDir(),
		hostname: func() (string, error) { return "pc-de-rosa", nil },
		rooms: []maker{
			plainly("people"), plainly("families"), plainly("cases"), plainly("incidents"), plainly("contradictions"), plainly("documents"),
			{key: "settings", make: func(h room.Host) room.Room { return settings.New(h.(settings.Controls)) }},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.shell = s
	t.Cleanup(s.end)
	return b
}

// until pumps the screen until something holds.
func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	deadline := time.After(5 * time.Second)
	for !ok() {
		select {
		case do := <-b.queue:
			do()
		case <-deadline:
			b.t.Fatalf("never: %s\non the screen: %s", what, b.text())
		}
	}
}

// text gives every text on the window, overlays last.
func (b *bench) text() string {
	c := b.win.Canvas()
	var out bytes.Buffer
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch v := o.(type) {
		case *widget.Text:
			out.WriteString(v.Text() + "\n")
		case *widget.Paragraph:
			out.WriteString(v.Text() + "\n")
		case *widget.Button:
			out.WriteString("[" + v.Text + "]\n")
		case *widget.Entry:
			out.WriteString("<" + v.Text + ">\n")
		case *fw.Label:
			out.WriteString(v.Text + "\n")
		case *widget.Chip:
			out.WriteString(v.Text() + "\n")
		}
		switch v := o.(type) {
		case *fyne.Container:
			for _, child := range v.Objects {
				walk(child)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(v).Objects() {
				walk(child)
			}
		}
	}
	walk(c.Content())
	for _, o := range c.Overlays().List() {
		walk(o)
	}
	return out.String()
}

func (b *bench) shows(text string) bool { return strings.Contains(b.text(), text) }

func (b *bench) mustShow(text string) {
	b.t.Helper()
	if !b.shows(text) {
		b.t.Fatalf("%q is not on the screen:\n%s", text, b.text())
	}
}

// find gives the first widget that ok accepts, overlays first.
func find[T fyne.CanvasObject](b *bench, ok func(T) bool) T {
	b.t.Helper()
	var found T
	var done bool
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if done || !o.Visible() {
			return
		}
		if v, is := o.(T); is && ok(v) {
			found, done = v, true
			return
		}
		switch v := o.(type) {
		case *fyne.Container:
			for _, child := range v.Objects {
				walk(child)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(v).Objects() {
				walk(child)
			}
		}
	}
	for _, o := range b.win.Canvas().Overlays().List() {
		walk(o)
	}
	walk(b.win.Canvas().Content())
	if !done {
		b.t.Fatalf("no such widget on the screen:\n%s", b.text())
	}
	return found
}

func (b *bench) press(label string) {
	b.t.Helper()
	test.Tap(find(b, func(x *widget.Button) bool { return x.Text == label }))
}

// entries gives the fields on the window, in order.
func (b *bench) entries() []*widget.Entry {
	var all []*widget.Entry
	seen := map[*widget.Entry]bool{}
	for {
		var next *widget.Entry
		func() {
			var walk func(o fyne.CanvasObject)
			walk = func(o fyne.CanvasObject) {
				if e, ok := o.(*widget.Entry); ok && !seen[e] && next == nil {
					next = e
				}
				switch v := o.(type) {
				case *fyne.Container:
					for _, child := range v.Objects {
						walk(child)
					}
				case fyne.Widget:
					for _, child := range test.WidgetRenderer(v).Objects() {
						walk(child)
					}
				}
			}
			walk(b.win.Canvas().Content())
		}()
		if next == nil {
			return all
		}
		seen[next] = true
		all = append(all, next)
	}
}

// shoot draws the window to a picture of the tour.
func (b *bench) shoot(dir, name string, w, h float32) {
	b.t.Helper()
	b.win.Resize(fyne.NewSize(w, h))
	// The test canvas does not lay out again what changed its size by itself, as
	// the real one does for every frame.
	for range 3 {
		layOut(b.win.Canvas().Content())
		for _, o := range b.win.Canvas().Overlays().List() {
			layOut(o)
		}
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		b.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, b.win.Canvas().Capture()); err != nil {
		b.t.Fatal(err)
	}
}

// layOut lays out everything anew.
func layOut(o fyne.CanvasObject) {
	switch v := o.(type) {
	case *fyne.Container:
		if v.Layout != nil {
			v.Layout.Layout(v.Objects, v.Size())
		}
		for _, child := range v.Objects {
			layOut(child)
		}
	case fyne.Widget:
		r := test.WidgetRenderer(v)
		r.Layout(v.Size())
		for _, child := range r.Objects() {
			layOut(child)
		}
	}
}
