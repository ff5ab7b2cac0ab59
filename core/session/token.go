package session

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// A token is the value of the session cookie:
//
//	v1.<id>.<origin>.<mac>
//	v1.<id>.<origin>.<owner>.<mac>
//
// id is 16 random bytes; origin is the signing key's fingerprint and the
// store's origin, 4 bytes each; owner is the OwnerTag of who is logged in; mac
// is HMAC-SHA256 over everything before it, cut to 16 bytes. All parts are
// base64url, 60 characters in all, 72 with an owner. The origin is what lets
// any worker say why it does not accept a cookie.
type token struct {
	secret secretID
	key    Fingerprint
	store  driver.StoreID
	owner  driver.OwnerTag // zero where nobody is logged in
}

const (
	tokenVersion = "v1."
	macSize      = 16

	idEnd     = len(tokenVersion) + 22
	originEnd = idEnd + 1 + 11
	ownerEnd  = originEnd + 1 + 11 // with an owner
	macLength = 1 + 22

	tokenSize    = originEnd + macLength
	maxTokenSize = ownerEnd + macLength
)

var tokenEncoding = base64.RawURLEncoding.Strict()

func newSecretID() (id secretID) {
	rand.Read(id[:]) // never fails since Go 1.24
	return id
}

// sign makes the token's text, signed with the ring's first key. It is the
// first n bytes of buf.
func (ring keyring) sign(tok token) (buf [maxTokenSize]byte, n int) {
	var origin [8]byte
	copy(origin[:4], ring[0].fingerprint[:])
	copy(origin[4:], tok.store[:])
	copy(buf[:], tokenVersion)
	tokenEncoding.Encode(buf[len(tokenVersion):], tok.secret[:])
	buf[idEnd] = '.'
	tokenEncoding.Encode(buf[idEnd+1:], origin[:])
	n = originEnd
	if tok.owner != (driver.OwnerTag{}) {
		buf[n] = '.'
		tokenEncoding.Encode(buf[n+1:], tok.owner[:])
		n = ownerEnd
	}
	sum := ring[0].sign(buf[:n])
	buf[n] = '.'
	tokenEncoding.Encode(buf[n+1:], sum[:])
	return buf, n + macLength
}

// verify reads a token. The reason is "" when its signature holds; keyIndex
// is then the key that signed it.
func (ring keyring) verify(text string) (tok token, keyIndex int, reason Reason) {
	owned := len(text) == maxTokenSize
	if !owned && len(text) != tokenSize || text[:len(tokenVersion)] != tokenVersion || text[idEnd] != '.' || text[originEnd] != '.' {
		return tok, -1, ReasonMalformed
	}
	var buf [maxTokenSize]byte
	copy(buf[:], text)
	var origin [8]byte
	var sum [macSize]byte
	signed := originEnd
	if owned {
		signed = ownerEnd
		if buf[signed] != '.' || !decode(tok.owner[:], buf[originEnd+1:signed]) {
			return token{}, -1, ReasonMalformed
		}
	}
	if !decode(tok.secret[:], buf[len(tokenVersion):idEnd]) ||
		!decode(origin[:], buf[idEnd+1:originEnd]) ||
		!decode(sum[:], buf[signed+1:len(text)]) {
		return token{}, -1, ReasonMalformed
	}
	tok.key, tok.store = Fingerprint(origin[:4]), driver.StoreID(origin[4:])
	if keyIndex = ring.find(tok.key); keyIndex < 0 {
		return tok, -1, ReasonForeignKey
	}
	want := ring[keyIndex].sign(buf[:signed])
	if !hmac.Equal(sum[:], want[:]) {
		return tok, -1, ReasonBadSignature
	}
	return tok, keyIndex, ""
}

func decode(dst, src []byte) bool {
	n, err := tokenEncoding.Decode(dst, src)
	return err == nil && n == len(dst)
}
