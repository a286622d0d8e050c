package team

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"paradero/app/desktop/roomtest"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data"
	"paradero/data/record"
)

// fellows is an office whose team a test says.
type fellows struct {
	data.API
	team     []data.TeamMember
	asked    []data.Proposal
	decided  []string // "yes reason" or "no reason"
	roles    []string
	removed  []record.ID
	proposes bool // what is done to a coordinator waits
	err      error
}

func (f *fellows) Team(context.Context) ([]data.TeamMember, error) { return f.team, f.err }
func (f *fellows) Proposals(_ context.Context, all bool) ([]data.Proposal, error) {
	return f.asked, f.err
}

func (f *fellows) SetRole(_ context.Context, m record.ID, role, reason string) (data.Receipt, *data.Proposal, error) {
	f.roles = append(f.roles, role+" "+reason)
	if f.proposes {
		return data.Receipt{}, &data.Proposal{}, f.err
	}
	return data.Receipt{}, nil, f.err
}

func (f *fellows) Remove(_ context.Context, id record.ID, reason string) (data.Removal, error) {
	f.removed = append(f.removed, id)
	if f.proposes {
		return data.Removal{Proposal: &data.Proposal{}}, f.err
	}
	return data.Removal{Devices: []record.ID{id}}, f.err
}

func (f *fellows) Approve(_ context.Context, w record.Write, reason string) (data.Receipt, error) {
	f.decided = append(f.decided, "yes "+reason)
	return data.Receipt{}, f.err
}

func (f *fellows) Refuse(_ context.Context, w record.Write, reason string) (data.Receipt, error) {
	f.decided = append(f.decided, "no "+reason)
	return data.Receipt{}, f.err
}

// window lends the room what the window does, and is the door.
type window struct {
	*roomtest.Host
	file     string
	written  map[string][]byte
	invited  []present.Inviting
	knocks   []present.Knock
	admitted []string
	printed  []string
	guests   *guestsFake
	locked   int
}

func (w *window) Door() present.Door                    { return w }
func (w *window) ReadFile(path string) ([]byte, error)  { return []byte("solicitud"), nil }
func (w *window) WriteFile(path string, b []byte) error { w.written[path] = b; return nil }
func (w *window) Pick(_ []string, then func(string))    { then(w.file) }
func (w *window) PickSave(name string, then func(string)) {
	w.file = "/media/usb/" + name
	then(w.file)
}

func (w *window) Invite(_ context.Context, in present.Inviting, file string) (present.Invited, error) {
	w.invited = append(w.invited, in)
	return present.Invited{File: file, Code: "7K2Q-X9M4-TWB1", Fingerprint: "r5qd 81xz", Expires: roomtest.Day().Add(72 * time.Hour)}, nil
}

func (w *window) LookAt(_ context.Context, request []byte) (present.Knock, error) {
	if string(request) != "solicitud" {
		return present.Knock{}, errors.New("not a request")
	}
	return knock, nil
}
func (w *window) Knocks(context.Context) ([]present.Knock, error) { return w.knocks, nil }
func (w *window) Admit(_ context.Context, request []byte) ([]byte, error) {
	w.admitted = append(w.admitted, string(request))
	return []byte("bienvenida"), nil
}

var knock = present.Knock{
	Name: "Tomás Quishpe Yupanqui", Role: "lawyer", Device: "Latacunga", Words: "4821 0937 5560", Picture: "PARADERO1:ABCDEFGH2345", Request: []byte("solicitud"),
}

func id(b byte) record.ID { return record.ID{b, 7} }

