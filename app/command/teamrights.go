package command

import (
	"maps"
	"slices"
	"strings"

	"paradero/data"
	"paradero/data/record"
)

// teamRights tells what each role may do, one line for each right.
func (c *call) teamRights(o *data.Office) error {
	table := o.Rights()
	var rows [][]string
	for _, right := range slices.Sorted(maps.Keys(table)) {
		if c.common.json {
			var out object
			out.put("right", right)
			out.put("roles", append([]string{}, table[right]...))
			c.line(out)
			continue
		}
		text := right
		if key := "teamroom.right." + right; c.words.Has(key) {
			text = c.words.T(key)
		}
		roles := make([]string, 0, len(record.Roles))
		for _, role := range record.Roles {
			if slices.Contains(table[right], role) {
				roles = append(roles, c.role(role))
			}
		}
		rows = append(rows, []string{right, text, strings.Join(roles, ", ")})
	}
	if !c.common.json {
		c.table([]string{c.words.T("teamroom.rights.what"), " ", c.words.T("create.role")}, rows)
	}
	return nil
}

// teamSetRight gives a right to the roles that are named, and to no other: a change
// for two where another coordinator can be asked.
func (c *call) teamSetRight(o *data.Office, right, roles, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return usage("flag_missing", "reason", c.words.T("help.team.usage"))
	}
	var list []string
	for _, r := range strings.Split(roles, ",") {
		if r = strings.TrimSpace(r); r != "" {
			list = append(list, r)
		}
	}
	receipt, p, err := o.SetRights(c.ctx, map[string][]string{right: list}, reason)
	if err != nil {
		return err
	}
	var out object
	out.put("right", right)
	out.put("roles", append([]string{}, list...))
	out.put("change", receipt.Write.String())
	c.putProposal(&out, p)
	c.result(out, func() {
		if p == nil {
			c.print("command.team.right", right)
		}
	})
	c.sayProposal(p)
	return nil
}
