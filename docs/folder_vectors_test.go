package docs

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paradero/data/ledger"
	"paradero/data/sync"
	"paradero/data/sync/folder"
)

// packVector is vectors/pack.json; its frames are those of batch.json.
type packVector struct {
	Says   string    `json:"says"`
	Office octets    `json:"office"`
	Device octets    `json:"device"`
	At     time.Time `json:"at"` // its number is this, in milliseconds
	Folder string    `json:"folder"`
	Name   string    `json:"name"`
	Pack   octets    `json:"pack"`
}

func (v *packVector) open(t *testing.T, dir string) *folder.Depot {
	t.Helper()
	d, err := folder.Open(folder.Options{
		Dir: dir, Office: v.Office.id(t), Device: v.Device.id(t), Begin: true, Clock: func() time.Time { return v.At },
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPack(t *testing.T) {
	var v packVector
	var batches batchVectors
	load(t, "pack.json", &v)
	load(t, "batch.json", &batches)
	var frames [][]byte
	for _, b := range batches.made(t) {
		frames = append(frames, ledger.AppendFrame(nil, b))
	}
	dir := t.TempDir()
	if _, err := v.open(t, dir).Push(context.Background(), frames, ""); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.pack"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d packs: %v", len(files), err)
	}
	pack, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("PARADERO_VECTORS") == "write" {
		v.Folder, v.Name = filepath.Base(filepath.Dir(files[0])), filepath.Base(files[0])
	}
	if filepath.Base(files[0]) != v.Name || filepath.Base(filepath.Dir(files[0])) != v.Folder {
		t.Errorf("the pack is %s, the vector says %s", files[0], v.Name)
	}
	equal(t, "pack", &v.Pack, pack)
	for i := -1; i < len(v.Pack); i += 3 { // -1: as it is
		whole := append([]byte(nil), v.Pack...)
		if i >= 0 {
			whole[i] ^= 1 << (i % 8)
		}
		n := v.count(t, whole)
		if want := map[bool]int{true: len(frames)}[i < 0]; n != want {
			t.Fatalf("byte %d changed: %d frames are read, not %d", i, n, want)
		}
	}
	keep(t, "pack.json", &v)
}

// count reads a folder that holds one file under the vector's name.
func (v *packVector) count(t *testing.T, pack []byte) (n int) {
	t.Helper()
	dir := t.TempDir()
	d := v.open(t, dir)
	if err := os.WriteFile(filepath.Join(dir, v.Folder, v.Name), pack, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Since(context.Background(), "", func([]byte, sync.Mark) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}
