package vault

import (
	"fmt"
	"io"
)

// A secret is split by Shamir's scheme over GF(256), byte by byte, with a line:
// the secret is its value at 0, a share its value at the share's number. Two
// points give the line, one says nothing at all about where it meets 0. The
// libraries there are draw their own randomness and know any degree; here the
// randomness is given, and two of three is all that an office has use for.

// mul multiplies in GF(256) with AES's polynomial x⁸+x⁴+x³+x+1. Its course does
// not depend on what it multiplies: no table, no branch.
func mul(a, b byte) byte {
	var product byte
	for range 8 {
		product ^= a & -(b & 1)
		a = a<<1 ^ 0x1b&-(a>>7)
		b >>= 1
	}
	return product
}

// invert gives what multiplies a to 1: a²⁵⁴. Zero has none and gives zero.
func invert(a byte) byte {
	power, result := a, byte(1)
	for range 7 { // 254 is 2+4+8+…+128
		power = mul(power, power)
		result = mul(result, power)
	}
	return result
}

// split gives n points of a new line through the secret: the first is at 1.
func split(random io.Reader, secret []byte, n int) ([][]byte, error) {
	slope := make([]byte, len(secret))
	if _, err := io.ReadFull(random, slope); err != nil {
		return nil, fmt.Errorf("draw shares: %w", err)
	}
	points := make([][]byte, n)
	for i := range points {
		points[i] = make([]byte, len(secret))
		for j := range secret {
			points[i][j] = secret[j] ^ mul(slope[j], byte(i+1))
		}
	}
	clear(slope)
	return points, nil
}

// join gives the secret of two points of equal length at different places.
func join(x1 byte, y1 []byte, x2 byte, y2 []byte) []byte {
	secret := make([]byte, len(y1))
	over := invert(x1 ^ x2)
	for i := range secret {
		secret[i] = mul(mul(y1[i], x2)^mul(y2[i], x1), over)
	}
	return secret
}
