package redis

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// idLen is the length of session.ID.String.
const idLen = 22

// key is where a session is stored.
func (s *Store) key(id driver.ID) string {
	b := make([]byte, 0, 64)
	b = append(b, s.prefix...)
	return string(base64.RawURLEncoding.AppendEncode(b, id[:]))
}

// The keys of an owner have his tag in braces, so that a Cluster keeps them on
// one node and a script may use them together. The tag is a hash: names may be
// long, and need not be readable to who reads key names.

// userKey is where the ids of an owner's sessions are stored.
func (s *Store) userKey(tag driver.OwnerTag) string { return s.ownerKey("user:", tag) }

// endedKey is where the owner's last revocation is stored.
func (s *Store) endedKey(tag driver.OwnerTag) string { return s.ownerKey("ended:", tag) }

// endingKey is where the ids are stored of sessions that were revoked and whose
// records are still to be removed.
func (s *Store) endingKey(tag driver.OwnerTag) string { return s.ownerKey("ending:", tag) }

func (s *Store) ownerKey(kind string, tag driver.OwnerTag) string {
	b := make([]byte, 0, 64)
	b = append(append(append(b, s.prefix...), kind...), '{')
	b = base64.RawURLEncoding.AppendEncode(b, tag[:])
	return string(append(b, '}'))
}

// corruptKey is where what was found under key is moved to. The braces make a
// Cluster put it on the same node, so that it can be moved in one step.
func (s *Store) corruptKey(key string) string {
	return s.prefix + "corrupt:{" + key + "}"
}

// removedKey is where it says for a while what became of the session that was
// under key: the id of its successor, or the name of the request that removed
// it.
func (s *Store) removedKey(key string) string {
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
func (s *Store) idOf(key string) (driver.ID, bool) {
	text, ok := strings.CutPrefix(key, s.prefix)
	if !ok || len(text) != idLen {
		return driver.ID{}, false
	}
	id, err := driver.ParseID(text)
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
