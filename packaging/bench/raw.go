package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jung-kurt/gofpdf"

	"paradero/assets"
)

// rawSaves is the limit that the disk sets: the same bytes appended to a file
// and fsynced, one save after the other. Several writers may share one fsync,
// as a group commit does.
func rawSaves(dir string, size, writers int, span time.Duration) (float64, error) {
	f, err := os.OpenFile(filepath.Join(dir, "raw"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	record := bytes.Repeat([]byte{0xa5}, size)
	start, saves := time.Now(), 0
	for time.Since(start) < span {
		if _, err := f.Write(bytes.Repeat(record, writers)); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		saves += writers
	}
	return float64(saves) / time.Since(start).Seconds(), nil
}

// savesFor counts how many saves several writers make in a span of time.
func savesFor(ctx context.Context, writers int, span time.Duration, save func(ctx context.Context) error) (float64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		wait  sync.WaitGroup
		mu    sync.Mutex
		saves int
	)
	start := time.Now()
	for range writers {
		wait.Go(func() {
			n := 0
			for time.Since(start) < span && ctx.Err() == nil {
				if err := save(ctx); err != nil {
					cancel(err)
					return
				}
				n++
			}
			mu.Lock()
			saves += n
			mu.Unlock()
		})
	}
	wait.Wait()
	if err := context.Cause(ctx); err != nil {
		return 0, err
	}
	return float64(saves) / time.Since(start).Seconds(), nil
}

// plainLetter is what gofpdf alone costs for a page of text in the same fonts.
func plainLetter(regular, bold []byte, n int) error {
	pdf := gofpdf.New("P", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes("noto", "", bytes.Clone(regular))
	pdf.AddUTF8FontFromBytes("noto", "B", bytes.Clone(bold))
	pdf.AddPage()
	pdf.SetFont("noto", "B", 14)
	pdf.CellFormat(0, 10, fmt.Sprintf("Aviso %06d", n), "", 1, "L", false, 0, "")
	pdf.SetFont("noto", "", 11)
	for range 18 {
		pdf.MultiCell(0, 6, "Le escribimos para informarle que, según la boleta de excarcelación registrada, el señor Íñigo Núñez Ñáñez "+
			"saldrá del centro en la fecha indicada. Por favor lleve su cédula y espere en la puerta principal.", "", "L", false)
		pdf.Ln(2)
	}
	return pdf.Output(io.Discard)
}

// plainLetters gives how many such pages a second one core makes.
func plainLetters(span time.Duration) (float64, error) {
	regular, err := assets.Font("NotoSans-Regular.ttf")
	if err != nil {
		return 0, err
	}
	bold, err := assets.Font("NotoSans-Bold.ttf")
	if err != nil {
		return 0, err
	}
	start, n := time.Now(), 0
	for time.Since(start) < span {
		if err := plainLetter(regular, bold, n); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / time.Since(start).Seconds(), nil
}
