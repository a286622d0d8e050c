package crash

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"paradero/packaging/program"
)

// TestFullDisk fills a small disk under the program. It needs the right to
// mount one, which continuous runs have and most people's accounts do not.
func TestFullDisk(t *testing.T) {
	disk := smallDisk(t, 700<<20)
	o := prepare(t, disk)
	o.Want(o.Run("init", "--name", "Consultorio", "--member", "Lucía Andrade", "--role", "coordinator"), program.Done, "init on a disk with room")
	path, cedulas := program.List(t, 300)
	o.Want(o.Run("import", path, "--as", "detainees"), program.Done, "import on a disk with room")

	// Room runs short: the program refuses to write while there is still some left.
	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast, 300<<20)
	o.Want(o.Run("new", "detainee", "given_names=Íñigo", "paternal_surname=Núñez", "cedula=1714307103"), program.Failed, "a new person on a full disk")

	// Nothing left at all.
	fill(t, ballast, 1<<30)
	got := o.Run("new", "detainee", "given_names=Íñigo", "paternal_surname=Núñez", "cedula=1714307103")
	o.Want(got, program.Failed, "a new person on a disk without a byte")
	if held := o.Exported(); !slices.Equal(held, slices.Sorted(slices.Values(cedulas))) {
		t.Fatalf("without a byte left %d people can be read, want %d", len(held), len(cedulas))
	}

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if held := o.Exported(); !slices.Equal(held, slices.Sorted(slices.Values(cedulas))) {
		t.Fatalf("with room again %d people are there, want %d", len(held), len(cedulas))
	}
	o.Want(o.Run("new", "detainee", "given_names=Íñigo", "paternal_surname=Núñez", "cedula=1714307103"), program.Done, "a new person with room again")
}

// TestDiskFillsDuringImport: the disk fills while rows are written; those
// acknowledged are there afterwards.
func TestDiskFillsDuringImport(t *testing.T) {
	disk := smallDisk(t, 700<<20)
	o := prepare(t, disk)
	o.Want(o.Run("init", "--name", "Consultorio", "--member", "Lucía Andrade", "--role", "coordinator"), program.Done, "init")
	path, cedulas := program.List(t, rowsOfList)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	acked := o.importWhile(ctx, path, func() {
		slowly(t, filepath.Join(disk, "ballast"), 1<<30)
	})
	if err := os.Remove(filepath.Join(disk, "ballast")); err != nil {
		t.Fatal(err)
	}
	held := o.Exported()
	for i, c := range cedulas[:acked] {
		if _, found := slices.BinarySearch(held, c); !found {
			t.Fatalf("row %d of %d acknowledged is gone; %d are there", i+1, acked, len(held))
		}
	}
	o.Want(o.Run("import", path, "--as", "detainees"), program.Done, "import with room again")
	if held := o.Exported(); len(held) != len(cedulas) {
		t.Fatalf("with room again %d people are there, want %d", len(held), len(cedulas))
	}
}

// smallDisk mounts a disk in memory of its own.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+strconv.Itoa(size)); err != nil {
		t.Skipf("this account may not mount a small disk (%v)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// slowly fills a disk as fast as another program fills a laptop's, about 200 MB
// a second. Memory is filled ten times as fast, within one step of an import;
// the room that the program keeps free is meant for disks.
func slowly(t *testing.T, path string, size int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = f.Close() }()
	chunk := make([]byte, 4<<20)
	for done := 0; done < size; {
		n, err := f.Write(chunk)
		done += n
		if err != nil {
			return // full
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// fill writes a file until it has the size or the disk is full.
func fill(t *testing.T, path string, size int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = f.Close() }()
	chunk := make([]byte, 1<<20)
	for done := 0; done < size; {
		n, err := f.Write(chunk)
		done += n
		if err != nil {
			return // full
		}
	}
}
