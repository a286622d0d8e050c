package present

import (
	"context"
	"strings"

	"paradero/data"
	"paradero/data/record"
	"paradero/data/search"
)

// Find is the search for one detainee, where a case or a paper needs him.
type Find struct {
	Found    []PersonRow
	Searched bool // something was asked and answered
	Failure  Failure

	env    Env
	ctx    context.Context
	latest *Latest[*search.Result]
	shown  func()
}

// findRows is how many are offered; more letters narrow it down.
const findRows = 6

// NewFind makes the search; shown is called on the screen's goroutine.
func NewFind(ctx context.Context, env Env, shown func()) *Find {
	return &Find{env: env, ctx: ctx, shown: shown, latest: NewLatest[*search.Result](env.Run)}
}

// Type takes the text of the search line, at every key.
func (f *Find) Type(text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		f.latest.Drop()
		f.Found, f.Searched = nil, false
		f.shown()
		return
	}
	f.latest.Ask(f.ctx, func(ctx context.Context) (*search.Result, error) {
		return f.env.API.List(ctx, data.ListQuery{Kind: record.Detainee, Text: text})
	}, func(result *search.Result, err error) {
		if isCancelled(err) {
			return
		}
		f.Found, f.Searched, f.Failure = nil, true, Failure{}
		if err != nil {
			f.Failure = failure(f.env.Words, err)
		} else {
			for i := range min(result.Len(), findRows) {
				f.Found = append(f.Found, personRow(f.env, result.At(i)))
			}
		}
		f.shown()
	})
}

// Drop forgets what is under way.
func (f *Find) Drop() { f.latest.Drop() }
