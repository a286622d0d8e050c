package data

import (
	"context"
	"slices"

	"paradero/data/ledger"
	"paradero/data/record"
	"paradero/data/team"
)

// HubWord is a device's word that the next one goes on for it.
type HubWord struct {
	Key  []byte // its Ed25519 key
	Text string
}

// maxHubWords bounds how many restores one after the other a hub is told of.
const maxHubWords = 16

// HubWords gives the words by which this device goes on for those before it, the
// oldest first; none when it did not come from a backup. A hub that knows one of
// them lets this one in.
func (o *Office) HubWords(ctx context.Context) ([]HubWord, error) {
	type heir struct {
		key      []byte
		succeeds record.ID
		word     string
	}
	known := map[record.ID]heir{}
	err := o.Each(ctx, record.Device, func(r *record.Record) error {
		if key, err := team.ParseKey(r.Get("sign_key")); err == nil {
			known[ledger.DeviceOf(key)] = heir{key, r.Ref("succeeds"), r.Get("endorsement")}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var words []HubWord
	for at := o.Info().Device; len(words) < maxHubWords; {
		now := known[at]
		before, ok := known[now.succeeds]
		if !ok || now.word == "" {
			break
		}
		words = append(words, HubWord{Key: before.key, Text: now.word})
		at = now.succeeds
	}
	slices.Reverse(words)
	return words, nil
}
