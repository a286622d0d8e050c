package vault

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A recovery code is 16 random bytes and 20 bits of checksum in Crockford's
// alphabet, which has no I, L, O or U, so that it can be read aloud and typed:
// six groups of five, "7K2QX-…". 128 bits need no costly key derivation.
const (
	codeBytes  = 16
	codeChars  = 26 + checkChars
	checkChars = 4
	alphabet   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

var crockford = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// ErrCode says that a recovery code is mistyped: its length or checksum is wrong.
var ErrCode = errors.New("recovery code is mistyped")

// newCode draws a recovery code and its secret.
func newCode(random io.Reader) (code string, secret []byte, err error) {
	secret = make([]byte, codeBytes)
	if _, err := io.ReadFull(random, secret); err != nil {
		return "", nil, fmt.Errorf("draw recovery code: %w", err)
	}
	return grouped(crockford.EncodeToString(secret) + checksum(secret)), secret, nil
}

// grouped puts a dash after every five letters.
func grouped(text string) string {
	var groups []string
	for i := 0; i < len(text); i += 5 {
		groups = append(groups, text[i:min(i+5, len(text))])
	}
	return strings.Join(groups, "-")
}

// tidy reads letters as people copy them: without spaces and dashes, small ones
// as capitals, O as 0, I and L as 1.
func tidy(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '\t', '\n', '\r', '–', '.':
			return -1
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, strings.ToUpper(text))
}

// parseCode reads a code as people copy it.
func parseCode(code string) ([]byte, error) {
	clean := tidy(code)
	if len(clean) != codeChars {
		return nil, ErrCode
	}
	secret, err := crockford.DecodeString(clean[:codeChars-checkChars])
	if err != nil || len(secret) != codeBytes || crockford.EncodeToString(secret)+checksum(secret) != clean {
		return nil, ErrCode
	}
	return secret, nil
}

// SameCode tells whether a person typed a recovery code as it was shown, however he
// wrote letters that look alike.
func SameCode(shown, typed string) bool {
	a, err := parseCode(shown)
	b, err2 := parseCode(typed)
	return err == nil && err2 == nil && subtle.ConstantTimeCompare(a, b) == 1
}

// checksum is 20 bits of SHA-256: a typo passes one time in a million.
func checksum(secret []byte) string {
	return check(append([]byte("paradero recovery "), secret...))
}

func check(b []byte) string {
	sum := sha256.Sum256(b)
	return crockford.EncodeToString(sum[:5])[:checkChars]
}
