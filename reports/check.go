package reports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/rule"
)

// Verdict is what the register says of a copy.
type Verdict struct {
	Found      bool     // the register has its number
	Genuine    bool     // the file is byte for byte the one that was issued; never true for a number alone
	Altered    bool     // the file bears a number of the register but is not what was issued
	Superseded []string // the stated facts that are no longer so, "detainee.facility", "case.boleta_date@<id>"
	Replaced   string   // number of a later version
	Proposed   string   // how a paper stands that was not issued, see rule.Proposed; "" for one that was
	Document   *record.Record
	Number     string
	Kind       string
	Version    string
	Copy       string
	CheckCode  string
	IssuedAt   string
	IssuedBy   string
	AsOf       string
	SHA256     string // of the file that was checked, else of the register
}

// inFile finds a paper's number in the file's own description, which stays
// readable in an altered copy.
var inFile = regexp.MustCompile(`/Keywords \(([A-Z]{2}-\d{4}-[A-Z2-7]{4}-\d{4,})\)`)

// Check compares a number, as typed from a page, or the bytes of a PDF with the
// register, and says which stated facts have changed since.
func Check(ctx context.Context, office Office, numberOrPDF []byte) (Verdict, error) {
	const op = "check document"
	isFile := bytes.HasPrefix(numberOrPDF, []byte("%PDF-"))
	sum, number := "", plainNumber(string(numberOrPDF))
	if isFile {
		h := sha256.Sum256(numberOrPDF)
		sum, number = hex.EncodeToString(h[:]), ""
		if m := inFile.FindSubmatch(numberOrPDF); m != nil {
			number = string(m[1])
		}
	} else if len(numberOrPDF) > 64 {
		return Verdict{}, fault.New(fault.Invalid, op, "document_not_pdf")
	}
	byHash, byNumber, err := lookUp(ctx, office, sum, number)
	if err != nil {
		return Verdict{}, fault.Wrap(err, fault.Internal, op, "register_unreadable")
	}
	row := byNumber
	if byHash != nil {
		row = byHash
	}
	if row == nil {
		return Verdict{Number: number, SHA256: sum}, nil
	}
	v := Verdict{
		Found: true, Genuine: byHash != nil, Altered: isFile && byHash == nil, Document: row,
		Number: row.Get("number"), Kind: row.Get("kind"), Version: row.Get("version"), Copy: row.Get("copy"),
		CheckCode: row.Get("check_code"), IssuedAt: row.Get("issued_at"), IssuedBy: row.Get("issued_by"), AsOf: row.Get("as_of"), SHA256: row.Get("sha256"),
	}
	if isFile {
		v.SHA256 = sum
	}
	v.Proposed = rule.Proposed(row)
	if v.Superseded, err = Superseded(ctx, office, row); err != nil {
		return Verdict{}, err
	}
	v.Replaced, err = replacedBy(ctx, office, row)
	return v, err
}

// Superseded names what a paper of the register states and is no longer so.
func Superseded(ctx context.Context, office Office, row *record.Record) ([]string, error) {
	current, err := Current(ctx, office, row)
	if err != nil {
		return nil, err
	}
	return rule.Superseded(row, current), nil
}

// Current is what the same paper would state today, by the names under which
// the register keeps its facts.
func Current(ctx context.Context, office Office, row *record.Record) (map[string]string, error) {
	current := map[string]string{}
	req := Request{
		Kind: row.Get("kind"), For: row.Refs("about"), To: row.Ref("addressee"), Case: row.Ref("case"),
		ApprovedBy: row.Get("approved_by"), Anonymised: row.Get("anonymised") == "true", Place: row.Get("place"),
	}
	d, p, err := gather(ctx, office, req, "check document")
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid), fault.Is(err, fault.Refused):
		// Whom it speaks of is gone: nothing it states holds.
	case err != nil:
		return nil, err
	default:
		b, _ := d.compose(p)
		for _, line := range b.stated {
			name, value, _ := strings.Cut(line, "=")
			current[name] = value
		}
	}
	return current, nil
}

func lookUp(ctx context.Context, office Office, sum, number string) (byHash, byNumber *record.Record, err error) {
	err = office.Each(ctx, record.Document, func(r *record.Record) error {
		if r.Deleted {
			return nil
		}
		if sum != "" && r.Get("sha256") == sum {
			byHash = r
		}
		if number != "" && plainNumber(r.Get("number")) == number {
			byNumber = r
		}
		return nil
	})
	return byHash, byNumber, err
}

// replacedBy is the number of a later version of the same paper.
func replacedBy(ctx context.Context, office Office, row *record.Record) (string, error) {
	about := row.Refs("about")
	if len(about) == 0 {
		return "", nil
	}
	rows, err := office.Links(ctx, about[0], record.Document)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "check document", "register_unreadable")
	}
	best := row
	for _, r := range rows {
		same := !r.Deleted && rule.Issued(r) && r.Get("kind") == row.Get("kind") && sameIDs(r.Refs("about"), about) &&
			r.Get("addressee") == row.Get("addressee") && r.Get("anonymised") == row.Get("anonymised")
		if same && number(r.Get("version")) > number(best.Get("version")) {
			best = r
		}
	}
	if best == row {
		return "", nil
	}
	return best.Get("number"), nil
}

// plainNumber takes what people type from a page: any case, spaces, "N.º".
func plainNumber(s string) string {
	s = strings.ToUpper(strings.Join(strings.Fields(s), ""))
	for _, p := range []string{"N.º", "N.°", "Nº", "N°", "N."} {
		s = strings.TrimPrefix(s, strings.ToUpper(p))
	}
	return s
}
