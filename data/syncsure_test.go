package data

import (
	"context"
	"testing"
	"time"

	"paradero/data/record"
	"paradero/data/sync"
)

// promising is a depot that says it took what it did not keep.
type promising struct {
	*sync.Memory
	lies  bool
	asked int
}

func (p *promising) Push(ctx context.Context, frames [][]byte, read sync.Mark) (sync.Mark, error) {
	if p.lies {
		return read, nil
	}
	return p.Memory.Push(ctx, frames, read)
}

func (p *promising) Holds(ctx context.Context, names []sync.Name, do func(sync.Name) error) error {
	p.asked++
	return p.Memory.Holds(ctx, names, do)
}

// A hub that says that it has what it has not, while all else is in order, is found
// out when the office is opened again, when the line was another, and after an hour
// at most, and not only the next day; it gets what it lacks. A word that was kept
// costs one question.
func TestPromisesAreProved(t *testing.T) {
	ctx := context.Background()
	for name, meanwhile := range map[string]func(t *testing.T, o *Office, cfg Config, d *promising, later *time.Duration) (*Office, *promising){
		"opened again": func(t *testing.T, o *Office, cfg Config, d *promising, _ *time.Duration) (*Office, *promising) {
			t.Helper()
			return reopen(t, o, cfg), d
		},
		"another line": func(_ *testing.T, o *Office, _ Config, d *promising, _ *time.Duration) (*Office, *promising) {
			return o, &promising{Memory: d.Memory}
		},
		"the line broke": func(t *testing.T, o *Office, _ Config, d *promising, _ *time.Duration) (*Office, *promising) {
			t.Helper()
			ctx, stop := context.WithCancel(t.Context())
			_ = o.Live(ctx, d, stop) // it listens, and what was missed is to be asked for
			return o, d
		},
		"an hour": func(_ *testing.T, o *Office, _ Config, d *promising, later *time.Duration) (*Office, *promising) {
			*later += 61 * time.Minute
			return o, d
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, cfg := founded(t)
			var later time.Duration
			begin := a.Now()
			cfg.Clock = func() time.Time { return begin.Add(later) }
			a.cfg.Clock = cfg.Clock
			d := &promising{Memory: sync.NewMemory()}
			syncWith(t, a, d)
			d.lies = true
			save(t, a, Change{Kind: record.Task, Set: map[string]string{"what": "se pierde"}})
			if _, err := a.SendTo(ctx, d, nil); err != nil {
				t.Fatal(err)
			}
			d.lies = false
			save(t, a, Change{Kind: record.Task, Set: map[string]string{"what": "llega"}})
			syncWith(t, a, d)
			if st, err := a.Status(ctx); err != nil || st.OnHub != st.Changes {
				t.Fatalf("the test wants a device that believes it: %+v, %v", st, err)
			}
			before := d.Len()
			if syncWith(t, a, d); d.Len() != before {
				t.Fatal("it is found out by itself")
			}
			a, d = meanwhile(t, a, cfg, d, &later)
			if syncWith(t, a, d); d.Len() != before+1 {
				t.Fatalf("it has %d batches, not %d", d.Len(), before+1)
			}
			if st, err := a.Status(ctx); err != nil || st.OnHub != st.Changes {
				t.Errorf("%+v, %v", st, err)
			}
			asked := d.asked
			for range 3 {
				a = reopen(t, a, cfg)
				syncWith(t, a, d)
			}
			if d.asked > asked+1 { // once for what was left there anew
				t.Error("what it named is asked for again")
			}
		})
	}
}

// What was left there and named is asked for no more.
func TestPromisesKept(t *testing.T) {
	a, cfg := founded(t)
	d := &promising{Memory: sync.NewMemory()}
	syncWith(t, a, d)
	task(t, a, "llamar")
	syncWith(t, a, d)
	for i := range 3 {
		a = reopen(t, a, cfg)
		syncWith(t, a, d)
		if d.asked != 1 {
			t.Errorf("exchange %d: asked %d times", i, d.asked)
		}
	}
}
