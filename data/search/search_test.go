package search

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"paradero/data/match"
	"paradero/data/record"

	"pgregory.net/rapid"
)

func id(n int) record.ID {
	return record.ID{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), 0xff}
}

var people = []Row{
	{ID: id(1), Kind: record.Detainee, Given: "Íñigo", Paternal: "Núñez", Maternal: "Ñáñez", Paper: "1714307103", Facility: "CPL Guayas N°1"},
	{ID: id(2), Kind: record.Detainee, Given: "José Luis", Paternal: "Quishpe", Maternal: "Guamán", Alias: "Gato\nFlaco", Paper: "0960000016", Facility: "CPL Cotopaxi N°1"},
	{ID: id(3), Kind: record.Detainee, Given: "Juan Carlos", Paternal: "de la Cruz", Maternal: "Mora", Life: "reported_dead", Flags: Contradicted},
	{ID: id(4), Kind: record.Contact, Given: "Rosa", Paternal: "Mora", Maternal: "Nuza"},
	{ID: id(5), Kind: record.Detainee, Given: "Mora", Paternal: "Zambrano", Maternal: "Nuñez"},
	{ID: id(6), Kind: record.Contact, Given: "Ana", Paternal: "Morales", Maternal: "Yupangui"},
	{ID: id(7), Kind: record.Remains, Title: "", Paper: "GYE-2021-014"},
	{ID: id(8), Kind: record.Case, Title: "Caso 09286-2019-01234", State: "open"},
	{ID: id(9), Kind: record.Detainee, Paternal: "Nuzman", Maternal: "Vera", Given: "Pepe", Life: "confirmed_alive"},
}

func listed(r *Result) string {
	var out []string
	for i := range r.Len() {
		out = append(out, fmt.Sprint(int(r.ID(i)[3])))
	}
	return strings.Join(out, " ")
}

func TestFind(t *testing.T) {
	x := New()
	x.Put(people...)
	for _, c := range []struct{ text, want, why string }{
		{"nunez", "1 5", "surname"},
		{"NÚÑEZ", "1 5", "surname"},
		{"nan", "1", "surname"},
		{"inigo nunez", "1", "surname,given_name"},
		{"Núñez, Íñigo", "1", "surname,given_name"},
		{"1714307", "1", "cedula"},
		{"171430710-3", "1", "cedula"},
		{"gye-2021", "7", "paper"},
		{"014", "7", "paper"},
		{"mora", "4 6 3 5", "surname"},
		{"cruz", "3", "surname"},
		{"juan de la cruz", "3", "surname,given_name"},
		{"gato", "2", "alias"},
		{"quispe", "2", "sound"},
		{"huaman", "2", "sound"},
		{"yupanqui ana", "6", "given_name,sound"},
		{"jose quispe", "2", "given_name,sound"},
		{"jose nuzman", "9", "surname,sound"},
		{"cotopaxi", "2", "place"},
		{"quishpe cotopaxi", "2", "surname,place"},
		{"xyzzy", "", ""},
		{"caso", "", ""}, // cases are not among those looked for without saying so
		{"...", "", ""},
		{"'", "", ""},
	} {
		r := x.Find(Query{Text: c.text})
		if got := listed(r); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
			continue
		}
		if r.Len() > 0 && strings.Join(r.Why(0), ",") != c.why {
			t.Errorf("%q: why %v, want %s", c.text, r.Why(0), c.why)
		}
		for i := range r.Len() {
			if s := r.Score(i); s <= 0 || s > 1 || i > 0 && s > r.Score(i-1) {
				t.Errorf("%q: score %d is %f", c.text, i, s)
			}
		}
	}
}

