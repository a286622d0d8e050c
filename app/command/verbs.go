package command

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// action does a verb with the arguments that are not flags.
type action func(c *call, args []string) error

// verb is one row of the table. Its words are help.<name>.usage, .about and
// .example; those of its flags help.<name>.flag.<flag> or help.flag.<flag>.
type verb struct {
	name        string
	least, most int // arguments beside flags; most < 0: any number
	setup       func(*pflag.FlagSet) action
}

// verbs is the table, in the order in which help lists them.
func verbs() []verb {
	return []verb{
		{"init", 0, 0, initVerb},
		{"demo", 0, 0, demoVerb},
		{"import", 1, 1, importVerb},
		{"export", 0, 0, exportVerb},
		{"find", 1, -1, findVerb},
		{"show", 1, 1, showVerb},
		{"new", 1, -1, newVerb},
		{"edit", 1, -1, editVerb},
		{"tie", 3, 3, tieVerb},
		{"log", 1, -1, logVerb},
		{"notify", 1, -1, notifyVerb},
		{"claim", 1, 2, claimVerb},
		{"resolve", 2, 2, resolveVerb},
		{"undo", 1, 1, undoVerb},
		{"merge", 2, 2, mergeVerb},
		{"unmerge", 1, 1, unmergeVerb},
		{"issue", 1, -1, issueVerb},
		{"check", 1, 1, checkVerb},
		{"erase", 1, 1, eraseVerb},
		{"team", 1, -1, teamVerb},
		{"join", 0, 1, joinVerb},
		{"approve", 1, 1, approveVerb},
		{"refuse", 1, 1, refuseVerb},
		{"travel", 0, -1, travelVerb},
		{"bundle", 2, 2, bundleVerb},
		{"sync", 0, 0, syncVerb},
		{"status", 0, 0, statusVerb},
		{"hub", 0, 3, hubVerb},
		{"passphrase", 0, 0, passphraseVerb},
		{"recover", 0, 0, recoverVerb},
		{"shares", 0, 1, sharesVerb},
		{"lock", 0, 0, lockVerb},
		{"wipe", 0, 0, wipeVerb},
		{"verify", 0, 0, verifyVerb},
		{"rebuild", 0, 0, rebuildVerb},
		{"backup", 1, 1, backupVerb},
		{"restore", 1, 1, restoreVerb},
		{"version", 0, 0, versionVerb},
		{"help", 0, 1, helpVerb},
	}
}

// later are the verbs that are spoken of but not in this version.
var later = []string{
	"duplicates", "reconcile", "screen", "agenda",
}

// verbOf gives the first argument that is neither a flag nor a flag's value,
// wherever flags stand, and whether help was asked for.
func verbOf(args []string) (name string, help bool) {
	takesValue := map[string]bool{}
	short := map[byte]bool{}
	var shared common
	for _, v := range verbs() {
		fs := pflag.NewFlagSet(v.name, pflag.ContinueOnError)
		shared.register(fs)
		v.setup(fs)
		fs.VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal == "" {
				takesValue[f.Name] = true
				if f.Shorthand != "" {
					short[f.Shorthand[0]] = true
				}
			}
		})
	}
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			if i+1 < len(args) && name == "" {
				name = args[i+1]
			}
			return name, help
		case strings.HasPrefix(a, "--"):
			help = help || a == "--help"
			if !strings.Contains(a, "=") && takesValue[a[2:]] {
				i++
			}
		case len(a) > 1 && a[0] == '-':
			help = help || a == "-h"
			if len(a) == 2 && short[a[1]] {
				i++
			}
		case name == "":
			name = a
		}
	}
	return name, help
}

// find gives a verb by its name, or says which one was meant.
func (c *call) find(name string) (verb, error) {
	for _, v := range verbs() {
		if v.name == name {
			return v, nil
		}
	}
	if slices.Contains(later, name) {
		return verb{}, usage("verb_later", name)
	}
	if near := nearest(name, verbNames()); near != "" {
		return verb{}, usage("verb_unknown_near", name, near)
	}
	return verb{}, usage("verb_unknown", name)
}

func verbNames() []string {
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return names
}

// wrongFlag puts what the flag reader says into our words.
func (c *call) wrongFlag(err error, fs *pflag.FlagSet) error {
	var unknown *pflag.NotExistError
	var valueless *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		var names []string
		fs.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := nearest(name, names); near != "" {
			return usage("flag_unknown_near", name, c.verb.name, near)
		}
		return usage("flag_unknown", name, c.verb.name)
	case errors.As(err, &valueless):
		return usage("flag_without_value", valueless.GetSpecifiedName())
	case errors.As(err, &invalid):
		return usage("flag_value", invalid.GetFlag().Name, invalid.GetValue())
	}
	return usage("wrong_count", c.words.T("help."+c.verb.name+".usage"))
}

// nearest gives the name that a slip of the fingers most likely meant, "" when
// none is near.
func nearest(typed string, names []string) string {
	typed = strings.ToLower(typed)
	best, least := "", 1+max(2, len([]rune(typed))/2)
	for _, n := range names {
		d := distance(typed, n)
		if strings.HasPrefix(n, typed) && len(typed) >= 2 {
			d = 1
		}
		if d < least {
			best, least = n, d
		}
	}
	return best
}

// distance counts the letters added, dropped, changed or swapped.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range y {
		rows[0][j+1] = j + 1
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(x)][len(y)]
}
