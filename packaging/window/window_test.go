//go:build window

package window

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"paradero/packaging/program"
	"paradero/packaging/screen"
)

// TestMain insists on the binary that make built: one built for tests alone has
// no window.
func TestMain(m *testing.M) {
	binary := os.Getenv("PARADERO_BINARY")
	if binary == "" {
		binary, _ = filepath.Abs(filepath.Join("..", "..", "bin", "paradero"))
	}
	if _, err := os.Stat(binary); err != nil {
		fmt.Fprintln(os.Stderr, "the program is not built; make test and make window build it:", err)
		os.Exit(1)
	}
	if err := os.Setenv("PARADERO_BINARY", binary); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// desktop is one running window.
type desktop struct {
	*screen.Screen
	t    *testing.T
	ctx  context.Context
	cmd  *exec.Cmd
	id   string
	errs *bytes.Buffer
}

// start runs the program with a window on a display of its own.
func start(t *testing.T, home string, args ...string) *desktop {
	t.Helper()
	if gone := screen.Missing(); len(gone) > 0 {
		t.Fatalf("this machine lacks %v; make test installs them", gone)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	s, err := screen.Start(ctx, screen.Options{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	d := &desktop{Screen: s, t: t, ctx: ctx, errs: &bytes.Buffer{}}
	d.cmd = s.Command(ctx, program.Path(t), args...)
	d.cmd.Env = append(d.cmd.Env, "LANG=es_EC.UTF-8")
	d.cmd.Stderr = d.errs
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		_ = d.cmd.Wait()
		if t.Failed() {
			t.Logf("the program said: %s", d.errs.String())
		}
	})
	soon, enough := context.WithTimeout(ctx, 30*time.Second)
	defer enough()
	d.id, err = s.Window(soon, d.cmd.Process.Pid, "Paradero")
	if err != nil {
		t.Fatalf("no window: %v\n%s", err, d.errs.String())
	}
	if err := s.Focus(ctx, d.id); err != nil {
		t.Fatal(err)
	}
	return d
}

// must fails the test on an error, with a picture of what was on the screen.
func (d *desktop) must(err error, what string) {
	d.t.Helper()
	if err != nil {
		d.keep(what)
		d.t.Fatalf("%s: %v", what, err)
	}
}

// keep writes a picture where make's build folder is, to look at.
func (d *desktop) keep(name string) {
	img, err := d.Shot(context.WithoutCancel(d.ctx), d.id)
	if err != nil {
		return
	}
	dir := os.Getenv("PARADERO_SHOTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "build", "window")
	}
	if os.MkdirAll(dir, 0o700) != nil {
		return
	}
	name = strings.Map(func(r rune) rune {
		if r == ' ' || r == '/' {
			return '-'
		}
		return r
	}, name)
	if f, err := os.Create(filepath.Join(dir, name+".png")); err == nil {
		_ = png.Encode(f, img)
		_ = f.Close()
	}
}

// shot looks at the window.
func (d *desktop) shot() *image.RGBA {
	d.t.Helper()
	img, err := d.Shot(d.ctx, d.id)
	d.must(err, "look at the window")
	return img
}

// changes waits until at least this share of the picture is another than before.
func (d *desktop) changes(before *image.RGBA, share float64, what string) *image.RGBA {
	d.t.Helper()
	var now *image.RGBA
	err := screen.Until(d.ctx, func() bool {
		var err error
		now, err = d.Shot(d.ctx, d.id)
		return err == nil && screen.Differs(before, now) >= share
	})
	d.must(err, what)
	return now
}

// painted waits until the window shows something.
func (d *desktop) painted() *image.RGBA {
	d.t.Helper()
	var img *image.RGBA
	err := screen.Until(d.ctx, func() bool {
		var err error
		img, err = d.Shot(d.ctx, d.id)
		return err == nil && screen.Colours(img) > 60
	})
	d.must(err, "the window stays blank")
	return img
}

// reports waits until some words are red, as those are that say what is wrong.
func (d *desktop) reports(what string) {
	d.t.Helper()
	err := screen.Until(d.ctx, func() bool {
		img, err := d.Shot(d.ctx, d.id)
		if err != nil {
			return false
		}
		n := 0
		for i := 0; i < len(img.Pix); i += 4 {
			if r, g, b := int(img.Pix[i]), int(img.Pix[i+1]), int(img.Pix[i+2]); r > g+50 && r > b+50 {
				n++
			}
		}
		return n > 100
	})
	d.must(err, what)
}

// settled waits until the picture has stood still for a moment, but for a caret.
func (d *desktop) settled(what string) *image.RGBA {
	d.t.Helper()
	last, since := d.shot(), time.Now()
	err := screen.Until(d.ctx, func() bool {
		now, err := d.Shot(d.ctx, d.id)
		if err != nil {
			return false
		}
		if screen.Differs(last, now) > 0.0005 {
			last, since = now, time.Now()
		}
		return time.Since(since) > 600*time.Millisecond
	})
	d.must(err, what)
	return last
}

// rooms is where the rail names the rooms; before signing in nothing stands there.
var rooms = image.Rect(10, 160, 200, 400)

// opens waits until the office is there.
func (d *desktop) opens(signIn *image.RGBA) {
	d.t.Helper()
	err := screen.Until(d.ctx, func() bool {
		now, err := d.Shot(d.ctx, d.id)
		return err == nil && screen.DiffersIn(signIn, now, rooms) > 0.01
	})
	d.must(err, "the office opens")
	d.settled("the office has opened")
}

// TestWelcome: without an office the program opens on its welcome page.
func TestWelcome(t *testing.T) {
	d := start(t, t.TempDir())
	d.painted()
	d.keep("welcome")
	d.quit()
}

// TestSignInFindAndSave works an office from its sign-in page to a saved
// person, whom the command line then finds.
func TestSignInFindAndSave(t *testing.T) {
	o := program.Found(t)
	path, _ := program.List(t, 300)
	o.Want(o.Run("import", path, "--as", "detainees"), program.Done, "import")
	o.Want(o.Run("new", "detainee", "given_names=Íñigo", "paternal_surname=Núñez", "maternal_surname=Ñáñez"), program.Done, "new")

	d := start(t, o.Home, "--office", o.Dir)
	signIn := d.painted()
	d.must(d.Type(d.ctx, "no es la frase"), "type a wrong passphrase")
	d.must(d.Keys(d.ctx, "Return"), "press Enter")
	d.reports("a wrong passphrase is told of")
	d.must(d.Keys(d.ctx, "ctrl+a"), "select what was typed")
	d.must(d.Type(d.ctx, program.Passphrase), "type the passphrase")
	d.must(d.Keys(d.ctx, "Return"), "press Enter")
	d.opens(signIn)
	d.keep("office")

	d.must(d.Keys(d.ctx, peopleRoom), "go to the people")
	people := d.settled("the people are listed")
	d.keep("people")
	d.must(d.Keys(d.ctx, "ctrl+f"), "go to the search line")
	d.must(d.Paste(d.ctx, "Núñez Ñáñez"), "paste a name with accents")
	d.changes(people, 0.01, "the search answers")
	d.settled("the search has answered")
	d.keep("search")

	before := journal(t, o.Dir)
	d.must(d.Keys(d.ctx, "ctrl+n"), "begin a new person")
	d.settled("an empty form")
	d.must(d.Paste(d.ctx, "María Belén"), "given names")
	d.must(d.Keys(d.ctx, "Tab"), "next field")
	d.must(d.Paste(d.ctx, "Ñáñez"), "surname")
	d.keep("form")
	d.must(d.Keys(d.ctx, "ctrl+s"), "save")
	err := screen.Until(d.ctx, func() bool { return journal(t, o.Dir) != before })
	d.must(err, "nothing was written to the journal")
	d.settled("the saved person")
	d.keep("saved")
	d.quit()

	got := o.Run("find", "Maria Belen Nanez", "--kind", "detainee", "--json")
	o.Want(got, program.Done, "find")
	var first struct {
		Name string `json:"name"`
	}
	line, _, _ := strings.Cut(got.Out, "\n")
	if err := json.Unmarshal([]byte(line), &first); err != nil || !strings.Contains(first.Name, "Ñáñez") || !strings.Contains(first.Name, "María Belén") {
		t.Fatalf("the person saved in the window is not found: %v\n%s", err, got.Out)
	}
	o.Want(o.Run("verify"), program.Done, "verify")
}

// peopleRoom is the shortcut of the people's room.
const peopleRoom = "ctrl+2"

// quit closes the window as its frame's button does, and waits for the program.
func (d *desktop) quit() {
	d.t.Helper()
	d.must(d.Keys(d.ctx, "alt+F4"), "close the window")
	ended := make(chan error, 1)
	go func() { ended <- d.cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			d.t.Fatalf("the program ended with %v\n%s", err, d.errs.String())
		}
	case <-d.ctx.Done():
		d.keep("will not close")
		d.t.Fatal("the program does not end when its window is closed")
	}
	if program.Trace.Match(d.errs.Bytes()) {
		d.t.Fatalf("the program shows its inside:\n%s", d.errs.String())
	}
}

// TestNoDisplay: without a display a sentence and exit 1.
func TestNoDisplay(t *testing.T) {
	home := t.TempDir()
	refuses(t, screen.Env(home, "LANG=es_EC.UTF-8"))
	refuses(t, screen.Env(home, "LANG=es_EC.UTF-8", "DISPLAY=:987"))
}

// TestNoGL: a display that cannot draw is told of, and the office is let go.
func TestNoGL(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	home := t.TempDir()
	s, err := screen.Start(ctx, screen.Options{Home: home, Server: []string{"-extension", "GLX"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	refuses(t, screen.Env(home, "LANG=es_EC.UTF-8", "DISPLAY="+s.Display))
}

// refuses runs the program, which must end by itself with a sentence.
func refuses(t *testing.T, env []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program.Path(t))
	cmd.Env = env
	var errs bytes.Buffer
	cmd.Stderr = &errs
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("the program hangs without a screen it can draw on\n%s", errs.String())
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != program.Failed {
		t.Fatalf("ended with %v, want exit %d\n%s", err, program.Failed, errs.String())
	}
	if text := strings.TrimSpace(errs.String()); !strings.HasSuffix(text, ".") || program.Trace.MatchString(text) || strings.Count(text, "\n") > 3 {
		t.Fatalf("not a clear sentence: %q", text)
	}
}

// TestTerm: asked to end by the system, the program ends and lets the office go.
func TestTerm(t *testing.T) {
	o := program.Found(t)
	d := start(t, o.Home, "--office", o.Dir)
	d.painted()
	d.must(d.Type(d.ctx, program.Passphrase), "type the passphrase")
	signIn := d.shot()
	d.must(d.Keys(d.ctx, "Return"), "press Enter")
	d.opens(signIn)
	o.Want(o.Run("find", "Zambrano"), program.Locked, "find while the window has the office")
	d.must(d.cmd.Process.Signal(syscall.SIGTERM), "ask it to end")
	ended := make(chan error, 1)
	go func() { ended <- d.cmd.Wait() }()
	select {
	case <-ended:
	case <-d.ctx.Done():
		t.Fatal("the program does not end when asked")
	}
	o.Want(o.Run("find", "Zambrano"), program.Done, "find when the window is gone")
}

// journal gives the length of all that was said.
func journal(t *testing.T, office string) (sum int64) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(office, "journal"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		// Room made beforehand is zeros; what was said is not.
		b, err := os.ReadFile(path)
		sum += int64(len(bytes.TrimRight(b, "\x00")))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
