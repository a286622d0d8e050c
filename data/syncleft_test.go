package data

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/vault"
)

// backwards is a depot that gives what it holds in another order, as a hub does that
// was filled again by many, and breaks off where it is told.
type backwards struct {
	*sync.Memory
	frames [][]byte
	breaks int // after so many frames the line drops, once; 0: it does not
	asked  int // frames given
}

func (b *backwards) Name() string { return "backwards" }

func (b *backwards) Since(ctx context.Context, m sync.Mark, do func([]byte, sync.Mark) error) (sync.Mark, error) {
	at := 0
	if m != "" {
		if _, err := fmt.Sscanf(string(m), "b%d", &at); err != nil || at > len(b.frames) {
			return m, sync.ErrMark
		}
	}
	for ; at < len(b.frames); at++ {
		if b.breaks > 0 {
			if b.breaks--; b.breaks == 0 {
				return m, sync.ErrAway
			}
		}
		if err := ctx.Err(); err != nil {
			return m, err
		}
		next := sync.Mark(fmt.Sprintf("b%d", at+1))
		b.asked++
		if err := do(b.frames[at], next); err != nil {
			return m, err
		}
		m = next
	}
	return sync.Mark(fmt.Sprintf("b%d", at)), nil
}

func (b *backwards) Names(_ context.Context, do func(sync.Name) error) error {
	for _, f := range b.frames {
		if n, err := sync.NameOf(f); err == nil {
			if err := do(n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *backwards) Push(_ context.Context, _ [][]byte, read sync.Mark) (sync.Mark, error) {
	return read, nil
}

// manyFrames gives a first batch that n others depend on, each of a change, as they
// come from a device that wrote them one after the other.
func manyFrames(t *testing.T, b *Office, n int) [][]byte {
	t.Helper()
	var all [][]byte
	sealer := deviceKey{b.sign}
	tip := b.ends().Last(b.Info().Device)
	var last *ledger.Batch
	for i := range n {
		e := ledger.Envelope{Office: b.Info().OfficeID, Seq: tip.Seq + 1 + uint64(i), Prev: tip.Hash, Lamport: tip.Lamport + 1 + uint64(i)}
		if last != nil {
			e.Prev = last.Hash
		} else if e.Seq == 1 {
			e.Prev, e.Deps, e.Lamport = ledger.Hash{}, []ledger.Hash{b.ends().Tips()[0].Hash}, b.ends().Tips()[0].Lamport+1
		}
		id := record.ID{1, byte(i >> 8), byte(i)}
		body := &ledger.Body{Wall: b.Now(), Author: b.Info().Member, Changes: []ledger.Change{{
			Record: id, Kind: record.Task, Op: ledger.OpEdit, Rights: 1, Fields: []ledger.Field{{Num: 1, Text: "llamar"}},
		}}}
		var err error
		if last, err = ledger.Write(e, body, b.keys, sealer); err != nil {
			t.Fatal(err)
		}
		all = append(all, ledger.AppendFrame(nil, last))
	}
	return all
}

// comparedEmpty lets an office meet a depot before anything is there, so that its
// names are not compared again for a day: what it is given must do without.
func comparedEmpty(t *testing.T, o *Office, d *backwards) {
	t.Helper()
	frames, breaks := d.frames, d.breaks
	d.frames, d.breaks = nil, 0
	if _, err := o.SyncWith(t.Context(), d, nil); err != nil {
		t.Fatal(err)
	}
	d.frames, d.breaks = frames, breaks
}

// Ten thousand batches come before the one that all depend on, more than may wait,
// and the line breaks and the program ends in between: all of them are there in the
// end, by what an exchange does by itself, and nothing is passed over for a day.
func TestMoreThanMayWait(t *testing.T) {
	n, room := 1000, 400 // PARADERO_MANY=10 makes it ten thousand and the true room
	if many, err := strconv.Atoi(os.Getenv("PARADERO_MANY")); err == nil {
		n, room = n*many, min(room*many, waitBatches)
	}
	a, acfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	task(t, b, "la primera")
	first := framesOf(t, b)[len(framesOf(t, b))-1]
	rest := manyFrames(t, b, n)
	d := &backwards{Memory: sync.NewMemory(), frames: append(rest, first), breaks: n * 3 / 10}
	ctx := context.Background()
	now := a.Now()
	acfg.Clock = func() time.Time { return now }
	a.cfg.Clock, a.held.most = acfg.Clock, room
	comparedEmpty(t, a, d)
	if _, err := a.SyncWith(ctx, d, nil); !errors.Is(err, sync.ErrAway) {
		t.Fatal(err)
	}
	a = reopen(t, a, acfg)
	a.held.most = room
	d.breaks = n * 6 / 10
	if _, err := a.SyncWith(ctx, d, nil); !errors.Is(err, sync.ErrAway) {
		t.Fatal(err)
	}
	a = reopen(t, a, acfg)
	a.held.most = room
	if w := len(a.Waiting()); w != room {
		t.Fatalf("%d wait", w)
	}
	d.asked = 0
	if _, err := a.SyncWith(ctx, d, nil); err != nil {
		t.Fatal(err)
	}
	if got := a.Count(record.Task); got != n+1 || len(a.Waiting()) != 0 {
		t.Fatalf("%d of %d are here, %d wait", got, n+1, len(a.Waiting()))
	}
	if d.asked > n+n/5 {
		t.Errorf("%d frames were read for it", d.asked)
	}
	d.asked = 0
	if _, err := a.SyncWith(ctx, d, nil); err != nil || d.asked != 0 {
		t.Errorf("it is read again: %d frames, %v", d.asked, err)
	}
}

// Who fills the room with what never fits does not make everybody read everything
// again at each exchange, and keeps nothing from coming that is in order.
func TestRoomFilledForEver(t *testing.T) {
	a, _ := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	task(t, b, "la primera")
	good := framesOf(t, b)[len(framesOf(t, b))-1]
	junk := manyFrames(t, b, 460)[1:] // on top of one that nobody ever gets
	d := &backwards{Memory: sync.NewMemory(), frames: junk}
	now := a.Now()
	a.cfg.Clock, a.held.most = func() time.Time { return now }, 400
	comparedEmpty(t, a, d)
	for range 3 {
		if _, err := a.SyncWith(context.Background(), d, nil); err != nil {
			t.Fatal(err)
		}
	}
	d.asked, d.frames = 0, append(d.frames, good)
	if _, err := a.SyncWith(context.Background(), d, nil); err != nil {
		t.Fatal(err)
	}
	once := d.asked
	for range 5 {
		if _, err := a.SyncWith(context.Background(), d, nil); err != nil {
			t.Fatal(err)
		}
	}
	if a.Count(record.Task) != 1 || d.asked != once || once > len(junk)+100 {
		t.Errorf("%d tasks; %d frames read at once, %d in the end", a.Count(record.Task), once, d.asked)
	}
}

// What a newer program wrote is passed over and asked for again by the program that
// can read it.
func TestNewerIsAskedForAgain(t *testing.T) {
	a, acfg := founded(t)
	b, _ := colleague(t, a, "Luis Quispe", "lawyer")
	exchange(t, a, b)
	task(t, b, "una")
	task(t, b, "otra")
	frames := framesOf(t, b)
	frames = frames[len(frames)-2:]
	newer := bytes.Clone(frames[0]) // as this program would find it in the next format
	batch, err := ledger.ReadFrame(newer)
	if err != nil {
		t.Fatal(err)
	}
	batch.Bytes[bytes.Index(batch.Bytes, []byte{1, ledger.Version})+1]++
	d := &backwards{Memory: sync.NewMemory(), frames: [][]byte{ledger.AppendFrame(nil, batch), frames[1]}}
	ctx := context.Background()
	now := a.Now()
	acfg.Clock = func() time.Time { return now }
	a.cfg.Clock = acfg.Clock
	comparedEmpty(t, a, d)
	for range 2 {
		if _, err := a.SyncWith(ctx, d, nil); err != nil {
			t.Fatal(err)
		}
	}
	if a.Count(record.Task) != 0 || len(a.Waiting()) != 1 {
		t.Fatalf("%d tasks, %d wait", a.Count(record.Task), len(a.Waiting()))
	}
	d.frames[0] = frames[0] // the same bytes to a program that can read them
	if _, err := a.SyncWith(ctx, d, nil); err != nil || a.Count(record.Task) != 0 {
		t.Fatalf("the old program reads it: %v", err)
	}
	acfg.Program = "99.0.0"
	a = reopen(t, a, acfg)
	if _, err := a.SyncWith(ctx, d, nil); err != nil {
		t.Fatal(err)
	}
	if a.Count(record.Task) != 2 || len(a.Waiting()) != 0 {
		t.Errorf("%d tasks, %d wait", a.Count(record.Task), len(a.Waiting()))
	}
	d.asked = 0
	if _, err := a.SyncWith(ctx, d, nil); err != nil || d.asked != 0 {
		t.Errorf("it is read again: %d, %v", d.asked, err)
	}
}

// A thousand refusals of another kind do not hide that something found no room.
func TestNoRoomIsCounted(t *testing.T) {
	in := &intake{}
	for range maxRefused {
		in.refuse(&ledger.Batch{}, "malformed")
	}
	in.refuse(&ledger.Batch{}, "too_many_waiting")
	in.refuse(&ledger.Batch{}, "newer")
	if in.out.NoRoom != 1 || in.out.Newer != 1 || len(in.out.Refused) != maxRefused {
		t.Errorf("%d, %d of %d", in.out.NoRoom, in.out.Newer, len(in.out.Refused))
	}
}

// More sealed batches of a device that nobody let in than may wait are to be asked
// for again: somebody may let it in yet.
func TestStrangersSealedAreCounted(t *testing.T) {
	a, _ := founded(t)
	stranger := deviceKey{ed25519.NewKeyFromSeed(make([]byte, 32))}
	tip := a.ends().Tips()[0]
	keys := newEpochKeys(a.cfg.Rand, map[uint32]vault.Key{77: {1}})
	e := ledger.Envelope{Office: a.Info().OfficeID, Seq: 1, Deps: []ledger.Hash{tip.Hash}, Lamport: tip.Lamport + 1, Epoch: 77}
	var frames [][]byte
	for range strangersSealed + 5 {
		b, err := ledger.Write(e, &ledger.Body{Wall: a.Now(), Changes: []ledger.Change{{
			Record: record.ID{1}, Kind: record.Task, Op: ledger.OpEdit, Rights: 1, Fields: []ledger.Field{{Num: 1, Text: "llamar"}},
		}}}, keys, stranger)
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, ledger.AppendFrame(nil, b))
	}
	if got := receive(t, a, frames); got.NoRoom != 5 || got.Waiting != strangersSealed {
		t.Errorf("%d found no room, %d wait: %+v", got.NoRoom, got.Waiting, got.Refused)
	}
}
