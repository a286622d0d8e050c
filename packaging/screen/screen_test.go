package screen

import (
	"context"
	"testing"
	"time"
)

// TestScreen tries hands and eyes on a window that is no work of ours.
func TestScreen(t *testing.T) {
	if gone := Missing(); len(gone) > 0 {
		t.Skipf("this machine lacks %v; make test installs them", gone)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := Start(ctx, Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	other, err := Start(ctx, Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if s.Display == other.Display {
		t.Fatalf("two screens on one display %s", s.Display)
	}
	empty, err := s.Shot(ctx, "root")
	if err != nil {
		t.Fatal(err)
	}
	show := s.Command(ctx, "display", "-size", "200x200", "gradient:red-blue")
	if err := show.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = show.Process.Kill(); _ = show.Wait() }()
	err = Until(ctx, func() bool {
		img, err := s.Shot(ctx, "root")
		return err == nil && Differs(empty, img) > 0.01 && Colours(img) > 100
	})
	if err != nil {
		t.Fatalf("a shown gradient was never seen: %v", err)
	}
}
