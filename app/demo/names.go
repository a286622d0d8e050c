package demo

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

//go:embed names.txt
var namesFile string

// weighted is a list of names, each as likely as it is common.
type weighted struct {
	names []string
	upTo  []int // running sums of the weights
}

func (w *weighted) pick(rng *rand.Rand) string {
	n := rng.IntN(w.upTo[len(w.upTo)-1])
	for i, sum := range w.upTo {
		if n < sum {
			return w.names[i]
		}
	}
	return w.names[0]
}

// origins are the lists of surnames with how many people of a hundred bear
// one of them, as in the prisons of the coast.
var origins = []struct {
	list  string
	share int
}{{"common", 50}, {"montubio", 20}, {"afro", 18}, {"highland", 12}}

// readNames reads the embedded lists.
func readNames(text string) (map[string]*weighted, error) {
	lists := map[string]*weighted{}
	var list *weighted
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "@"):
			list = &weighted{}
			lists[line[1:]] = list
			continue
		}
		cut := strings.LastIndexByte(line, ' ')
		if list == nil || cut < 0 {
			return nil, fmt.Errorf("names, line %d: want a name and a weight", n+1)
		}
		weight, err := strconv.Atoi(line[cut+1:])
		if err != nil || weight < 1 {
			return nil, fmt.Errorf("names, line %d: weight %q", n+1, line[cut+1:])
		}
		sum := weight
		if k := len(list.upTo); k > 0 {
			sum += list.upTo[k-1]
		}
		list.names = append(list.names, line[:cut])
		list.upTo = append(list.upTo, sum)
	}
	return lists, nil
}

// person is an invented one.
type person struct {
	Given, Paternal, Maternal string
	Cedula                    string
	Birth                     time.Time
	Female                    bool
}

func (p person) sex() string {
	if p.Female {
		return "female"
	}
	return "male"
}

// name is the whole name as it is said.
func (p person) name() string { return p.Given + " " + p.Paternal + " " + p.Maternal }

// people invents persons, the same for the same seed, none with the cédula of
// another.
type people struct {
	rng   *rand.Rand
	lists map[string]*weighted
	used  map[string]bool
	today time.Time
}

func newPeople(seed uint64, today time.Time) (*people, error) {
	lists, err := readNames(namesFile)
	if err != nil {
		return nil, err
	}
	return &people{
		rng:   rand.New(rand.NewPCG(seed, 0x9a7ade20)),
		lists: lists, used: map[string]bool{}, today: today,
	}, nil
}

// someone invents a person between two ages.
func (p *people) someone(female bool, from, to int) person {
	origin := p.origin()
	return p.named(p.given(female), p.surname(origin), p.surname(origin), female, from, to)
}

// relative invents one who bears the given paternal surname.
func (p *people) relative(paternal string, female bool, from, to int) person {
	return p.named(p.given(female), paternal, p.surname(p.origin()), female, from, to)
}

// named makes the rest of a person whose name is settled.
func (p *people) named(given, paternal, maternal string, female bool, from, to int) person {
	days := p.rng.IntN((to-from)*365) + 1
	birth := p.today.AddDate(-to, 0, days)
	return person{Given: given, Paternal: paternal, Maternal: maternal, Female: female, Birth: birth, Cedula: p.cedula()}
}

func (p *people) origin() string {
	n := p.rng.IntN(100)
	for _, o := range origins {
		if n -= o.share; n < 0 {
			return o.list
		}
	}
	return origins[0].list
}

// surname is of the origin's own list, or for one in four of the common one.
func (p *people) surname(origin string) string {
	if p.rng.IntN(4) == 0 {
		origin = "common"
	}
	return p.lists[origin].pick(p.rng)
}

func (p *people) given(female bool) string {
	list := p.lists["male"]
	if female {
		list = p.lists["female"]
	}
	first := list.pick(p.rng)
	for strings.HasPrefix(first, "Del ") { // only ever a second name
		first = list.pick(p.rng)
	}
	if p.rng.IntN(8) == 0 {
		return first
	}
	second := list.pick(p.rng)
	for second == first {
		second = list.pick(p.rng)
	}
	return first + " " + strings.Replace(second, "Del ", "del ", 1)
}

// cedula makes a number with a right check digit that belongs to nobody: its
// third digit is 7 or 8, which the civil registry does not hand out.
func (p *people) cedula() string {
	for {
		province := 9
		if p.rng.IntN(3) == 0 {
			province = 1 + p.rng.IntN(24)
		}
		nine := fmt.Sprintf("%02d%d%06d", province, 7+p.rng.IntN(2), p.rng.IntN(1_000_000))
		full := nine + strconv.Itoa(checkDigit(nine))
		if !p.used[full] {
			p.used[full] = true
			return full
		}
	}
}

// checkDigit weighs the first nine digits 2,1,2,1… as the civil registry does.
func checkDigit(nine string) int {
	sum := 0
	for i, c := range nine {
		d := int(c - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return (10 - sum%10) % 10
}
