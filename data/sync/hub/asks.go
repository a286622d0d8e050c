package hub

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// asks are the questions of one line that are not answered yet. The server reads a
// whole answer into its memory before it looks whether anybody takes it: who asks
// for much and reads nothing would fill the memory of all. So only so much is on its
// way to one line at once, and whoever takes nothing for long loses it.
type asks struct {
	mu   sync.Mutex
	open map[string][]*ask // by where the answer goes
	size int64
	room chan struct{}
	end  chan struct{} // closed with the line
}

// ask is one of them.
type ask struct {
	cost  int64
	many  bool // its answer is many messages, ended by one with a status
	until time.Time
}

const (
	mostAsked  = 10 << 20 // bytes of answers on their way to one line
	askBody    = 4 << 10
	askTime    = 10 * time.Second // an answer that nobody waits for any more never ends
	subjectsOf = 4 << 20          // what a list of subjects may cost
	takeTime   = time.Minute      // for a line to take what is sent
)

func newAsks() *asks {
	return &asks{open: map[string][]*ask{}, room: make(chan struct{}, 1), end: make(chan struct{})}
}

// isAsk tells whether a message asks for something that may be large.
func isAsk(subject string) bool {
	return strings.HasPrefix(subject, "$JS.API.") || strings.HasPrefix(subject, "hub.")
}

// read gives a question as it is passed on, and what its answer may cost. Of a Direct
// Get no more goes through than what is understood here.
func readAsk(subject string, body []byte) ([]byte, *ask, error) {
	if !strings.HasPrefix(subject, "$JS.API.DIRECT.GET.") {
		if strings.HasPrefix(subject, "$JS.API.") && len(body) > 0 {
			return body, &ask{cost: subjectsOf}, nil
		}
		return body, &ask{cost: maxRoster}, nil
	}
	if len(body) == 0 {
		return body, &ask{cost: maxPayload}, nil
	}
	var q struct {
		Seq   uint64 `json:"seq,omitempty"`
		Last  string `json:"last_by_subj,omitempty"`
		Batch int    `json:"batch,omitempty"`
		Bytes int    `json:"max_bytes,omitempty"`
	}
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, nil, errGate
	}
	if q.Batch < 0 || q.Batch > mostCount || q.Bytes < 0 || q.Bytes > mostBytes || q.Batch > 1 && q.Bytes == 0 {
		return nil, nil, fmt.Errorf("%w: too much is asked for", errGate)
	}
	clean, err := json.Marshal(q)
	if err != nil {
		return nil, nil, errGate
	}
	return clean, &ask{cost: int64(q.Bytes) + maxPayload, many: q.Batch > 0}, nil
}

// begin waits until there is room for an answer; false: the line has ended.
func (a *asks) begin(reply string, q *ask) bool {
	for {
		a.mu.Lock()
		wait := a.old(time.Now())
		if a.size == 0 || a.size+q.cost <= mostAsked {
			q.until = time.Now().Add(askTime)
			a.open[reply], a.size = append(a.open[reply], q), a.size+q.cost
			a.mu.Unlock()
			return true
		}
		a.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-a.room:
		case <-timer.C:
		case <-a.end:
			timer.Stop()
			return false
		}
		timer.Stop()
	}
}

// old forgets what is not answered any more, and says how soon to look again.
func (a *asks) old(now time.Time) time.Duration {
	next := now.Add(askTime)
	for reply, list := range a.open {
		for len(list) > 0 && !now.Before(list[0].until) {
			a.size -= list[0].cost
			list = list[1:]
		}
		if len(list) == 0 {
			delete(a.open, reply)
			continue
		}
		a.open[reply] = list
		if list[0].until.Before(next) {
			next = list[0].until
		}
	}
	return next.Sub(now) + time.Millisecond
}

// came notes a message on its way to the line: with a status it ends an answer of
// many, without it is one of one.
func (a *asks) came(subject string, status bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.open[subject]
	if len(list) == 0 || list[0].many && !status {
		return
	}
	a.size -= list[0].cost
	if a.open[subject] = list[1:]; len(list) == 1 {
		delete(a.open, subject)
	}
	select {
	case a.room <- struct{}{}:
	default:
	}
}

// pass passes on what the server says, and sees which questions it answers.
func (a *asks) pass(to net.Conn, from io.Reader) error {
	in, out := bufio.NewReaderSize(from, 64<<10), bufio.NewWriterSize(to, 64<<10)
	for {
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
		line, err := in.ReadSlice('\n')
		if err != nil { // also of a line that is longer than any
			return err
		}
		_ = to.SetWriteDeadline(time.Now().Add(takeTime))
		parts := bytes.Fields(line)
		op, size := "", 0
		if len(parts) > 0 {
			op = string(parts[0])
		}
		if (op == "MSG" || op == "HMSG") && len(parts) > 3 {
			if size, err = strconv.Atoi(string(parts[len(parts)-1])); err != nil || size < 0 {
				return errGate
			}
			size += 2
		}
		subject := ""
		if size > 0 && bytes.HasPrefix(parts[1], []byte(inboxRoot+".")) {
			subject = string(parts[1])
		}
		if _, err := out.Write(line); err != nil {
			return err
		}
		if size == 0 {
			continue
		}
		if subject != "" {
			head, _ := in.Peek(min(size, len("NATS/1.0 ")))
			a.came(subject, op == "HMSG" && string(head) == "NATS/1.0 ")
		}
		if _, err := io.CopyN(out, in, int64(size)); err != nil {
			return err
		}
	}
}
