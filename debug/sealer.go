package debug

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// sealer makes references to sessions for pages and programs: an id that only who
// has the debug token can read, so that a whole one is in no page, no address and
// no log. Each one is another text (AES-GCM with a random nonce).
type sealer struct{ key config.Secret }

func (s sealer) aead() cipher.AEAD {
	block, err := aes.NewCipher([]byte(s.key.Reveal()))
	if err != nil {
		panic(err) // the key has a length that AES knows
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // the block has the size that GCM wants
	}
	return aead
}

func (s sealer) seal(id session.ID) string {
	return base64.RawURLEncoding.EncodeToString(s.aead().Seal(nil, nil, id[:], nil))
}

// open reads what seal made, on any worker with the same token.
func (s sealer) open(ref string) (id session.ID, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(ref)
	if err != nil {
		return id, false
	}
	text, err := s.aead().Open(nil, nil, sealed, nil)
	if err != nil || len(text) != len(id) {
		return id, false
	}
	return session.ID(text), true
}
