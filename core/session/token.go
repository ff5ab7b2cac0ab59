package session

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
)

// A token is the value of the session cookie:
//
//	v1.<id>.<origin>.<mac>
//
// id is 16 random bytes; origin is the signing key's fingerprint and the
// store's origin, 4 bytes each; mac is HMAC-SHA256 over everything before
// it, cut to 16 bytes. All parts are base64url, 60 characters in all. The
// origin is what lets any worker say why it does not accept a cookie.
type token struct {
	secret secretID
	key    Fingerprint
	store  Origin
}

const (
	tokenVersion = "v1."
	macSize      = 16

	idEnd     = len(tokenVersion) + 22
	originEnd = idEnd + 1 + 11
	tokenSize = originEnd + 1 + 22
)

var tokenEncoding = base64.RawURLEncoding.Strict()

func newSecretID() (id secretID) {
	rand.Read(id[:]) // never fails since Go 1.24
	return id
}

// sign makes the token's text, signed with the ring's first key.
func (ring keyring) sign(secret secretID, store Origin) (buf [tokenSize]byte) {
	var origin [8]byte
	copy(origin[:4], ring[0].fingerprint[:])
	copy(origin[4:], store[:])
	copy(buf[:], tokenVersion)
	tokenEncoding.Encode(buf[len(tokenVersion):], secret[:])
	buf[idEnd] = '.'
	tokenEncoding.Encode(buf[idEnd+1:], origin[:])
	buf[originEnd] = '.'
	sum := ring[0].sign((*[originEnd]byte)(buf[:]))
	tokenEncoding.Encode(buf[originEnd+1:], sum[:])
	return buf
}

// verify reads a token. The reason is "" when its signature holds; keyIndex
// is then the key that signed it.
func (ring keyring) verify(text string) (tok token, keyIndex int, reason Reason) {
	if len(text) != tokenSize || text[:len(tokenVersion)] != tokenVersion ||
		text[idEnd] != '.' || text[originEnd] != '.' {
		return tok, -1, ReasonMalformed
	}
	var buf [tokenSize]byte
	copy(buf[:], text)
	var origin [8]byte
	var sum [macSize]byte
	if !decode(tok.secret[:], buf[len(tokenVersion):idEnd]) ||
		!decode(origin[:], buf[idEnd+1:originEnd]) ||
		!decode(sum[:], buf[originEnd+1:]) {
		return tok, -1, ReasonMalformed
	}
	tok.key, tok.store = Fingerprint(origin[:4]), Origin(origin[4:])
	if keyIndex = ring.find(tok.key); keyIndex < 0 {
		return tok, -1, ReasonForeignKey
	}
	want := ring[keyIndex].sign((*[originEnd]byte)(buf[:]))
	if !hmac.Equal(sum[:], want[:]) {
		return tok, -1, ReasonBadSignature
	}
	return tok, keyIndex, ""
}

func decode(dst, src []byte) bool {
	n, err := tokenEncoding.Decode(dst, src)
	return err == nil && n == len(dst)
}
