package desktop

import (
	"cmp"
	"context"
	"os"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"paradero/app"
	"paradero/app/desktop/team"
	"paradero/app/present"
	"paradero/app/widget"
	"paradero/data"
	"paradero/data/fault"
)

// requestName is how the file of a request is named: nothing of a person stands in it.
const requestName = "paradero.solicitud"

// askAfter is how often the page asks at the hub whether the welcome has come.
const askAfter = 3 * time.Second

// waitPage is the page of who asked to be let in: what is to be compared, how the
// request goes, and the welcome.
type waitPage struct {
	s       *shell
	j       joiner
	a       present.Applicant
	dir     string
	pass    []byte
	folder  string          // that the office shares, where one was chosen
	state   *fyne.Container // how the way by the hub goes
	trouble *fyne.Container
	busy    bool
	left    bool
}

// showCode shows the recovery code of this computer before anything else, this once,
// and asks for it back.
func (p *waitPage) showCode() {
	st := p.a.State()
	(&paper{p.s, st.Office, st.Recovery, p.a.Rehearse, p.show}).show()
}

// show draws the page and, where there is a hub, begins to ask there.
func (p *waitPage) show() {
	s, w, st := p.s, p.s.words, p.a.State()
	p.state, p.trouble = widget.VStack(6), widget.VStack(0)
	s.wait = p
	all := []fyne.CanvasObject{
		widget.Heading(w.T("joinpage.wait.title")),
		widget.NewParagraph(w.T("joinpage.wait.text", st.Name, st.Office)).Muted(),
	}
	if st.Waits {
		all = append(all, widget.Notice(widget.ToneAccent, w.T("joinpage.shared")))
	} else {
		all = append(all, p.compare(st), p.ways(st))
	}
	all = append(all, p.trouble, widget.HFill(8, 1, widget.Plain(w.T("joinpage.later"), theme.NavigateBackIcon(), p.leave), widget.Gap(0)))
	s.page(s.front(640, widget.VStack(12, all...)), p.show, p.leave)
	if (st.Hub || p.folder != "") && !st.Waits {
		p.ask()
	}
}

// compare is what both screens must show.
func (p *waitPage) compare(st present.Joining) fyne.CanvasObject {
	w := p.s.words
	body := []fyne.CanvasObject{widget.NewParagraph(w.T("joinpage.compare")), team.Words(st.Words), widget.Note(w.T("joinpage.compare.why"))}
	if st.Picture != "" {
		if code, err := widget.NewQR(st.Picture, 140); err == nil {
			return widget.Card(w.T("joinpage.compare.title"), widget.HFill(16, 0, widget.VStack(8, body...),
				widget.VStack(4, code, widget.Fixed(140, 0, widget.Note(w.T("joinpage.compare.qr"))))))
		}
	}
	return widget.Card(w.T("joinpage.compare.title"), body...)
}

// ways are how the request goes and the welcome comes.
func (p *waitPage) ways(st present.Joining) fyne.CanvasObject {
	w := p.s.words
	lines := []fyne.CanvasObject{}
	switch {
	case p.folder != "":
		p.say(w.T("joinpage.folder.asking"), widget.ToneAccent)
		lines = append(lines, p.state, widget.Note(w.T("joinpage.folder.used", p.folder)))
	case st.Hub:
		p.say(w.T("joinpage.hub.asking"), widget.ToneAccent)
		lines = append(lines, p.state)
	}
	lines = append(lines, widget.NewParagraph(w.T("joinpage.files")),
		widget.FlowChips(widget.Plain(w.T("joinpage.folder.choose"), theme.FolderIcon(), p.share), widget.Plain(w.T("joinpage.request.save"), theme.DocumentSaveIcon(), p.save),
			widget.Plain(w.T("joinpage.welcome.load"), theme.FolderOpenIcon(), p.load)))
	if !st.Expires.IsZero() {
		lines = append(lines, widget.Note(w.T("teamroom.invited.until", app.TimeText(st.Expires, w))))
	}
	return widget.Card(w.T("joinpage.waiting"), lines...)
}

func (p *waitPage) say(text string, tone widget.Tone) {
	p.state.Objects = []fyne.CanvasObject{widget.Notice(tone, text)}
	p.state.Refresh()
}

// leave goes to the welcome page; the request stays, and is come back to by opening
// the office.
func (p *waitPage) leave() {
	p.left, p.s.wait = true, nil
	p.s.work.stop("join.ask")
	p.s.showWelcome()
}

// ask leaves the request at the hub and in the folder, and looks for the welcome
// there, again and again.
func (p *waitPage) ask() {
	s := p.s
	s.work.run("join.ask", func(ctx context.Context) func() {
		welcome, waiting, err := p.askWays(ctx)
		return func() {
			switch {
			case p.left || p.busy:
				return
			case welcome != nil:
				p.complete(welcome)
				return
			case waiting != "":
				p.say(s.words.T(waiting), widget.ToneAccent)
			default:
				sentence, hint := app.Words(err, s.words)
				p.say(sentence+" "+hint, widget.ToneWarn)
			}
			time.AfterFunc(askAfter, func() {
				s.dispatch(func() {
					if !p.left && !p.busy && !s.ended {
						p.ask()
					}
				})
			})
		}
	})
}

