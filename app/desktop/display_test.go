package desktop

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paradero/assets"
)

func TestNoDisplayIsAClearSentence(t *testing.T) {
	env := func(display string) func(string) string {
		return func(name string) string {
			if name == "DISPLAY" {
				return display
			}
			return ""
		}
	}
	sock := filepath.Join(t.TempDir(), "X")
	l, err := net.Listen("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := displayFault(env(sock + ":0")); err != nil {
		t.Fatalf("a display that answers: %v", err)
	}
	w, err := assets.LoadWords(assets.Spanish)
	if err != nil {
		t.Fatal(err)
	}
	for _, display := range []string{"", "nonsense", ":59999", sock + "gone:0"} {
		failed := displayFault(env(display))
		if failed == nil {
			t.Fatalf("%q passes", display)
		}
		out, err := os.CreateTemp(t.TempDir(), "out")
		if err != nil {
			t.Fatal(err)
		}
		if code := say(out, failed, w); code != 1 {
			t.Fatalf("exit %d", code)
		}
		b, _ := os.ReadFile(out.Name())
		if got := string(b); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, w.T("error.no_display")) {
			t.Fatalf("said %q", got)
		}
	}
}
