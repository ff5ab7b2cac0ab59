// Package token makes and verifies the values of session cookies.
package token

import (
	"crypto/hmac"
	"encoding/base64"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
)

// Token is the value of the session cookie:
//
//	v1.<id>.<origin>.<mac>
//	v1.<id>.<origin>.<owner>.<mac>
//
// id is 16 random bytes; origin is the signing key's fingerprint and the
// store's id, 4 bytes each; owner is the driver.OwnerTag of who is logged in; mac
// is HMAC-SHA256 over everything before it, cut to 16 bytes. All parts are
// base64url, 60 characters in all, 72 with an owner. The origin is what lets
// any worker say why it does not accept a cookie.
type Token struct {
	Secret SecretID
	Key    config.Fingerprint
	Store  driver.StoreID
	Owner  driver.OwnerTag // zero where nobody is logged in
}

// What may be wrong with a text that should be a token.
const (
	Malformed    = "malformed"
	ForeignKey   = "foreign-key"
	BadSignature = "bad-signature"
)

const (
	tokenVersion = "v1."
	macSize      = 16

	idEnd     = len(tokenVersion) + 22
	originEnd = idEnd + 1 + 11
	ownerEnd  = originEnd + 1 + 11 // with an owner
	macLength = 1 + 22

	size = originEnd + macLength

	// MaxSize is the length of the longest token.
	MaxSize = ownerEnd + macLength
)

var tokenEncoding = base64.RawURLEncoding.Strict()

// Sign makes the token's text, signed with the ring's first key. It is the
// first n bytes of buf.
func (ring Keyring) Sign(tok Token) (buf [MaxSize]byte, n int) {
	var origin [8]byte
	copy(origin[:4], ring[0].fingerprint[:])
	copy(origin[4:], tok.Store[:])
	copy(buf[:], tokenVersion)
	tokenEncoding.Encode(buf[len(tokenVersion):], tok.Secret[:])
	buf[idEnd] = '.'
	tokenEncoding.Encode(buf[idEnd+1:], origin[:])
	n = originEnd
	if tok.Owner != (driver.OwnerTag{}) {
		buf[n] = '.'
		tokenEncoding.Encode(buf[n+1:], tok.Owner[:])
		n = ownerEnd
	}
	sum := ring[0].sign(buf[:n])
	buf[n] = '.'
	tokenEncoding.Encode(buf[n+1:], sum[:])
	return buf, n + macLength
}

// HasForm reports whether a text is a token but for its parts, which may be
// anything.
func HasForm(text string) bool {
	return (len(text) == size || len(text) == MaxSize && text[ownerEnd] == '.') &&
		text[:len(tokenVersion)] == tokenVersion && text[idEnd] == '.' && text[originEnd] == '.'
}

// In reports whether a text has one in it, of the form of [HasForm], whatever stands
// around it.
func In(text string) bool {
	for i := range text {
		if rest := text[i:]; len(rest) >= size && HasForm(rest[:size]) { // one with an owner begins as one without
			return true
		}
	}
	return false
}

// Verify reads a token. The flaw is "" when its signature holds; keyIndex
// is then the key that signed it.
func (ring Keyring) Verify(text string) (tok Token, keyIndex int, flaw string) {
	if !HasForm(text) {
		return tok, -1, Malformed
	}
	owned := len(text) == MaxSize
	var buf [MaxSize]byte
	copy(buf[:], text)
	var origin [8]byte
	var sum [macSize]byte
	signed := originEnd
	if owned {
		signed = ownerEnd
		if !decode(tok.Owner[:], buf[originEnd+1:signed]) {
			return Token{}, -1, Malformed
		}
	}
	if !decode(tok.Secret[:], buf[len(tokenVersion):idEnd]) ||
		!decode(origin[:], buf[idEnd+1:originEnd]) ||
		!decode(sum[:], buf[signed+1:len(text)]) {
		return Token{}, -1, Malformed
	}
	tok.Key, tok.Store = config.Fingerprint(origin[:4]), driver.StoreID(origin[4:])
	if keyIndex = ring.find(tok.Key); keyIndex < 0 {
		return tok, -1, ForeignKey
	}
	want := ring[keyIndex].sign(buf[:signed])
	if !hmac.Equal(sum[:], want[:]) {
		return tok, -1, BadSignature
	}
	return tok, keyIndex, ""
}

func decode(dst, src []byte) bool {
	n, err := tokenEncoding.Decode(dst, src)
	return err == nil && n == len(dst)
}
