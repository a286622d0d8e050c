package main

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"paradero/packaging/screen"
)

// seen is what one run of the real desktop showed, and when.
type seen struct {
	window, painted float64 // seconds from the start of the process
	office          float64 // seconds from pressing Enter after the passphrase until the office is on the screen
	people          float64 // seconds from asking for the people until they are listed
	memory          float64 // MB at the peak
}

// window starts the real desktop on the large office and watches it with the
// eyes of a person.
func (b *bench) window(ctx context.Context) error {
	if gone := screen.Missing(); len(gone) > 0 {
		fmt.Fprintf(b.out, "the real window: left out, this machine lacks %v\n", gone)
		return nil
	}
	program := os.Getenv("PARADERO_BINARY")
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("the program is not built (make build): %w", err)
	}
	office, _, err := b.large(ctx)
	if err != nil {
		return err
	}
	var all [5][]float64
	for range min(3, b.rounds) {
		s, err := b.watch(ctx, program, office)
		if err != nil {
			return err
		}
		for i, v := range []float64{s.window, s.painted, s.office, s.people, s.memory} {
			all[i] = append(all[i], v)
		}
	}
	fmt.Fprintf(b.out, "the real window with %s people (Xvfb, software GL)\n", grouped(int64(b.people)))
	report(b.out, "start to window", median(all[0]), "s", 0)
	report(b.out, "start to sign-in painted", median(all[1]), "s", 0)
	report(b.out, "Enter to the office shown", median(all[2]), "s (with deriving the key)", 0)
	report(b.out, "… and to the people listed", median(all[3]), "s", 0)
	report(b.out, "memory at its peak", median(all[4]), "MB", 250)
	return nil
}

// watch is one run.
func (b *bench) watch(ctx context.Context, program, office string) (seen, error) {
	var got seen
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	home, err := b.folder("home")
	if err != nil {
		return got, err
	}
	s, err := screen.Start(ctx, screen.Options{Home: home})
	if err != nil {
		return got, err
	}
	defer s.Close()
	office, err = filepath.Abs(office)
	if err != nil {
		return got, err
	}
	start := time.Now()
	cmd := s.Command(ctx, program, "--office", office, "--lang", "es")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return got, err
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	id, err := s.Window(ctx, cmd.Process.Pid, "Paradero")
	if err != nil {
		return got, fmt.Errorf("no window: %w", err)
	}
	got.window = time.Since(start).Seconds()
	var signIn *image.RGBA
	err = screen.Until(ctx, func() bool {
		signIn, err = s.Shot(ctx, id)
		return err == nil && screen.Colours(signIn) > 30
	})
	if err != nil {
		return got, fmt.Errorf("the window stays blank: %w", err)
	}
	got.painted = time.Since(start).Seconds()
	if err := s.Focus(ctx, id); err != nil {
		return got, err
	}
	if err := s.Type(ctx, passphrase); err != nil {
		return got, err
	}
	var inside *image.RGBA
	if got.office, inside, err = answer(ctx, s, id, "Return", signIn, railRooms); err != nil {
		return got, fmt.Errorf("after the passphrase: %w", err)
	}
	if got.people, _, err = answer(ctx, s, id, "ctrl+2", inside, listOfPeople); err != nil {
		return got, fmt.Errorf("the list of people: %w", err)
	}
	got.memory, err = peakMemory(strconv.Itoa(cmd.Process.Pid))
	return got, err
}

// Where the rail names the rooms, and where the list of people stands.
var (
	railRooms    = image.Rect(10, 160, 200, 400)
	listOfPeople = image.Rect(210, 60, 590, 700)
)

// answer presses a key and gives the seconds until a part of the window has
// become what it then stays.
func answer(ctx context.Context, s *screen.Screen, id, key string, before *image.RGBA, part image.Rectangle) (float64, *image.RGBA, error) {
	pressed := time.Now()
	if err := s.Keys(ctx, key); err != nil {
		return 0, nil, err
	}
	changed, now, err := settle(ctx, s, id, before, part)
	return changed.Sub(pressed).Seconds(), now, err
}

// settle waits until a part of the picture is another than before and the whole
// has stopped changing (but for a blinking caret), and gives when it last changed.
func settle(ctx context.Context, s *screen.Screen, id string, before *image.RGBA, part image.Rectangle) (time.Time, *image.RGBA, error) {
	last, changed := before, time.Time{}
	err := screen.Until(ctx, func() bool {
		taken := time.Now()
		now, err := s.Shot(ctx, id)
		if err != nil {
			return false
		}
		if screen.Differs(last, now) > 0.003 {
			last, changed = now, taken
		}
		return screen.DiffersIn(before, now, part) > 0.01 && time.Since(changed) > 1500*time.Millisecond
	})
	return changed, last, err
}
