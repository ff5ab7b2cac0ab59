package redis

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// idLen is the length of session.ID.String.
const idLen = 22

// key is where a session is stored.
func (s *Store) key(id session.ID) string {
	b := make([]byte, 0, 64)
	b = append(b, s.prefix...)
	return string(base64.RawURLEncoding.AppendEncode(b, id[:]))
}

// userKey is where the ids of a user's sessions are stored. The name is
// hashed: it may be long, and need not be readable to who reads key names.
func (s *Store) userKey(user string) string {
	sum := sha256.Sum256([]byte(user))
	return s.prefix + "user:" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

// corruptKey is where what was found under key is moved to. The braces make a
// Cluster put it on the same node, so that it can be moved in one step.
func (s *Store) corruptKey(key string) string {
	return s.prefix + "corrupt:{" + key + "}"
}

// receiptKey is where it says for a while who removed what was under key.
func (s *Store) receiptKey(key string) string {
	return s.prefix + "removed:{" + key + "}"
}

func (s *Store) storeIDKey() string { return s.prefix + "store-id" }

func (s *Store) workersKey() string { return s.prefix + "workers" }

// pattern matches the keys of sessions, and little else: the prefix, taken
// literally, and as many characters as an id has.
func (s *Store) pattern() string {
	return globEscaper.Replace(s.prefix) + strings.Repeat("?", idLen)
}

var globEscaper = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `\`, `\\`)

// idOf tells which session is stored under key.
func (s *Store) idOf(key string) (session.ID, bool) {
	text, ok := strings.CutPrefix(key, s.prefix)
	if !ok || len(text) != idLen {
		return session.ID{}, false
	}
	id, err := session.ParseID(text)
	return id, err == nil
}

// ttl is how long it is until t, in whole milliseconds: 0 when t has come.
// Redis is told durations and not times, so its clock does not matter.
func ttl(t time.Time) int64 {
	left := time.Until(t)
	if left <= 0 {
		return 0
	}
	return max(left.Milliseconds(), 1)
}
