package driver

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// ID names a session in a store: the first 128 bits of the SHA-256 of the
// random id that the cookie carries. Whoever reads the store cannot turn an
// ID back into a cookie.
type ID [16]byte

// String gives the ID as 22 base64url characters, the form used as a key.
func (id ID) String() string {
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// Hex gives the ID as 32 lower-case hex digits, for names on file systems
// that fold case.
func (id ID) Hex() string {
	return hex.EncodeToString(id[:])
}

// Short gives the first 8 characters of String: enough to follow a session
// through logs and reports, too little to name it to a store.
func (id ID) Short() string {
	return id.String()[:8]
}

// ParseID reads what String or Hex gave.
func ParseID(s string) (ID, error) {
	var id ID
	var raw []byte
	var err error
	switch len(s) {
	case base64.RawURLEncoding.EncodedLen(len(id)):
		raw, err = base64.RawURLEncoding.Strict().DecodeString(s)
	case hex.EncodedLen(len(id)):
		raw, err = hex.DecodeString(s)
	default:
		return id, fmt.Errorf("session: an ID has 22 base64url or 32 hex characters, this has %d", len(s))
	}
	if err == nil && len(raw) != len(id) { // base64 skips line breaks
		err = fmt.Errorf("%d bytes instead of %d", len(raw), len(id))
	}
	if err != nil {
		return id, fmt.Errorf("session: not an ID: %w", err)
	}
	return ID(raw), nil
}
