package hub

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nkeys"

	"paradero/data/sync/synctest"
)

// spoken is a line on which a device speaks the protocol itself, letter by letter.
type spoken struct {
	net.Conn
	in *bufio.Reader
}

// speak lets a device in on a line that a test opened.
func speak(t *testing.T, c net.Conn, account string, d *synctest.Device) *spoken {
	t.Helper()
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	s := &spoken{c, bufio.NewReader(c)}
	line, err := s.in.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var info struct {
		Nonce string `json:"nonce"`
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "INFO ")), &info); err != nil {
		t.Fatal(err)
	}
	key, err := nkeys.FromRawSeed(nkeys.PrefixByteUser, seedOf(d))
	if err != nil {
		t.Fatal(err)
	}
	public, _ := key.PublicKey()
	sig, err := key.Sign([]byte(info.Nonce))
	if err != nil {
		t.Fatal(err)
	}
	connect, _ := json.Marshal(map[string]any{
		"nkey": public, "sig": base64.RawURLEncoding.EncodeToString(sig), "name": "O" + account, "headers": true, "no_responders": true, "lang": "go",
		"version": "1", "protocol": 1, "verbose": false,
	})
	s.say(t, "CONNECT "+string(connect)+"\r\n")
	if !s.answers() {
		t.Fatal("not let in")
	}
	return s
}

func (s *spoken) say(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(s, text); err != nil {
		t.Fatal(err)
	}
}

// answers tells whether the line still stands.
func (s *spoken) answers() bool {
	if _, err := io.WriteString(s, "PING\r\n"); err != nil {
		return false
	}
	for {
		line, err := s.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == "PONG\r\n" {
			return true
		}
	}
}

func hpub(subject, header, data string) string {
	return fmt.Sprintf("HPUB %s %d %d\r\n%s%s\r\n", subject, len(header), len(header)+len(data), header, data)
}

// No device of ours sends headers, and the gate lets nobody.
func TestNoHeadersThroughTheGate(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	evil := synctest.NewDevice(2)
	reader := dialled(t, inv, synctest.NewDevice(4))
	c, err := tls.Dial("tcp", h.Address(), pinned(reader.inv.Pin))
	if err != nil {
		t.Fatal(err)
	}
	s := speak(t, c, reader.inv.Account, evil)
	_, _ = io.WriteString(s, hpub("p."+evil.ID.String()+".1.x", "NATS/1.0\r\na: b\r\n\r\n", "x"))
	if s.answers() {
		t.Error("a message with headers goes through")
	}
	if n := streamState(t, h, "O"+reader.inv.Account, streamBatches).State.Msgs; n != 0 {
		t.Errorf("%d messages were kept", n)
	}
}

// At a cluster that others run nobody takes headers away. Those that say what only
// the server says (that nothing stands here, that this was all, another number or
// place), or that cannot be read, must not keep others from what stands behind.
func TestHeadersOfTheServersOwnKind(t *testing.T) {
	h := started(t, t.TempDir())
	inv := claimed(t, h)
	evil, honest := synctest.NewDevice(2), synctest.NewDevice(3)
	reader, writer := dialled(t, inv, synctest.NewDevice(4)), dialled(t, inv, honest)
	c, err := h.nats.InProcessConn() // past the gate
	if err != nil {
		t.Fatal(err)
	}
	s := speak(t, c, reader.inv.Account, evil)
	var want [][]byte
	push := func() {
		t.Helper()
		f := honest.Frame(t, 500)
		if _, err := writer.Push(t.Context(), [][]byte{f}, ""); err != nil {
			t.Fatal(err)
		}
		want = append(want, f)
	}
	check := func(what string) {
		t.Helper()
		got, mark, err := readAll(t, reader, "")
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %d of %d frames, %v", what, len(got), len(want), err)
		}
		for i := range want {
			if !bytes.Equal(got[i], want[i]) {
				t.Errorf("%s: frame %d is another", what, i)
			}
		}
		if got, _, err = readAll(t, reader, mark); err != nil || len(got) != 0 {
			t.Errorf("%s: %d frames behind the end, %v", what, len(got), err)
		}
	}
	push()
	for i, header := range []string{
		"NATS/1.0 404 Message Not Found\r\n\r\n", "NATS/1.0 204 EOB\r\nNats-Num-Pending: 0\r\nNats-Last-Sequence: 999\r\n\r\n",
		"NATS/1.0\r\nStatus: 404\r\n\r\n", "NATS/1.0\r\nNats-Sequence: 1\r\n\r\n", "NATS/1.0\r\nNats-Sequence: 99999999\r\n\r\n",
		"NATS/1.0\r\nNats-Subject: p." + honest.ID.String() + ".1.x\r\n\r\n", "NATS/1.0 100 Idle Heartbeat\r\n\r\n", "NATS/1.0\r\nnot a header\r\n\r\n",
	} {
		s.say(t, hpub(fmt.Sprintf("p.%s.%d.x", evil.ID, i), header, "x"))
		if !s.answers() {
			t.Fatalf("%q: the line broke", header)
		}
		push()
		check(header)
	}
	var many strings.Builder
	for i := range 2*mostCount + 10 { // more than a portion of nothing else
		many.WriteString(hpub(fmt.Sprintf("p.%s.%d.y", evil.ID, i), "NATS/1.0\r\nnot a header\r\n\r\n", "x"))
	}
	s.say(t, many.String())
	if !s.answers() {
		t.Fatal("the line broke")
	}
	push()
	check("many")
}
