// Package present holds the view-models: what a screen shows of the office and
// what its forms do, as plain values that an ordinary test can read.
//
// What must not live here: Fyne or any other drawing, files, keys, and
// conclusions (data/rule draws them). A view-model is used from one goroutine,
// the screen's; whatever takes time it hands to its Dispatcher.
package present

import (
	"context"
	"strings"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// Dispatcher carries work away from the screen and its answer back to it. The
// desktop's uses a goroutine and fyne.Do, a test's two queues that it pumps.
type Dispatcher interface {
	Go(work func())   // off the screen's goroutine
	Back(show func()) // on the screen's goroutine
}

// Env is what every view-model is given: the door, the words of the chosen
// language and the way off the screen's goroutine.
type Env struct {
	API   data.API
	Words *assets.Words
	Run   Dispatcher
}

// Day is the office's own today, in canonical text.
func (e Env) Day() string { return e.API.Now().Format(time.DateOnly) }

// Minute is the office's own now, in canonical text.
func (e Env) Minute() string { return e.API.Now().Format("2006-01-02T15:04") }

// Latest asks in the background and shows only the answer to the last
// question: whatever was asked before is cancelled, and if it answers all the
// same its answer is dropped. The zero value is not usable; see NewLatest.
type Latest[T any] struct {
	run    Dispatcher
	round  uint64
	cancel context.CancelFunc
}

// NewLatest makes a Latest that runs on d.
func NewLatest[T any](d Dispatcher) *Latest[T] { return &Latest[T]{run: d} }

// Ask runs work off the screen and show on it. Call it on the screen's
// goroutine only.
func (l *Latest[T]) Ask(ctx context.Context, work func(context.Context) (T, error), show func(T, error)) {
	l.Drop()
	ctx, cancel := context.WithCancel(ctx)
	l.cancel = cancel
	round := l.round
	l.run.Go(func() {
		answer, err := work(ctx)
		l.run.Back(func() {
			if round != l.round {
				return
			}
			cancel()
			show(answer, err)
		})
	})
}

// Drop forgets what is under way, as when the screen is left.
func (l *Latest[T]) Drop() {
	l.round++
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
}

// State is what a list or a page is doing.
type State uint8

// The states of a list or page.
const (
	Loading State = iota
	Ready
	Empty   // there is nothing of this kind yet: say what the room is for
	NoMatch // there is something, but not this
	Failed
)

// Tone is how much a chip stands out; the screen chooses its colour. Death is
// Grey: plain, never an alarm.
type Tone uint8

// The tones.
const (
	Grey Tone = iota
	Accent
	OK
	Warn
	Bad // only what is wrong in the data or a danger to somebody
)

// Chip is a short word with a tone.
type Chip struct {
	Text string
	Tone Tone
}

// Failure is an error in words, with the way out.
type Failure struct {
	Text string
	Hint string
	Away bool // it is about a record that is off this machine and can be brought back
}

// Line is a label with its value, and where the value comes from.
type Line struct {
	Label  string
	Value  string
	Source string // shown on hover
	Mark   Chip   // a doubt or a second value; empty text when there is none
	Field  string
	Others []Option // what else was said at the same time, by its stored text
}

// join joins what is not empty.
func join(sep string, parts ...string) string {
	kept := make([]string, 0, len(parts))
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

// dot joins what is not empty with a middle dot, as lists show it.
func dot(parts ...string) string { return join(" · ", parts...) }

// isCancelled tells a superseded question from a real failure.
func isCancelled(err error) bool { return fault.Is(err, fault.Cancelled) }

// optionLabel names one option of a field.
func optionLabel(w *assets.Words, kind record.Kind, field, option string) string {
	if option == "" {
		return ""
	}
	return w.T("option." + kind.String() + "." + field + "." + option)
}

// fieldLabel names a field.
func fieldLabel(w *assets.Words, kind record.Kind, field string) string {
	return w.T(kind.String() + "." + field)
}
