package vault

import (
	"crypto/sha256"
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
	codeBytes = 16
	codeChars = 30
)

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// ErrCode says that a recovery code is mistyped: its length or checksum is wrong.
var ErrCode = errors.New("recovery code is mistyped")

// newCode draws a recovery code and its secret.
func newCode(random io.Reader) (code string, secret []byte, err error) {
	secret = make([]byte, codeBytes)
	if _, err := io.ReadFull(random, secret); err != nil {
		return "", nil, fmt.Errorf("draw recovery code: %w", err)
	}
	text := crockford.EncodeToString(secret)
	text += checksum(secret)
	var groups []string
	for i := 0; i < len(text); i += 5 {
		groups = append(groups, text[i:i+5])
	}
	return strings.Join(groups, "-"), secret, nil
}

// parseCode reads a code as people copy it: spaces, dashes, small letters, O
// for 0, I and L for 1.
func parseCode(code string) ([]byte, error) {
	clean := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '\t', '\n', '\r', '–', '.':
			return -1
		case 'o', 'O':
			return '0'
		case 'i', 'I', 'l', 'L':
			return '1'
		}
		return r
	}, strings.ToUpper(code))
	if len(clean) != codeChars {
		return nil, ErrCode
	}
	secret, err := crockford.DecodeString(clean[:codeChars-4])
	if err != nil || len(secret) != codeBytes || crockford.EncodeToString(secret)+checksum(secret) != clean {
		return nil, ErrCode
	}
	return secret, nil
}

// checksum is 20 bits of SHA-256: a typo passes one time in a million.
func checksum(secret []byte) string {
	sum := sha256.Sum256(append([]byte("paradero recovery "), secret...))
	return crockford.EncodeToString(sum[:5])[:4]
}
