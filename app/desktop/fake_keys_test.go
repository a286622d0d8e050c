package desktop

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"paradero/data"
	"paradero/data/fault"
)

// The shares that a fake office makes, and the code that it renews to.
var (
	fakeShares = []string{
		"8K2Q1-9M4TW-B1Z8C-3HJ5V-RN6PD-QX0AE-7YT2M",
		"8K2Q2-T41WB-0QXAE-6PD3H-J5VRN-Z8CM4-2G9KX",
		"8K2Q3-6PD3H-M4TWB-RN8CQ-0QXAE-J5V1Z-K83VD",
	}
	renewedCode = "QX0AE-RN6PD-3HJ5V-B1Z8C-9M4TW-7K2QX"
)

// fakeKeys are a fake office's code and shares.
type fakeKeys struct {
	code   string
	shares []string
	made   time.Time
	wiped  bool
}

func (o *fakeOffice) NewCode() (*data.Papers, error) {
	return &data.Papers{Texts: []string{renewedCode}}, nil
}

func (o *fakeOffice) NewShares() (*data.Papers, error) {
	return &data.Papers{Texts: slices.Clone(fakeShares)}, nil
}

func (o *fakeOffice) KeepPapers(p *data.Papers) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(p.Texts) == 1 {
		o.keys.code = p.Texts[0]
		return nil
	}
	o.keys.shares, o.keys.made = p.Texts, testNow
	return nil
}

func (o *fakeOffice) SharesMade() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.keys.made
}

func (o *fakeOffice) RehearseShare(text string) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n := slices.IndexFunc(o.keys.shares, func(s string) bool { return strings.EqualFold(s, text) }); n >= 0 {
		return n + 1, nil
	}
	return 0, fault.New(fault.Passphrase, "check share", "share_mistyped")
}

func (o *fakeOffice) Wipe(string) (data.Wiped, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keys.wiped = true
	o.closed++
	return data.Wiped{Keys: true}, nil
}

func (f *fakeOffices) RecoverShares(_ context.Context, dir string, shares []string, pass []byte) error {
	f.mu.Lock()
	o := f.by[dir]
	f.mu.Unlock()
	for _, s := range shares {
		if _, err := o.RehearseShare(s); err != nil {
			return err
		}
	}
	if shares[0] == shares[1] {
		return fault.New(fault.Passphrase, "recover", "share_twice")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	o.pass = string(pass)
	return nil
}

func (f *fakeOffices) Stake(dir string) (data.Stake, error) {
	sign, err := f.Peek(dir)
	if err != nil {
		return data.Stake{}, err
	}
	return data.Stake{Office: sign.Office, Files: 212, Bytes: 48 << 20, Last: testNow, OnlyHere: -1}, nil
}

func (f *fakeOffices) Wipe(_ context.Context, dir, _ string) (data.Wiped, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.by[dir].keys.wiped = true
	delete(f.by, dir)
	return data.Wiped{Keys: true, Other: []string{"actas.pdf"}}, nil
}

func (f *fakeOffices) LockAsked(string) bool {
	asked := f.asked
	f.asked = false
	return asked
}

// fakeDrafts keeps drafts in memory, over a lock as well.
type fakeDrafts struct {
	mu   sync.Mutex
	kept map[string]data.Draft
}

func (o *fakeOffice) Drafts() data.Drafts { return &o.drafts }

func (d *fakeDrafts) Put(key string, typed map[string]string, at time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil {
		d.kept = map[string]data.Draft{}
	}
	d.kept[key] = data.Draft{Key: key, Typed: maps.Clone(typed), At: at}
	return nil
}

func (d *fakeDrafts) Get(key string) (data.Draft, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	one, ok := d.kept[key]
	return one, ok, nil
}

func (d *fakeDrafts) List() ([]data.Draft, []string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(maps.Values(d.kept)), nil, nil
}

func (d *fakeDrafts) Drop(key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.kept, key)
	return nil
}

// Now goes on by a nanosecond at each look, as no two openings of a form are at
// the same time.
func (o *fakeOffice) Now() time.Time { return testNow.Add(time.Duration(o.looked.Add(1))) }

func (o *fakeOffice) timesClosed() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closed
}

// kept gives what the office has kept of its keys.
func (o *fakeOffice) kept() fakeKeys {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.keys
}
