package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
)

// How much may be on its way without a receipt.
const (
	windowCount = 512
	windowBytes = 8 << 20
	leastWindow = 64 << 10 // on a line that breaks again and again
	anchorFrom  = 1 << 10  // a portion whose last batch is larger is closed by an anchor
	lookFrom    = 32       // batches of one device: from here on all its names are asked for
	fullWords   = "exceed" // of NATS, when a stream has no room
)

// errTaken is the hub's word that something stands there already.
var errTaken = errors.New("the place is taken")

// item is one message on its way to the hub.
type item struct {
	name    sync.Name
	subject string
	frame   []byte
	seq     uint64 // by the receipt
	done    bool
	taken   bool
}

// receipt is what JetStream answers.
type receipt struct {
	Stream string `json:"stream"`
	Seq    uint64 `json:"seq"`
	Error  *struct {
		Code        int    `json:"code"`
		Description string `json:"description"`
	} `json:"error"`
}

// Push leaves frames at the hub: many at once, each acknowledged when it is on the
// hub's disk. Where the line breaks, what has no receipt is sent again.
//
// Batches of others go under this device's own name. They are left out where their
// author, or somebody else with the same bytes, has left them already.
func (d *Depot) Push(ctx context.Context, frames [][]byte, read sync.Mark) (sync.Mark, error) {
	if err := ctx.Err(); err != nil {
		return read, err
	}
	list := make([]*item, 0, len(frames)+1)
	for _, f := range frames {
		n, err := sync.NameOf(f)
		if err != nil {
			return read, fmt.Errorf("push to hub: %w", err)
		}
		list = append(list, &item{name: n, subject: SubjectOf(d.id.Device, n), frame: f})
	}
	list, err := d.lacking(ctx, list)
	if err != nil || len(list) == 0 {
		return read, err
	}
	all := list
	if len(list[len(list)-1].frame) > anchorFrom {
		// What is asked for next begins with what stands last. So something small
		// stands there: nothing new costs a few bytes.
		all = append(all[:len(all):len(all)], &item{subject: "a." + d.id.Device.String() + "." + nuid.Next()})
	}
	if err := d.send(ctx, streamBatches, all); err != nil {
		return read, err
	}
	if err := d.settleTaken(ctx, list); err != nil {
		return read, err
	}
	return d.behind(ctx, all, read)
}

// behind gives the mark behind what was sent, where it followed on what was read.
func (d *Depot) behind(ctx context.Context, all []*item, read sync.Mark) (sync.Mark, error) {
	from, err := readMark(read)
	if err != nil {
		return read, nil // what is durable is durable; the mark is the caller's
	}
	born, err := d.birth(ctx)
	if err != nil || from.seq > 0 && from.born != born {
		return read, nil
	}
	at := from.seq
	for _, it := range all {
		if it.taken {
			continue
		}
		if it.seq != at+1 {
			return read, nil
		}
		at, read = it.seq, sync.Mark(mark{born, it.seq, digestOf(it.subject)}.String())
	}
	return read, nil
}

// lacking leaves out the batches of others that the hub holds already.
func (d *Depot) lacking(ctx context.Context, list []*item) ([]*item, error) {
	others := map[record.ID][]*item{}
	for _, it := range list {
		if it.name.Device != d.id.Device {
			others[it.name.Device] = append(others[it.name.Device], it)
		}
	}
	skip := map[*item]bool{}
	for device, items := range others {
		there, err := d.subjectsOf(ctx, device, items)
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			ok, err := d.held(ctx, it, there[it.name])
			if err != nil {
				return nil, err
			}
			skip[it] = ok
		}
	}
	out := list[:0:0]
	for _, it := range list {
		if !skip[it] {
			out = append(out, it)
		}
	}
	return out, nil
}

