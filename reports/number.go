package reports

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// stamp is what the register gives a paper. Empty in a preview.
type stamp struct {
	series   string // prefix, year and device: numbers count within it
	seq      int
	number   string
	version  int
	copy     int
	code     string
	replaces string // number of the version before
}

// stamp gives the next number. Its middle part is the device's, so that two
// devices without a network never give out the same one.
func (k *Desk) stamp(ctx context.Context, d *dossier, p paper, b *body) (stamp, error) {
	st := stamp{version: 1, copy: 1}
	st.series = fmt.Sprintf("%s-%d-%s-", d.texts.T(d.req.Kind+".prefix"), d.now.Year(), devicePart(d.info.Device))
	if err := k.readNumbers(ctx); err != nil {
		return stamp{}, err
	}
	st.seq = k.last[st.series] + 1
	st.number = fmt.Sprintf("%s%04d", st.series, st.seq)
	if err := k.follow(ctx, d, b, &st); err != nil {
		return stamp{}, err
	}
	st.code = checkCode(d, b, st)
	return st, nil
}

// devicePart is four signs of the device's id.
func devicePart(id record.ID) string { return strings.ToUpper(id.String()[:4]) }

// readNumbers reads the register anew when it grew by another hand than ours.
func (k *Desk) readNumbers(ctx context.Context) error {
	if k.last != nil && k.count == k.office.Count(record.Document) {
		return nil
	}
	last := map[string]int{}
	err := k.office.Each(ctx, record.Document, func(r *record.Record) error {
		number := r.Get("number")
		if i := strings.LastIndexByte(number, '-'); i > 0 {
			if n, err := strconv.Atoi(number[i+1:]); err == nil {
				last[number[:i+1]] = max(last[number[:i+1]], n)
			}
		}
		return nil
	})
	if err != nil {
		return fault.Wrap(err, fault.Internal, "issue document", "register_unreadable")
	}
	k.last, k.count = last, k.office.Count(record.Document)
	return nil
}

// follow finds the last paper of this kind about the same people to the same
// person: the same statements make another copy of it, others a new version.
func (k *Desk) follow(ctx context.Context, d *dossier, b *body, st *stamp) error {
	if len(d.req.For) == 0 {
		return nil
	}
	rows, err := k.office.Links(ctx, d.req.For[0], record.Document)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "issue document", "register_unreadable")
	}
	var prev *record.Record
	for _, r := range rows {
		if r.Deleted || !rule.Issued(r) || r.Get("kind") != d.req.Kind || !sameIDs(r.Refs("about"), d.req.For) {
			continue
		}
		if d.to != nil && r.Ref("addressee") != d.to.ID || (r.Get("anonymised") == "true") != d.req.Anonymised {
			continue
		}
		if prev == nil || later(r, prev) {
			prev = r
		}
	}
	if prev == nil {
		return nil
	}
	version, copies := number(prev.Get("version")), number(prev.Get("copy"))
	if slices.Equal(prev.List("stated"), b.stated) {
		st.version, st.copy = version, copies+1
		return nil
	}
	st.version, st.replaces = version+1, prev.Get("number")
	return nil
}

func later(a, b *record.Record) bool {
	av, bv := number(a.Get("version")), number(b.Get("version"))
	if av != bv {
		return av > bv
	}
	return number(a.Get("copy")) > number(b.Get("copy"))
}

// number reads a stored count; what is no number counts as the first.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 1
	}
	return n
}

func sameIDs(a, b []record.ID) bool {
	if len(a) != len(b) {
		return false
	}
	for _, id := range a {
		if !slices.Contains(b, id) {
			return false
		}
	}
	return true
}

// checkCode binds number and statements: who changes a paper's facts cannot
// give it a code that the register has.
func checkCode(d *dossier, b *body, st stamp) string {
	h := sha256.New()
	for _, part := range append([]string{
		d.info.OfficeID.String(), d.info.Device.String(), st.number, strconv.Itoa(st.version), strconv.Itoa(st.copy), moment(d.now),
	}, b.stated...) {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	s := base32.StdEncoding.EncodeToString(h.Sum(nil))
	return s[:4] + "-" + s[4:8] + "-" + s[8:12]
}
