package app

import (
	"context"
	"strconv"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// Found creates an office and writes the prisons that it starts from. The
// recovery code comes even when the prisons failed: the office is made then,
// and the code is shown only once.
func Found(ctx context.Context, cfg data.Config, f data.Founding) (*data.Office, string, error) {
	o, code, err := data.Create(ctx, cfg, f)
	if err != nil {
		return nil, "", err
	}
	return o, code, FirstFacilities(ctx, o)
}

// FirstFacilities writes the prisons that a new office starts from; from then
// on they are records like any other, and people correct them.
func FirstFacilities(ctx context.Context, office data.API) error {
	list, err := assets.Facilities()
	if err != nil {
		return fault.Wrap(err, fault.Internal, "create office", "unknown", "facilities")
	}
	changes := make([]data.Change, len(list))
	for i, f := range list {
		set := map[string]string{
			"name": f.Name, "known_as": record.JoinList(f.KnownAs), "province": f.Province, "as_of": f.AsOf, "closed_on": f.ClosedOn,
		}
		if f.Capacity > 0 {
			set["capacity"] = strconv.Itoa(f.Capacity)
		}
		for name, text := range set {
			if text == "" {
				delete(set, name)
			}
		}
		changes[i] = data.Change{Kind: record.Facility, Set: set}
	}
	_, err = office.Edit(ctx, changes...)
	return err
}
