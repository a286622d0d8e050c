package command

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paradero/data/sync/hub"
)

// running starts `paradero hub` and gives its first line, and what stops it.
func running(t *testing.T, args ...string) (map[string]any, *bufio.Scanner, func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var words bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- Main(ctx, append([]string{"hub", "--json"}, args...), Env{Stdout: in, Stderr: &words, Getenv: func(string) string { return "" }})
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("ends with %d: %s", <-ended, &words)
	}
	var first map[string]any
	if err := json.Unmarshal(lines.Bytes(), &first); err != nil {
		t.Fatal(err)
	}
	return first, lines, func() int {
		cancel()
		go func() { _, _ = io.Copy(io.Discard, out) }()
		select {
		case status := <-ended:
			return status
		case <-time.After(20 * time.Second):
			t.Fatal("the hub does not stop")
			return -1
		}
	}
}

// once runs a command that ends by itself.
func once(t *testing.T, args ...string) (status int, out, words string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Main(t.Context(), args, Env{Stdout: &o, Stderr: &e, Getenv: func(string) string { return "" }})
	return status, o.String(), e.String()
}

func TestHubRunsAndStops(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "hub")
	first, lines, stop := running(t, "--at", dir, "--listen", "127.0.0.1:0")
	file := filepath.Join(dir, "hub.invitation")
	if first["invitation"] != file || !strings.HasPrefix(first["listening"].(string), "127.0.0.1:") {
		t.Fatalf("says %v", first)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the invitation is open to others: %v %v", info.Mode(), err)
	}
	if depot, err := hub.Visit(t.Context(), before); err != nil {
		t.Errorf("nobody answers where the invitation says: %v", err)
	} else {
		_ = depot.Close()
	}

	if status, _, words := once(t, "hub", "--at", dir, "--listen", "127.0.0.1:0", "--lang", "en"); status != 4 || !strings.Contains(words, "already running") {
		t.Errorf("a second hub in one folder: %d %s", status, words)
	}
	if status, out, words := once(t, "hub", "office", "add", "norte", "--at", dir, "--json"); status != 0 || !strings.Contains(out, "norte.invitation") {
		t.Errorf("another office: %d %s %s", status, out, words)
	}
	if !lines.Scan() || !strings.Contains(lines.Text(), `"event":"office","office":"norte"`) {
		t.Errorf("the running hub does not notice: %s", lines.Text())
	}
	other, err := os.ReadFile(filepath.Join(dir, "norte.invitation"))
	if err != nil {
		t.Fatal(err)
	}
	if depot, err := hub.Visit(t.Context(), other); err != nil {
		t.Errorf("the other office is not let in: %v", err)
	} else {
		_ = depot.Close()
	}
	for _, name := range []string{"norte", "hub", "../x", "-", "¡!"} {
		if status, _, words := once(t, "hub", "office", "add", name, "--at", dir); status != 1 || words == "" {
			t.Errorf("an office named %q: %d %s", name, status, words)
		}
	}
	if status := stop(); status != 0 {
		t.Errorf("stops with %d", status)
	}
	again, _, stop := running(t, "--at", dir, "--listen", "127.0.0.1:0")
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) || again["listening"] != first["listening"] {
		t.Errorf("a restart changes the invitation: %v, from %v to %v", err, first["listening"], again)
	}
	if status := stop(); status != 0 {
		t.Errorf("stops with %d", status)
	}
}

func TestHubSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		args   []string
		status int
	}{
		"no folder":           {[]string{"hub"}, 2},
		"no address":          {[]string{"hub", "--at", dir, "--listen", "nowhere"}, 1},
		"not ours":            {[]string{"hub", "--at", dir, "--listen", "192.0.2.1:4222"}, 1},
		"office of no hub":    {[]string{"hub", "office", "add", "a", "--at", filepath.Join(dir, "none")}, 1},
		"unknown office":      {[]string{"hub", "office", "release", "a", "--at", dir}, 1},
		"two as one":          {[]string{"hub", "--at", dir, "--cluster", "a:1,b:1", "--route", "127.0.0.1:1"}, 2},
		"no route of its own": {[]string{"hub", "--at", dir, "--cluster", "a:1,b:1,c:1"}, 2},
		"unknown word":        {[]string{"hub", "delete"}, 2},
		"cluster nowhere":     {[]string{"hub", "account"}, 2},
		"cluster away":        {[]string{"hub", "account", "--nats", "nats://127.0.0.1:1", "-o", filepath.Join(dir, "x")}, 1},
		"cluster of what":     {[]string{"hub", "account", "--nats", "http://127.0.0.1:1", "-o", filepath.Join(dir, "x")}, 1},
		"too many replicas":   {[]string{"hub", "account", "--nats", "nats://127.0.0.1:1", "--replicas", "9"}, 2},
	} {
		status, _, words := once(t, c.args...)
		if status != c.status || words == "" || strings.Contains(words, "⟦") {
			t.Errorf("%s: %d, want %d: %s", name, status, c.status, words)
		}
	}
}

// The operator of a cluster is told each device's key.
func TestHubPermissions(t *testing.T) {
	dir := t.TempDir()
	key := filepath.Join(dir, "clave")
	if err := os.WriteFile(key, []byte("cuatro gatos en la azotea"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, int) {
		var o, e bytes.Buffer
		status := Main(t.Context(), append(args, "--office", filepath.Join(dir, "oficina"), "--passphrase-file", key), Env{
			Stdout: &o, Stderr: &e, Cost: cheap, Getenv: func(string) string { return "" },
		})
		return o.String() + e.String(), status
	}
	if out, status := run("init", "--name", "Sede Loja", "--member", "Rosa Guamán", "--role", "coordinator"); status != 0 {
		t.Fatal(out)
	}
	out, status := run("hub", "permissions")
	if status != 0 || strings.Count(out, "nkey: \"U") != 1 || strings.Contains(out, "p.DEVICE") || !strings.Contains(out, "$JS.API.DIRECT.GET.batches") {
		t.Errorf("%d %s", status, out)
	}
}