func open(t *testing.T, lang assets.Lang, dark bool, size fyne.Size) (*window, *fellows, *teamRoom, roomtest.Seed) {
	t.Helper()
	o := roomtest.Office(t, roomtest.Day())
	seed := roomtest.Fill(t, o)
	now, me := roomtest.Day(), o.Info().Member
	f := &fellows{API: o}
	f.team = []data.TeamMember{
		{ID: id(2), Name: "Tomás Quishpe Yupanqui", Role: "lawyer", Licence: "05-2014-77", Phone: "+593 99 812 3344", Since: now.AddDate(0, -3, 0), Devices: []data.TeamDevice{
			{ID: id(21), Record: id(22), Member: id(2), Name: "Latacunga", Since: now.AddDate(0, -3, 0), Said: 310, Refused: 2},
			{ID: id(23), Record: id(24), Member: id(2), Name: "Teléfono viejo", Since: now.AddDate(0, -3, 0), Ended: now.AddDate(0, -1, 0), Why: "Lo robaron en el bus", Said: 12},
		}},
		{ID: me, Name: "Lucía Chamorro", Role: "coordinator", Since: now.AddDate(-1, 0, 0), Me: true, Devices: []data.TeamDevice{
			{ID: id(11), Record: id(12), Member: me, Name: "Portátil de coordinación", This: true, Shared: true, Said: 1204, Since: now.AddDate(-1, 0, 0)},
		}},
		{ID: id(3), Name: "Rosa Panchana", Role: "social-worker", Since: now.AddDate(0, -2, 0)},
		{ID: id(4), Name: "Íñigo Ñacato", Role: "coordinator", Since: now.AddDate(-1, 0, 0), Removed: now.AddDate(0, 0, -4), Why: "Dejó la defensoría"},
	}
	dead := lastWrite(t, o, seed.Dead)
	f.asked = []data.Proposal{
		{
			Write: dead, What: data.ProposalDeath, Record: seed.Dead, Kind: record.Detainee, Name: "Núñez Ñáñez, Byron Leonardo", Says: "confirmed_dead",
			By: id(3), ByName: "Rosa Panchana", At: now.Add(-time.Hour), State: data.ProposalWaiting, May: true,
		},
		{
			Write: record.Write{Index: 3}, What: data.ProposalRole, Record: me, Kind: record.Member, Name: "Tomás Quishpe Yupanqui", Says: "coordinator",
			By: me, ByName: "Lucía Chamorro", At: now, State: data.ProposalWaiting, Mine: true, WhyNot: "own", Reason: "Hace falta otra persona en coordinación",
		},
		{
			Write: record.Write{Index: 4}, What: data.ProposalLetter, Record: seed.Dead, Kind: record.Document, Name: "Núñez Ñáñez, Byron Leonardo", ByName: "Rosa Panchana", At: now.Add(-time.Hour * 30),
			State: data.ProposalRefused, Decision: &data.Decision{ByName: "Lucía Chamorro", At: now.Add(-time.Hour * 20), Reason: "La familia aún no lo sabe"},
		},
	}
	w := &window{Host: roomtest.New(t, f, lang, dark, size), written: map[string][]byte{}}
	r := New(w).(*teamRoom)
	w.Show(roomtest.Framed(r.Open("")))
	return w, f, r, seed
}

// lastWrite is the change by which a record was made.
func lastWrite(t *testing.T, o *data.Office, of record.ID) record.Write {
	t.Helper()
	steps, err := o.Timeline(context.Background(), of)
	if err != nil || len(steps) == 0 {
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	return steps[len(steps)-1].Write
}

func must(t *testing.T, w *window, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !w.Sees(text) {
			t.Errorf("does not say %q; says %q", text, w.Texts())
		}
	}
}

var big = fyne.NewSize(1280, 3200)