func TestFilters(t *testing.T) {
	x := New()
	x.Put(people...)
	for name, c := range map[string]struct {
		q    Query
		want string
	}{
		"all, ñ after n": {Query{}, "3 4 6 1 9 2 5 7"},
		"kind":           {Query{Kinds: []record.Kind{record.Contact}}, "4 6"},
		"cases":          {Query{Kinds: []record.Kind{record.Case}, Text: "09286-2019"}, "8"},
		"state":          {Query{Kinds: []record.Kind{record.Case}, State: "open"}, "8"},
		"life":           {Query{Life: "reported_dead"}, "3"},
		"nobody's":       {Query{Life: "confirmed_dead"}, ""},
		"facility":       {Query{Facility: "CPL Guayas N°1"}, "1"},
		"flag":           {Query{Flag: Contradicted}, "3"},
		"flags":          {Query{Flag: Contradicted | Closed}, ""},
		"limit":          {Query{Limit: 2}, "3 4"},
		"limit text":     {Query{Text: "mora", Limit: 2}, "4 6"},
		"blank text":     {Query{Text: "  ", Life: "confirmed_alive"}, "9"},
	} {
		if got := listed(x.Find(c.q)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if x.Count(record.Detainee) != 5 || x.Count(record.Contact) != 2 || x.Count(record.Task) != 0 {
		t.Error("counts", x.Count(record.Detainee), x.Count(record.Contact))
	}
}

func TestRowsComeBackWhole(t *testing.T) {
	x := New()
	full := Row{
		ID: id(1), Kind: record.Detainee, Given: "a", Paternal: "b", Maternal: "c", Alias: "d\ne", Title: "f", Paper: "g", Born: "1990-01-02",
		Life: "h", Release: "i", Legal: "j", Facility: "k", Wing: "l", State: "m", About: id(7), Day: "2021-01-01", Flags: 9,
	}
	x.Put(full)
	if got, ok := x.Get(id(1)); !ok || got != full {
		t.Errorf("%+v", got)
	}
	if got := x.Find(Query{}).At(0); got != full {
		t.Errorf("%+v", got)
	}
	if _, ok := x.Get(id(2)); ok {
		t.Error("found what was never put")
	}
}

func TestNameAndKey(t *testing.T) {
	for want, r := range map[string]Row{
		"Núñez Ñáñez, Íñigo": people[0], "de la Cruz Mora, Juan Carlos": people[2], "GYE-2021-014": people[6], "Caso 09286-2019-01234": people[7],
		"Rosa": {Given: "Rosa"}, "Pilco": {Paternal: "Pilco"}, "Gato": {Alias: "Gato\nFlaco", Paper: "1"}, "": {},
	} {
		if got := r.Name(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	sorted := []string{"Nz", "Ñ", "N", "Na", "Nzz", "Ña", "O", "n\u0303b", "Núñez", "Nunz", "Nuña"}
	slices.SortFunc(sorted, func(a, b string) int { return strings.Compare(Row{Paternal: a}.Key(), Row{Paternal: b}.Key()) })
	if got := strings.Join(sorted, " "); got != "N Na Nunz Nuña Núñez Nz Nzz Ñ Ña n\u0303b O" {
		t.Error(got)
	}
	if (Row{Paternal: "Peña López"}).Key() != (Row{Paternal: "PEN\u0303A LOPEZ"}).Key() {
		t.Error("a loose tilde sorts elsewhere")
	}
}

func TestReplaceAndRemove(t *testing.T) {
	x := New()
	x.Put(people...)
	r := people[1]
	r.Paternal = "Almeida"
	x.Find(Query{})
	x.Put(r)
	if got := listed(x.Find(Query{})); got != "2 3 4 6 1 9 5 7" {
		t.Error("a new name stands at its place:", got)
	}
	if got := listed(x.Find(Query{Text: "quishpe"})); got != "" {
		t.Error("the old name is found still:", got)
	}
	x.Remove(id(2), id(99), id(3))
	if got := listed(x.Find(Query{})); got != "4 6 1 9 5 7" {
		t.Error(got)
	}
	if x.Count(record.Detainee) != 3 {
		t.Error(x.Count(record.Detainee))
	}
}

func rows() *rapid.Generator[Row] {
	word := rapid.SampledFrom([]string{"", "Núñez", "Nuñez", "Nunez", "Ñáñez", "de la Cruz", "Quishpe", "Quispe", "Mora", "Morales", "Łódź", "O'Brien-Vera", "Αθηνά"})
	return rapid.Custom(func(t *rapid.T) Row {
		return Row{
			ID: id(rapid.IntRange(1, 200).Draw(t, "id")), Kind: rapid.SampledFrom([]record.Kind{record.Detainee, record.Contact}).Draw(t, "kind"),
			Given: word.Draw(t, "given"), Paternal: word.Draw(t, "paternal"), Maternal: word.Draw(t, "maternal"),
			Paper: rapid.SampledFrom([]string{"", "1714307103", "A-12/b"}).Draw(t, "paper"), Facility: rapid.SampledFrom([]string{"", "Turi", "La Roca"}).Draw(t, "facility"),
		}
	})
}

func TestFoundByAnyPrefixOfAnyWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := New()
		all := rapid.SliceOfN(rows(), 1, 90).Draw(t, "rows")
		x.Put(all...)
		r := all[len(all)-1] // of one id given twice the later counts
		words := strings.Fields(match.Fold(r.Given + " " + r.Paternal + " " + r.Maternal + " " + r.Paper))
		if len(words) == 0 {
			return
		}
		w := []rune(rapid.SampledFrom(words).Draw(t, "word"))
		q := Query{Text: string(w[:rapid.IntRange(1, len(w)).Draw(t, "letters")])}
		got := x.Find(q)
		for i := range got.Len() {
			if got.ID(i) == r.ID {
				return
			}
		}
		t.Fatalf("%+v is not found by %q", r, q.Text)
	})
}

// TestAgainstPlainModel compares any series of puts and removals with a map.
func TestAgainstPlainModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, model := New(), map[record.ID]Row{}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "do") {
			case 0:
				var ids []record.ID
				for _, n := range rapid.SliceOfN(rapid.IntRange(1, 200), 1, 100).Draw(t, "gone") {
					ids = append(ids, id(n))
					delete(model, id(n))
				}
				x.Remove(ids...)
			case 1:
				x.Find(Query{Text: "mora"})
			default:
				put := rapid.SliceOfN(rows(), 1, 100).Draw(t, "put")
				x.Put(put...)
				for _, r := range put {
					model[r.ID] = r
				}
			}
		}
		var want []Row
		for _, r := range model {
			want = append(want, r)
		}
		slices.SortFunc(want, func(a, b Row) int {
			if c := strings.Compare(a.Key(), b.Key()); c != 0 {
				return c
			}
			return slices.Compare(a.ID[:], b.ID[:])
		})
		got := x.Find(Query{})
		if got.Len() != len(want) {
			t.Fatalf("%d rows, want %d", got.Len(), len(want))
		}
		for i, w := range want {
			if got.At(i) != w {
				t.Fatalf("row %d is %+v, want %+v", i, got.At(i), w)
			}
		}
		prefix := rapid.SampledFrom([]string{"nu", "nane", "mora", "q", "12", "171", "a12"}).Draw(t, "prefix")
		n := 0
		for _, w := range want {
			for _, word := range strings.Fields(match.Fold(w.Given+" "+w.Paternal+" "+w.Maternal+" "+w.Paper) + " " + strings.ReplaceAll(match.Fold(w.Paper), " ", "")) {
				if strings.HasPrefix(word, prefix) {
					n++
					break
				}
			}
		}
		hits := 0
		r := x.Find(Query{Text: prefix})
		for i := range r.Len() {
			if !slices.Contains(r.Why(i), "sound") {
				hits++
			}
		}
		if hits != n {
			t.Fatalf("%q: %d hits, want %d", prefix, hits, n)
		}
	})
}

