package command

import (
	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// claimTexts are the flags of claim that are written down as they are.
var claimTexts = map[string]string{
	"source": "source", "source-kind": "source_kind", "when": "when", "evidence": "evidence", "method": "method", "proof": "proof",
	"authority": "authority", "approved-by": "approved_by", "through": "through", "reliability": "reliability",
	"place": "facility", "wing": "wing", "cell": "cell", "corrects": "corrects", "reason": "reason",
}

// claimVerb writes down what one source says of a person. A status is never
// typed over: it is concluded from all that was said.
func claimVerb(fs *pflag.FlagSet) action {
	texts := map[string]*string{}
	for flag, field := range claimTexts {
		texts[field] = fs.String(flag, "", "")
	}
	return func(c *call, args []string) error {
		values := map[string]string{}
		for field, text := range texts {
			put(values, field, *text)
		}
		if len(args) == 2 {
			values["status"] = args[1]
		}
		if values["source"] == "" {
			return usage("flag_missing", "source", c.words.T("help.claim.usage"))
		}
		if values["status"] == "" && values["facility"]+values["wing"]+values["cell"]+values["corrects"] == "" {
			return usage("wrong_count", c.words.T("help.claim.usage"))
		}
		return c.withOffice(func(o *data.Office) error { return c.claim(o, args[0], values) })
	}
}

func (c *call) claim(o *data.Office, id string, values map[string]string) error {
	r, err := c.resolve(o, id, record.Detainee)
	if err != nil {
		return err
	}
	canonical := map[string]string{}
	for field, typed := range values {
		text, problems := record.Check(record.Claim, field, typed, o.Now())
		if blocking := rule.Blocking(problems); len(blocking) > 0 {
			return &fault.Error{Code: fault.Invalid, Op: "claim", Key: "invalid", Problems: blocking}
		}
		canonical[field] = text
	}
	if canonical["status"] == "confirmed_dead" || canonical["status"] == "confirmed_alive" {
		canonical["proposed_by"] = o.Info().Name
	}
	// A confirmation that lacks its proof is refused by a rule, not by form.
	if blocking := rule.Blocking(rule.CheckClaim(canonical)); len(blocking) > 0 {
		return fault.Refuse("claim", "claim_refused", blocking)
	}
	return c.saved(o, r.Kind, data.Change{
		Record: r.ID, Kind: r.Kind, Base: r,
		Add: []data.Addition{{Kind: record.Claim, Values: canonical}},
	})
}
