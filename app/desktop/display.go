package desktop

import (
	"net"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"

	"paradero/data/fault"
)

// displayFault says why no window can be opened here, nil when one may be: Fyne
// itself would crash without a display. Only systems with X11 are looked at.
func displayFault(env func(string) string) error {
	if runtime.GOOS != "linux" && !strings.HasSuffix(runtime.GOOS, "bsd") {
		return nil
	}
	display := env("DISPLAY")
	if display == "" {
		return fault.New(fault.Internal, "open window", "no_display")
	}
	c, err := dialDisplay(display)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "open window", "no_display")
	}
	return fault.Wrap(c.Close(), fault.Internal, "open window", "no_display")
}

// dialDisplay knocks at the X server that a display names: ":0", ":0.1",
// "unix:0", "host:0" or a socket's path.
func dialDisplay(display string) (net.Conn, error) {
	host, number, ok := cutLast(display, ":")
	if !ok {
		return nil, fault.New(fault.Internal, "open window", "no_display")
	}
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 59535 {
		return nil, fault.New(fault.Internal, "open window", "no_display")
	}
	if strings.HasPrefix(host, "/") {
		return net.Dial("unix", host)
	}
	if host == "" || host == "unix" {
		path := filepath.Join("/tmp/.X11-unix", "X"+number)
		c, err := net.Dial("unix", path)
		if err != nil && runtime.GOOS == "linux" {
			c, err = net.Dial("unix", "@"+path)
		}
		if err == nil || host == "unix" {
			return c, err
		}
		host = "localhost"
	}
	return net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(6000+n)))
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// windowExists says whether the system made the window. Without OpenGL Fyne
// goes on running with none.
func windowExists(w fyne.Window) bool {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return true
	}
	exists := true
	native.RunNative(func(context any) {
		if x, ok := context.(driver.X11WindowContext); ok {
			exists = x.WindowHandle != 0
		}
	})
	return exists
}
