package main

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// pouchWork says exactly what the peer of the part "sync" does.
const pouchWork = `PouchDB 9.0.0 to express-pouchdb 4.2.0 (node %s, both on LevelDB, two processes, HTTP on loopback, nothing encrypted, signed or
flushed; mode minimumForPouchDB): %s plain JSON documents of %d bytes, which are in the first database already, by replicate.to into an
empty one on the server, with batch_size 1,000 and with its default of 100. Ours moves the same texts from one device through a hub into another:
sealed, signed, flushed to the disk on all three, checked and folded on the last, its lists ready.`

//go:embed pouch/peer.js pouch/package.json
var pouchFiles embed.FS

// pouch is an installed peer.
type pouch struct {
	node    string
	version string
	script  string
}

// installPouch makes the peer ready in a folder outside the repository, once; why
// says in a word what is missing where it cannot.
func installPouch(ctx context.Context, dir string) (p *pouch, why string, err error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, "node is not installed", nil
	}
	version, err := exec.CommandContext(ctx, node, "--version").Output()
	if err != nil {
		return nil, "node does not run", nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, "", err
	}
	for _, name := range []string{"peer.js", "package.json"} {
		text, err := pouchFiles.ReadFile("pouch/" + name)
		if err != nil {
			return nil, "", err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return nil, "", err
		}
	}
	p = &pouch{node: node, version: strings.TrimSpace(string(version)), script: filepath.Join(dir, "peer.js")}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "express-pouchdb", "package.json")); err == nil {
		return p, "", nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return nil, "npm is not installed", nil
	}
	limited, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(limited, npm, "install", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, "npm could not fetch it: " + lastLine(out), ctx.Err()
	}
	return p, "", nil
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// pushed is what one replication did.
type pushed struct {
	Docs    int
	Seconds float64
}

// run gives what the peer's script printed last, with something on its standard input.
func (p *pouch) run(ctx context.Context, in io.Reader, args ...string) (got pushed, err error) {
	cmd := exec.CommandContext(ctx, p.node, append([]string{p.script}, args...)...)
	cmd.Stdin = in
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		return got, fmt.Errorf("node peer.js %s: %w: %s", args[0], err, lastLine(wrong.Bytes()))
	}
	return got, json.Unmarshal([]byte(lastLine(out)), &got)
}

// fill puts documents into the first database.
func (p *pouch) fill(ctx context.Context, dir string, n int) error {
	from, to := io.Pipe()
	go func() {
		w := bufio.NewWriterSize(to, 1<<16)
		v := newInventor(2)
		for i := range n {
			doc, err := document(i, v.next())
			if err == nil {
				_, err = w.Write(append(doc, '\n'))
			}
			if err != nil {
				_ = to.CloseWithError(err)
				return
			}
		}
		_ = to.CloseWithError(w.Flush())
	}()
	got, err := p.run(ctx, from, "fill", dir)
	_ = from.Close()
	if err == nil && got.Docs != n {
		err = fmt.Errorf("the peer took %d of %d documents", got.Docs, n)
	}
	return err
}

// serve starts the server; stop ends it.
func (p *pouch) serve(ctx context.Context, dir string) (address string, stop func(), err error) {
	cmd := exec.CommandContext(ctx, p.node, p.script, "serve", dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { _ = in.Close(); _ = cmd.Wait() }
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the peer's server does not start: %w", err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return strings.TrimSpace(line), stop, nil
}

// pouchPair is a full database and a server for empty ones.
type pouchPair struct {
	*pouch
	n     int
	dir   string
	url   string
	stop  func()
	turns int
}

func (p *pouch) pair(ctx context.Context, dir string, n int) (*pouchPair, error) {
	served := filepath.Join(dir, "served")
	if err := os.MkdirAll(served, 0o700); err != nil {
		return nil, err
	}
	if err := p.fill(ctx, dir, n); err != nil {
		return nil, err
	}
	url, stop, err := p.serve(ctx, served)
	return &pouchPair{pouch: p, n: n, dir: dir, url: url, stop: stop}, err
}

// push moves all documents into an empty database on the server, and gives the
// documents a second. batch 0 leaves it to PouchDB.
func (p *pouchPair) push(ctx context.Context, batch int) (float64, error) {
	p.turns++
	got, err := p.run(ctx, nil, "push", p.dir, p.url+"/turn"+strconv.Itoa(p.turns), strconv.Itoa(batch))
	if err != nil {
		return 0, err
	}
	if got.Docs != p.n {
		return 0, fmt.Errorf("the peer moved %d of %d documents", got.Docs, p.n)
	}
	return float64(got.Docs) / got.Seconds, nil
}

// documentSize is what a plain document of the part "sync" takes.
const documentSize = 650

// padded adds a note to a person, so that his document has documentSize bytes.
func padded(p person) person {
	size := len(`{"_id":"` + strings.Repeat("a", 26) + `"}`)
	for _, m := range []map[string]string{p.values, p.claim} {
		for k, v := range m {
			size += len(`,"":""`) + len(k) + len(v)
		}
	}
	note := strings.Repeat("cicatriz en el antebrazo ", documentSize/25+1)[:max(documentSize-size-len(`,"dental":""`), 1)]
	p.values["dental"] = strings.TrimSuffix(note, " ") + strings.Repeat("x", len(note)-len(strings.TrimSuffix(note, " ")))
	return p
}

// document is a person as plain JSON.
func document(i int, p person) ([]byte, error) {
	p = padded(p)
	doc := map[string]string{"_id": fmt.Sprintf("%026d", i)}
	for _, m := range []map[string]string{p.values, p.claim} {
		for k, v := range m {
			doc[k] = v
		}
	}
	return json.Marshal(doc)
}
