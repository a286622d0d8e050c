package folder

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/sync"
)

// Statements and letters are one file for each device: nobody writes into
// another's. Of two letters in one box the one with the greater number counts, and
// an empty one says that it was taken away.
const (
	saidExt    = ".said"
	letterExt  = ".letter"
	letterLine = "paradero letter 1\n"
)

// Tell implements sync.Depot.
func (d *Depot) Tell(ctx context.Context, statement []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := sync.ReadStatement(statement)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return trouble(d.replace(s.Device.String()+saidExt, statement))
}

// Told implements sync.Depot.
func (d *Depot) Told(ctx context.Context, do func([]byte) error) error {
	type last struct {
		serial uint64
		bytes  []byte
	}
	newest := map[record.ID]last{}
	err := d.files(ctx, saidExt, sync.MaxStatement, func(_ string, b []byte) {
		s, err := sync.ReadStatement(b)
		if err == nil && (newest[s.Device].bytes == nil || newest[s.Device].serial < s.Serial) {
			newest[s.Device] = last{s.Serial, b}
		}
	})
	if err != nil {
		return err
	}
	for _, l := range newest {
		if err := do(l.bytes); err != nil {
			return err
		}
	}
	return nil
}

// files gives the plain files with an ending to do, wherever in the name a program
// in between has put something.
func (d *Depot) files(ctx context.Context, ext string, most int64, do func(name string, b []byte)) error {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return trouble(err)
	}
	for _, e := range entries[:min(len(entries), maxFiles)] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !e.Type().IsRegular() || !strings.HasSuffix(e.Name(), ext) || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		f, err := openRegular(filepath.Join(d.dir, e.Name()))
		if err != nil {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(f, most+1))
		_ = f.Close()
		if err == nil && int64(len(b)) <= most {
			do(e.Name(), b)
		}
	}
	return nil
}

// replace writes a small file in the place of this device's last.
func (d *Depot) replace(name string, b []byte) (err error) {
	f, err := os.CreateTemp(d.dir, d.half()+"*"+halfExt)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(b); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	_ = os.Chmod(f.Name(), 0o644) //nolint:gosec // others are to read it
	if err = os.Rename(f.Name(), filepath.Join(d.dir, name)); err != nil {
		return err
	}
	return ledger.OS{}.SyncDir(d.dir)
}

// PutBox implements sync.Depot.
func (d *Depot) PutBox(ctx context.Context, box string, b []byte) error {
	if !sync.GoodBox(box) || len(b) > sync.MaxBox {
		return sync.ErrRefused
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	number, _, err := d.letter(ctx, box)
	if err != nil {
		return err
	}
	if len(b) == 0 && number == 0 {
		return nil
	}
	text := binary.BigEndian.AppendUint64([]byte(letterLine), number+1)
	return trouble(d.replace("box-"+box+"-"+d.opt.Device.String()+letterExt, append(text, b...)))
}

// GetBox implements sync.Depot.
func (d *Depot) GetBox(ctx context.Context, box string) ([]byte, error) {
	if !sync.GoodBox(box) {
		return nil, sync.ErrNoBox
	}
	_, b, err := d.letter(ctx, box)
	if err == nil && len(b) == 0 {
		err = sync.ErrNoBox
	}
	return b, err
}

// letter gives the newest letter of a box and its number, 0 when there is none.
func (d *Depot) letter(ctx context.Context, box string) (number uint64, letter []byte, err error) {
	err = d.files(ctx, letterExt, sync.MaxBox+64, func(name string, b []byte) {
		plain, _, _ := strings.Cut(name, ".")
		at := strings.LastIndex(plain, "-")
		rest, ok := bytes.CutPrefix(b, []byte(letterLine))
		if at < 0 || plain[:at] != "box-"+box || !ok || len(rest) < 8 {
			return
		}
		if n := binary.BigEndian.Uint64(rest); n > number {
			number, letter = n, rest[8:]
		}
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return number, letter, err
}
