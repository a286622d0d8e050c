package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"paradero/data/sync"
)

// A mark is BIRTH.SEQ.SUBJECT: when the stream was born, how far it was read, and
// the beginning of the SHA-256 of the subject that stands there. Reading goes on
// from that place itself: where something else stands there, or nothing, the stream
// is not what it was, and the mark holds no more.
type mark struct {
	born string
	seq  uint64
	at   string
}

const (
	leastBytes = 16 << 10 // of a portion, on a line that hardly carries anything
	firstBytes = 256 << 10
	mostBytes  = 4 << 20
	mostCount  = 2000 // messages in a portion
)

func (m mark) String() string {
	return m.born + "." + strconv.FormatUint(m.seq, 10) + "." + m.at
}

func digestOf(subject string) string {
	sum := sha256.Sum256([]byte(subject))
	return hex.EncodeToString(sum[:8])
}

// readMark reads a mark; "" is the beginning.
func readMark(s sync.Mark) (m mark, err error) {
	if s == "" {
		return m, nil
	}
	parts := strings.Split(string(s[:min(len(s), 100)]), ".")
	if len(s) > 100 || len(parts) != 3 || len(parts[2]) != 16 {
		return m, sync.ErrMark
	}
	m.born, m.at = parts[0], parts[2]
	if m.seq, err = strconv.ParseUint(parts[1], 10, 64); err != nil || m.seq == 0 {
		return m, sync.ErrMark
	}
	return m, nil
}

// stored is one message of a stream.
type stored struct {
	subject string
	seq     uint64
	data    []byte
}

// portion is what one request brought.
type portion struct {
	msgs []stored
	mute int    // messages that cannot be read
	last uint64 // number of the last that came, where it is known; at first that before what was asked for
	more bool
	none bool // nothing stands there or behind
}

// told gives what the server itself says in a header: it stands behind whatever a
// device wrote there of the same name.
func told(m *nats.Msg, name string) string {
	if all := m.Header.Values(name); len(all) > 0 {
		return all[len(all)-1]
	}
	return ""
}

// info is what is asked of a stream.
type info struct {
	Created time.Time `json:"created"`
	State   struct {
		FirstSeq uint64            `json:"first_seq"`
		LastSeq  uint64            `json:"last_seq"`
		Subjects map[string]uint64 `json:"subjects"`
	} `json:"state"`
	Total int `json:"total"`
	Error *struct {
		Code        int    `json:"code"`
		Description string `json:"description"`
	} `json:"error"`
}

func (d *Depot) info(ctx context.Context, filter string, offset int) (*info, error) {
	var body []byte
	if filter != "" {
		body = fmt.Appendf(nil, `{"subjects_filter":%q,"offset":%d}`, filter, offset)
	}
	subject := "$JS.API.STREAM.INFO." + streamBatches
	if d.inv.Info != "" {
		subject = d.inv.Info
	}
	m, err := d.ask(ctx, d.nc, subject, body)
	if err != nil {
		return nil, err
	}
	var out info
	if err := json.Unmarshal(m.Data, &out); err != nil {
		return nil, fmt.Errorf("ask hub: %w: %w", sync.ErrDamaged, err)
	}
	if out.Error != nil {
		if out.Error.Code == 503 {
			return nil, away("ask hub", errors.New(out.Error.Description))
		}
		return nil, fmt.Errorf("ask hub: %w: %s", sync.ErrDamaged, out.Error.Description)
	}
	return &out, nil
}

// birth tells the stream from another in its place. It is asked once for each
// connection.
func (d *Depot) birth(ctx context.Context) (string, error) {
	era := d.era.Load()
	if n := d.named.Load(); n != nil && n.era == era {
		return n.born, nil
	}
	i, err := d.info(ctx, "", 0)
	if err != nil {
		return "", err
	}
	born := strconv.FormatInt(i.Created.UnixNano(), 36)
	d.named.Store(&naming{era: era, born: born})
	return born, nil
}

