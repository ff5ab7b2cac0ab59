package config

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
)

// Fingerprint names a secret key without giving anything of it away.
type Fingerprint [4]byte

// String gives the fingerprint as 8 hex digits.
func (f Fingerprint) String() string { return hex.EncodeToString(f[:]) }

// Fingerprint returns the secret's fingerprint, which is derived from it with
// HKDF (RFC 5869): the same on every worker that has the same secret.
func (s Secret) Fingerprint() Fingerprint {
	print, err := hkdf.Key(sha256.New, []byte(s.Reveal()), nil, "sessionkit/v1 fingerprint", len(Fingerprint{}))
	if err != nil {
		panic(err) // only in FIPS mode without an approved hash, which SHA-256 is
	}
	return Fingerprint(print)
}
