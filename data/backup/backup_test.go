package backup

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"filippo.io/age"

	"paradero/data/ledger"
	"paradero/data/record"
)

var (
	testSecret = [32]byte{1, 2, 3}
	testHead   = Head{Office: record.ID{7}, Device: record.ID{8}, At: time.Unix(1_790_000_000, 0), Lost: 2}
)

// plainKeys seal nothing: what is tested here does not look inside.
type plainKeys struct{}

func (plainKeys) Seal(_ uint32, _, plain []byte) ([]byte, error)  { return bytes.Clone(plain), nil }
func (plainKeys) Open(_ uint32, _, sealed []byte) ([]byte, error) { return sealed, nil }

type testSigner struct{ key ed25519.PrivateKey }

func (s testSigner) Public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }
func (s testSigner) Sign(m []byte) []byte      { return ed25519.Sign(s.key, m) }

// feed makes batches of one device, of changes as many as their number.
func feed(t testing.TB, n int) []*ledger.Batch {
	t.Helper()
	signer := testSigner{ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}
	feeds := ledger.NewFeeds()
	var all []*ledger.Batch
	for i := range n {
		body := &ledger.Body{Wall: time.Unix(1_790_000_000, 0)}
		for k := range i%3 + 1 {
			body.Changes = append(body.Changes, ledger.Change{
				Record: record.ID{byte(i), byte(k)}, Kind: record.Task, Op: ledger.OpEdit,
				Fields: []ledger.Field{{Num: 1, Text: "llamar a la familia"}},
			})
		}
		b, err := ledger.Write(feeds.Next(testHead.Office, ledger.DeviceOf(signer.Public())), body, plainKeys{}, signer)
		if err != nil {
			t.Fatal(err)
		}
		feeds.Add(b, func(ledger.Hash) bool { return true })
		all = append(all, b)
	}
	return all
}

func written(t testing.TB, batches []*ledger.Batch) ([]byte, Count) {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, &testSecret, []byte("the vault's file"), testHead)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if err := w.Batch(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Chunk("ab/cd", []byte("sealed picture")); err != nil {
		t.Fatal(err)
	}
	count, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), count
}

// readAll reads a backup as everybody does and tells whether it is whole.
func readAll(b []byte, secret *[32]byte) (Head, Count, []ledger.Hash, error) {
	r, err := NewReader(bytes.NewReader(b))
	if err != nil {
		return Head{}, Count{}, nil, err
	}
	var seen []ledger.Hash
	h, n, err := r.Each(context.Background(), secret, Do{Batch: func(b *ledger.Batch, _ []byte) error {
		seen = append(seen, b.Hash)
		return nil
	}})
	return h, n, seen, err
}

func TestRoundTrip(t *testing.T) {
	batches := feed(t, 40)
	b, count := written(t, batches)
	head, got, seen, err := readAll(b, &testSecret)
	if err != nil || head != testHead || got != count || count.Batches != 40 || count.Chunks != 1 || count.Changes != 79 {
		t.Fatalf("%+v %+v %+v, %v", head, count, got, err)
	}
	for i := range batches {
		if seen[i] != batches[i].Hash {
			t.Fatalf("batch %d is another", i)
		}
	}
	check := NewChecker(nil, plainKeys{})
	for _, x := range batches {
		if !check.Add(x) {
			t.Fatal("a sound batch is called unsound")
		}
	}
	if check.Missing() != 0 {
		t.Error("a whole feed has gaps")
	}
	if _, _, _, err := readAll(b, &[32]byte{9}); !errors.Is(err, ErrOther) {
		t.Errorf("another office's secret: %v", err)
	}
}

// Whoever has a part of the batches is told that others are missing.
func TestCheckerSeesGapsAndForgeries(t *testing.T) {
	batches := feed(t, 6)
	check := NewChecker(nil, plainKeys{})
	for i, b := range batches {
		if i != 3 {
			check.Add(b)
		}
	}
	if check.Missing() != 1 || check.Unsound != 0 {
		t.Errorf("%d missing, %d unsound", check.Missing(), check.Unsound)
	}
	forged := *batches[3]
	forged.Sig = bytes.Clone(forged.Sig)
	forged.Sig[5] ^= 1
	if check.Add(&forged) || check.Unsound != 1 || check.Missing() != 1 {
		t.Error("a forged batch was taken")
	}
}

// Wherever a file is cut, reading says so.
func TestCutAnywhere(t *testing.T) {
	b, _ := written(t, feed(t, 12))
	for n := 0; n < len(b); n += 1 + n/400 {
		if _, _, _, err := readAll(b[:n], &testSecret); err == nil {
			t.Fatalf("cut at %d of %d is called whole", n, len(b))
		} else if n > len(firstLine)+4 && !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	if _, _, _, err := readAll(append(bytes.Clone(b), 0), &testSecret); !errors.Is(err, ErrDamaged) {
		t.Errorf("a byte more: %v", err)
	}
}

// Whichever byte is another, reading says so. The vault's own bytes are bound by
// the head.
func TestFlippedAnywhere(t *testing.T) {
	b, _ := written(t, feed(t, 12))
	random := rand.New(rand.NewPCG(1, 2))
	for at := 0; at < len(b); at += 1 + at/300 {
		bad := bytes.Clone(b)
		bad[at] ^= byte(1 << random.IntN(8))
		if _, _, _, err := readAll(bad, &testSecret); err == nil {
			t.Fatalf("byte %d of %d flipped is called whole", at, len(b))
		}
	}
}

// A whole stream that stops before its trailer, as a program that died would
// leave it if age ended it well, is not whole.
func TestWithoutTrailer(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, &testSecret, []byte("v"), testHead)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range feed(t, 3) {
		if err := w.Batch(b); err != nil {
			t.Fatal(err)
		}
	}
	_ = w.items.Flush()
	_ = w.stream.Close()
	_ = w.out.Flush()
	if _, _, _, err := readAll(out.Bytes(), &testSecret); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
}

func TestForeignAndNewer(t *testing.T) {
	for text, want := range map[string]error{
		"%PDF-1.7 and much more of it":           ErrForeign,
		"paradero backup 2\nand what comes next": ErrNewer,
		"paradero backup x\nand what comes next": ErrDamaged,
	} {
		if _, err := NewReader(bytes.NewReader([]byte(text))); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

// age must read our identity as its own.
func TestIdentityText(t *testing.T) {
	generated, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		secret := [32]byte{byte(i), byte(i * 7), 31: byte(255 - i)}
		id, err := Identity(&secret)
		if err != nil || id.String() != identityText(secret[:]) || len(id.String()) != len(generated.String()) {
			t.Fatalf("secret %d: %v", i, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	b, _ := written(f, feed(f, 2))
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Add([]byte(firstLine))
	f.Fuzz(func(t *testing.T, in []byte) {
		// Each process seals the same anew: what is whole says what was written.
		head, count, _, err := readAll(in, &testSecret)
		if err == nil && (head != testHead || count.Batches != 2 || count.Chunks != 1) {
			t.Error("a file that nobody wrote is called whole")
		}
	})
}