// Since gives the frames behind a mark, in the order in which the hub took them.
// What is not the batch that its subject names is passed over.
func (d *Depot) Since(ctx context.Context, m sync.Mark, do func(frame []byte, next sync.Mark) error) (sync.Mark, error) {
	from, err := readMark(m)
	if err != nil {
		return m, err
	}
	born, err := d.birth(ctx)
	if err != nil {
		return m, err
	}
	if from.seq > 0 && from.born != born {
		return m, sync.ErrMark
	}
	from.born = born
	end := m
	err = d.walk(ctx, streamBatches, from, func(s stored) error {
		next := sync.Mark(mark{born, s.seq, digestOf(s.subject)}.String())
		if whole(s.subject, s.data) {
			if err := do(s.data, next); err != nil {
				return err
			}
		}
		end = next
		return nil
	})
	return end, err
}

// walk gives the messages of a stream behind a place to do, while the next portion
// is already on its way.
func (d *Depot) walk(ctx context.Context, stream string, from mark, do func(stored) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		portion
		err error
	}
	ready := make(chan result, 1)
	go func() {
		defer close(ready)
		at, size := from.seq, firstBytes
		for first := true; ; first = false {
			p, took, err := d.portion(ctx, stream, max(at, 1), &size)
			if err == nil && first && from.seq > 0 {
				p, err = d.sameStream(ctx, stream, from, p, &size)
			}
			more := err == nil && p.more
			if more && p.last < at {
				err = fmt.Errorf("read hub: %w: numbers do not rise", sync.ErrDamaged)
			}
			at = max(at, p.last+1)
			if took < 300*time.Millisecond {
				size = min(2*size, mostBytes)
			}
			select {
			case ready <- result{p, err}:
			case <-ctx.Done():
				return
			}
			if err != nil || !more {
				return
			}
		}
	}()
	for r := range ready {
		for _, s := range r.msgs {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := do(s); err != nil {
				return err
			}
		}
		if r.err != nil {
			return r.err
		}
	}
	return ctx.Err()
}

