package command

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// tieVerb says what a contact is to a detainee. A tie that is there already is
// corrected, not doubled.
func tieVerb(fs *pflag.FlagSet) action {
	kin := fs.Bool("next-of-kin", false, "")
	proof := fs.String("proof", "", "")
	return func(c *call, args []string) error {
		return c.withOffice(func(o *data.Office) error {
			contact, err := c.resolve(o, args[0], record.Contact)
			if err != nil {
				return err
			}
			detainee, err := c.resolve(o, args[1], record.Detainee)
			if err != nil {
				return err
			}
			set := map[string]string{"contact": contact.ID.String(), "detainee": detainee.ID.String(), "kinship": args[2]}
			if fs.Changed("next-of-kin") {
				set["next_of_kin"] = "false"
				if *kin {
					set["next_of_kin"] = "true"
				}
			}
			if *proof != "" {
				set["proof"] = *proof
			}
			change := data.Change{Kind: record.Relationship, Set: set}
			ties, err := o.Links(c.ctx, contact.ID, record.Relationship)
			if err != nil {
				return err
			}
			for _, t := range ties {
				if t.Ref("detainee") == detainee.ID && !t.Deleted {
					change.Record, change.Base = t.ID, t
				}
			}
			return c.saved(o, record.Relationship, change)
		})
	}
}

// logVerb writes down one contact attempt; a call about three brothers is one.
func logVerb(fs *pflag.FlagSet) action {
	about := fs.StringSlice("about", nil, "")
	channel := fs.String("channel", "", "")
	outcome := fs.String("outcome", "", "")
	note := fs.String("note", "", "")
	asked := fs.String("asked", "", "")
	when := fs.String("when", "", "")
	next := fs.String("next", "", "")
	by := fs.String("by", "", "")
	return func(c *call, args []string) error {
		if *channel == "" || *outcome == "" || len(*about) == 0 {
			return usage("wrong_count", c.words.T("help.log.usage"))
		}
		return c.withOffice(func(o *data.Office) error {
			contact, people, err := c.contactAndPeople(o, args, *about)
			if err != nil {
				return err
			}
			set := map[string]string{
				"contact": contact.ID.String(), "about": record.JoinList(people), "channel": *channel, "outcome": *outcome,
				"when": orNow(o, *when), "by": *by,
			}
			if *by == "" {
				set["by"] = o.Info().Name
			}
			put(set, "note", *note, "asked", *asked, "next_due", *next)
			return c.saved(o, record.Attempt, data.Change{Kind: record.Attempt, Set: set})
		})
	}
}

// contactAndPeople resolves CONTACT --about ID… where the shell leaves all but
// the first of several ids among the plain arguments.
func (c *call) contactAndPeople(o data.API, args, about []string) (*record.Record, []string, error) {
	contact, err := c.resolve(o, args[0], record.Contact)
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, text := range append(slices.Clone(about), args[1:]...) {
		r, err := c.resolve(o, text, record.Detainee)
		if err != nil {
			return nil, nil, err
		}
		ids = append(ids, r.ID.String())
	}
	return contact, ids, nil
}

// orNow is the moment that was typed, or now.
func orNow(o data.API, typed string) string {
	if typed != "" {
		return typed
	}
	return o.Now().Format("2006-01-02T15:04")
}

// put adds the pairs that have a value.
func put(set map[string]string, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			set[pairs[i]] = pairs[i+1]
		}
	}
}

// notifyTexts are the flags of notify that are written down as they are.
var notifyTexts = map[string]string{
	"mode": "mode", "when": "when", "ended": "ended", "place": "place", "phone-reason": "phone_reason", "tie": "tie",
	"others-present": "others_present", "interpreter": "interpreter", "identity-source": "identity_source",
	"identity-method": "identity_method", "words": "words_said", "known-before": "known_before", "known-how": "known_how",
	"questions": "questions", "reaction": "reaction", "safety": "safety", "handed-over": "handed_over",
	"next-contact": "next_contact",
}

// notifyVerb records how a death was told.
func notifyVerb(fs *pflag.FlagSet) action {
	about := fs.StringSlice("about", nil, "")
	by := fs.StringSlice("by", nil, "")
	signed := fs.Bool("signed", false, "")
	texts := map[string]*string{}
	for flag, field := range notifyTexts {
		texts[field] = fs.String(flag, "", "")
	}
	return func(c *call, args []string) error {
		if len(*about) == 0 || len(*by) == 0 || *texts["mode"] == "" || *texts["when"] == "" {
			return usage("wrong_count", c.words.T("help.notify.usage"))
		}
		set := map[string]string{}
		for field, text := range texts {
			put(set, field, *text)
		}
		var notifiers []string
		for _, n := range *by {
			notifiers = append(notifiers, strings.TrimSpace(n))
		}
		set["notifiers"] = record.JoinList(notifiers)
		if *signed {
			set["signed"] = "true"
		}
		return c.withOffice(func(o *data.Office) error { return c.told(o, args, *about, set) })
	}
}

// told writes one telling for each of the dead.
func (c *call) told(o data.API, args, about []string, set map[string]string) error {
	contact, people, err := c.contactAndPeople(o, args, about)
	if err != nil {
		return err
	}
	set["contact"] = contact.ID.String()
	var changes []data.Change
	for _, id := range people {
		one := map[string]string{"about": id}
		for field, text := range set {
			one[field] = text
		}
		canonical, problems := record.CheckAll(record.Notification, one, o.Now())
		if blocking := rule.Blocking(problems); len(blocking) > 0 {
			return &fault.Error{Code: fault.Invalid, Op: "tell of a death", Key: "invalid", Problems: blocking}
		}
		if problems := rule.Blocking(rule.CheckNotification(canonical)); len(problems) > 0 {
			return fault.Refuse("tell of a death", "notification_refused", problems)
		}
		changes = append(changes, data.Change{Kind: record.Notification, Set: one})
	}
	receipts, err := o.Edit(c.ctx, changes...)
	if err != nil {
		return err
	}
	for _, r := range receipts {
		c.printReceipt(record.Notification, r)
	}
	return nil
}
