package reports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

var ctx = context.Background()

func ids(names ...string) []record.ID {
	out := make([]record.ID, len(names))
	for i, n := range names {
		out[i] = idOf(n)
	}
	return out
}

func issue(t testing.TB, m Office, req Request) Issued {
	t.Helper()
	out, err := Issue(ctx, m, req)
	if err != nil {
		t.Fatalf("issue %s: %v", req.Kind, err)
	}
	return out
}

// read gives a paper's text back through poppler, with single spaces.
func read(t testing.TB, pdf []byte) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is missing: install poppler-utils")
	}
	cmd := exec.Command("pdftotext", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// all are the papers that can be made of the family.
var all = map[string]Request{
	"release-notice":      {Kind: "release-notice", For: ids("ivan")},
	"condolence":          {Kind: "condolence", For: ids("kevin"), ApprovedBy: "Luis Mora Chila"},
	"notification-record": {Kind: "notification-record", For: ids("kevin")},
	"case-report":         {Kind: "case-report", For: ids("ivan")},
	"remains-request":     {Kind: "remains-request", For: ids("nina"), Extra: map[string]string{"dna": "La madre acepta dar una muestra.", "annexes": "Copia de cédula"}},
	"anonymised":          {Kind: "case-report", For: ids("ivan"), Anonymised: true},
}

func TestPapersSayWhatTheyMust(t *testing.T) {
	for name, tc := range map[string]struct{ say, never []string }{
		"release-notice": {
			say: []string{
				"Este documento no es boleta de excarcelación ni documento oficial.", "Para: Rosa Elena Quishpe Guamán (madre)", "Iván Andrés Vera Quishpe", "1714307103",
				"CPL Guayas N°1", "Cumplimiento de la pena, COIP art. 65", "Dra. Inés Yépez Zambrano", "09281-2024-01234", "BE-2026-00871", "20 de noviembre de 2026",
				"No constan condiciones", "22 de noviembre de 2026, 16:00", "Puerta principal", "son una estimación", "Lista para el día de la salida", "Mi cédula original",
				"Registró Ximena Cañarte Loor, 21/11/2026", "Según Lista del SNAI, 10/11/2026", "Versión 1, ejemplar 1", "Caso L-2026-014",
				"Datos al 21 de noviembre de 2026, 14:30", "Emitido en Guayaquil", "Trabajo social", "Confidencial", "Página 1 de", "Código de verificación",
			},
			never: []string{"Kevin", "Nina"},
		},
		"condolence": {
			say: []string{
				"Guayaquil, 21 de noviembre de 2026", "Señora Rosa:", "la muerte de su hijo Kevin Íñigo Vera Quishpe", "Registro Civil", "Ximena Cañarte Loor",
				"No hace falta responder", "Esta carta no sustituye el acta de defunción.",
			},
			never: []string{"CC-2026", "Página", "Código", "Guayas N°1", "huellas", "DML", "video", "COIP", "Iván", "Nina", "1710034065", "0100000009", "Confidencial", "{", "Registró"},
		},
		"notification-record": {
			say: []string{
				"Acta de notificación", "Kevin Íñigo Vera Quishpe", "huellas dactilares", "Informe DML-2026-0412", "Rosa Elena Quishpe Guamán", "madre", "en persona",
				"19 de noviembre de 2026, 10:00", "19 de noviembre de 2026, 11:10", "Isla Trinitaria", "Ximena Cañarte Loor; Luis Mora Chila", "su hijo Kevin murió", "Vio un video",
				"por un video", "¿Cuándo puede recibirlo?", "¿Quién firma?", "Lloró", "Sin riesgo inmediato", "Hoja con los pasos", "22 de noviembre de 2026", "Intérprete No consta",
				"Informó a la familia", "Firma opcional", "C-2026-031",
			},
			never: []string{"Iván", "Nina"},
		},
		"case-report": {
			say: []string{
				"Corte de los datos: 21 de noviembre de 2026, 14:30", "Cumple la pena el 21 de noviembre.", "Iván Andrés Vera Quishpe", "Con número de documento registrado",
				"sentenciada", "COIP art. 220", "Cronología", "Versión: con orden de libertad", "solicitud presentada", "Rosa Elena Quishpe Guamán", "No contactar",
				"Certificado de tiempo", "Examen médico", "pidiendo dinero", "Esperar en la puerta", "Acompañar la salida", "Pedir el examen médico", "Luis Mora Chila",
			},
			never: []string{"Kevin", "099 000 0000"},
		},
		"remains-request": {
			say: []string{
				"Fiscalía General del Estado", "Rosa Elena Quishpe Guamán (madre)", "Nina Sisa Vera Quishpe", "rosa en el hombro", "La madre acepta dar una muestra.", "Ritos que pide la familia No consta",
				"no solo por reconocimiento visual", "No inhumar", "Copia de cédula", "Recibido por la autoridad", "099 123 4567", "Según Lista del SNAI",
			},
			never: []string{"Kevin", "Iván", "COIP"},
		},
		"anonymised": {
			say: []string{"Versión anonimizada", "Persona A", "entre 20 y 29 años", "Contactos registrados: 2", "una lista oficial"},
			never: []string{
				"Iván", "Vera", "Quishpe", "Rosa", "1714307103", "1998", "COIP", "09281", "BE-2026", "Inés", "dinero", "puerta", "Boleta BE", "Cumple la pena", "Certificado de tiempo",
				"0991234567", "099 123", "Luis",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			out := issue(t, family(), all[name])
			text := read(t, out.PDF)
			for _, want := range tc.say {
				if !strings.Contains(text, want) {
					t.Errorf("does not say %q in:\n%s", want, text)
				}
			}
			for _, no := range append(tc.never, "⟦", "DEMOSTRACIÓN", "VISTA PREVIA") {
				if strings.Contains(text, no) {
					t.Errorf("says %q in:\n%s", no, text)
				}
			}
			if letter := name == "condolence"; strings.Contains(text, out.Number) == letter || !bytes.Contains(out.PDF, []byte(out.Number)) {
				t.Errorf("number %s: on the page %v, in the file %v", out.Number, strings.Contains(text, out.Number), bytes.Contains(out.PDF, []byte(out.Number)))
			}
		})
	}
}

func TestTheRegisterHoldsWhatWasIssued(t *testing.T) {
	for name, req := range all {
		m := family()
		out := issue(t, m, req)
		row, err := m.Get(ctx, out.ID)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(out.PDF)
		for field, want := range map[string]string{
			"kind": req.Kind, "number": out.Number, "version": "1", "copy": "1", "sha256": hex.EncodeToString(sum[:]), "as_of": "2026-11-21T14:30",
			"issued_by": "Ximena Cañarte Loor", "role": "social-worker", "place": "Guayaquil", "approved_by": req.ApprovedBy, "check_code": out.CheckCode,
			"pages": strconv.Itoa(out.Pages), "about": req.For[0].String(),
		} {
			if got := row.Get(field); got != want {
				t.Errorf("%s: %s is %q, want %q", name, field, got, want)
			}
		}
		if len(row.List("stated")) < 2 || !slices.Contains(row.List("stated"), "detainee.life_status="+map[bool]string{true: "confirmed_dead", false: "unknown"}[req.For[0] == idOf("kevin")]) {
			t.Errorf("%s: stated %q", name, row.List("stated"))
		}
		for f := range row.Values {
			if _, ok := record.SchemaOf(record.Document).Field(f); !ok {
				t.Errorf("%s: the register has no field %s", name, f)
			}
		}
	}
}

func TestSameOfficeSameBytes(t *testing.T) {
	for name, req := range all {
		if a, b := issue(t, family(), req), issue(t, family(), req); !bytes.Equal(a.PDF, b.PDF) {
			t.Errorf("%s: two offices with the same data made different papers", name)
		}
	}
}

func TestQpdfFindsNoFault(t *testing.T) {
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Skip("qpdf is missing")
	}
	for name, req := range all {
		path := t.TempDir() + "/a.pdf"
		if err := os.WriteFile(path, issue(t, family(), req).PDF, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestRefusalNamesWhatIsMissing: each paper, one thing taken away, the name of it.
func TestRefusalNamesWhatIsMissing(t *testing.T) {
	for name, tc := range map[string]struct {
		req  Request
		do   func(*memory)
		want string // key or field of a blocking problem
	}{
		"no boleta":         {all["release-notice"], func(m *memory) { m.put(record.Case, "case-ivan", map[string]string{"boleta_number": ""}) }, "boleta_number_missing"},
		"no boleta date":    {all["release-notice"], func(m *memory) { m.put(record.Case, "case-ivan", map[string]string{"boleta_date": ""}) }, "boleta_date_missing"},
		"no judge":          {all["release-notice"], func(m *memory) { m.put(record.Case, "case-ivan", map[string]string{"judge": ""}) }, "judge_missing"},
		"not dead for sure": {Request{Kind: "condolence", For: ids("nina")}, func(*memory) {}, "death_not_confirmed"},
		"not told":          {all["condolence"], func(m *memory) { delete(m.all, idOf("told-kevin")) }, "family_not_told"},
		"told by phone":     {all["condolence"], func(m *memory) { m.put(record.Notification, "told-kevin", map[string]string{"mode": "phone"}) }, "told_by_phone_only"},
		"letters forbidden": {all["condolence"], func(m *memory) { m.put(record.Contact, "rosa", map[string]string{"forbidden_channels": "letter"}) }, "letter_forbidden"},
		"no help":           {all["condolence"], func(m *memory) { m.put(record.Case, "case-kevin", map[string]string{"help_offered": ""}) }, "help_offered_missing"},
		"not to be told":    {Request{Kind: "release-notice", For: ids("ivan"), To: idOf("tio")}, func(*memory) {}, "do_not_contact"},
		"one notifier":      {all["notification-record"], func(m *memory) { m.put(record.Notification, "told-kevin", map[string]string{"notifiers": "Luis"}) }, "two_notifiers_needed"},
		"nobody to write":   {Request{Kind: "release-notice", For: ids("ivan")}, func(m *memory) { delete(m.all, idOf("tie-ivan")); delete(m.all, idOf("tie-tio")) }, "addressee_missing"},
		"unknown blank": {all["condolence"], func(m *memory) {
			m.put(record.OfficeKind, "office", map[string]string{"condolence_text": "{tratamiento}: {apodo}. No hace falta responder. {firma}"})
		}, "placeholder_unresolved"},
		"a blank without value": {all["condolence"], func(m *memory) {
			m.put(record.OfficeKind, "office", map[string]string{"condolence_text": "{tratamiento}: { No hace falta responder."})
		}, "placeholder_unresolved"},
		"braces in a value": {all["condolence"], func(m *memory) {
			m.put(record.Contact, "rosa", map[string]string{"form_of_address": "Señora {nombre}"})
		}, "placeholder_unresolved"},
		"asks for an answer": {all["condolence"], func(m *memory) {
			m.put(record.OfficeKind, "office", map[string]string{"condolence_text": "{tratamiento}: esperamos su respuesta."})
		}, "condolence_without_no_reply"},
		"a cliché": {all["condolence"], func(m *memory) {
			m.put(record.OfficeKind, "office", map[string]string{"condolence_text": "{tratamiento}: nuestro más sentido pésame. No hace falta responder."})
		}, "condolence_word"},
		"prison in the help": {all["condolence"], func(m *memory) {
			m.put(record.Case, "case-kevin", map[string]string{"help_offered": "Recoger sus cosas en la cárcel."})
		}, "condolence_word"},
		"one of two brothers": {Request{Kind: "release-notice", For: ids("ivan", "kevin")}, func(*memory) {}, "document_of_person"},
	} {
		t.Run(name, func(t *testing.T) {
			m := family()
			tc.do(m)
			before := m.Count(record.Document)
			_, err := Issue(ctx, m, tc.req)
			var e *fault.Error
			if !errors.As(err, &e) || e.Code != fault.Refused {
				t.Fatalf("got %v, want a refusal", err)
			}
			if !slices.ContainsFunc(e.Problems, func(p fault.Problem) bool { return p.Key == tc.want && !p.Warning }) {
				t.Errorf("the refusal names %v, not %s", e.Problems, tc.want)
			}
			if m.Count(record.Document) != before {
				t.Error("a refused paper stands in the register")
			}
		})
	}
}

func TestWhatCannotBeMadeSaysSo(t *testing.T) {
	for want, req := range map[string]Request{
		"document_not_available": {Kind: "habeas-corpus", For: ids("ivan")},
		"document_kind_unknown":  {Kind: "poem", For: ids("ivan")},
		"document_for_nobody":    {Kind: "condolence"},
		"document_for_one":       {Kind: "case-report", For: ids("ivan", "kevin")},
		"document_about_other":   {Kind: "case-report", For: ids("rosa")},
		"record_not_found":       {Kind: "case-report", For: ids("nobody")},
	} {
		_, err := Issue(ctx, family(), req)
		var e *fault.Error
		if !errors.As(err, &e) || e.Key != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestAPaperThatIsNotRecordedIsNotIssued(t *testing.T) {
	m := family()
	m.fail = fault.New(fault.Full, "save", "disk_full")
	out, err := Issue(ctx, m, all["release-notice"])
	if !fault.Is(err, fault.Full) || out.PDF != nil {
		t.Errorf("got %v and %d bytes, want the disk's fault and no paper", err, len(out.PDF))
	}
}

func TestPreviewLeavesNoTrace(t *testing.T) {
	m := family()
	p, err := MakePreview(ctx, m, Request{Kind: "condolence", For: ids("nina")})
	if err != nil || len(p.Blocked) == 0 || p.Pages != 1 || m.Count(record.Document) != 0 {
		t.Fatalf("preview: %v, %d problems, %d pages, %d rows", err, len(p.Blocked), p.Pages, m.Count(record.Document))
	}
	p, err = MakePreview(ctx, m, all["release-notice"])
	if err != nil || len(p.Blocked) != 0 {
		t.Fatalf("preview: %v, %v", err, p.Blocked)
	}
	if text := read(t, p.PDF); !strings.Contains(text, "Sin número: vista previa") || strings.Contains(text, "Código de verificación") {
		t.Errorf("the preview looks issued:\n%s", text)
	}
}

func TestEveryPageOfADemonstrationSaysSo(t *testing.T) {
	for name, req := range all {
		m := family()
		m.info.Demo = true
		out := issue(t, m, req)
		if got := strings.Count(read(t, out.PDF), "DEMOSTRACIÓN · personas y hechos inventados"); got != out.Pages {
			t.Errorf("%s: %d of %d pages say it", name, got, out.Pages)
		}
	}
}

func TestOneHouseholdOneLetter(t *testing.T) {
	m := family()
	m.put(record.Case, "case-nina", map[string]string{
		"detainee": idOf("nina").String(), "type": "release", "legal_basis": "Indulto", "judge": "Dr. Galo Chimbo", "process_number": "09281-2024-09999",
		"boleta_number": "BE-2026-00900", "boleta_date": "2026-11-21",
	})
	out := issue(t, m, Request{Kind: "release-notice", For: ids("ivan", "nina")})
	text := read(t, out.PDF)
	for _, want := range []string{"Iván Andrés Vera Quishpe y Nina Sisa Vera Quishpe", "BE-2026-00871", "BE-2026-00900", "Dr. Galo Chimbo"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q", want)
		}
	}
	if m.Count(record.Document) != 1 || out.To != idOf("rosa") {
		t.Errorf("%d rows, to %v", m.Count(record.Document), out.To)
	}
	row, _ := m.Get(ctx, out.ID)
	m.put(record.Case, "case-nina", map[string]string{"judge": "Dra. Ana Chimbo"})
	if got, err := Superseded(ctx, m, row); err != nil || !slices.Equal(got, []string{"case.judge@" + idOf("nina").String()}) {
		t.Errorf("superseded %v, %v: want her judge alone", got, err)
	}
}

func TestNamesThatPeopleHave(t *testing.T) {
	m := family()
	m.put(record.Detainee, "ivan", map[string]string{"given_names": "Iva\u0301n 🌹 Jose\u0301", "paternal_surname": "Nu\u0301n\u0303ez"})
	out := issue(t, m, all["release-notice"])
	if text := read(t, out.PDF); !strings.Contains(text, "Iván José Núñez Quishpe") {
		t.Errorf("his name is not right in:\n%s", text)
	}
	if !slices.ContainsFunc(out.Warnings, func(p fault.Problem) bool { return p.Key == "document_characters_replaced" }) {
		t.Error("nobody is told that a sign was left out")
	}
	m.put(record.Case, "case-ivan", map[string]string{"conditions": strings.Repeat("Presentarse cada lunes ante la autoridad. ", 300), "judge": strings.Repeat("J", 4000)})
	out = issue(t, m, all["release-notice"])
	if text := read(t, out.PDF); strings.Count(text, "Presentarse cada lunes") < 290 || out.Pages < 3 {
		t.Errorf("long values were cut: %d pages", out.Pages)
	}
}

// TestCondolenceIsOnePage: whatever people are called.
func TestCondolenceIsOnePage(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := family()
		name := rapid.StringMatching(`[A-Za-zÁÉÍÓÚÑáéíóúñü' -]{1,90}`)
		m.put(record.Detainee, "kevin", map[string]string{"given_names": "K" + name.Draw(rt, "given"), "paternal_surname": name.Draw(rt, "first"), "maternal_surname": name.Draw(rt, "second")})
		m.put(record.Contact, "rosa", map[string]string{"form_of_address": "Señora " + name.Draw(rt, "address")})
		m.info.Name, m.info.Office = "A"+name.Draw(rt, "author"), "O"+name.Draw(rt, "office")
		out, err := Issue(ctx, m, all["condolence"])
		if err != nil || out.Pages != 1 {
			rt.Fatalf("%d pages, %v", out.Pages, err)
		}
	})
	m := family()
	m.put(record.Case, "case-kevin", map[string]string{"help_offered": strings.Repeat("Acompañarle al Registro Civil. ", 400)})
	_, err := Issue(ctx, m, all["condolence"])
	var e *fault.Error
	if !errors.As(err, &e) || e.Key != "document_too_long" {
		t.Errorf("a letter of many pages: %v", err)
	}
}

func TestTheOfficesOwnLetter(t *testing.T) {
	m := family()
	m.put(record.OfficeKind, "office", map[string]string{
		"condolence_text": "{lugar_fecha}\n\n{tratamiento}:\n\nLamentamos la muerte de {nombre}. {ayuda} Llame a {contacto}.\n\nNo hace falta responder.\n\n{firma}",
	})
	text := read(t, issue(t, m, all["condolence"]).PDF)
	if !strings.Contains(text, "Lamentamos la muerte de Kevin Íñigo Vera Quishpe. El lunes 23") {
		t.Errorf("not the office's text:\n%s", text)
	}
}

func TestAddresseeIsWhoSpeaksForTheHousehold(t *testing.T) {
	m := family()
	m.put(record.Contact, "abuela", map[string]string{"given_names": "Carmen", "household": idOf("home").String()})
	m.put(record.Relationship, "a", map[string]string{"contact": idOf("abuela").String(), "detainee": idOf("ivan").String(), "kinship": "grandmother", "next_of_kin": "true"})
	if out := issue(t, m, all["release-notice"]); out.To != idOf("rosa") {
		t.Error("not to who speaks for the household")
	}
	m.put(record.Household, "home", map[string]string{"must_not_be_told": "Rosa Elena Quishpe Guamán"})
	if out := issue(t, m, all["release-notice"]); out.To != idOf("abuela") {
		t.Error("told who must not be told")
	}
	m.put(record.Household, "home", map[string]string{"must_not_be_told": ""})
	m.put(record.Contact, "rosa", map[string]string{"consent_withdrawn_on": "2026-11-20"})
	if out := issue(t, m, all["release-notice"]); out.To != idOf("abuela") {
		t.Error("not to the one who may still be told")
	}
	m.put(record.Notification, "told-kevin", map[string]string{"contact": idOf("abuela").String()})
	if out := issue(t, m, all["notification-record"]); out.To != idOf("abuela") {
		t.Error("the record does not name who was told")
	}
}

func TestRender(t *testing.T) {
	out := issue(t, family(), all["release-notice"])
	if _, err := exec.LookPath("pdftoppm"); err == nil {
		pages, err := Render(ctx, out.PDF, 50)
		if err != nil || len(pages) != out.Pages || pages[0].Bounds().Dx() < 400 {
			t.Errorf("%d pages, %v", len(pages), err)
		}
		if _, err := Render(ctx, []byte("%PDF-1.4 no"), 50); !fault.Is(err, fault.Damaged) {
			t.Errorf("a broken PDF: %v", err)
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := Render(gone, out.PDF, 50); !fault.Is(err, fault.Cancelled) {
			t.Errorf("stopped: %v", err)
		}
	}
	t.Setenv("PATH", t.TempDir())
	var e *fault.Error
	if _, err := Render(ctx, out.PDF, 50); !errors.As(err, &e) || e.Key != "poppler_missing" {
		t.Errorf("without poppler: %v", err)
	}
}

var _ Office = data.API(nil)

func BenchmarkIssue(b *testing.B) {
	m := family()
	desk := NewDesk(m)
	for b.Loop() {
		if _, err := desk.Issue(ctx, all["condolence"]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}

func TestIncidentReportNamesNobody(t *testing.T) {
	m := family()
	req := Request{Kind: "incident-report", For: ids("riot")}
	var e *fault.Error
	if _, err := Issue(ctx, m, req); !errors.As(err, &e) || !slices.ContainsFunc(e.Problems, func(p fault.Problem) bool { return p.Key == "coordinator_issues" }) {
		t.Fatalf("a social worker issued it: %v", err)
	}
	m.info.Role = "coordinator"
	first := issue(t, m, req)
	text := read(t, first.PDF)
	for _, want := range []string{
		"CPL Guayas N°1", "El centro está bajo control", "Habría más personas heridas", "Agua y carpas", "Decreto 276", "15 de enero de 2027", "118", "Fiscalía del Guayas",
		"entre 31 y 118", "Quedan 117 sin explicar", "Es el primer informe", "ya habló: 1.", "cuerpos y partes",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q in:\n%s", want, text)
		}
	}
	for _, no := range []string{"Iván", "Kevin", "Nina", "Vera", "Rosa", "1714307103", "⟦"} {
		if strings.Contains(text, no) {
			t.Errorf("says %q", no)
		}
	}
	m.now = m.now.AddDate(0, 0, 1)
	m.say("riot", record.Toll, map[string]string{"category": "returned", "count": "22", "unit": "people", "source": "Medicina Legal", "when": "2026-11-22T08:00", "note": "corte de la mañana"})
	next := issue(t, m, req)
	text = read(t, next.PDF)
	for _, want := range []string{"Desde el informe N.º " + first.Number, "Entregas a la familia: 22, según Medicina Legal («corte de la mañana»)", "Versión 2"} {
		if !strings.Contains(text, want) {
			t.Errorf("the second does not say %q in:\n%s", want, text)
		}
	}
}

func TestCaseReportShowsWhatContradicts(t *testing.T) {
	m := family()
	m.say("nina", record.Claim, map[string]string{"status": "reported_alive", "source": "Hospital Guayaquil", "source_kind": "hospital", "when": "2026-11-18T10:00"})
	m.say("nina", record.Claim, map[string]string{"status": "reported_dead", "source": "Lista en redes", "source_kind": "rumour", "when": "2026-11-19T10:00"})
	text := read(t, issue(t, m, Request{Kind: "case-report", For: ids("nina")}).PDF)
	for _, want := range []string{"Sin resolver:", "Hospital Guayaquil", "Lista en redes", "6 de diciembre de 2026: faltan 15 días"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q in:\n%s", want, text)
		}
	}
}
