package reports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// A letter of condolence takes two members (DOMAIN §3). The first time it is asked
// for it is laid out whole, with its number and date, and its row is a proposal that
// names the hash of the very page. When a second member has agreed the same request
// lays it out again, and only if that is the same page, byte for byte, it is issued.

// letter issues an agreed letter, or proposes one and refuses with its name.
func (k *Desk) letter(ctx context.Context, req Request) (Issued, error) {
	const op = "issue document"
	d, p, err := gather(ctx, k.office, req, op)
	if err != nil {
		return Issued{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	rows, err := d.proposals(ctx)
	if err != nil {
		return Issued{}, err
	}
	waiting := record.ID{}
	for _, row := range rows {
		out, same, err := again(ctx, k.office, req, row)
		if err != nil {
			return Issued{}, err
		}
		switch state := rule.Proposed(row); {
		case !same:
		case state == record.Approve:
			return out, k.handOut(ctx, row)
		case state == record.Waiting:
			waiting = row.ID
		}
	}
	if !waiting.IsZero() {
		return Issued{}, k.askedFor(ctx, "letter_waits", waiting)
	}
	return k.propose(ctx, d, p)
}

// proposals gives the letters of the same request that were proposed and not
// issued yet, the newest first.
func (d *dossier) proposals(ctx context.Context) ([]*record.Record, error) {
	rows, err := d.office.Links(ctx, d.req.For[0], record.Document)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "issue document", "register_unreadable")
	}
	rows = slices.DeleteFunc(rows, func(r *record.Record) bool {
		return r.Deleted || r.Get("kind") != d.req.Kind || rule.Issued(r) || !sameIDs(r.Refs("about"), d.req.For) || d.to == nil || r.Ref("addressee") != d.to.ID
	})
	slices.SortFunc(rows, func(a, b *record.Record) int { return strings.Compare(b.Get("number"), a.Get("number")) })
	return rows, nil
}

// again lays a proposed letter out as it was then; same tells whether it still is
// that page.
func again(ctx context.Context, office Office, req Request, row *record.Record) (Issued, bool, error) {
	const op = "issue document"
	d, p, err := gather(ctx, office, req, op)
	if err != nil {
		return Issued{}, false, err
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", row.Get("issued_at"), d.now.Location())
	if err != nil {
		return Issued{}, false, nil //nolint:nilerr // a row of another making is no such page
	}
	d.now, d.info.Name, d.info.Role, d.req.Place = at, row.Get("issued_by"), row.Get("role"), row.Get("place")
	b, problems := d.compose(p)
	if len(problems) > 0 {
		return Issued{}, false, nil
	}
	st := stamp{number: row.Get("number"), version: number(row.Get("version")), copy: number(row.Get("copy")), code: row.Get("check_code")}
	res, err := d.layout(p, b, st)
	if err != nil {
		return Issued{}, false, err
	}
	sum := sha256.Sum256(res.PDF)
	out := Issued{
		Number: st.number, Kind: req.Kind, For: req.For, PDF: res.PDF, SHA256: hex.EncodeToString(sum[:]), CheckCode: st.code,
		Pages: res.Pages, ID: row.ID, Warnings: replacedWarning(res),
	}
	if d.to != nil {
		out.To = d.to.ID
	}
	return out, out.SHA256 == row.Get("sha256"), nil
}

// Proposed gives the name of the proposal that a letter waits for, when that is why
// it was not issued, and who may agree to it.
func Proposed(err error) (change, may string, ok bool) {
	var e *fault.Error
	if !errors.As(err, &e) || e.Key != "letter_proposed" && e.Key != "letter_waits" || len(e.Args) < 2 {
		return "", "", false
	}
	return e.Args[0], e.Args[1], true
}

// handOut writes that an agreed letter was issued; the office asks its gate again.
func (k *Desk) handOut(ctx context.Context, row *record.Record) error {
	_, err := k.office.Edit(ctx, data.Change{Record: row.ID, Kind: record.Document, Base: row, Set: map[string]string{"state": "issued"}})
	return err
}

// propose writes the row of a letter that waits for a second member's word.
func (k *Desk) propose(ctx context.Context, d *dossier, p paper) (Issued, error) {
	const op = "issue document"
	if blocked, _ := split(d.gate()); len(blocked) > 0 {
		return Issued{}, fault.Refuse(op, "document_refused", blocked)
	}
	d.now = d.now.Truncate(time.Minute)
	b, problems := d.compose(p)
	if len(problems) > 0 {
		return Issued{}, fault.Refuse(op, "document_refused", problems)
	}
	st, err := k.stamp(ctx, d, p, b)
	if err != nil {
		return Issued{}, err
	}
	st.replaces = "" // a letter does not name the one before
	res, err := d.layout(p, b, st)
	if err != nil {
		return Issued{}, err
	}
	sum := sha256.Sum256(res.PDF)
	out := Issued{Number: st.number, SHA256: hex.EncodeToString(sum[:]), Pages: res.Pages}
	d.proposed = true
	if err := k.register(ctx, d, b, st, &out); err != nil {
		return Issued{}, err
	}
	return Issued{}, k.askedFor(ctx, "letter_proposed", out.ID)
}

// askedFor is the refusal that names the proposal and who may agree to it.
func (k *Desk) askedFor(ctx context.Context, key string, id record.ID) error {
	row, err := k.office.Get(ctx, id)
	if err != nil {
		return err
	}
	write := ""
	if vals := row.Values["sha256"]; len(vals) > 0 {
		write = vals[0].Write.String()
	}
	return fault.New(fault.Refused, "issue document", key, write, strings.Join(k.office.MayApprove(), ", "))
}
