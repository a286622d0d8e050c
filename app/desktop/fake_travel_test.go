package desktop

import (
	"context"

	"paradero/data"
	"paradero/data/record"
)

// fakeTrip is what a fake office tells of travelling, and of how its ledger stands.
type fakeTrip struct {
	away   int
	file   string
	health data.Health
}

func (o *fakeOffice) TravelPlan(context.Context, ...record.ID) (data.TravelPlan, error) {
	return data.TravelPlan{}, nil
}

func (o *fakeOffice) Travel(context.Context, func(data.Progress), ...record.ID) (data.TravelPlan, error) {
	return data.TravelPlan{}, nil
}

func (o *fakeOffice) Return(context.Context, string, func(data.Progress)) (int, error) {
	return 0, nil
}

func (o *fakeOffice) Health(context.Context) (data.Health, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.trip.health, nil
}

func (o *fakeOffice) Halted() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.trip.health.Halted
}

func (o *fakeOffice) DeviceName(context.Context, record.ID) string { return "" }
