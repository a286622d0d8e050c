package vault

import (
	"fmt"
	"io"
)

// A code that is told by voice is 60 random bits and 15 bits of checksum, in the
// letters of a recovery code: three groups of five. It is stretched before use and
// good for one purpose and some days only.
const (
	toldChars = 12
	toldCheck = 3
)

// DrawTold draws such a code.
func DrawTold(random io.Reader) (string, error) {
	b := make([]byte, 8)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("draw code: %w", err)
	}
	text := crockford.EncodeToString(b)[:toldChars]
	return grouped(text + checkTold(text)), nil
}

// ReadTold reads one as people copy it; ErrCode says that it is mistyped. What it
// gives is what is to be stretched.
func ReadTold(typed string) ([]byte, error) {
	clean := tidy(typed)
	if len(clean) != toldChars+toldCheck || clean[toldChars:] != checkTold(clean[:toldChars]) {
		return nil, ErrCode
	}
	return []byte(clean[:toldChars]), nil
}

func checkTold(text string) string { return check([]byte("paradero told " + text))[:toldCheck] }
