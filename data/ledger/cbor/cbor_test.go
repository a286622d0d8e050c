package cbor

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// Vectors of RFC 8949 appendix A, as far as this subset goes.
func TestVectors(t *testing.T) {
	for _, v := range []struct {
		got  []byte
		want string
	}{
		{AppendUint(nil, 0), "00"},
		{AppendUint(nil, 23), "17"},
		{AppendUint(nil, 24), "1818"},
		{AppendUint(nil, 1000), "1903e8"},
		{AppendUint(nil, 1000000), "1a000f4240"},
		{AppendUint(nil, 18446744073709551615), "1bffffffffffffffff"},
		{AppendBytes(nil, []byte{1, 2, 3, 4}), "4401020304"},
		{AppendText(nil, "ü"), "62c3bc"},
		{AppendBool(nil, true), "f5"},
		{AppendBool(nil, false), "f4"},
		{AppendUint(AppendUint(AppendArray(nil, 2), 1), 2), "820102"},
		{AppendUint(AppendUint(AppendMap(nil, 1), 1), 2), "a10102"},
	} {
		if hex.EncodeToString(v.got) != v.want {
			t.Errorf("got %x, want %s", v.got, v.want)
		}
	}
}

// One value, one encoding: everything else is refused.
func TestStrict(t *testing.T) {
	for name, in := range map[string]string{
		"long zero":         "1800",
		"two bytes for 200": "1900c8",
		"short":             "19",
		"indefinite bytes":  "5fff",
		"left over":         "0000",
		"float":             "f90000",
		"too long":          "1c",
	} {
		b, _ := hex.DecodeString(in)
		r := NewReader(b)
		r.Uint()
		if !errors.Is(r.Done(), ErrMalformed) {
			t.Errorf("%s: accepted", name)
		}
	}
	r := NewReader([]byte{0xa2, 2, 0, 1, 0})
	n := r.Map(4)
	keys := r.Keys()
	for range n {
		keys.Next()
		r.Uint()
	}
	if r.Err() == nil {
		t.Error("falling map keys accepted")
	}
	r = NewReader([]byte{0x61, 0xff})
	if r.Text(); r.Err() == nil {
		t.Error("text that is not UTF-8 accepted")
	}
	deep := append(bytes.Repeat([]byte{0x81}, MaxDepth+1), 0)
	if r = NewReader(deep); r.Skip() != nil || r.Err() == nil {
		t.Error("deep nesting accepted")
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64().Draw(t, "n")
		text := rapid.String().Draw(t, "text")
		raw := rapid.SliceOf(rapid.Byte()).Draw(t, "raw")
		yes := rapid.Bool().Draw(t, "yes")
		b := AppendBool(AppendBytes(AppendText(AppendUint(AppendArray(nil, 4), n), text), raw), yes)
		if s := NewReader(b).Skip(); !bytes.Equal(s, b) {
			t.Fatalf("skip gives %x of %x", s, b)
		}
		r := NewReader(b)
		if r.Array(4) != 4 || r.Uint() != n || r.Text() != text || !bytes.Equal(r.Bytes(), raw) || r.Bool() != yes {
			t.Fatal("not what was written")
		}
		if err := r.Done(); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzSkip(f *testing.F) {
	f.Add([]byte{0xa1, 1, 0x82, 0x41, 0, 0xf5})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(b)
		if got := r.Skip(); r.Err() == nil && len(got) > len(b) {
			t.Fatal("skipped past the end")
		}
	})
}
