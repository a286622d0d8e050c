// Package screen gives tests and measurements a display without a monitor: an
// Xvfb of its own with a window manager, and hands (keys, clipboard) and eyes
// (pictures) on it.
//
// What must not live here: anything that knows what Paradero shows.
package screen

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// tools are the programs that a screen is made of.
var tools = []string{"Xvfb", "openbox", "xdotool", "xclip", "import"}

// Missing names the programs that this machine lacks for a screen.
func Missing() []string {
	var gone []string
	for _, t := range tools {
		if _, err := exec.LookPath(t); err != nil {
			gone = append(gone, t)
		}
	}
	return gone
}

// Screen is one running display.
type Screen struct {
	Display string
	home    string
	started []*exec.Cmd
}

// Options of a screen.
type Options struct {
	Width, Height int      // default 1366×768
	Server        []string // further arguments of Xvfb, such as "-extension", "GLX"
	Home          string   // the home folder of what runs on it
}

// Start brings up a display on a free number and its window manager.
func Start(ctx context.Context, o Options) (*Screen, error) {
	if o.Width == 0 {
		o.Width, o.Height = 1366, 768
	}
	s := &Screen{home: o.Home}
	// The server chooses a free number itself and tells it through a pipe, so
	// that two of these never collide.
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = read.Close() }()
	args := append([]string{"-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", o.Width, o.Height), "-nolisten", "tcp", "-noreset"}, o.Server...)
	server := exec.Command("Xvfb", args...)
	server.ExtraFiles = []*os.File{write}
	err = server.Start()
	_ = write.Close()
	if err != nil {
		return nil, fmt.Errorf("start Xvfb: %w", err)
	}
	s.started = append(s.started, server)
	number := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(read).ReadString('\n')
		number <- strings.TrimSpace(line)
	}()
	select {
	case n := <-number:
		if n == "" {
			s.Close()
			return nil, errors.New("the X server ended before it had a display")
		}
		s.Display = ":" + n
	case <-ctx.Done():
		s.Close()
		return nil, ctx.Err()
	}
	return s, s.manage(ctx)
}

// manage starts the window manager and waits until it answers: without one no
// window has the keyboard.
func (s *Screen) manage(ctx context.Context) error {
	manager := s.Command(context.WithoutCancel(ctx), "openbox", "--sm-disable")
	if err := manager.Start(); err != nil {
		s.Close()
		return fmt.Errorf("start openbox: %w", err)
	}
	s.started = append(s.started, manager)
	err := Until(ctx, func() bool { return s.Command(ctx, "xdotool", "get_num_desktops").Run() == nil })
	if err != nil {
		s.Close()
		return fmt.Errorf("openbox does not answer: %w", err)
	}
	return nil
}

// Close ends what Start started, last first.
func (s *Screen) Close() {
	for i := len(s.started) - 1; i >= 0; i-- {
		_ = s.started[i].Process.Kill()
		_ = s.started[i].Wait()
	}
	s.started = nil
}

// Command prepares a program to run on this display; it dies with ctx.
func (s *Screen) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = Env(s.home, "DISPLAY="+s.Display)
	return cmd
}

// Env is the present environment without any display, with another home and
// what is given.
func Env(home string, more ...string) []string {
	var env []string
	for _, kv := range os.Environ() {
		switch name, _, _ := strings.Cut(kv, "="); name {
		case "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "LIBGL_ALWAYS_INDIRECT":
		case "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME":
			if home == "" {
				env = append(env, kv)
			}
		default:
			env = append(env, kv)
		}
	}
	if home != "" {
		env = append(env, "HOME="+home)
	}
	return append(env, more...)
}

// Window waits until a process shows a window and gives its id.
func (s *Screen) Window(ctx context.Context, pid int, name string) (string, error) {
	var id string
	err := Until(ctx, func() bool {
		out, err := s.Command(ctx, "xdotool", "search", "--onlyvisible", "--all", "--pid", strconv.Itoa(pid), "--name", name).Output()
		lines := strings.Fields(string(out))
		if err != nil || len(lines) == 0 {
			return false
		}
		id = lines[0]
		return true
	})
	return id, err
}

// Focus gives a window the keyboard.
func (s *Screen) Focus(ctx context.Context, id string) error {
	return s.Command(ctx, "xdotool", "windowactivate", "--sync", id).Run()
}

// Keys presses keys, such as "ctrl+f" or "Return", in the window that has the keyboard.
func (s *Screen) Keys(ctx context.Context, keys ...string) error {
	return s.Command(ctx, "xdotool", append([]string{"key", "--clearmodifiers", "--delay", "40"}, keys...)...).Run()
}

// Type types plain letters; accents must be pasted, xdotool loses them.
func (s *Screen) Type(ctx context.Context, text string) error {
	return s.Command(ctx, "xdotool", "type", "--clearmodifiers", "--delay", "25", text).Run()
}

// Click presses the first mouse button at a place in a window.
func (s *Screen) Click(ctx context.Context, id string, x, y int) error {
	return s.Command(ctx, "xdotool", "mousemove", "--sync", "--window", id, strconv.Itoa(x), strconv.Itoa(y), "click", "1").Run()
}

// Paste puts a text on the clipboard and presses ctrl+v.
func (s *Screen) Paste(ctx context.Context, text string) error {
	clip := s.Command(ctx, "xclip", "-selection", "clipboard", "-in")
	clip.Stdin = strings.NewReader(text)
	if err := clip.Run(); err != nil {
		return fmt.Errorf("xclip: %w", err)
	}
	return s.Keys(ctx, "ctrl+v")
}

// Shot takes a picture of a window.
func (s *Screen) Shot(ctx context.Context, id string) (*image.RGBA, error) {
	out, err := s.Command(ctx, "import", "-window", id, "-depth", "8", "ppm:-").Output()
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return readPPM(bytes.NewReader(out))
}

// readPPM reads the plainest of picture formats, so that looking often is cheap.
func readPPM(r io.Reader) (*image.RGBA, error) {
	in := bufio.NewReader(r)
	var w, h, top int
	if _, err := fmt.Fscanf(in, "P6\n%d %d\n%d\n", &w, &h, &top); err != nil {
		return nil, fmt.Errorf("read ppm: %w", err)
	}
	if top != 255 || w <= 0 || h <= 0 || w > 1<<14 || h > 1<<14 {
		return nil, fmt.Errorf("read ppm: %d×%d with %d shades", w, h, top)
	}
	line := make([]byte, 3*w)
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		if _, err := io.ReadFull(in, line); err != nil {
			return nil, fmt.Errorf("read ppm: %w", err)
		}
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{line[3*x], line[3*x+1], line[3*x+2], 255})
		}
	}
	return img, nil
}

// Colours counts the different colours of a picture.
func Colours(img *image.RGBA) int {
	seen := map[color.RGBA]bool{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			seen[img.RGBAAt(x, y)] = true
		}
	}
	return len(seen)
}

// Differs gives the share of pixels in which two pictures differ, 1 when they
// are not of one size.
func Differs(a, b *image.RGBA) float64 { return DiffersIn(a, b, a.Bounds()) }

// DiffersIn is Differs for a part of the pictures.
func DiffersIn(a, b *image.RGBA, part image.Rectangle) float64 {
	part = part.Intersect(a.Bounds())
	if a.Bounds() != b.Bounds() || part.Empty() {
		return 1
	}
	n := 0
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				n++
			}
		}
	}
	return float64(n) / float64(part.Dx()*part.Dy())
}

// Until asks again and again until the answer is yes or the time is over.
func Until(ctx context.Context, yes func() bool) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if yes() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