func TestPutOrderDoesNotMatter(t *testing.T) {
	all := invented(300)
	a, b := New(), New()
	a.Put(all...)
	mixed := slices.Clone(all)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	for _, r := range mixed {
		b.Put(r)
	}
	for _, text := range []string{"", "m", "quis", "ana", "juan p", "17", "guayas"} {
		ra, rb := a.Find(Query{Text: text}), b.Find(Query{Text: text})
		if listed(ra) != listed(rb) || ra.Len() != rb.Len() {
			t.Errorf("%q: %d and %d rows", text, ra.Len(), rb.Len())
		}
	}
}

func TestResultIsStable(t *testing.T) {
	x := New()
	x.Put(invented(2000)...)
	r := x.Find(Query{Text: "m"})
	var before []Row
	for i := range r.Len() {
		before = append(before, r.At(i))
	}
	changed := invented(2000)
	for i := range changed {
		changed[i].Paternal, changed[i].Facility = "Otro", fmt.Sprint("Centro ", i)
	}
	x.Put(changed...)
	for i := range 500 {
		x.Remove(id(i + 1))
	}
	for i, w := range before {
		if r.At(i) != w || r.ID(i) != w.ID {
			t.Fatalf("row %d changed under its reader", i)
		}
	}
}

func TestArenaIsCompacted(t *testing.T) {
	x := New()
	all := invented(2000)
	x.Put(all...)
	size := len(x.keys)
	for range 20 {
		x.Put(all...)
	}
	if len(x.keys) > 2*size {
		t.Errorf("the arena grew from %d to %d with the same rows", size, len(x.keys))
	}
	if got := x.Find(Query{}).Len(); got != 2000 {
		t.Error(got)
	}
}

