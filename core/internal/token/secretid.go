package token

import (
	"crypto/rand"
	"crypto/sha256"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// SecretID is the random part of a cookie. It leaves this
// package only inside a signed token.
type SecretID [16]byte

// ID is what the store calls the session: the first half of the SHA-256 of s.
func (s SecretID) ID() driver.ID {
	sum := sha256.Sum256(s[:])
	return driver.ID(sum[:len(driver.ID{})])
}

// NewSecretID draws one.
func NewSecretID() (id SecretID) {
	rand.Read(id[:]) // never fails since Go 1.24
	return id
}
