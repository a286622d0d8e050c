package rule

import "paradero/data/record"

// lifeConflicts finds the pairs of claims about life that cannot both be true.
// What opposes a confirmation is shown against it; only where nothing is
// confirmed do reports stand against each other.
func lifeConflicts(life view) []Contradiction {
	top := decisive(life.claims)
	if top == nil {
		return nil
	}
	var out []Contradiction
	add := func(a, b *claim, why string) {
		if !life.ended(a, b) {
			out = append(out, pair("life_status", a, b, why))
		}
	}
	if !top.confirmed {
		last := latestWords(life.claims)
		for i, a := range last {
			for _, b := range last[i+1:] {
				if why := reportsClash(a, b); why != "" {
					add(a, b, why)
				}
			}
		}
		return out
	}
	for _, c := range life.claims {
		switch {
		case c == top:
		case c.confirmed:
			// The living may die; the dead do not come back.
			if c.life != top.life && (c.life == "dead" || !before(c.when, top.when)) {
				add(c, top, "two_confirmations")
			}
		case opposes(c, top) && !before(c.when, top.when):
			add(top, c, "report_against_confirmation")
		}
	}
	return out
}

// opposes reports whether a report says other than a confirmation: that a man
// who was seen is injured agrees with it, that he is missing does not.
func opposes(report, confirmation *claim) bool {
	return report.life != "unknown" && report.life != confirmation.life
}

// reportsClash says why two reports of different sources cannot both be true;
// a comes first by source date.
func reportsClash(a, b *claim) string {
	if a.source == b.source || a.life == b.life {
		return ""
	}
	switch {
	case a.life == "dead" && b.life == "alive":
		return "dead_then_alive"
	case a.life == "alive" && b.life == "dead" && within(a.when, b.when, newsDays):
		return "alive_and_dead"
	case a.life == "dead" && b.life == "missing", a.life == "missing" && b.life == "dead" && !before(a.when, b.when):
		return "dead_and_missing"
	}
	return ""
}

// latestWords keeps each source's last word: a list that moves a name from the
// dead to the injured corrects itself and contradicts nobody.
func latestWords(claims []*claim) []*claim {
	last := map[string]*claim{}
	for _, c := range claims {
		last[c.source] = c
	}
	var out []*claim
	for _, c := range claims {
		if last[c.source] == c {
			out = append(out, c)
		}
	}
	return out
}

// releaseConflicts finds who is free by one source and held by another.
func releaseConflicts(release view) []Contradiction {
	var out []Contradiction
	last := latestWords(release.claims)
	for i, a := range last {
		for _, b := range last[i+1:] {
			free := a.release == "released"
			if free == (b.release == "released") || a.source == b.source {
				continue
			}
			// Held and later released is the way out; released and soon held again is not.
			if !free && before(a.when, b.when) || !within(a.when, b.when, newsDays) {
				continue
			}
			if !release.ended(a, b) {
				out = append(out, pair("release_status", a, b, "released_and_held"))
			}
		}
	}
	return out
}

// placeConflicts finds two prisons by two sources at about the same time.
func placeConflicts(place view) []Contradiction {
	var out []Contradiction
	last := latestWords(place.claims)
	for i, a := range last {
		for _, b := range last[i+1:] {
			if a.facility == "" || b.facility == "" || a.facility == b.facility || a.source == b.source {
				continue
			}
			if before(a.when, b.when) && b.moved() {
				continue // the later one says that he was taken there
			}
			if within(a.when, b.when, placeDays) && !place.ended(a, b) {
				out = append(out, pair("facility", a, b, "two_places"))
			}
		}
	}
	return out
}

// moved reports whether the claim itself says that the person changed place.
func (c *claim) moved() bool {
	return c.release == "transferred" || c.release == "hospitalised" || c.release == "released"
}

func pair(field string, a, b *claim, why string) Contradiction {
	return Contradiction{Field: field, A: *a.entry, B: *b.entry, Why: why}
}

// FieldContradictions names the critical fields of a record that have several
// values at once, in the order of the schema.
func FieldContradictions(r *record.Record) []string {
	if r == nil {
		return nil
	}
	s := record.SchemaOf(r.Kind)
	if s == nil {
		return nil
	}
	var out []string
	for i := range s.Fields {
		if f := &s.Fields[i]; f.Critical && differ(r.Values[f.Name]) {
			out = append(out, f.Name)
		}
	}
	return out
}

func differ(vals []record.Val) bool {
	for _, v := range vals {
		if v.Text != vals[0].Text {
			return true
		}
	}
	return false
}