func TestWriterAndReaders(t *testing.T) {
	x := New()
	all := invented(3000)
	x.Put(all...)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for g := range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				r := x.Find(Query{Text: []string{"m", "quispe", ""}[g]})
				for i := range min(r.Len(), 20) {
					if r.At(i).ID != r.ID(i) {
						t.Error("a torn row")
						return
					}
				}
				x.Get(id(7))
				x.Count(record.Detainee)
			}
		})
	}
	for i := range 300 {
		r := all[i]
		r.Paternal = fmt.Sprint("Nuevo", i)
		x.Put(r)
		if i%50 == 0 {
			x.Put(all[:200]...)
			x.Remove(all[i].ID)
		}
	}
	close(stop)
	wg.Wait()
}

var (
	surnames = strings.Fields("Quishpe Guamán Núñez Ñáñez Mora Morales Zambrano Cevallos Toapanta Pilco Chasi Vera Moreira Cedeño Macías Intriago Yupangui Caiza Tipán Sánchez Pérez López Gómez Rodríguez Andrade Benítez Castillo Delgado Espinoza Figueroa Guerrero Herrera Ibarra Jaramillo Loor Mendoza Navarrete Ochoa Palacios Quiñónez Rosero Salazar Tenorio Uvidia Valencia Yánez Zurita Alcívar Bravo Chávez")
	givens   = strings.Fields("José Luis Juan Carlos María Rosa Ana Íñigo Jhon Jhonny Pedro Marco Andrés Diego Byron Kevin Wilmer Stalin Galo Édgar Wilson Segundo Manuel Ángel Víctor Elena Carmen Luz Blanca Mercedes Gladys Narcisa Jorge Francisco Javier Fernando Gabriel Alex Darwin Freddy Ramón Klever Washington Milton Hugo César Iván Óscar Raúl")
	centres  = []string{"CPL Guayas N°1", "CRS Masculino Guayas N°4", "CPL Cotopaxi N°1", "CPL Azuay N°1", "CPL Manabí N°4", "CPPL Masculino Pichincha N°1"}
)

// invented makes n people; names repeat as they do in lists.
func invented(n int) []Row {
	rng := rand.New(rand.NewPCG(7, 7))
	pick := func(list []string) string { return list[min(rng.IntN(len(list)), rng.IntN(len(list)))] }
	out := make([]Row, n)
	for i := range out {
		out[i] = Row{
			ID: id(i + 1), Kind: record.Detainee, Given: pick(givens) + " " + pick(givens), Paternal: pick(surnames), Maternal: pick(surnames),
			Paper: fmt.Sprintf("%02d%08d", 1+rng.IntN(24), rng.IntN(1e8)), Born: "1988-04-12", Life: "unknown", Release: "detained",
			Legal: "sentenced", Facility: pick(centres), Wing: fmt.Sprint("Pabellón ", 1+rng.IntN(12)),
		}
	}
	return out
}

func BenchmarkFind100k(b *testing.B) {
	x := New()
	x.Put(invented(100_000)...)
	x.Find(Query{})
	typed := []string{"quispe jose", "nunez inigo", "Morales", "1712", "jhonny guaman", "de la cruz", "ana m", "guayas mora", "xyzzyx", "cedeno loor pedro", "huaman"}
	var took []time.Duration
	for b.Loop() {
		for _, text := range typed {
			for i := range text {
				from := time.Now()
				r := x.Find(Query{Text: text[:i+1]})
				took = append(took, time.Since(from))
				if r.Len() > 0 {
					_ = r.At(0)
				}
			}
		}
	}
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "ms-p50/keystroke")
	b.ReportMetric(at(0.99), "ms-p99/keystroke")
	b.ReportMetric(at(1), "ms-max/keystroke")
}

func BenchmarkFindAll100k(b *testing.B) {
	x := New()
	x.Put(invented(100_000)...)
	for b.Loop() {
		x.recent.forget() // else it is the same result again, for nothing
		x.Find(Query{})
	}
}

func BenchmarkPut100k(b *testing.B) {
	all := invented(100_000)
	for b.Loop() {
		x := New()
		x.Put(all...)
		x.Find(Query{Limit: 1})
	}
}

func BenchmarkPutOne(b *testing.B) {
	x := New()
	all := invented(100_000)
	x.Put(all...)
	i := 0
	for b.Loop() {
		r := all[i%len(all)]
		r.Paternal += "z"
		x.Put(r)
		i++
	}
}

func BenchmarkMemory100k(b *testing.B) {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for b.Loop() {
		before := heap()
		x := New()
		func() {
			all := invented(100_000)
			for from := 0; from < len(all); from += 1000 { // as they come when an office is opened
				x.Put(all[from : from+1000]...)
			}
		}()
		x.Find(Query{Limit: 1})
		b.ReportMetric(float64(heap()-before)/1e6, "MB")
		runtime.KeepAlive(x)
	}
}
