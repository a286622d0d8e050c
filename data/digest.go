package data

import (
	"context"
	"crypto/sha256"

	"paradero/data/record"
)

// Digest gives, for every record that anything was ever said of, a hash of what
// it is folded to: two devices that hold the same changes give the same, byte for
// byte.
func (o *Office) Digest(ctx context.Context) (map[record.ID][32]byte, error) {
	const op = "read records"
	o.flush()
	if err := o.enter(op); err != nil {
		return nil, err
	}
	defer o.use.RUnlock()
	ids := o.packs.ids()
	err := o.store.Rows(ctx, 0, 1, func(_ record.Kind, id record.ID, _ []byte) error {
		ids = append(ids, id)
		return nil
	})
	if err != nil {
		return nil, diskFault(op, err)
	}
	out := make(map[record.ID][32]byte, len(ids))
	for _, id := range ids {
		s, _, err := o.state(id)
		if err != nil {
			return nil, diskFault(op, err)
		}
		out[id] = sha256.Sum256(s.Encode(nil))
	}
	return out, nil
}
