package main

import (
	"context"
	"fmt"
)

// exchange compares moving all people from one device through a hub into another
// with the peer's moving plain documents.
func (b *bench) exchange(ctx context.Context) error {
	peer, why, err := installPouch(ctx, b.npm)
	if err != nil {
		return err
	}
	if peer == nil {
		fmt.Fprintf(b.out, "PouchDB: left out, %s\n", why)
		return nil
	}
	dir, err := b.folder("pouch")
	if err != nil {
		return err
	}
	pair, err := peer.pair(ctx, dir, b.people)
	if err != nil {
		return err
	}
	defer pair.stop()
	fmt.Fprintf(b.out, pouchWork+"\n", peer.version, grouped(int64(b.people)), documentSize)
	return contest{
		name: fmt.Sprintf("%s people from one device to another", grouped(int64(b.people))), unit: "people/s", rounds: min(b.rounds, 3),
		sides: []side{
			{name: "PouchDB, batches of 1,000", run: func(ctx context.Context) (float64, error) { return pair.push(ctx, 1000) }},
			{name: "PouchDB, its default batch", run: func(ctx context.Context) (float64, error) { return pair.push(ctx, 0) }},
		},
	}.run(ctx, b.out)
}
