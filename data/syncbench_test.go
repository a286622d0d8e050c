package data

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"paradero/data/record"
	"paradero/data/sync"
	"paradero/data/sync/folder"
)

// BenchmarkSync measures an exchange without a network: all of an office into a
// depot, all of it into another device, and one with nothing to do.
func BenchmarkSync(b *testing.B) {
	const people = 20_000
	for _, kind := range []string{"memory", "folder"} {
		b.Run(kind, func(b *testing.B) {
			for range b.N {
				benchSync(b, kind, people)
			}
		})
	}
}

func benchSync(b *testing.B, kind string, people int) {
	ctx := b.Context()
	o, cfg := benchOffice(b)
	bare := filepath.Join(b.TempDir(), "copia")
	if _, err := o.Backup(ctx, bare, nil); err != nil {
		b.Fatal(err)
	}
	cfg.Dir = filepath.Join(b.TempDir(), "otra")
	other, _, err := Restore(ctx, cfg, Restoring{File: bare, Passphrase: pass})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = other.Close() })
	i := 0
	if _, _, err := o.Import(ctx, "lista", func() (*ImportRow, error) {
		if i++; i > people {
			return nil, io.EOF
		}
		return &ImportRow{Row: i, Kind: record.Detainee, Values: map[string]string{
			"given_names": "Juan Carlos", "paternal_surname": fmt.Sprint("Apellido", i), "maternal_surname": "Quispe",
			"birth": "1990-05-03", "legal_status": "remand", "offence": "robo",
		}}, nil
	}, func(int) {}); err != nil {
		b.Fatal(err)
	}
	var d sync.Depot = sync.NewMemory()
	dir := b.TempDir()
	open := func(o *Office) sync.Depot {
		if kind == "memory" {
			return d
		}
		f, err := folder.Open(folder.Options{Dir: dir, Office: o.Info().OfficeID, Device: o.Info().Device, Clock: time.Now, Begin: true})
		if err != nil {
			b.Fatal(err)
		}
		return f
	}
	measure := func(o *Office, what string) {
		d := open(o)
		began := time.Now()
		out, err := o.SyncWith(ctx, d, nil)
		if err != nil {
			b.Fatal(err)
		}
		if n := out.Sent + out.Got; n >= people {
			b.ReportMetric(float64(n)/time.Since(began).Seconds(), what)
		} else {
			b.ReportMetric(float64(time.Since(began).Microseconds()), what)
		}
	}
	measure(o, "pushed/s")
	measure(other, "pulled/s")
	measure(o, "µs/again")
	measure(o, "µs/idle")
	began := time.Now()
	if _, err := o.Status(ctx); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(began).Microseconds()), "µs/status-first")
	began = time.Now()
	if _, err := o.Status(ctx); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(began).Microseconds()), "µs/status")
}
