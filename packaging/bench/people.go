package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
)

// person is one invented detainee, in the canonical texts that both sides store.
type person struct {
	values map[string]string
	claim  map[string]string // where he is, as a list says
}

var (
	givenMen   = []string{"José", "Luis", "Carlos", "Juan", "Jorge", "Ángel", "Manuel", "Víctor", "Segundo", "Miguel", "Jhon", "Kevin", "Bryan", "Darwin", "Wilmer", "Byron", "Franklin", "Édison", "Marlon", "Íñigo", "Jefferson", "Freddy", "Andrés", "Cristhian", "Danny", "Stalin"}
	givenWomen = []string{"María", "Rosa", "Ana", "Carmen", "Luz", "Blanca", "Mercedes", "Gloria", "Fanny", "Jenny", "Narcisa", "Génesis", "Verónica", "Mayra", "Zoila", "Sisa"}
	surnames   = []string{"Zambrano", "Sánchez", "García", "Vera", "Cedeño", "Moreira", "Guamán", "Quishpe", "Rodríguez", "López", "Mendoza", "González", "Macías", "Espinoza", "Morales", "Núñez", "Ñáñez", "Yupanqui", "Chimbo", "Caicedo", "Quiñónez", "Angulo", "Mina", "Preciado", "Castillo", "Jiménez", "Ortiz", "Bravo", "Alcívar", "Pincay", "Tomalá", "Villao", "Reyes", "Suárez", "Holguín", "Intriago", "de la Cruz", "del Pezo", "San Lucas", "Tigua", "Ponce", "Delgado", "Loor", "Bermúdez", "Vélez", "Toapanta", "Tipán", "Chicaiza", "Pilataxi", "Andrade", "Burbano", "Erazo", "Paredes", "Freire", "Lema", "Cando", "Yánez", "Ibarra", "Cevallos", "Mejía"}
	offences   = []string{"Robo", "Hurto", "Tráfico en pequeña escala", "Receptación", "Asociación ilícita", "Extorsión"}
	facilities = []string{"CPL Guayas N°1", "CPL Guayas N°5", "CRS Masculino Guayas N°4", "CPL Cotopaxi N°1", "CPL Azuay N°1", "CPL Manabí N°4"}
	legal      = []string{"remand", "sentenced", "sentenced", "contravention"}
)

// inventor makes people one by one, always the same for the same seed. They are
// made when they are needed: a million of them waiting in memory would be
// walked by every garbage collection that is measured.
type inventor struct {
	mu   sync.Mutex
	rand *rand.Rand
	seed uint64
	made int
}

func newInventor(seed uint64) *inventor {
	return &inventor{rand: rand.New(rand.NewPCG(seed, 7)), seed: seed}
}

// next may be called from several goroutines.
func (v *inventor) next() person {
	v.mu.Lock()
	defer v.mu.Unlock()
	r, i := v.rand, v.made
	v.made++
	sex, given := "male", givenMen
	if r.IntN(12) == 0 {
		sex, given = "female", givenWomen
	}
	return person{
		values: map[string]string{
			"given_names":      pick(r, given) + " " + pick(r, given),
			"paternal_surname": pick(r, surnames),
			"maternal_surname": pick(r, surnames),
			"cedula":           cedula(int(v.seed)*1_000_003 + i),
			"birth":            fmt.Sprintf("%04d-%02d-%02d", 1950+r.IntN(54), 1+r.IntN(12), 1+r.IntN(28)),
			"sex":              sex,
			"nationality":      "Ecuador",
			"legal_status":     pick(r, legal),
			"detained_on":      fmt.Sprintf("%04d-%02d-%02d", 2015+r.IntN(6), 1+r.IntN(12), 1+r.IntN(28)),
			"offence":          pick(r, offences),
			"penalty_months":   fmt.Sprint(6 + r.IntN(200)),
			"process_number":   fmt.Sprintf("09%03d-%d-%05d", 281+r.IntN(9), 2015+r.IntN(6), r.IntN(100000)),
		},
		claim: map[string]string{"facility": pick(r, facilities), "wing": fmt.Sprint(1 + r.IntN(12))},
	}
}

// invent makes n people at once.
func invent(n int, seed uint64) []person {
	v := newInventor(seed)
	people := make([]person, n)
	for i := range people {
		people[i] = v.next()
	}
	return people
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// cedula gives the n-th number of Guayas with its right check digit.
func cedula(n int) string {
	body := fmt.Sprintf("09%07d", n%10_000_000)
	sum := 0
	for i, c := range body {
		p := int(c - '0')
		if i%2 == 0 {
			if p *= 2; p > 9 {
				p -= 9
			}
		}
		sum += p
	}
	return body + fmt.Sprint((10-sum%10)%10)
}
