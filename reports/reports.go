// Package reports makes the papers: what each one states, from which record and
// on whose word, its number, its row in the register, and whether a copy is
// still right.
//
// What must not live here: whether a paper may be issued (data/rule decides),
// how a page looks (reports/page), sentences for people (assets), storage.
package reports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"
	"time"

	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/reports/page"
)

// Office is what papers need of an office; data.API has it.
type Office interface {
	Info() data.Info
	Edit(ctx context.Context, changes ...data.Change) ([]data.Receipt, error)
	Get(ctx context.Context, id record.ID) (*record.Record, error)
	Links(ctx context.Context, id record.ID, kind record.Kind) ([]*record.Record, error)
	Each(ctx context.Context, kind record.Kind, do func(*record.Record) error) error
	Count(kind record.Kind) int
	NeedsSecond(what string) bool
	MayApprove() []string
	Now() time.Time
}

// Request asks for one paper.
type Request struct {
	Kind       string            // one of record.DocumentKinds
	For        []record.ID       // detainees; of an incident report the incident
	To         record.ID         // contact; zero: who speaks for the household, else the first who may be told
	Case       record.ID         // zero: the case of the fitting type
	ApprovedBy string            // the second person
	Anonymised bool              // of a case report
	Place      string            // where it is signed; "" is the office's city
	Extra      map[string]string // "note": a paragraph of the author's; "signature": who signs, when not the author
}

// Issued is a paper that stands in the register.
type Issued struct {
	Number    string
	Kind      string
	For       []record.ID
	To        record.ID
	ID        record.ID // of its row in the register
	PDF       []byte
	SHA256    string
	CheckCode string
	Pages     int
	Warnings  []fault.Problem
}

// Preview is the same paper before it is issued: no number, nothing recorded.
type Preview struct {
	PDF      []byte
	Pages    int
	Warnings []fault.Problem
	Blocked  []fault.Problem // what would keep it from being issued
}

// Desk issues the papers of one office. One desk gives out one number once,
// also when several papers are issued at the same time, and remembers the last
// number so that a thousand letters do not read the register a thousand times.
type Desk struct {
	office Office

	mu    sync.Mutex
	count int // rows of the register when last was read
	last  map[string]int
}

// NewDesk opens the desk of an office. Who issues at once shares one.
func NewDesk(office Office) *Desk { return &Desk{office: office} }

// Issue makes one paper and records it, at a desk of its own: for one paper at a
// time. Who issues several at once shares a Desk.
func Issue(ctx context.Context, office Office, req Request) (Issued, error) {
	return NewDesk(office).Issue(ctx, req)
}

// MakePreview lays out what Issue would, without recording it. What is missing
// is in Blocked and does not keep the page from being seen.
func MakePreview(ctx context.Context, office Office, req Request) (Preview, error) {
	const op = "preview document"
	d, p, err := gather(ctx, office, req, op)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{}
	out.Blocked, out.Warnings = split(d.gate())
	b, problems := d.compose(p)
	out.Blocked = append(out.Blocked, problems...)
	if b == nil {
		return Preview{}, fault.Refuse(op, "document_refused", out.Blocked)
	}
	res, err := d.layout(p, b, stamp{})
	if err != nil {
		return Preview{}, err
	}
	out.PDF, out.Pages = res.PDF, res.Pages
	out.Warnings = append(out.Warnings, replacedWarning(res)...)
	return out, nil
}

// Issue makes one paper, writes it into the register and gives it back. It
// refuses by name of each thing that is missing, and where a second member must
// agree first by the name of what it proposed.
func (k *Desk) Issue(ctx context.Context, req Request) (Issued, error) {
	const op = "issue document"
	if req.Kind == record.Letter && k.office.NeedsSecond(data.ProposalLetter) {
		return k.letter(ctx, req)
	}
	d, p, err := gather(ctx, k.office, req, op)
	if err != nil {
		return Issued{}, err
	}
	blocked, warnings := split(d.gate())
	if len(blocked) > 0 {
		return Issued{}, fault.Refuse(op, "document_refused", blocked)
	}
	b, problems := d.compose(p)
	if len(problems) > 0 {
		return Issued{}, fault.Refuse(op, "document_refused", problems)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	st, err := k.stamp(ctx, d, p, b)
	if err != nil {
		return Issued{}, err
	}
	res, err := d.layout(p, b, st)
	if err != nil {
		return Issued{}, err
	}
	sum := sha256.Sum256(res.PDF)
	out := Issued{
		Number: st.number, Kind: req.Kind, For: req.For, PDF: res.PDF, SHA256: hex.EncodeToString(sum[:]),
		CheckCode: st.code, Pages: res.Pages, Warnings: append(warnings, replacedWarning(res)...),
	}
	if d.to != nil {
		out.To = d.to.ID
	}
	if err := k.register(ctx, d, b, st, &out); err != nil {
		return Issued{}, err
	}
	return out, nil
}

// register writes the row; with it the paper counts as issued.
func (k *Desk) register(ctx context.Context, d *dossier, b *body, st stamp, out *Issued) error {
	set := map[string]string{
		"kind": d.req.Kind, "number": st.number, "version": strconv.Itoa(st.version), "copy": strconv.Itoa(st.copy),
		"about": joinIDs(d.req.For), "issued_at": moment(d.now), "as_of": moment(d.now), "issued_by": d.info.Name,
		"role": d.info.Role, "place": d.place(), "sha256": out.SHA256, "check_code": st.code,
		"stated": record.JoinList(b.stated), "approved_by": d.req.ApprovedBy, "pages": strconv.Itoa(out.Pages),
	}
	if d.to != nil {
		set["addressee"] = d.to.ID.String()
	}
	if c := d.caseOf(); c != nil {
		set["case"] = c.ID.String()
	}
	if d.req.Anonymised {
		set["anonymised"] = "true"
	}
	if d.proposed {
		set["state"] = "proposed"
	}
	for name, v := range set {
		if v == "" {
			delete(set, name)
		}
	}
	receipts, err := k.office.Edit(ctx, data.Change{Kind: record.Document, Set: set})
	if err != nil {
		k.last = nil
		return fault.Wrap(err, fault.Internal, "issue document", "document_not_recorded")
	}
	if len(receipts) > 0 {
		out.ID = receipts[0].ID
	}
	data.AuditOf(k.office).Printed(d.req.Kind, st.number, d.req.For...)
	k.count++
	k.last[st.series] = st.seq
	return nil
}

func split(all []fault.Problem) (blocked, warnings []fault.Problem) {
	for _, p := range all {
		if p.Warning {
			warnings = append(warnings, p)
		} else {
			blocked = append(blocked, p)
		}
	}
	return blocked, warnings
}

func replacedWarning(res page.Result) []fault.Problem {
	if res.Replaced == 0 {
		return nil
	}
	return []fault.Problem{{Key: "document_characters_replaced", Args: []string{strconv.Itoa(res.Replaced)}, Warning: true}}
}

func joinIDs(ids []record.ID) string {
	text := make([]string, len(ids))
	for i, id := range ids {
		text[i] = id.String()
	}
	return record.JoinList(text)
}

// texts are the embedded Spanish texts of the papers, read once.
var texts = sync.OnceValues(func() (*assets.Words, error) { return assets.LoadDocumentTexts(assets.Spanish) })

func moment(t time.Time) string { return t.Format("2006-01-02T15:04") }

func clip(s string) string { return strings.Join(strings.Fields(s), " ") }