func TestRoomSaysWhoIsIn(t *testing.T) {
	w, f, r, _ := open(t, assets.Spanish, false, big)
	must(t, w, "Hay una sola persona en coordinación.", "Lucía Chamorro", "Coordinación", "Mat. 05-2014-77", "Emitir el hábeas corpus", "La familia aún no lo sabe")
	if w.Sees("Latacunga") || w.Sees("Íñigo Ñacato") {
		t.Error("what was not asked for is shown at once")
	}
	r.open = id(2)
	r.page.Redraw()
	must(t, w, "Latacunga", "2 cambios suyos no tienen efecto", "Lo robaron en el bus")
	w.Press("Ver 1 persona que ya no está")
	must(t, w, "Íñigo Ñacato", "Dejó la defensoría")
	f.team = f.team[1:2]
	r.Changed(data.Event{Kind: record.Member})
	w.Pump()
	must(t, w, "Usted trabaja sin nadie más.")
	f.err = errors.New("broken")
	r.Changed(data.Event{Kind: record.Member})
	w.Pump()
	must(t, w, "Volver a intentar")
}

// Whom a death concerns, and who might be meant instead, stands before what is
// proposed; the second person decides, the first may not.
func TestProposalIsSeenWholeAndDecided(t *testing.T) {
	w, f, _, _ := open(t, assets.Spanish, false, big)
	all := strings.Join(w.Texts(), "\n")
	order := []string{"compruebe que es esta persona", "1710034065", "Padres", "nombre parecido", "Núñez Ñáñez, Íñigo Ángel", "Se propone", "Muerte confirmada", "Informe dactiloscópico 2026-1182", "Lo propone Rosa Panchana"}
	at := 0
	for _, part := range order {
		i := strings.Index(all[at:], part)
		if i < 0 {
			t.Fatalf("%q does not stand where it must:\n%s", part, all)
		}
		at += i
	}
	must(t, w, "Usted lo propuso: debe decidirlo otra persona", "Pasa a: Coordinación", "Hace falta otra persona en coordinación")
	w.Press("Retirar lo propuesto…")
	must(t, w, "Deja de esperar y no tendrá efecto")
	w.Press("Retirar")
	if len(f.decided) != 1 || f.decided[0] != "no " {
		t.Fatalf("taken back: %q", f.decided)
	}
	f.decided = nil
	w.Press("Rechazar…")
	w.Press("Rechazar")
	must(t, w, "Escriba por qué se rechaza")
	w.Fill("Por qué no", "No es él")
	w.Press("Rechazar")
	if len(f.decided) != 1 || f.decided[0] != "no No es él" {
		t.Fatalf("decided %q", f.decided)
	}
	w.Press("Aprobar…")
	w.Press("Aprobar")
	if len(f.decided) != 2 || f.decided[1] != "yes " {
		t.Fatalf("decided %q", f.decided)
	}
}

func TestRolesAndRemovalsNeedReasons(t *testing.T) {
	w, f, r, _ := open(t, assets.Spanish, false, big)
	r.open = id(2)
	r.page.Redraw()
	w.Press("Cambiar la función…")
	w.Fill("Función", "Coordinación")
	w.Press("Cambiar la función")
	must(t, w, "Escriba el motivo")
	w.Fill("Motivo", "Hace falta")
	f.proposes = true
	w.Press("Cambiar la función")
	if len(f.roles) != 1 || f.roles[0] != "coordinator Hace falta" {
		t.Fatalf("roles %q", f.roles)
	}
	must(t, w, "espera a que otra persona de coordinación la apruebe")
	f.proposes = false
	w.Press("Dar de baja este computador…")
	must(t, w, "Qué pasa al dar de baja a Latacunga", "clave nueva", "nadie lo puede borrar a distancia")
	w.Press("Dar de baja este computador")
	if len(f.removed) != 0 {
		t.Fatal("removed without a reason")
	}
	w.Fill("Motivo", "Lo perdió")
	w.Press("Dar de baja este computador")
	if len(f.removed) != 1 || f.removed[0] != id(22) {
		t.Fatalf("removed %v", f.removed)
	}
	must(t, w, "Se dio de baja: Latacunga.")
}

