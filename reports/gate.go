package reports

import (
	"context"

	"paradero/data/fault"
)

// Gate says what would keep a paper from being issued and what is doubtful,
// without laying it out: for a screen that shows it beside the button.
func Gate(ctx context.Context, office Office, req Request) (blocked, warnings []fault.Problem, err error) {
	d, p, err := gather(ctx, office, req, "check document")
	if err != nil {
		return nil, nil, err
	}
	blocked, warnings = split(d.gate())
	_, problems := d.compose(p)
	return append(blocked, problems...), warnings, nil
}
