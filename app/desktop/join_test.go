package desktop

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"paradero/app"
	"paradero/app/present"
	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
)

const (
	rightInvite  = "7K2Q X9M4"
	rightWelcome = "bienvenida"
)

// joinable are offices into which one is let in.
type joinable struct {
	*fakeOffices
	mu      sync.Mutex
	state   present.Joining
	welcome []byte // that the hub has
	asked   int
	waits   map[string]bool // folders in which one waits
	shared  bool            // somebody else has to sign in once
	device  string          // as it was said to be called

	folders   []string // in which it was asked
	inFolder  []byte   // the welcome that lies there
	folderErr error
}

func (j *joinable) State() present.Joining { j.mu.Lock(); defer j.mu.Unlock(); return j.state }
func (j *joinable) Request() []byte        { return []byte("solicitud") }
func (j *joinable) Ask(context.Context) ([]byte, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.asked++
	return j.welcome, nil
}

func (j *joinable) AskFolder(_ context.Context, dir string) ([]byte, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.folders = append(j.folders, dir)
	if j.folderErr != nil {
		return nil, j.folderErr
	}
	return j.inFolder, nil
}
func (j *joinable) Rehearse(code string) bool { return code == rightCode }

func (j *joinable) Join(_ context.Context, cfg data.Config, invitation, code string, pass []byte) (present.Applicant, error) {
	if code != rightInvite {
		return nil, fault.New(fault.Passphrase, "join", "passphrase_wrong")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.waits[cfg.Dir], j.device = true, cfg.Device
	j.by[cfg.Dir] = newFakeOffice(j.state.Office, false)
	j.by[cfg.Dir].pass = string(pass)
	return j, nil
}

func (j *joinable) ResumeJoin(context.Context, data.Config, []byte) (present.Applicant, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state.Recovery = ""
	return j, nil
}

func (j *joinable) CompleteJoin(_ context.Context, cfg data.Config, welcome, _ []byte) (present.Joined, error) {
	if string(welcome) != rightWelcome {
		return present.Joined{}, fault.New(fault.Refused, "join", "file_not_this", "x")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.shared {
		return present.Joined{Waits: true}, nil
	}
	delete(j.waits, cfg.Dir)
	return present.Joined{Office: j.state.Office, Name: j.state.Name}, nil
}

func (j *joinable) Open(ctx context.Context, cfg data.Config, pass []byte) (office, error) {
	j.mu.Lock()
	waits := j.waits[cfg.Dir]
	j.mu.Unlock()
	if waits {
		return nil, fault.New(fault.Refused, "open office", "office_joining", j.state.Office)
	}
	return j.fakeOffices.Open(ctx, cfg, pass)
}

func joinBench(t *testing.T, set app.Settings) (*bench, *joinable) {
	j := &joinable{waits: map[string]bool{}, state: present.Joining{
		Office: "Defensoría de Cotopaxi", Name: "Tomás Quishpe", Role: "lawyer", Words: "4821 0937 5560", Picture: "PARADERO1:ABCDEFGH2345", Recovery: rightCode, Hub: true,
		Expires: testNow.AddDate(0, 0, 3),
	}}
	b := newBenchAt(t, set, func(f *fakeOffices) offices { j.fakeOffices = f; return j })
	return b, j
}

// askToJoin fills the form and asks.
func (b *bench) askToJoin(code string) {
	for i, text := range []string{"/media/usb/paradero.invitacion", code, rightPass, rightPass} {
		b.entries()[i].SetText(text)
	}
	b.press(b.words.T("joinpage.ask"))
}

// typeBack copies the recovery code and types it back.
func (b *bench) typeBack() {
	b.t.Helper()
	b.press(b.words.T("recovery.next"))
	if b.shows("7K2QX") {
		b.t.Error("the code is shown while it is asked for")
	}
	b.entries()[0].SetText("7K2QX")
	b.press(b.words.T("recovery.check"))
	b.mustShow(b.words.T("recovery.wrong"))
	b.entries()[0].SetText(rightCode)
	b.press(b.words.T("recovery.check"))
}

// Two people without a manual: the invited one's side, by the hub.
func TestJoinByTheHub(t *testing.T) {
	b, j := joinBench(t, spanish())
	b.start("")
	b.mustShow("Unirme a un equipo")
	b.showJoin("")
	b.press(b.words.T("joinpage.ask"))
	for _, key := range []string{"joinpage.file.missing", "joinpage.code.missing", "create.pass.weak"} {
		b.mustShow(b.words.T(key))
	}
	b.askToJoin("0000")
	b.until("the code is refused", func() bool { return b.shows(b.words.T("error.passphrase_wrong")) })
	b.askToJoin(rightInvite)
	b.until("the recovery code is shown", func() bool { return b.shows("7K2QX") })
	b.typeBack()
	for _, text := range []string{"4821", "0937", "5560", "Defensoría de Cotopaxi"} {
		b.mustShow(text)
	}
	b.until("the request is at the hub", func() bool { return b.shows(b.words.T("joinpage.hub.waiting")) })
	j.mu.Lock()
	j.welcome = []byte(rightWelcome)
	j.mu.Unlock()
	b.until("the office opens by itself", func() bool { return b.session != nil })
	b.mustShow("Ya está en «Defensoría de Cotopaxi»")
}

// The same by files, over a closing of the program, and with a wrong file.
func TestJoinByFilesAfterClosing(t *testing.T) {
	b, j := joinBench(t, spanish())
	j.state.Hub = false
	b.start("")
	b.showJoin("")
	b.askToJoin(rightInvite)
	b.until("the recovery code is shown", func() bool { return b.shows("7K2QX") })
	b.typeBack()
	b.press(b.words.T("joinpage.later"))
	b.mustShow("Unirme a un equipo")
	b.showSignIn(b.saved.LastOffice)
	b.entries()[0].SetText(rightPass)
	b.press("Abrir")
	b.until("the page of waiting is back", func() bool { return b.shows("4821") })
	if j.asked != 0 {
		t.Error("asked at a hub that is not there")
	}
	wrong, right := filepath.Join(t.TempDir(), "x"), filepath.Join(t.TempDir(), "y")
	for path, text := range map[string]string{wrong: "otra cosa", right: rightWelcome} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := &waitPage{s: b.shell, j: j, a: j, dir: b.saved.LastOffice, pass: []byte(rightPass)}
	p.show()
	p.read(wrong)
	b.until("it is refused", func() bool { return b.shows(b.words.T("error.file_not_this.hint")) })
	p.read(right)
	b.until("the office opens", func() bool { return b.session != nil })
}

// By a folder that the team shares: a wrong one is told, the right one brings the
// welcome; the computer comes without a name where its name was taken out.
func TestJoinByAFolder(t *testing.T) {
	b, j := joinBench(t, spanish())
	j.state.Hub = false
	b.start("")
	b.showJoin("")
	if at := b.entries()[4]; at.Text != "pc-de-rosa" {
		t.Errorf("the computer is called %q", at.Text)
	} else {
		at.SetText(" ")
	}
	b.askToJoin(rightInvite)
	b.until("the recovery code is shown", func() bool { return b.shows("7K2QX") })
	b.typeBack()
	if j.device != data.Nameless {
		t.Errorf("it came as %q", j.device)
	}
	j.mu.Lock()
	j.folderErr = fault.New(fault.NotFound, "ask", "join_folder_none")
	j.mu.Unlock()
	b.wait.useFolder("/media/otra")
	b.until("a folder of nobody is told", func() bool { return b.shows(b.words.T("error.join_folder_none")) })
	j.mu.Lock()
	j.folderErr = nil
	j.mu.Unlock()
	b.wait.useFolder("/media/red/paradero")
	b.until("the request lies there", func() bool { return b.shows(b.words.T("joinpage.folder.waiting")) })
	b.mustShow("/media/red/paradero")
	j.mu.Lock()
	j.inFolder = []byte(rightWelcome)
	j.mu.Unlock()
	b.until("the office opens by itself", func() bool { return b.session != nil })
	if last := j.folders[len(j.folders)-1]; last != "/media/red/paradero" || j.asked != 0 {
		t.Errorf("asked in %q, at the hub %d times", j.folders, j.asked)
	}
}

// One more person signs in on this computer: he comes in by the sign-in page, and
// is told when another has to sign in first.
func TestSeveralOnOneComputer(t *testing.T) {
	b, j := joinBench(t, spanish())
	j.shared, j.state.Hub = true, false
	dir := filepath.Join(b.home, "o")
	b.offices.by[dir] = newFakeOffice("Defensoría de Cotopaxi", false)
	b.showSignIn(dir)
	b.mustShow("Cada persona entra con su propia frase.")
	b.press("Soy otra persona")
	b.mustShow(b.words.T("joinpage.text.person"))
	b.askToJoin(rightInvite)
	b.until("the recovery code is shown", func() bool { return b.shows("7K2QX") })
	b.typeBack()
	p := &waitPage{s: b.shell, j: j, a: j, dir: dir, pass: []byte(rightPass)}
	p.show()
	p.complete([]byte(rightWelcome))
	b.until("it is told", func() bool { return b.shows(b.words.T("joinpage.shared")) })
	if b.session != nil {
		t.Error("it opened all the same")
	}
}

// TestJoinTour draws the way in for a person to look at.
func TestJoinTour(t *testing.T) {
	dir := os.Getenv("PARADERO_TOUR")
	if dir == "" {
		t.Skip("PARADERO_TOUR names no folder for the pictures")
	}
	for _, c := range []struct {
		set  app.Settings
		w, h float32
	}{
		{app.Settings{Lang: assets.Spanish, Theme: app.ThemeLight, TextPercent: 100, LockMinutes: 10}, 1280, 800},
		{app.Settings{Lang: assets.English, Theme: app.ThemeDark, TextPercent: 100, LockMinutes: 10}, 1180, 680},
	} {
		b, j := joinBench(t, c.set)
		name := "join-" + string(c.set.Lang) + "-" + c.set.Theme + "-"
		b.start("")
		b.shoot(dir, name+"1-welcome", c.w, c.h)
		b.showJoin("")
		b.press(b.words.T("joinpage.ask"))
		b.shoot(dir, name+"2-empty", c.w, c.h)
		b.askToJoin(rightInvite)
		b.until("the recovery code is shown", func() bool { return b.shows("7K2QX") })
		b.typeBack()
		b.until("the request is at the hub", func() bool { return b.shows(b.words.T("joinpage.hub.waiting")) })
		b.shoot(dir, name+"3-wait", c.w, c.h)
		b.wait.useFolder("/media/red/paradero")
		b.until("the request is in the folder", func() bool { return b.shows(b.words.T("joinpage.folder.waiting")) })
		b.shoot(dir, name+"3-wait-folder", c.w, c.h)
		j.state.Waits = true
		p := &waitPage{s: b.shell, j: j, a: j, dir: "/x", pass: nil}
		p.show()
		b.shoot(dir, name+"4-shared", c.w, c.h)
		o := newFakeOffice("Defensoría de Cotopaxi", false)
		b.offices.by[b.home+"/o"] = o
		b.showSignIn(b.home + "/o")
		b.shoot(dir, name+"5-signin", c.w, c.h)
	}
}