// sameStream checks that at the place of a mark stands what stood there, and takes
// it off. A replica that lags behind knows of nothing there: it is asked again.
func (d *Depot) sameStream(ctx context.Context, stream string, from mark, p portion, size *int) (portion, error) {
	var err error
	for try := 0; p.none || len(p.msgs) == 0; try++ {
		i, ierr := d.info(ctx, "", 0)
		if ierr != nil {
			return p, ierr
		}
		if i.State.LastSeq < from.seq || try == 30 {
			return portion{}, sync.ErrMark
		}
		select {
		case <-ctx.Done():
			return p, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		if p, _, err = d.portion(ctx, stream, from.seq, size); err != nil {
			return p, err
		}
	}
	if p.msgs[0].seq != from.seq || digestOf(p.msgs[0].subject) != from.at {
		return portion{}, sync.ErrMark
	}
	p.msgs = p.msgs[1:]
	return p, nil
}

// portion asks for one portion, again and for less when the line does not carry it.
func (d *Depot) portion(ctx context.Context, stream string, seq uint64, size *int) (p portion, took time.Duration, err error) {
	if d.nc == nil {
		return p, 0, sync.ErrRefused
	}
	for asked, pause := time.Now(), comeBack/2; time.Since(asked) < patience; pause = min(2*pause, time.Second) {
		if err = d.back(ctx, d.nc, patience); err != nil {
			return portion{}, 0, err
		}
		began := time.Now()
		if p, err = d.portionOnce(ctx, stream, seq, *size); err == nil || errors.Is(err, sync.ErrDamaged) {
			return p, time.Since(began), err
		}
		if len(p.msgs) > 0 { // what came is whole; the rest is asked for next
			*size = max(leastBytes, *size/2)
			p.more = true
			return p, time.Since(began), nil
		}
		if ctx.Err() != nil {
			return portion{}, 0, ctx.Err()
		}
		if d.notes.wasDenied("$JS") {
			return portion{}, 0, sync.ErrRefused
		}
		*size = max(leastBytes, *size/4)
		wait(ctx, pause)
	}
	return portion{}, 0, refusedOrAway(ctx, "read hub", err)
}

// portionOnce sends a Direct Get and gathers its answers. No consumer is needed, and
// the hub keeps nothing of who reads.
func (d *Depot) portionOnce(ctx context.Context, stream string, seq uint64, size int) (p portion, err error) {
	era := d.era.Load()
	inbox, came := d.nc.NewInbox(), make(chan *nats.Msg, mostCount+16)
	sub, err := d.nc.ChanSubscribe(inbox, came)
	if err != nil {
		return p, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	bell, done := d.notes.listen() // the line broke: what was asked on it is not answered any more
	defer done()
	ask := fmt.Appendf(nil, `{"seq":%d,"batch":%d,"max_bytes":%d}`, seq, mostCount, size)
	if err := d.nc.PublishRequest("$JS.API.DIRECT.GET."+stream, inbox, ask); err != nil {
		return p, err
	}
	silence := time.NewTimer(answerTime)
	defer silence.Stop()
	p.last = seq - 1 // what comes stands behind it
	for total := 0; ; {
		var m *nats.Msg
		select {
		case m = <-came:
			silence.Reset(answerTime)
		case <-bell:
			if d.era.Load() != era || d.notes.isDenied("$JS") {
				return p, nats.ErrDisconnected
			}
			continue
		case <-silence.C:
			return p, nats.ErrTimeout
		case <-ctx.Done():
			return p, ctx.Err()
		}
		if ended, err := p.take(m); ended || err != nil {
			return p, err
		}
		total += len(m.Data)
		if len(p.msgs)+p.mute > mostCount || total > size+2*maxPayload {
			return p, fmt.Errorf("read hub: %w: more than was asked for", sync.ErrDamaged)
		}
	}
}

// take takes in one answer to a request, and tells whether it was the last. What has
// a number stands in the stream, whatever else its headers say: who left it may have
// written there that nothing stands here, or that this was all.
func (p *portion) take(m *nats.Msg) (ended bool, err error) {
	if number := told(m, "Nats-Sequence"); number != "" {
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil || n <= p.last {
			return false, fmt.Errorf("read hub: %w: numbers do not rise", sync.ErrDamaged)
		}
		p.last = n
		p.msgs = append(p.msgs, stored{subject: told(m, "Nats-Subject"), seq: n, data: m.Data})
		return false, nil
	}
	switch status := m.Header.Get("Status"); {
	case len(m.Header) == 0:
		p.mute++ // somebody left headers that are none: nothing is known of it but that it is there
		return false, nil
	case status == "204":
		p.more = m.Header.Get("Nats-Num-Pending") != "0" && len(p.msgs)+p.mute > 0
		if n, err := strconv.ParseUint(m.Header.Get("Nats-Last-Sequence"), 10, 64); err == nil && p.mute > 0 {
			p.last = max(p.last, n)
		}
		return true, nil
	case status == "404":
		p.none = len(p.msgs) == 0
		return true, nil
	default:
		return false, fmt.Errorf("hub answers %s", status)
	}
}

// Names gives what the hub says it holds: the subjects of its stream.
func (d *Depot) Names(ctx context.Context, do func(sync.Name) error) error {
	return d.namesUnder(ctx, []string{"p.>", "r.>"}, do)
}

// namesUnder gives the names under some subjects, each once.
func (d *Depot) namesUnder(ctx context.Context, filters []string, do func(sync.Name) error) error {
	seen := map[sync.Name]bool{}
	for _, filter := range filters {
		for offset := 0; ; {
			i, err := d.info(ctx, filter, offset)
			if err != nil {
				return err
			}
			for subject := range i.State.Subjects {
				n, ok := NameIn(subject)
				if !ok || seen[n] {
					continue
				}
				seen[n] = true
				if err := do(n); err != nil {
					return err
				}
			}
			offset += len(i.State.Subjects)
			if len(i.State.Subjects) == 0 || offset >= i.Total {
				break
			}
		}
	}
	return nil
}
