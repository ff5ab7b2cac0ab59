package session

import (
	"crypto/hkdf"
	"crypto/sha256"
)

// DeriveKey derives a key of size bytes, at most 8,160, from the secret key for
// another use than cookies, which label names, with HKDF (RFC 5869). It is the
// same on every worker that has the same secret key. Where none is configured
// it is this process's own. Earlier keys have no part in it.
func (m *Manager) DeriveKey(label string, size int) ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(m.secret.Reveal()), nil, "sessionkit/v1 derived "+label, size)
}
