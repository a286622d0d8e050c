package data

import (
	"context"

	"paradero/data/record"
)

// renewKeys draws a new key of the office that the devices which ended do not get.
func (o *Office) renewKeys(context.Context, []record.ID) (uint32, error) { return 0, nil }