// subjectsOf gives the subjects under which the hub holds batches of a device.
func (d *Depot) subjectsOf(ctx context.Context, device record.ID, items []*item) (map[sync.Name][]string, error) {
	tails := []string{device.String() + ".>"}
	if len(items) < lookFrom {
		tails = nil
		for _, it := range items {
			tails = append(tails, device.String()+"."+strconv.FormatUint(it.name.Seq, 10)+".>")
		}
	}
	out := map[sync.Name][]string{}
	for _, tail := range tails {
		for _, filter := range []string{"p." + tail, "r.*." + tail} {
			for offset := 0; ; {
				i, err := d.info(ctx, filter, offset)
				if err != nil {
					return nil, err
				}
				for subject := range i.State.Subjects {
					if n, ok := NameIn(subject); ok {
						out[n] = append(out[n], subject)
					}
				}
				if offset += len(i.State.Subjects); len(i.State.Subjects) == 0 || offset >= i.Total {
					break
				}
			}
		}
	}
	return out, nil
}

// held tells whether a batch stands under one of the subjects. Its author's own
// word is taken; what another brought is compared, since he may have left something
// else there, to keep the batch away.
func (d *Depot) held(ctx context.Context, it *item, subjects []string) (bool, error) {
	for _, s := range subjects {
		if strings.HasPrefix(s, "p.") || s == it.subject {
			return true, nil
		}
	}
	for _, s := range subjects {
		there, err := d.get(ctx, s)
		if err != nil {
			return false, err
		}
		if bytes.Equal(there, it.frame) {
			return true, nil
		}
	}
	return false, nil
}

// get fetches the message that stands under a subject; nil when none does.
func (d *Depot) get(ctx context.Context, subject string) ([]byte, error) {
	m, err := d.ask(ctx, d.nc, "$JS.API.DIRECT.GET."+streamBatches, fmt.Appendf(nil, `{"last_by_subj":%q}`, subject))
	if err != nil {
		return nil, err
	}
	if m.Header.Get("Status") != "" {
		return nil, nil
	}
	return m.Data, nil
}

// settleTaken looks at what stood in the place of what was sent: mostly the same,
// sent before. Where it is something else, the batch is left beside it.
func (d *Depot) settleTaken(ctx context.Context, list []*item) error {
	var again []*item
	for _, it := range list {
		if !it.taken {
			continue
		}
		there, err := d.get(ctx, it.subject)
		if err != nil {
			return err
		}
		if !asGood(there, it) {
			again = append(again, &item{name: it.name, subject: it.subject + "." + nuid.Next(), frame: it.frame})
		}
	}
	if len(again) == 0 {
		return nil
	}
	return d.send(ctx, streamBatches, again)
}

// asGood tells whether what stands in a batch's place is that batch, with all the
// payloads that we have of it.
func asGood(there []byte, it *item) bool {
	old, err := ledger.ReadFrame(there)
	if err != nil || (sync.Name{Device: old.Device, Seq: old.Seq, Hash: old.Hash}) != it.name {
		return false
	}
	own, err := ledger.ReadFrame(it.frame)
	if err != nil {
		return true
	}
	for i, p := range own.Payloads {
		if p != nil && (i >= len(old.Payloads) || old.Payloads[i] == nil) {
			return false
		}
	}
	return true
}

// send publishes the items and waits for all receipts.
func (d *Depot) send(ctx context.Context, stream string, list []*item) error {
	var err error
	window, pause := windowBytes, comeBack/2
	for last := time.Now(); time.Since(last) < patience; pause = min(2*pause, time.Second) {
		if err = d.back(ctx, d.nc, patience); err != nil {
			return err
		}
		var got int
		got, err = d.sendOnce(ctx, stream, list, window)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, sync.ErrFull), errors.Is(err, sync.ErrRefused):
			return err
		case got > 0:
			last, pause = time.Now(), comeBack/2
		}
		window = max(leastWindow, window/4)
		wait(ctx, pause) // the line may not know yet that it broke, a cluster chooses a leader
	}
	return refusedOrAway(ctx, "push to hub", err)
}

