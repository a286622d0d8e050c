// Command bench measures Paradero beside its peers, turn by turn in one run on
// one disk: SQLite for saving, importing, opening and searching, and the raw
// limit of the disk and of the PDF library.
//
// What must not live here: anything that the program itself needs, and any
// figure that was not measured in this run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// bench is one run.
type bench struct {
	out    io.Writer
	dir    string
	people int
	rounds int
	span   time.Duration

	changes      int    // of the long office
	keep         string // where the long office is kept from run to run
	childProfile string
	only         string // the parts that were asked for
	npm          string // where the peer of the part "sync" is installed
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	b := bench{out: os.Stdout}
	flag.StringVar(&b.dir, "dir", filepath.Join("build", "bench-data"), "folder to work in; its disk is what is measured")
	flag.IntVar(&b.people, "people", 100_000, "people in the large office")
	flag.IntVar(&b.rounds, "rounds", 5, "turns of each comparison")
	flag.DurationVar(&b.span, "span", 2*time.Second, "how long one turn of saving lasts")
	flag.IntVar(&b.changes, "changes", 1_000_000, "changes in the office with a long history")
	flag.StringVar(&b.keep, "keep", "", "folder in which the long office is kept for the next run")
	flag.StringVar(&b.childProfile, "child-profile", "", "write CPU profiles of the ledger part's processes to files of this name")
	flag.StringVar(&b.npm, "npm", filepath.Join(os.TempDir(), "paradero-bench-npm"), "folder outside the repository in which PouchDB is installed, and stays")
	flag.StringVar(&b.only, "only", "", "parts to run, of saves,import,open,ledger,sync,window,letters; all by default; of sync also sync.bundles, .exchange, .nodes, .offices, .arrival")
	profile := flag.String("profile", "", "write a CPU profile of the run to this file")
	child := flag.String("child", "", "used by bench itself")
	from := flag.String("from", "", "used by bench itself")
	flag.Parse()
	if *child != "" && *profile != "" {
		stop, err := profiled(*profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	switch *child {
	case "rebuild", "verify":
		return workChild(ctx, *child, b.dir, os.Stdout)
	case "receive":
		return receiveChild(ctx, b.dir, *from, os.Stdout)
	case "open":
		return openChild(ctx, b.dir, b.people, os.Stdout)
	case "peer":
		return openPeerChild(ctx, b.dir, b.people, os.Stdout)
	}
	var err error
	if b.dir, err = filepath.Abs(b.dir); err != nil {
		return err
	}
	if err := os.RemoveAll(b.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.dir) }()
	if *profile != "" {
		stop, err := profiled(*profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	fmt.Fprintf(b.out, "Paradero beside its peers: %s, %d cores, %s, %s\n%s\n", runtime.GOARCH, runtime.NumCPU(), runtime.Version(),
		time.Now().Format("2006-01-02 15:04"), peerWork)
	parts := []part{{"saves", b.saves}, {"import", b.imports}, {"open", b.open}, {"ledger", b.ledger}, {"sync", b.syncs}, {"window", b.window}, {"letters", b.letters}}
	return b.parts(ctx, parts, b.only)
}

// profiled starts a CPU profile and gives what ends it.
func profiled(path string) (stop func(), err error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}

// part is one measurement.
type part struct {
	name string
	run  func(context.Context) error
}

// parts runs those that are wanted; one that fails does not keep the next ones.
func (b *bench) parts(ctx context.Context, parts []part, only string) error {
	wanted := strings.Split(only, ",")
	var failed []error
	for _, p := range parts {
		if only != "" && !slices.ContainsFunc(wanted, func(w string) bool { return w == p.name || strings.HasPrefix(w, p.name+".") }) {
			continue
		}
		fmt.Fprintln(b.out)
		if err := p.run(ctx); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", p.name, err))
		}
	}
	return errors.Join(failed...)
}

// folder makes an empty folder for one purpose.
func (b *bench) folder(name string) (string, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// saves compares durable saves of one and of sixteen writers.
func (b *bench) saves(ctx context.Context) error {
	size, err := bytesPerSave(ctx, b.dir)
	if err != nil {
		return err
	}
	o, err := found(ctx, filepath.Join(b.dir, "saves"), cheap)
	if err != nil {
		return err
	}
	defer func() { _ = o.Close() }()
	peerDir, err := b.folder("saves-peer")
	if err != nil {
		return err
	}
	full, err := openPeer(peerDir, "FULL")
	if err != nil {
		return err
	}
	defer func() { _ = full.close() }()
	ours, theirs := newInventor(5), newInventor(5)
	for _, writers := range []int{1, 16} {
		c := contest{
			name: fmt.Sprintf("durable saves, %d %s", writers, plural(writers, "writer")), unit: "saves/s", rounds: b.rounds, aim: 1 / 0.8,
			sides: []side{
				{name: "Paradero", run: func(ctx context.Context) (float64, error) {
					return savesFor(ctx, writers, b.span, func(ctx context.Context) error { return save(ctx, o, ours.next()) })
				}},
				{name: "SQLite, synchronous=FULL", run: func(ctx context.Context) (float64, error) {
					return savesFor(ctx, writers, b.span, func(ctx context.Context) error { return full.save(ctx, theirs.next()) })
				}},
				{name: fmt.Sprintf("append %d×%d bytes + fsync", writers, size), aim: aimOfRaw(writers), run: func(context.Context) (float64, error) {
					return rawSaves(b.dir, size, writers, b.span)
				}},
			},
		}
		if err := c.run(ctx, b.out); err != nil {
			return err
		}
	}
	fmt.Fprintln(b.out, "  (the aim is a time of at most ×0.80 for one save, that is ×1.25 as many)")
	return nil
}

// aimOfRaw is the share of the bare disk's saves that is wanted of one writer; of
// several, a group commit makes more than they would one by one.
func aimOfRaw(writers int) float64 {
	if writers > 1 {
		return 0
	}
	return 1 / 1.5
}

// imports compares bringing in a list of 20,000 people into an empty office.
func (b *bench) imports(ctx context.Context) error {
	n := min(20_000, b.people)
	return contest{
		name: fmt.Sprintf("import of %s people", grouped(int64(n))), unit: "rows/s", rounds: b.rounds, aim: 1.3,
		sides: []side{
			{name: "Paradero", run: func(ctx context.Context) (float64, error) {
				dir, err := b.folder("import")
				if err != nil {
					return 0, err
				}
				o, err := found(ctx, filepath.Join(dir, "office"), cheap)
				if err != nil {
					return 0, err
				}
				defer func() { _ = o.Close() }()
				start := time.Now()
				err = importAll(ctx, o, n, newInventor(2).next)
				return rate(n, start), err
			}},
			{name: "SQLite, synchronous=NORMAL", run: func(ctx context.Context) (float64, error) {
				dir, err := b.folder("import-peer")
				if err != nil {
					return 0, err
				}
				p, err := openPeer(dir, "NORMAL")
				if err != nil {
					return 0, err
				}
				defer func() { _ = p.close() }()
				start := time.Now()
				err = p.importAll(ctx, n, newInventor(2).next)
				return rate(n, start), err
			}},
		},
	}.run(ctx, b.out)
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
