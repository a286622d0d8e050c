package present

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

const sentList = "N°;APELLIDOS Y NOMBRES;CEDULA;CENTRO;PABELLON;F. NACIMIENTO;COLOR DE OJOS\r\n" +
	"1;QUISHPE GUAMAN LUIS ALBERTO;1714307103;CPL Guayas N°1;5;03/05/1990;CAFE\r\n" +
	"2;MOREIRA CEDEÑO JOSE;1710034065;CPL Guayas N°1;7;31/02/1990;\r\n" +
	"3;;;CPL Guayas N°1;7;;\r\n"

func sent(text string) ListFile {
	return ListFile{ReaderAt: strings.NewReader(text), Size: int64(len(text)), Name: "lista.csv"}
}

func TestAListIsSeenBeforeItIsImported(t *testing.T) {
	env := realEnv(t)
	silent := func(data.Progress) {}
	form := ImportForm{As: "detainees"}
	p, err := LookAtList(context.Background(), env, sent(sentList), form, silent)
	if err != nil {
		t.Fatal(err)
	}
	before := env.API.Count(record.Detainee)
	if p.Total != 3 || p.Good() != 2 || len(p.Refused) != 2 || len(p.Rows) != 2 {
		t.Fatalf("%+v", p)
	}
	if last := p.Columns[len(p.Columns)-1]; !last.Unread || p.Columns[0].Unread || p.Columns[1].Becomes != "Apellidos y nombres" {
		t.Errorf("%+v", p.Columns)
	}
	if row := strings.Join(p.Rows[0], "|"); !strings.Contains(row, "Quishpe|Guaman") || !strings.Contains(row, "3 may 1990") || !strings.Contains(row, "CPL Guayas N°1") {
		t.Errorf("%q of %q", row, p.Heads)
	}
	form.Source, form.AsOf = "Fiscalía", "20/11/2026"
	r, err := TakeList(context.Background(), env, sent(sentList), form, p.Good(), silent)
	if err != nil || r.New != 2 || r.Refused != 1 || len(r.Rows) != 2 || env.API.Count(record.Detainee) != before+2 {
		t.Fatalf("%+v %v", r, err)
	}
	again, err := TakeList(context.Background(), env, sent(sentList), form, p.Good(), silent)
	if err != nil || again.Unchanged != 2 || again.New+again.Updated != 0 {
		t.Fatalf("the same list changes nothing: %+v %v", again, err)
	}
	read, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(RefusedCSV(env.Words, r.Rows), []byte("\ufeff")))).ReadAll()
	if err != nil || len(read) != 3 || read[1][0] != "2" || read[1][1] != "F. NACIMIENTO" {
		t.Errorf("%q %v", read, err)
	}
	if text := RefusedText(env.Words, r.Rows); strings.Count(text, "\n") != 2 || !strings.Contains(text, "Fila entera") {
		t.Errorf("%q", text)
	}
}

func TestAnImportThatIsStoppedSaysSo(t *testing.T) {
	env := realEnv(t)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	r, err := TakeList(ctx, env, sent(sentList), ImportForm{As: "detainees"}, 2, func(data.Progress) {})
	if err != nil || !r.Stopped || r.New != 0 {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := LookAtList(ctx, env, sent(sentList), ImportForm{As: "detainees"}, func(data.Progress) {}); !fault.Is(err, fault.Cancelled) {
		t.Error(err)
	}
}

func TestWhatIsNoListIsRefused(t *testing.T) {
	env := realEnv(t)
	_, err := LookAtList(context.Background(), env, sent("%PDF-1.7\nnada"), ImportForm{As: "detainees"}, func(data.Progress) {})
	if text := failure(env.Words, err).Text; err == nil || text == env.Words.T("error.unknown") {
		t.Errorf("%v %q", err, text)
	}
}

func TestTheDayOfAList(t *testing.T) {
	env := realEnv(t)
	for typed, good := range map[string]bool{"3/5/21": true, "2021": true, "31/2/2021": false, "mañana": false, "1/1/2099": false} {
		if full, problem := ImportDay(env, typed); (problem == "") != good || (full != "") != good {
			t.Errorf("%q: %q, %q", typed, full, problem)
		}
	}
}

func TestWhatIsExportedIsReadAgain(t *testing.T) {
	env := realEnv(t)
	silent := func(data.Progress) {}
	if _, err := TakeList(context.Background(), env, sent(sentList), ImportForm{As: "detainees"}, 2, silent); err != nil {
		t.Fatal(err)
	}
	var ids []record.ID
	if err := env.API.Each(context.Background(), record.Detainee, func(r *record.Record) error {
		ids = append(ids, r.ID)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	n, err := WriteList(context.Background(), env, record.Detainee, append(ids, record.ID{9}), &b, silent)
	if err != nil || n != len(ids) {
		t.Fatalf("%d of %d: %v", n, len(ids), err)
	}
	p, err := LookAtList(context.Background(), env, sent(b.String()), ImportForm{As: "detainees"}, silent)
	if err != nil || p.Total != n || p.Good() != n {
		t.Errorf("%+v %v", p, err)
	}
	for _, c := range p.Columns {
		if c.Unread && c.Heading != "id" {
			t.Errorf("%q is not read again", c.Heading)
		}
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := WriteList(stopped, env, record.Detainee, ids, &b, silent); !fault.Is(err, fault.Cancelled) {
		t.Error(err)
	}
}