// askWays asks by each way: waiting is what to say where one of them took the request.
func (p *waitPage) askWays(ctx context.Context) (welcome []byte, waiting string, failed error) {
	folder := p.folder
	for _, y := range []struct {
		on      bool
		waiting string
		ask     func() ([]byte, error)
	}{
		{p.a.State().Hub, "joinpage.hub.waiting", func() ([]byte, error) { return p.a.Ask(ctx) }},
		{folder != "", "joinpage.folder.waiting", func() ([]byte, error) { return p.a.AskFolder(ctx, folder) }},
	} {
		if !y.on {
			continue
		}
		welcome, err := y.ask()
		if welcome != nil {
			return welcome, "", nil
		}
		if err == nil {
			waiting = y.waiting
		}
		failed = cmp.Or(failed, err)
	}
	return nil, waiting, failed
}

// share asks for the folder that the office shares, and asks there from then on.
func (p *waitPage) share() { p.s.pickFolder(p.useFolder) }

func (p *waitPage) useFolder(dir string) {
	p.folder = dir
	p.s.work.stop("join.ask")
	p.show()
}

// save writes the request into a file for the coordinator.
func (p *waitPage) save() {
	s := p.s
	s.pickSave(requestName, func(path string) {
		s.work.run("join.save", func(context.Context) func() {
			err := fault.Wrap(os.WriteFile(path, p.a.Request(), 0o600), fault.Internal, "write file", "not_permitted")
			return func() {
				p.trouble.RemoveAll()
				if err != nil {
					p.trouble.Add(errorPanel(s, err, nil))
					return
				}
				p.trouble.Add(widget.Notice(widget.ToneOk, s.words.T("joinpage.request.saved")))
			}
		})
	})
}

// load asks for the file of the welcome.
func (p *waitPage) load() { p.s.pickFile(p.read) }

func (p *waitPage) read(path string) {
	p.s.work.run("join.load", func(context.Context) func() {
		b, err := readSmall(path, mostInvitation)
		return func() {
			if err != nil {
				p.trouble.RemoveAll()
				p.trouble.Add(errorPanel(p.s, err, nil))
				return
			}
			p.complete(b)
		}
	})
}

// complete takes the welcome, opens the office and goes to the page of exchange,
// where what the others said comes in.
func (p *waitPage) complete(welcome []byte) {
	s := p.s
	p.busy = true
	s.work.stop("join.ask")
	p.trouble.RemoveAll()
	p.trouble.Add(container.NewStack(widget.Loading(s.words.T("joinpage.opening"))))
	s.work.run("join", func(ctx context.Context) func() {
		joined, err := p.j.CompleteJoin(ctx, data.Config{Dir: p.dir}, welcome, p.pass)
		var o office
		if err == nil && !joined.Waits {
			o, err = s.offices.Open(ctx, data.Config{Dir: p.dir}, p.pass)
		}
		return func() {
			p.busy = false
			p.trouble.RemoveAll()
			switch {
			case err != nil:
				p.trouble.Add(errorPanel(s, err, nil))
			case joined.Waits:
				p.trouble.Add(widget.Notice(widget.ToneAccent, s.words.T("joinpage.shared")))
			default:
				p.left, s.wait = true, nil
				s.enterJoined(o, p.dir, joined, p.folder)
			}
		}
	})
}

// enterJoined begins the first session: what the others said is brought by the hub or
// by the folder that the office shares, with its progress on the page of exchange, or
// by a file.
func (s *shell) enterJoined(o office, dir string, joined present.Joined, folder string) {
	s.opened(o, dir)
	n := s.session
	n.Go("sync", "")
	n.Say(s.words.T("joinpage.in", joined.Office))
	f, ok := n.courier.(firstCarrier)
	if !ok || len(joined.Hub) == 0 && folder == "" {
		return
	}
	n.Progress(s.words.T("joinpage.first"), func(ctx context.Context, report func(data.Progress)) func() {
		var err error
		if folder != "" {
			err = f.FirstFolder(ctx, folder, report)
		} else {
			err = f.First(ctx, joined.Hub, report)
		}
		return func() {
			if err != nil {
				n.Fail(err)
				return
			}
			n.noteSync()
			n.Go("today", "")
		}
	})
}

// firstCarrier brings an office for the first time, by the hub that its welcome names
// or by a folder that it shares.
type firstCarrier interface {
	First(ctx context.Context, hub []byte, report func(data.Progress)) error
	FirstFolder(ctx context.Context, dir string, report func(data.Progress)) error
}
