package desktop

import (
	"context"

	"paradero/data"
)

func (o *fakeOffice) Status(context.Context) (data.Status, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.status, nil
}

func (o *fakeOffice) Waiting() []data.WaitingBatch { return nil }

// know says where the changes are from now on.
func (o *fakeOffice) know(st data.Status) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status = st
}

func (o *fakeOffice) Proposals(context.Context, bool) ([]data.Proposal, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked, nil
}
