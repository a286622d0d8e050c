package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"paradero/data"
	"paradero/data/record"
)

const passphrase = "una frase para medir"

// cheap spares the measurements of writing the second that a passphrase costs
// by design; opening is measured with the real one.
var cheap = data.Cost{Time: 1, Memory: 64, Threads: 1}

// found makes a new office for a measurement.
func found(ctx context.Context, dir string, cost data.Cost) (*data.Office, error) {
	o, _, err := data.Create(ctx, data.Config{Dir: dir, Cost: cost}, data.Founding{
		Office: "Oficina de medida", City: "Guayaquil", Member: "Lucía Andrade", Role: "coordinator", Passphrase: []byte(passphrase),
	})
	return o, err
}

// save writes one new person with the place where he is: one change, durable
// when it returns.
func save(ctx context.Context, o *data.Office, p person) error {
	claim := maps.Clone(p.claim)
	claim["source"] = "SNAI"
	_, err := o.Edit(ctx, data.Change{
		Kind: record.Detainee, Set: p.values,
		Add: []data.Addition{{Kind: record.Claim, Values: claim}},
	})
	return err
}

// importAll brings people in as a list.
func importAll(ctx context.Context, o *data.Office, n int, next func() person) error {
	i := 0
	count, refused, err := o.Import(ctx, "lista de medida", func() (*data.ImportRow, error) {
		if i == n {
			return nil, io.EOF
		}
		p := next()
		i++
		claim := maps.Clone(p.claim)
		claim["source"] = "SNAI"
		return &data.ImportRow{Row: i, Kind: record.Detainee, Values: p.values, Claims: []map[string]string{claim}}, nil
	}, func(int) {})
	if err != nil {
		return err
	}
	if count.Imported != n || len(refused) > 0 {
		return fmt.Errorf("imported %d of %d, refused %d", count.Imported, n, len(refused))
	}
	return nil
}

// sizeOf adds up the files below a folder, without the zeros at a file's end:
// room that a journal made beforehand.
func sizeOf(dir string) (int64, error) {
	var sum int64
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		sum += int64(len(bytes.TrimRight(text, "\x00")))
		return err
	})
	return sum, err
}

// bytesPerSave tells how long a journal entry of one save is, for the raw limit.
func bytesPerSave(ctx context.Context, base string) (int, error) {
	dir := filepath.Join(base, "probe")
	o, err := found(ctx, dir, cheap)
	if err != nil {
		return 0, err
	}
	defer func() { _ = o.Close(); _ = os.RemoveAll(dir) }()
	before, err := sizeOf(filepath.Join(dir, "journal"))
	if err != nil {
		return 0, err
	}
	const n = 50
	for _, p := range invent(n, 99) {
		if err := save(ctx, o, p); err != nil {
			return 0, err
		}
	}
	after, err := sizeOf(filepath.Join(dir, "journal"))
	return int(after-before) / n, err
}

// rate turns a number of rows done since a moment into rows a second.
func rate(n int, since time.Time) float64 { return float64(n) / time.Since(since).Seconds() }
