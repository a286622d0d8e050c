package rule

import (
	"strings"
	"testing"

	"paradero/data/fault"
)

func keys(ps []fault.Problem) string {
	var out []string
	for _, p := range ps {
		k := p.Field + ":" + p.Key
		if p.Warning {
			k = "?" + k
		}
		out = append(out, k)
	}
	return strings.Join(out, " ")
}

func TestCheckClaim(t *testing.T) {
	for name, c := range map[string]struct {
		values vals
		want   string
	}{
		"a report":             {vals{"status": "reported_dead", "source": "lista"}, ""},
		"a place":              {vals{"facility": "CPL Azuay N°1", "source": "lista"}, ""},
		"no source":            {vals{"status": "reported_dead"}, "source:claim_needs_source"},
		"says nothing":         {vals{"source": "lista"}, "status:claim_says_nothing"},
		"no such word":         {vals{"status": "muerto", "source": "lista"}, "status:claim_status_unknown"},
		"death, bare":          {vals{"status": "confirmed_dead", "source": "ML"}, "method:death_needs_method proof:death_needs_proof ?approved_by:second_person_missing"},
		"death by evidence":    {vals{"status": "confirmed_dead", "source": "ML", "evidence": "ADN, informe 12"}, "?approved_by:second_person_missing"},
		"death by video":       {vals{"status": "confirmed_dead", "source": "padre", "evidence": "lo reconoció en un video"}, "method:method_never_enough ?approved_by:second_person_missing"},
		"death by tattoos":     {vals{"status": "confirmed_dead", "source": "tía", "method": "tattoos", "proof": "foto"}, "method:method_never_enough ?approved_by:second_person_missing"},
		"death, two people":    {vals{"status": "confirmed_dead", "source": "ML", "method": "dental", "proof": "informe 3", "proposed_by": "Ana", "approved_by": "Luis"}, ""},
		"death, twice herself": {vals{"status": "confirmed_dead", "source": "ML", "method": "dental", "proof": "informe 3", "proposed_by": "Ana Paz", "approved_by": "ANA PAZ"}, "?approved_by:second_person_missing"},
		"seen on no visit":     {vals{"status": "confirmed_dead", "source": "x", "method": "seen", "proof": "y"}, "method:method_not_of_death ?approved_by:second_person_missing"},
		"alive, bare":          {vals{"status": "confirmed_alive", "source": "madre"}, "method:alive_needs_method"},
		"alive, visited":       {vals{"status": "confirmed_alive", "source": "madre", "evidence": "visita del domingo"}, ""},
		"alive on a video":     {vals{"status": "confirmed_alive", "source": "padre", "evidence": "visto por el padre en un video"}, "method:alive_needs_method"},
		"takes back":           {vals{"source": "Ana", "corrects": "x"}, ""},
		"resolves badly":       {vals{"source": "Ana", "status": "reported_alive", "resolves": "x"}, "resolves:resolution_names_both reason:resolution_needs_reason"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := keys(CheckClaim(c.values)); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestInferMethod(t *testing.T) {
	for evidence, want := range map[string]string{
		"huellas dactilares, informe 33":     "fingerprints",
		"DACTILOSCOPIA":                      "fingerprints",
		"matched by fingerprints":            "fingerprints",
		"ADN":                                "dna",
		"Informe No. 12 de ADN":              "dna",
		"Informe N° 12 ADN":                  "dna",
		"reconocimiento visual y ADN":        "dna",
		"ficha dental":                       "dental",
		"odontograma comparado":              "dental",
		"Acta de Defunción 2021-44":          "death_record",
		"death record 44":                    "death_record",
		"prótesis de cadera n.º 8812":        "implant_serial",
		"visto por su hermana":               "seen",
		"visita en el pabellón 5":            "seen",
		"habló con su madre":                 "spoken_to",
		"llamada del lunes":                  "spoken_to",
		"videollamada con la abogada":        "spoken_to",
		"tatuaje en el brazo":                "tattoos",
		"un video en Facebook":               "video",
		"sin huellas, tatuaje":               "tattoos",
		"pendiente de ADN":                   "",
		"ADN pendiente":                      "",
		"no se hizo la prueba de ADN":        "",
		"comadnreja":                         "",
		"":                                   "",
		"se comentó en el barrio":            "",
		"no hay duda, huellas coincidentes":  "fingerprints",
		"acta de defunción no. 12 (visual)":  "death_record",
		"aún sin acta de defunción":          "",
		"reconocimiento visual por el padre": "visual",
	} {
		got, ok := InferMethod(evidence)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", evidence, got, ok, want)
		}
	}
}

func TestCompletedLeavesTheCallersMap(t *testing.T) {
	v := vals{"status": "confirmed_dead", "evidence": "ADN, informe 12\nsegunda línea"}
	out := Completed(v)
	if out["method"] != "dna" || out["proof"] != "ADN, informe 12" {
		t.Errorf("got %v", out)
	}
	if v["method"] != "" || len(v) != 2 {
		t.Errorf("the argument changed: %v", v)
	}
	plainReport := vals{"status": "reported_dead", "evidence": "ADN"}
	if out := Completed(plainReport); out["method"] != "" {
		t.Errorf("a report is not a confirmation: %v", out)
	}
}
