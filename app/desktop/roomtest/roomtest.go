// Package roomtest is a window for the tests of rooms: the contract of
// room.Host over a real office in a temporary folder, with the screen's
// goroutine played by the test, and pictures of what a person would see.
//
// What must not live here: anything that the program itself uses.
package roomtest

import (
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"paradero/app"
	"paradero/app/desktop/room"
	"paradero/app/widget"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// Host is a window for one room.
type Host struct {
	API     data.API
	Lang    assets.Lang
	IsDark  bool
	Said    []string
	Went    []string // "room arg" of every Go
	Records []record.ID
	Asked   []string
	Yes     bool // how questions are answered

	t      *testing.T
	words  *assets.Words
	window fyne.Window
	queue  chan func()
	busy   atomic.Int64
	mu     sync.Mutex
	slots  map[string]context.CancelFunc

	waiting []func() // for time to pass
}

var _ room.Host = (*Host)(nil)

// New makes a window over an office, of a size, in a language and a look.
func New(t *testing.T, api data.API, lang assets.Lang, dark bool, size fyne.Size) *Host {
	t.Helper()
	w, err := assets.LoadWords(lang)
	if err != nil {
		t.Fatal(err)
	}
	h := &Host{
		API: api, Lang: lang, IsDark: dark, Yes: true, t: t, words: w,
		queue: make(chan func(), 10000), slots: map[string]context.CancelFunc{},
	}
	test.NewApp()
	fyne.CurrentApp().Settings().SetTheme(widget.NewTheme(dark))
	h.window = test.NewWindow(container.NewStack())
	h.window.SetPadded(false)
	h.window.Resize(size)
	t.Cleanup(func() { h.Pump(); h.window.Close() })
	return h
}

// Office makes a real office in a temporary folder; its key derivation is
// cheap, which only tests can ask for.
func Office(t *testing.T, now time.Time) *data.Office {
	t.Helper()
	var mu sync.Mutex
	at := now
	o, _, err := data.Create(context.Background(), data.Config{
		Dir: filepath.Join(t.TempDir(), "oficina"), Cost: data.Cost{Time: 1, Memory: 64, Threads: 1},
		Clock: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			at = at.Add(time.Second)
			return at
		},
	}, data.Founding{Office: "Defensoría del Guayas", City: "Guayaquil", Member: "Lucía Chamorro", Role: "coordinator", Passphrase: []byte("tres tristes tigres tragan trigo")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// Show puts an object into the window.
func (h *Host) Show(o fyne.CanvasObject) {
	h.window.SetContent(o)
	h.Pump()
}

// Pump runs what came back to the screen until nothing is under way.
func (h *Host) Pump() {
	for {
		select {
		case do := <-h.queue:
			do()
		default:
			// What is under way puts its answer on the queue before it ends.
			if h.busy.Load() == 0 && len(h.queue) == 0 {
				return
			}
			time.Sleep(100 * time.Microsecond)
		}
	}
}

// Picture writes what the window shows, where PARADERO_TOUR names a folder.
func (h *Host) Picture(name string) {
	h.t.Helper()
	dir := os.Getenv("PARADERO_TOUR")
	if dir == "" {
		return
	}
	h.Pump()
	size := h.window.Canvas().Size()
	h.window.Resize(fyne.NewSize(size.Width/2, size.Height)) // what learns its height only at its width is laid out again
	h.window.Resize(size)
	look := "light"
	if h.IsDark {
		look = "dark"
	}
	f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s-%s-%s-%.0f.png", name, h.Lang, look, size.Width)))
	if err != nil {
		h.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, h.window.Canvas().Capture()); err != nil {
		h.t.Fatal(err)
	}
}

// Office is the door.
func (h *Host) Office() data.API { return h.API }

// Words are those of the chosen language.
func (h *Host) Words() *assets.Words { return h.words }

// Settings are fixed.
func (h *Host) Settings() room.Settings { return settings{h} }

type settings struct{ h *Host }

func (s settings) Dark() bool        { return s.h.IsDark }
func (s settings) Blurred() bool     { return false }
func (s settings) Lang() assets.Lang { return s.h.Lang }

// Now is the office's clock.
func (h *Host) Now() time.Time { return h.API.Now() }

// Window is the window.
func (h *Host) Window() fyne.Window { return h.window }

// Dispatch puts do on the screen's goroutine, which Pump plays.
func (h *Host) Dispatch(do func()) { h.queue <- do }

// Work runs in the background.
func (h *Host) Work(slot string, do func(ctx context.Context) func()) {
	ctx, cancel := context.WithCancel(context.Background())
	if slot != "" {
		h.Stop(slot)
		h.mu.Lock()
		h.slots[slot] = cancel
		h.mu.Unlock()
	}
	h.busy.Add(1)
	go func() {
		defer h.busy.Add(-1)
		then := do(ctx)
		h.Dispatch(func() {
			defer cancel()
			if then != nil && ctx.Err() == nil {
				then()
			}
		})
	}()
}

// Stop cancels what runs in a slot.
func (h *Host) Stop(slot string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if cancel := h.slots[slot]; cancel != nil {
		cancel()
		delete(h.slots, slot)
	}
}

// Progress is Work.
func (h *Host) Progress(_ string, do func(ctx context.Context, report func(data.Progress)) func()) {
	h.Work("", func(ctx context.Context) func() { return do(ctx, func(data.Progress) {}) })
}

// Go is written down.
func (h *Host) Go(roomKey, arg string) { h.Went = append(h.Went, roomKey+" "+arg) }

// GoRecord is written down.
func (h *Host) GoRecord(_ record.Kind, id record.ID) { h.Records = append(h.Records, id) }

// Here does nothing.
func (h *Host) Here(string) {}

// Back does nothing.
func (h *Host) Back() {}

// Say is written down.
func (h *Host) Say(text string) { h.Said = append(h.Said, text) }

// Warn is written down beside what was said.
func (h *Host) Warn(text string) { h.Said = append(h.Said, text) }

// Fail is written down in words.
func (h *Host) Fail(err error) {
	text, hint := app.Words(err, h.words)
	h.Said = append(h.Said, text+" "+hint)
}

// ErrorPanel draws an error.
func (h *Host) ErrorPanel(err error, _ func()) fyne.CanvasObject {
	text, hint := app.Words(err, h.words)
	return widget.ErrorPanel(text, hint)
}

// Ask is answered as Yes says.
func (h *Host) Ask(title, _, _ string, _ bool, then func()) {
	h.Asked = append(h.Asked, title)
	if h.Yes {
		then()
	}
}

// Pick picks nothing.
func (h *Host) Pick([]string, func(string)) {}

// PickSave picks nothing.
func (h *Host) PickSave(string, func(string)) {}

// PickFolder picks nothing.
func (h *Host) PickFolder(func(string)) {}

// OpenFile opens nothing.
func (h *Host) OpenFile(string) error { return nil }

// Copy copies nothing.
func (h *Host) Copy(string) {}

// Lock locks nothing.
func (h *Host) Lock() {}

// Framed puts a room beside a rail as wide as the window's.
func Framed(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, widget.Fixed(208, 0, widget.NewFill(widget.ColorRail)), nil, o)
}
