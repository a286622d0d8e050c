package team

import (
	"crypto/ed25519"
	"encoding/base32"
	"errors"
	"strings"

	"paradero/data/record"
)

var errKey = errors.New("not a device's key")

// ErrEndorsement says that the old device never said that this one succeeds it.
var ErrEndorsement = errors.New("endorsement does not hold")

const endorsePrefix = "paradero succession 1"

// Endorse is the word of a device that a new one goes on for it: its signature
// over the office and the new public key, as a device's record holds it.
func Endorse(old ed25519.PrivateKey, office record.ID, next ed25519.PublicKey) string {
	return keyText.EncodeToString(ed25519.Sign(old, endorsed(office, next)))
}

// CheckEndorsement tells whether that word holds.
func CheckEndorsement(old ed25519.PublicKey, office record.ID, next ed25519.PublicKey, text string) error {
	sig, err := keyText.DecodeString(strings.ToUpper(text))
	if err != nil || len(old) != ed25519.PublicKeySize || !ed25519.Verify(old, endorsed(office, next), sig) {
		return ErrEndorsement
	}
	return nil
}

func endorsed(office record.ID, next ed25519.PublicKey) []byte {
	return append(append([]byte(endorsePrefix), office[:]...), next...)
}

// keyText is how keys and signatures stand in a record.
var keyText = base32.StdEncoding.WithPadding(base32.NoPadding)
