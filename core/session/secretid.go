package session

import "crypto/sha256"

// secretID is the random part of a cookie. It never leaves the session
// package except inside a signed token.
type secretID [16]byte

func (s secretID) id() ID {
	sum := sha256.Sum256(s[:])
	return ID(sum[:len(ID{})])
}
