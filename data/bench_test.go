package data

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"paradero/data/record"
)

func benchOffice(b *testing.B) (*Office, Config) {
	b.Helper()
	cfg := Config{Dir: filepath.Join(b.TempDir(), "oficina"), Cost: cheap}
	o, _, err := Create(context.Background(), cfg, Founding{Office: "Banco", Member: "Ana", Role: "lawyer", Passphrase: pass})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = o.Close() })
	return o, cfg
}

// BenchmarkSave measures durable saves beside the bare append and fsync of the
// same bytes on the same disk.
func BenchmarkSave(b *testing.B) {
	ctx := context.Background()
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			o, _ := benchOffice(b)
			var wg sync.WaitGroup
			work := make(chan int, b.N)
			for i := range b.N {
				work <- i
			}
			close(work)
			b.ResetTimer()
			for range writers {
				wg.Go(func() {
					for i := range work {
						if _, err := o.Edit(ctx, Change{Kind: record.Detainee, Set: map[string]string{
							"given_names": "Juan Carlos", "paternal_surname": fmt.Sprint("Apellido", i), "maternal_surname": "Quispe",
							"cedula": "1714307103", "birth": "1990-05-03", "legal_status": "remand", "offence": "robo",
						}}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
		})
	}
	b.Run("append+fsync", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		buf := make([]byte, 800)
		b.ResetTimer()
		for range b.N {
			if _, err := f.Write(buf); err != nil {
				b.Fatal(err)
			}
			if err := f.Sync(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
	})
}

// BenchmarkImport100k measures a large list, then opening the office with it.
func BenchmarkImport100k(b *testing.B) {
	ctx := context.Background()
	for range b.N {
		o, cfg := benchOffice(b)
		start := time.Now()
		if _, _, err := o.Import(ctx, "SNAI", rowsOf(100_000, nil), nil); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(100_000/time.Since(start).Seconds(), "rows/s")
		if err := o.Close(); err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		o, err := Open(ctx, cfg, pass)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "open-s")
		start = time.Now()
		if res, err := o.List(ctx, ListQuery{Text: "apellido777"}); err != nil || res.Len() == 0 {
			b.Fatal("not found")
		}
		b.ReportMetric(time.Since(start).Seconds()*1e3, "search-ms")
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapInuse)/1e6, "heap-MB")
		start = time.Now()
		if err := o.Rebuild(ctx, nil); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "rebuild-s")
		_ = o.Close()
	}
}
