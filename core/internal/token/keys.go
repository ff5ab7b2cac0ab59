package token

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"

	"github.com/gosessionkit/sessionkit/core/config"
)

// signingKey signs and verifies the tokens of one cookie name.
type signingKey struct {
	fingerprint config.Fingerprint
	macs        *sync.Pool // of *mac: setting up an HMAC costs more than using it
}

type mac struct {
	hash.Hash
	text [ownerEnd]byte
	sum  [sha256.Size]byte
}

// Keyring holds the key that signs, first, and those that still verify.
type Keyring []signingKey

// NewKeyring derives the keys from their secrets with HKDF (RFC 5869), one
// label a purpose, so that a token made for one cookie name is worth nothing
// under another.
func NewKeyring(cookieName string, secrets ...config.Secret) (Keyring, error) {
	ring := make(Keyring, 0, len(secrets))
	for _, secret := range secrets {
		key, err := hkdf.Key(sha256.New, []byte(secret.Reveal()), nil, "sessionkit/v1 cookie "+cookieName, sha256.Size)
		if err != nil {
			return nil, err
		}
		ring = append(ring, signingKey{
			fingerprint: secret.Fingerprint(),
			macs:        &sync.Pool{New: func() any { return &mac{Hash: hmac.New(sha256.New, key)} }},
		})
	}
	return ring, nil
}

// find returns the position of the key with the fingerprint, or -1.
func (ring Keyring) find(f config.Fingerprint) int {
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

// Fingerprints names the keys: the one that signs, then the others.
func (ring Keyring) Fingerprints() []config.Fingerprint {
	prints := make([]config.Fingerprint, len(ring))
	for i := range ring {
		prints[i] = ring[i].fingerprint
	}
	return prints
}
