package present

import (
	"context"
	"path/filepath"

	"paradero/app"
	"paradero/assets"
	"paradero/data"
)

// BundlePreview is what a bundle would bring, before anything is taken in.
type BundlePreview struct {
	File    string
	Lines   []Line
	Says    string       // in one sentence
	Records []BundleLine // whom it speaks of
	More    string       // how many beyond those
	Doubts  []string     // what would contradict, wait or stay closed
	Changes int          // that are not here
	Empty   bool         // it brings nothing that is not here
}

// BundleLine is a record of which a bundle speaks.
type BundleLine struct {
	Name  string
	Kind  string
	What  string // new, or how many changes
	Clash string // which of its facts would then have two values
}

// bundleLines is how many records a preview lists.
const bundleLines = 30

// speaks says whom a bundle speaks of, and what is to be known before it is taken in.
func (p *BundlePreview) speaks(w *assets.Words, seen *data.BundleSeen) {
	for i := range seen.Records {
		if i == bundleLines {
			break
		}
		r := &seen.Records[i]
		line := BundleLine{Name: r.Name, Kind: w.T("kind." + r.Kind.String()), What: w.N("sync.bundle.record.changes", r.Changes)}
		if r.New {
			line.What = w.T("sync.bundle.record.new")
		}
		if len(r.Contradictions) > 0 {
			names := make([]string, 0, len(r.Contradictions))
			for _, f := range r.Contradictions {
				names = append(names, deskFact(w, r.Kind, f))
			}
			line.Clash = w.T("sync.bundle.record.clash", join(", ", names...))
		}
		p.Records = append(p.Records, line)
	}
	if rest := len(seen.Records) - len(p.Records) + seen.More; rest > 0 {
		p.More = w.N("sync.bundle.more", rest)
	}
	for _, d := range []struct {
		key string
		n   int
	}{{"clashes", seen.Contradictions}, {"misses", seen.Misses}, {"sealed", seen.Sealed}} {
		if d.n > 0 {
			p.Doubts = append(p.Doubts, w.N("sync.bundle."+d.key, d.n))
		}
	}
}

// Bundling is an office that exchanges by a file.
type Bundling interface {
	LookAtBundle(ctx context.Context, file string) (data.BundleSeen, error)
}

// LookAtBundle reads a bundle and says what it would bring; it takes nothing in.
func LookAtBundle(ctx context.Context, env Env, file string) (*BundlePreview, error) {
	o, ok := env.API.(Bundling)
	if !ok {
		return nil, nil
	}
	seen, err := o.LookAtBundle(ctx, file)
	if err != nil {
		return nil, err
	}
	w := env.Words
	by := seen.By
	if by == "" {
		by = w.T("sync.bundle.stranger")
	}
	p := &BundlePreview{File: file, Changes: seen.Changes, Empty: seen.New == 0, Lines: []Line{
		{Label: w.T("sync.bundle.by"), Value: by},
		{Label: w.T("sync.bundle.made"), Value: app.TimeText(seen.Made, w)},
		{Label: w.T("sync.bundle.file"), Value: filepath.Base(file)},
	}}
	p.Says = w.N("sync.bundle.brings", seen.Changes)
	p.speaks(w, &seen)
	if p.Empty {
		p.Says = w.T("sync.bundle.nothing")
	}
	return p, nil
}
