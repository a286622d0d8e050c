package present

import (
	"maps"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// AutosavePause is how often an open form is looked at: what did not change
// between two looks is kept, so that nothing is written in the middle of a word.
const AutosavePause = time.Second

// longestWait is how many looks a form that keeps changing waits at most.
const longestWait = 4

// Autosave keeps the draft of one open form. Its methods are called on the
// screen's goroutine; what Tick writes is written off it, in order, and what
// was superseded before it was written never is.
type Autosave struct {
	env    Env
	key    string
	typing *Typing
	failed func(error)

	start  map[string]string // what stood there when the form was opened
	kept   map[string]string // what was kept last; nil: nothing
	seen   map[string]string // at the last look
	waited int
	there  bool // a draft of this opening is in the store
	said   bool // that it could not be kept
	over   bool

	turn atomic.Uint64
	mu   sync.Mutex // one write at a time
}

// NewAutosave begins to keep a form that was just opened. failed is told once
// when it cannot be kept.
func NewAutosave(env Env, of DraftOf, typing *Typing, failed func(error)) *Autosave {
	return &Autosave{
		env: env, typing: typing, failed: failed, start: typing.Typed(),
		key: of.Key() + slotMark + strconv.FormatInt(env.API.Now().UnixNano(), 36),
	}
}

// Key is where this opening of the form is kept.
func (a *Autosave) Key() string { return a.key }

// Tick looks at the form: called every AutosavePause while it is open.
func (a *Autosave) Tick() {
	if a.over {
		return
	}
	if !a.typing.Dirty() {
		if a.there { // all of it was taken back by hand
			a.there, a.kept = false, nil
			a.later(func() error { return a.env.API.Drafts().Drop(a.key) })
		}
		return
	}
	now := a.typing.Typed()
	if a.kept != nil && maps.Equal(now, a.kept) {
		return
	}
	if !maps.Equal(now, a.seen) && a.waited < longestWait {
		a.seen, a.waited = now, a.waited+1
		return
	}
	a.kept, a.there, a.waited = now, true, 0
	at := a.env.API.Now()
	a.later(func() error { return a.env.API.Drafts().Put(a.key, now, at) })
}

// later writes behind the screen, unless something newer is to be written.
func (a *Autosave) later(write func() error) {
	turn := a.turn.Add(1)
	a.env.Run.Go(func() {
		err := a.inTurn(turn, write)
		a.env.Run.Back(func() { a.written(err) })
	})
}

func (a *Autosave) inTurn(turn uint64, write func() error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if turn != a.turn.Load() {
		return nil
	}
	return write()
}

func (a *Autosave) written(err error) {
	if err == nil {
		return
	}
	a.kept = nil // it is tried again at the next look
	if !a.said && !a.over {
		a.said = true
		a.failed(err)
	}
}

// Keep keeps what was typed before the form is left, and reports whether there
// is a draft of it. Unlike Tick it writes at once, as the office may be closed
// in the next moment: one small file, which nobody notices.
func (a *Autosave) Keep() (bool, error) {
	if a.over || !a.typing.Dirty() {
		a.Tick()
		return false, nil
	}
	now := a.typing.Typed()
	err := a.inTurn(a.turn.Add(1), func() error { return a.env.API.Drafts().Put(a.key, now, a.env.API.Now()) })
	if err != nil {
		a.kept = nil
		return false, err
	}
	a.kept, a.there = now, true
	return true, nil
}

// Close ends keeping; what is kept stays.
func (a *Autosave) Close() { a.over = true }

// Done ends keeping and forgets the draft: the form was saved, or the person
// said that it is to be discarded.
func (a *Autosave) Done() error {
	a.over = true
	return a.inTurn(a.turn.Add(1), func() error { return a.env.API.Drafts().Drop(a.key) })
}

// Continue brings a draft back into the form, which from now on is kept in its
// place. A field in which somebody typed since the form was opened stays as it
// is typed.
func (a *Autosave) Continue(line DraftLine) error {
	own, was := a.key, a.there
	now, back := a.typing.Typed(), map[string]string{}
	for name, value := range line.typed {
		if now[name] == a.start[name] || now[name] == "" {
			back[name] = value
		}
	}
	a.typing.Restore(back)
	a.key, a.there, a.kept = line.Key, true, nil
	if _, err := a.Keep(); err != nil || !was || own == line.Key {
		return err
	}
	return a.inTurn(a.turn.Add(1), func() error { return a.env.API.Drafts().Drop(own) })
}