// wait waits, unless the work is called off.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// sending is one try of send.
type sending struct {
	d      *Depot
	stream string
	list   []*item
	inbox  string
	came   chan *nats.Msg
	count  int // on their way
	size   int
	window int // bytes that may be on their way
	got    int // receipts
}

// sendOnce sends what has no receipt, on one standing line.
func (d *Depot) sendOnce(ctx context.Context, stream string, list []*item, window int) (int, error) {
	s := &sending{d: d, stream: stream, list: list, window: window, inbox: d.nc.NewInbox(), came: make(chan *nats.Msg, windowCount+16)}
	sub, err := d.nc.ChanSubscribe(s.inbox+".*", s.came)
	if err != nil {
		return 0, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	err = s.run(ctx)
	for err != nil { // what came before it broke counts
		select {
		case m := <-s.came:
			_ = s.receipt(m)
			continue
		default:
		}
		break
	}
	return s.got, err
}

func (s *sending) run(ctx context.Context) error {
	era := s.d.era.Load()
	bell, done := s.d.notes.listen()
	defer done()
	for _, first := range []string{"p", "r", "a", "s"} {
		s.d.notes.wasDenied(first)
	}
	silence := time.NewTimer(answerTime)
	defer silence.Stop()
	next := 0
	for {
		for next < len(s.list) && (s.count == 0 || s.count < windowCount && s.size < s.window) {
			it := s.list[next]
			if !it.done {
				if err := s.d.nc.PublishRequest(it.subject, s.inbox+"."+strconv.Itoa(next), it.frame); err != nil {
					return err
				}
				s.count, s.size = s.count+1, s.size+len(it.frame)
			}
			next++
		}
		if s.count == 0 {
			return nil
		}
		select {
		case m := <-s.came:
			silence.Reset(answerTime)
			if err := s.receipt(m); err != nil {
				return err
			}
		case <-bell:
			for _, first := range []string{"p", "r", "a", "s"} {
				if s.d.notes.wasDenied(first) {
					return s.d.closedToUs(first)
				}
			}
			if s.d.era.Load() != era {
				return nats.ErrDisconnected
			}
		case <-silence.C:
			return nats.ErrTimeout
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// receipt takes one receipt in.
func (s *sending) receipt(m *nats.Msg) error {
	i, err := strconv.Atoi(m.Subject[strings.LastIndexByte(m.Subject, '.')+1:])
	if err != nil || i < 0 || i >= len(s.list) || s.list[i].done {
		return nil // of no try of ours
	}
	it := s.list[i]
	seq, err := readReceipt(m, s.stream)
	switch {
	case errors.Is(err, errTaken):
		it.taken = true
	case err != nil:
		return err
	}
	it.seq, it.done = seq, true
	s.got++
	s.count, s.size = s.count-1, s.size-len(it.frame)
	return nil
}

// readReceipt reads what JetStream answers to a message.
func readReceipt(m *nats.Msg, stream string) (uint64, error) {
	if m.Header.Get("Status") == "503" {
		return 0, nats.ErrNoResponders
	}
	var r receipt
	if err := json.Unmarshal(m.Data, &r); err != nil {
		return 0, fmt.Errorf("push to hub: %w: %w", sync.ErrDamaged, err)
	}
	if r.Error == nil {
		if r.Stream != stream || r.Seq == 0 {
			return 0, fmt.Errorf("push to hub: %w: receipt of another stream", sync.ErrDamaged)
		}
		return r.Seq, nil
	}
	words := r.Error.Description
	switch {
	case strings.Contains(words, "per subject"):
		return 0, errTaken
	case strings.Contains(words, fullWords), strings.Contains(words, "insufficient"):
		return 0, fmt.Errorf("push to hub: %w: %s", sync.ErrFull, words)
	}
	return 0, errors.New(words)
}
