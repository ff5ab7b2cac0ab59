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
		panic(err) // what FIPS-only mode refuses, a key below 112 bits, the keyring has refused before
	}
	return Fingerprint(print)
}

// Derive derives a key of size bytes, at most 8,160, from the secret for the use
// that label names, with HKDF (RFC 5869): the same on every worker that has the
// same secret.
func (s Secret) Derive(label string, size int) ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(s.Reveal()), nil, "sessionkit/v1 derived "+label, size)
}
