package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"paradero/data"
	"paradero/data/record"
	"paradero/reports"
)

// letters compares issuing release notices, each laid out, numbered and durable
// in the register, with what gofpdf alone needs for a page in the same fonts.
func (b *bench) letters(ctx context.Context) error {
	o, err := found(ctx, filepath.Join(b.dir, "letters"), cheap)
	if err != nil {
		return err
	}
	defer func() { _ = o.Close() }()
	var ready []record.ID
	for _, p := range invent(500, 8) {
		id, err := readyForNotice(ctx, o, p)
		if err != nil {
			return err
		}
		ready = append(ready, id)
	}
	desk, next, pages := reports.NewDesk(o), 0, 0
	return contest{
		name: "release notices, one after the other", unit: "letters/s", rounds: b.rounds,
		sides: []side{
			{name: "Paradero, issued and recorded", run: func(ctx context.Context) (float64, error) {
				start, n := time.Now(), 0
				for time.Since(start) < b.span {
					paper, err := desk.Issue(ctx, reports.Request{Kind: "release-notice", For: ready[next%len(ready) : next%len(ready)+1]})
					if err != nil {
						return 0, err
					}
					if pages = paper.Pages; pages == 0 || len(paper.PDF) == 0 {
						return 0, fmt.Errorf("notice %s has no page", paper.Number)
					}
					next++
					n++
				}
				return rate(n, start), nil
			}},
			{name: "gofpdf, plain page of TTF text", run: func(context.Context) (float64, error) { return plainLetters(b.span) }},
		},
	}.run(ctx, b.out)
}

// readyForNotice makes one person of whom a notice may be issued: his mother,
// her tie to him, and his case with the order that frees him.
func readyForNotice(ctx context.Context, o *data.Office, p person) (record.ID, error) {
	day := o.Now().AddDate(0, 0, -1).Format("2006-01-02")
	claim := map[string]string{"source": "SNAI"}
	for k, v := range p.claim {
		claim[k] = v
	}
	first, err := o.Edit(ctx,
		data.Change{Kind: record.Detainee, Set: p.values, Add: []data.Addition{{Kind: record.Claim, Values: claim}}},
		data.Change{Kind: record.Contact, Set: map[string]string{
			"given_names": "Rosa", "paternal_surname": p.values["maternal_surname"], "form_of_address": "Señora Rosa", "identity_verified_on": day,
		}})
	if err != nil {
		return record.ID{}, err
	}
	him, mother := first[0].ID, first[1].ID
	_, err = o.Edit(ctx,
		data.Change{Kind: record.Relationship, Set: map[string]string{"contact": mother.String(), "detainee": him.String(), "kinship": "mother"}},
		data.Change{Kind: record.Case, Set: map[string]string{
			"detainee": him.String(), "type": "release", "legal_basis": "Pena cumplida", "judge": "Ab. Fanny Loor Vera", "process_number": "09281-2016-00123",
			"boleta_number": "B-77", "boleta_date": day, "expected_place": "Puerta principal", "fetched_by": mother.String(),
		}})
	return him, err
}
