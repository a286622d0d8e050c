package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"paradero/data"
	"paradero/data/record"
)

// syncs measures how changes get from one device to another: all of it, or the
// pieces that were asked for ("sync.exchange").
func (b *bench) syncs(ctx context.Context) error {
	pieces := []part{{"bundles", b.bundles}, {"exchange", b.exchange}, {"nodes", b.nodes}, {"offices", b.manyOffices}, {"arrival", b.arrival}}
	var wanted []string
	for name := range strings.SplitSeq(b.only, ",") {
		if piece, ok := strings.CutPrefix(name, "sync."); ok {
			wanted = append(wanted, piece)
		}
	}
	return b.parts(ctx, pieces, strings.Join(wanted, ","))
}

// importPadded brings in people whose plain document has documentSize bytes.
func importPadded(ctx context.Context, o *data.Office, n int) error {
	v, i := newInventor(2), 0
	count, refused, err := o.Import(ctx, "lista de medida", func() (*data.ImportRow, error) {
		if i == n {
			return nil, io.EOF
		}
		p := padded(v.next())
		i++
		claim := maps.Clone(p.claim)
		claim["source"] = "SNAI"
		return &data.ImportRow{Row: i, Kind: record.Detainee, Values: p.values, Claims: []map[string]string{claim}}, nil
	}, func(int) {})
	if err != nil {
		return err
	}
	if count.Imported != n || len(refused) > 0 {
		return fmt.Errorf("imported %d of %d, refused %d: %v", count.Imported, n, len(refused), refused[0])
	}
	return nil
}

// sourceOffice gives an office with all padded people, made once a run, and a backup
// from before they came: whoever restores it is a second device that has none.
func (b *bench) sourceOffice(ctx context.Context) (o *data.Office, empty string, err error) {
	dir := filepath.Join(b.dir, "source")
	empty = filepath.Join(b.dir, "empty.backup")
	if _, err := os.Stat(dir); err == nil {
		o, err = data.Open(ctx, data.Config{Dir: dir}, []byte(passphrase))
		return o, empty, err
	}
	if o, err = found(ctx, dir, cheap); err != nil {
		return nil, "", err
	}
	if _, err = o.Backup(ctx, empty, nil); err == nil {
		err = importPadded(ctx, o, b.people)
	}
	if err != nil {
		_ = o.Close()
		return nil, "", err
	}
	return o, empty, nil
}

// secondDevice gives a device that has nothing of the people yet.
func secondDevice(ctx context.Context, dir, empty string) (*data.Office, error) {
	o, _, err := data.Restore(ctx, data.Config{Dir: dir, Cost: cheap}, data.Restoring{File: empty, Passphrase: []byte(passphrase)})
	return o, err
}

// bundles measures a stick: everything written, and taken in by a device that had
// nothing of it.
func (b *bench) bundles(ctx context.Context) error {
	o, empty, err := b.sourceOffice(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = o.Close() }()
	file := filepath.Join(b.dir, "all.bundle")
	var wrote, read, size []float64
	for range min(b.rounds, 3) {
		start := time.Now()
		made, err := o.WriteBundle(ctx, file, nil)
		if err != nil {
			return err
		}
		wrote, size = append(wrote, rate(made.Changes, start)), append(size, float64(made.Bytes)/1e6)
		dir, err := b.folder("reader")
		if err != nil {
			return err
		}
		reader, err := secondDevice(ctx, filepath.Join(dir, "office"), empty)
		if err != nil {
			return err
		}
		start = time.Now()
		_, err = reader.ReadBundle(ctx, file, nil)
		here := reader.Count(record.Detainee)
		read = append(read, rate(made.Changes, start))
		if cerr := reader.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
		if here != b.people {
			return fmt.Errorf("%d people of %d came by bundle", here, b.people)
		}
	}
	fmt.Fprintf(b.out, "a bundle of %s people of %d bytes, %s MB\n", grouped(int64(b.people)), documentSize, figure(median(size)))
	spread(b.out, "written, with its foot flushed", wrote, "changes/s", 0)
	spread(b.out, "read twice, checked, taken in", read, "changes/s", 0)
	return os.Remove(file)
}
