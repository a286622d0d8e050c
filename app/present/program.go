package present

import (
	"slices"
	"strconv"
	"strings"

	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// newerProgram says that another device of the team has a newer program than this
// one, which may write what this one only keeps and passes on.
func newerProgram(w *assets.Words, st *data.Status) string {
	mine, most := "", ""
	for i := range st.Devices {
		if st.Devices[i].This {
			mine = st.Devices[i].Program
		}
	}
	for i := range st.Devices {
		if d := &st.Devices[i]; !d.Ended && newer(d.Program, mine) && (most == "" || newer(d.Program, most)) {
			most = d.Program
		}
	}
	if most == "" {
		return ""
	}
	return w.T("sync.newer", most, mine)
}

// newer tells whether one version is a later one than another, as "1.10.0" than
// "1.9.2". What is no version, as that of a developer, is neither.
func newer(a, b string) bool {
	one, ok := versionOf(a)
	two, ok2 := versionOf(b)
	return ok && ok2 && slices.Compare(one, two) > 0
}

func versionOf(text string) ([]int, bool) {
	text, _, _ = strings.Cut(strings.TrimPrefix(text, "v"), "-")
	var out []int
	for _, part := range strings.Split(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, false
		}
		out = append(out, n)
	}
	for len(out) > 1 && out[len(out)-1] == 0 {
		out = out[:len(out)-1]
	}
	return out, true
}

// aloneLine says that nobody could agree to what takes two members, for who may do
// something about it; "" when somebody could, or nobody real works here.
func aloneLine(env Env) string {
	if env.API.Info().Demo || !env.API.LoneCoordinator() {
		return ""
	}
	switch {
	case env.API.Count(record.Member) <= 1:
		return env.Words.T("teamroom.few") // what takes two is done by one then
	case env.API.Info().Role != "coordinator":
		return ""
	}
	return env.Words.T("finding.lone_coordinator")
}
