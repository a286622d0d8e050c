package reports

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"

	"paradero/data/fault"
	"paradero/data/record"
)

func TestCheck(t *testing.T) {
	m := family()
	first := issue(t, m, all["release-notice"])
	again := issue(t, m, all["release-notice"])
	check := func(what []byte) Verdict {
		t.Helper()
		v, err := Check(ctx, m, what)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := check(first.PDF); !v.Genuine || v.Number != first.Number || len(v.Superseded) != 0 || v.Replaced != "" {
		t.Errorf("the issued file: %+v", v)
	}
	if v := check([]byte(" n.º " + strings.ToLower(first.Number) + " \n")); !v.Found || v.Genuine || v.CheckCode != first.CheckCode {
		t.Errorf("its number: %+v", v)
	}
	if v := check(again.PDF); v.Version != "1" || v.Copy != "2" || again.Number == first.Number {
		t.Errorf("a second copy of the same facts: %+v", v)
	}
	bad := bytes.Clone(first.PDF)
	bad[len(bad)-40] ^= 1
	if v := check(bad); !v.Found || v.Genuine || !v.Altered || v.Number != first.Number {
		t.Errorf("an altered file: %+v", v)
	}
	if v := check([]byte("AV-2026-ABCD-0099")); v.Found {
		t.Errorf("a number that nobody issued: %+v", v)
	}
	if _, err := Check(ctx, m, bytes.Repeat([]byte("no es pdf "), 50)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a file that is no PDF: %v", err)
	}
	m.put(record.Case, "case-ivan", map[string]string{"expected_at": "2026-11-23T09:00"})
	if v := check(first.PDF); !v.Genuine || !slices.Equal(v.Superseded, []string{"case.expected_at"}) {
		t.Errorf("after a change: %+v", v.Superseded)
	}
	next := issue(t, m, all["release-notice"])
	if v := check(next.PDF); v.Version != "2" || v.Copy != "1" || len(v.Superseded) != 0 {
		t.Errorf("the new version: %+v", v)
	}
	if v := check(first.PDF); v.Replaced != next.Number {
		t.Errorf("the old version is replaced by %q, want %s", v.Replaced, next.Number)
	}
	if text := read(t, next.PDF); !strings.Contains(text, "Sustituye al N.º "+again.Number) {
		t.Error("the new version does not say what it replaces")
	}
	delete(m.all, idOf("ivan"))
	if v := check(next.PDF); !v.Genuine || len(v.Superseded) == 0 {
		t.Errorf("after he was erased: %+v", v)
	}
}

func TestNumbersAreGivenOnce(t *testing.T) {
	m := family()
	desk := NewDesk(m)
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[string]bool{}
	for range 4 {
		for _, req := range all {
			wg.Go(func() {
				out, err := desk.Issue(ctx, req)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || seen[out.Number] {
					t.Errorf("number %s twice, or %v", out.Number, err)
				}
				seen[out.Number] = true
			})
		}
	}
	wg.Wait()
	for _, want := range []string{"AV-2026-" + devicePart(m.info.Device) + "-0004", "IC-2026-" + devicePart(m.info.Device) + "-0008"} {
		if !seen[want] {
			t.Errorf("no %s among %v", want, seen)
		}
	}
	m.put(record.Document, "from elsewhere", map[string]string{"kind": "release-notice", "number": "AV-2026-" + devicePart(m.info.Device) + "-0041"})
	out, err := desk.Issue(ctx, all["release-notice"])
	if err != nil || !strings.HasSuffix(out.Number, "-0042") {
		t.Errorf("after a row that came from elsewhere: %s, %v", out.Number, err)
	}
	m.info.Device = idOf("another device")
	if out := issue(t, m, all["release-notice"]); !strings.HasSuffix(out.Number, "-0001") {
		t.Errorf("another device counts by itself: %s", out.Number)
	}
}
