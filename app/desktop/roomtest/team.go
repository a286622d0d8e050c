package roomtest

import (
	"context"
	"io"
	"path/filepath"
	"testing"

	"paradero/data"
)

// Colleague lets somebody into an office, on another device of his own, and gives
// his office with all that the other holds.
func Colleague(t *testing.T, o *data.Office, name, role string) *data.Office {
	t.Helper()
	ctx := context.Background()
	file, dir := filepath.Join(t.TempDir(), "invitacion"), filepath.Join(t.TempDir(), "oficina")
	made, err := o.Invite(ctx, data.Inviting{Name: name, Role: role}, file)
	if err != nil {
		t.Fatal(err)
	}
	cfg := data.Config{Dir: dir, Clock: o.Now, Cost: data.Cost{Time: 1, Memory: 64, Threads: 1}}
	pass := []byte("pablito clavó un clavito")
	j, err := data.Join(ctx, cfg, file, made.Code, pass)
	if err != nil {
		t.Fatal(err)
	}
	welcome, err := o.Admit(ctx, j.Request())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := data.CompleteJoin(ctx, cfg, welcome, pass, nil); err != nil {
		t.Fatal(err)
	}
	his, err := data.Open(ctx, cfg, pass)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := his.Close(); err != nil {
			t.Error(err)
		}
	})
	Bring(t, o, his)
	return his
}

// Bring takes all that one office holds into another.
func Bring(t *testing.T, from, to *data.Office) {
	t.Helper()
	var frames [][]byte
	if err := from.Frames(context.Background(), func(frame []byte) error {
		frames = append(frames, append([]byte(nil), frame...))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := to.Receive(context.Background(), func() ([]byte, error) {
		if len(frames) == 0 {
			return nil, io.EOF
		}
		f := frames[0]
		frames = frames[1:]
		return f, nil
	}, nil); err != nil {
		t.Fatal(err)
	}
}
