package hub

import (
	"testing"

	"paradero/data/sync"
	"paradero/data/sync/synctest"
)

// BenchmarkPush and BenchmarkPull move batches of 30 KB, through TLS and the gate,
// each flushed to the disk before it is acknowledged.
func BenchmarkPush(b *testing.B) {
	inv := claimed(b, started(b, b.TempDir()))
	dev := synctest.NewDevice(1)
	d := dialled(b, inv, dev)
	list := make([][]byte, b.N)
	for i := range list {
		list[i] = dev.Frame(b, 30<<10)
	}
	b.SetBytes(int64(len(list[0])))
	b.ResetTimer()
	if _, err := d.Push(b.Context(), list, ""); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkPull(b *testing.B) {
	inv := claimed(b, started(b, b.TempDir()))
	dev := synctest.NewDevice(1)
	d := dialled(b, inv, dev)
	list := make([][]byte, b.N)
	for i := range list {
		list[i] = dev.Frame(b, 30<<10)
	}
	if _, err := d.Push(b.Context(), list, ""); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(list[0])))
	b.ResetTimer()
	n := 0
	if _, err := d.Since(b.Context(), "", func([]byte, sync.Mark) error { n++; return nil }); err != nil || n != b.N {
		b.Fatalf("%d of %d, %v", n, b.N, err)
	}
}
