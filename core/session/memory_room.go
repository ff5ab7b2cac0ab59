package session

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/gosessionkit/sessionkit/core/check"
)

// The bounds of a MemoryStore unless told otherwise.
const (
	DefaultMemoryLimit = 1_000_000 // sessions
	DefaultMemoryBytes = 256 << 20
)

// What a session takes beside its values and the user's name: its place in a
// map and, for who is logged in, in the index. They are measured, for a map
// that has just grown.
const (
	itemBytes  = 144
	loginBytes = 336
)

// MemoryOption adjusts a MemoryStore.
type MemoryOption func(*MemoryStore)

// WithMemoryBytes sets how many bytes all sessions of a store may take, with
// what the store needs to keep them. Default: [DefaultMemoryBytes].
func WithMemoryBytes(n int) MemoryOption {
	return func(s *MemoryStore) {
		if n > 0 {
			s.room.bytes = int64(n)
		}
	}
}

// memoryRoom is how much room there is and how much of it is taken, expired
// sessions included.
//
// Anybody can have sessions made in which nobody is logged in, as many as he
// likes. They do not get the last tenth: who is logged in, logs in or renews a
// session finds room when strangers have taken all they can.
type memoryRoom struct {
	sessions, bytes int64 // how many there may be
	taken, nobodys  memoryUse
}

type memoryUse struct{ sessions, bytes atomic.Int64 }

// fullError says which bound was met. It is an ErrStoreFull.
type fullError struct {
	what     string
	most     int64
	reserved bool // what is left is for others
}

func (e *fullError) Error() string {
	text := fmt.Sprintf("%v: %d sessions, the limit that session.NewMemoryStore was given", ErrStoreFull, e.most)
	if e.what == "bytes" {
		text = fmt.Sprintf("%v: %d bytes of sessions, the limit (--session-memory-limit, session.WithMemoryBytes)", ErrStoreFull, e.most)
	}
	if e.reserved {
		text += ", without the tenth that is kept for who is logged in"
	}
	return text
}

func (e *fullError) Unwrap() error { return ErrStoreFull }

// take makes next take its room in the place of current, nil for none, or
// says that there is none left. A session may always shrink.
func (r *memoryRoom) take(ctx context.Context, current, next *memoryItem) error {
	sessions, bytes := int64(1), next.size()
	if current != nil {
		sessions, bytes = 0, bytes-current.size()
	}
	reserved := next.user() == ""
	err := r.add(sessions, bytes, reserved)
	if err != nil && reserved && isRenewal(ctx) {
		err = r.add(sessions, bytes, false)
	}
	if err != nil {
		return err
	}
	if current != nil && current.user() == "" {
		r.nobodys.note(-1, -current.size())
	}
	if next.user() == "" {
		r.nobodys.note(1, next.size())
	}
	return nil
}

func (r *memoryRoom) add(sessions, bytes int64, reserved bool) error {
	maxSessions, maxBytes := r.sessions, r.bytes
	if reserved {
		maxSessions, maxBytes = exceptTenth(maxSessions), exceptTenth(maxBytes)
	}
	if !add(&r.taken.sessions, sessions, maxSessions) {
		return &fullError{"sessions", r.sessions, reserved}
	}
	if !add(&r.taken.bytes, bytes, maxBytes) {
		r.taken.sessions.Add(-sessions)
		return &fullError{"bytes", r.bytes, reserved}
	}
	return nil
}

// free gives back the room of an item.
func (r *memoryRoom) free(item *memoryItem) {
	r.taken.note(-1, -item.size())
	if item.user() == "" {
		r.nobodys.note(-1, -item.size())
	}
}

func (u *memoryUse) note(sessions, bytes int64) {
	u.sessions.Add(sessions)
	u.bytes.Add(bytes)
}

// add adds n, unless that is more and exceeds most.
func add(total *atomic.Int64, n, most int64) bool {
	if after := total.Add(n); n > 0 && after > most {
		total.Add(-n)
		return false
	}
	return true
}

// exceptTenth is all but a tenth, at least one, but for what is too small to
// be parted.
func exceptTenth(n int64) int64 { return max(n-n/10-min(n%10, 1), 1) }

var _ check.Inspector = (*MemoryStore)(nil)

// Inspect implements [check.Inspector]. The facts are how many "sessions" there
// are and the "bytes" that they take, expired ones included, the same of those
// in which nobody is logged in ("anonymous_sessions", "anonymous_bytes"), and
// how many there may be ("limit", "limit_bytes").
func (s *MemoryStore) Inspect(ctx context.Context) (check.Inspection, error) {
	facts := map[string]string{}
	for name, n := range map[string]int64{
		"limit":              s.room.sessions,
		"limit_bytes":        s.room.bytes,
		"sessions":           s.room.taken.sessions.Load(),
		"bytes":              s.room.taken.bytes.Load(),
		"anonymous_sessions": s.room.nobodys.sessions.Load(),
		"anonymous_bytes":    s.room.nobodys.bytes.Load(),
	} {
		facts[name] = strconv.FormatInt(n, 10)
	}
	return check.Inspection{Facts: facts}, s.Ping(ctx)
}

// size is what an item takes, in bytes.
func (it *memoryItem) size() int64 {
	n := itemBytes + len(it.values.text)
	if it.login != nil {
		n += len(it.login.Realm) + len(it.login.User)
	}
	if it.user() != "" {
		n += loginBytes
	}
	return int64(n)
}

// renewing marks the context in which the copy that takes the place of a
// session is saved: a store that keeps room for those tells it from a session
// that is new.
func renewing(ctx context.Context) context.Context {
	return context.WithValue(ctx, renewingKey{}, true)
}

type renewingKey struct{}

func isRenewal(ctx context.Context) bool { return ctx.Value(renewingKey{}) != nil }