// The coordinator's side of letting somebody in, from the invitation to the
// welcome.
func TestSomebodyIsLetIn(t *testing.T) {
	w, _, _, _ := open(t, assets.Spanish, false, big)
	w.Press("Invitar a alguien…")
	w.Press("Guardar la invitación…")
	must(t, w, w.Words().T("create.name.missing"))
	w.Fill("Nombres y apellidos", "Tomás Quishpe Yupanqui")
	w.Press("Guardar la invitación…")
	must(t, w, "Elija qué hará en el equipo.")
	w.Fill("Función", "Defensa legal")
	w.Press("Guardar la invitación…")
	if len(w.invited) != 1 || w.invited[0].Role != "lawyer" || strings.Contains(w.file, "Quishpe") {
		t.Fatalf("invited %+v into %q", w.invited, w.file)
	}
	must(t, w, "7K2Q-X9M4-TWB1", "24 nov 2026", "Paradero no usa la cámara")
	w.knocks = []present.Knock{knock} // she answers while the page stands open
	w.Pass(1)
	must(t, w, "Esperan a ser admitidos")
	w.knocks = nil
	w.Pass(1)
	w.Press("Leer una solicitud…")
	must(t, w, "Tomás Quishpe Yupanqui pide entrar", "4821", "0937", "5560")
	w.Press("No coinciden")
	must(t, w, "No se admitió a nadie.")
	if len(w.admitted) != 0 {
		t.Fatal("admitted all the same")
	}
	w.Press("Leer una solicitud…")
	w.Press("Coinciden: admitir")
	if len(w.admitted) != 1 {
		t.Fatal("not admitted")
	}
	must(t, w, "Tomás Quishpe Yupanqui ya está en el equipo.")
	w.Press("Guardar la bienvenida…")
	if string(w.written[w.file]) != "bienvenida" {
		t.Fatalf("written %q", w.written)
	}
}

func TestWhoKnocksIsTold(t *testing.T) {
	w, _, r, _ := open(t, assets.Spanish, false, big)
	w.knocks = []present.Knock{knock}
	r.Changed(data.Event{Kind: record.Device})
	w.Pump()
	must(t, w, "Esperan a ser admitidos", "Defensa legal · Latacunga")
	w.Press("Comparar y admitir…")
	must(t, w, "4821")
	if !r.Back() || w.Sees("4821") {
		t.Error("Esc does not leave the comparison")
	}
}

// TestTour draws the room for a person to look at.
func TestTour(t *testing.T) {
	for _, c := range []struct {
		lang assets.Lang
		dark bool
		size fyne.Size
	}{
		{assets.Spanish, false, fyne.NewSize(1280, 800)},
		{assets.Spanish, true, fyne.NewSize(1180, 680)},
		{assets.English, true, fyne.NewSize(1280, 800)},
		{assets.English, false, fyne.NewSize(1180, 680)},
	} {
		w, f, r, _ := open(t, c.lang, c.dark, c.size)
		w.Picture("team")
		w.Press(w.Words().T("proposal.refuse"))
		w.Picture("team-refuse")
		r.page.Cancel()
		pending := f.asked
		f.asked = f.asked[2:]
		r.vm.Load()
		w.Pump()
		r.open = id(2)
		r.page.Redraw()
		w.Picture("team-member")
		w.Press(w.Words().T("teamroom.role"))
		w.Picture("team-role")
		r.page.Cancel()
		r.remove(r.vm.Members[2], &r.vm.Members[2].Devices[0])
		w.Picture("team-remove")
		r.page.Cancel()
		r.gone = true
		r.page.Redraw()
		r.page.ScrollTo(3000)
		w.Picture("team-end")
		r.invite(present.TeamMember{})
		w.Picture("team-invite")
		w.Fill(w.Words().T("create.name"), "Tomás Quishpe")
		w.Fill(w.Words().T("create.role"), w.Words().T("role.lawyer"))
		w.Press(w.Words().T("teamroom.invite.write"))
		w.knocks = []present.Knock{knock}
		r.askKnocks()
		w.Picture("team-invited")
		r.look(knock)
		w.Picture("team-compare")
		w.Press(w.Words().T("teamroom.knock.same"))
		w.Picture("team-admitted")
		f.asked = pending
	}
}
