package session

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"

	"github.com/gosessionkit/sessionkit/core/config"
)

// Fingerprint names a secret key without giving anything of it away.
type Fingerprint [4]byte

// String gives the fingerprint as 8 hex digits.
func (f Fingerprint) String() string { return hex.EncodeToString(f[:]) }

// signingKey signs and verifies the tokens of one cookie name.
type signingKey struct {
	fingerprint Fingerprint
	macs        *sync.Pool // of *mac: setting up an HMAC costs more than using it
}

type mac struct {
	hash.Hash
	text [ownerEnd]byte
	sum  [sha256.Size]byte
}

// keyring holds the key that signs, first, and those that still verify.
type keyring []signingKey

// newKeyring derives the keys from their secrets with HKDF (RFC 5869), one
// label a purpose, so that a token made for one cookie name is worth nothing
// under another.
func newKeyring(cookieName string, secrets ...config.Secret) (keyring, error) {
	ring := make(keyring, 0, len(secrets))
	for _, secret := range secrets {
		key, err := hkdf.Key(sha256.New, []byte(secret.Reveal()), nil, "sessionkit/v1 cookie "+cookieName, sha256.Size)
		if err != nil {
			return nil, err
		}
		print, err := hkdf.Key(sha256.New, []byte(secret.Reveal()), nil, "sessionkit/v1 fingerprint", len(Fingerprint{}))
		if err != nil {
			return nil, err
		}
		ring = append(ring, signingKey{
			fingerprint: Fingerprint(print),
			macs:        &sync.Pool{New: func() any { return &mac{Hash: hmac.New(sha256.New, key)} }},
		})
	}
	return ring, nil
}

// DeriveKey derives a key of size bytes, at most 8,160, from the secret key for
// another use than cookies, which label names, with HKDF (RFC 5869). It is the
// same on every worker that has the same secret key. Where none is configured
// it is this process's own. Earlier keys have no part in it.
func (m *Manager) DeriveKey(label string, size int) ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(m.secret.Reveal()), nil, "sessionkit/v1 derived "+label, size)
}

// find returns the position of the key with the fingerprint, or -1.
func (ring keyring) find(f Fingerprint) int {
	for i := range ring {
		if ring[i].fingerprint == f {
			return i
		}
	}
	return -1
}

// sign returns the token's MAC over what comes before it.
func (k *signingKey) sign(text []byte) [macSize]byte {
	m := k.macs.Get().(*mac)
	defer k.macs.Put(m)
	n := copy(m.text[:], text) // a hash lets what it reads escape to the heap
	m.Reset()
	m.Write(m.text[:n])
	return [macSize]byte(m.Sum(m.sum[:0]))
}
