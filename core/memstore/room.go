package memstore

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/gosessionkit/sessionkit/core/driver"

	"github.com/gosessionkit/sessionkit/core/check"
)

// The bounds of a Store unless told otherwise.
const (
	DefaultLimit = 1_000_000 // sessions
	DefaultBytes = 256 << 20
)

// What a session takes beside its values and the user's name: its place in a
// map and, for who is logged in, in the index. They are measured, for a map
// that has just grown.
const (
	itemBytes  = 144
	loginBytes = 336
)

// Option adjusts a Store.
type Option func(*Store)

// WithBytes sets how many bytes all sessions of a store may take, with
// what the store needs to keep them. Default: [DefaultBytes].
func WithBytes(n int) Option {
	return func(s *Store) {
		if n > 0 {
			s.room.bytes = int64(n)
		}
	}
}

// room is how much room there is and how much of it is taken, expired
// sessions included.
//
// Anybody can have sessions made in which nobody is logged in, as many as he
// likes. They do not get the last tenth: who is logged in, logs in or renews a
// session finds room when strangers have taken all they can.
type room struct {
	sessions, bytes int64 // how many there may be
	taken, nobodys  use
}

type use struct{ sessions, bytes atomic.Int64 }

// fullError says which bound was met. It is an ErrStoreFull.
type fullError struct {
	what     string
	most     int64
	reserved bool // what is left is for others
}

func (e *fullError) Error() string {
	text := fmt.Sprintf("%v: %d sessions, the limit that memstore.New was given", driver.ErrStoreFull, e.most)
	if e.what == "bytes" {
		text = fmt.Sprintf("%v: %d bytes of sessions, the limit (--session-memory-limit, memstore.WithBytes)", driver.ErrStoreFull, e.most)
	}
	if e.reserved {
		text += ", without the tenth that is kept for who is logged in"
	}
	return text
}

func (e *fullError) Unwrap() error { return driver.ErrStoreFull }

// take makes next take its room in the place of current, nil for none, or
// says that there is none left. A session may always shrink.
func (r *room) take(ctx context.Context, current, next *packed) error {
	sessions, bytes := int64(1), next.size()
	if current != nil {
		sessions, bytes = 0, bytes-current.size()
	}
	reserved := next.user() == ""
	err := r.add(sessions, bytes, reserved)
	if err != nil && reserved && driver.IsRenewal(ctx) {
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

func (r *room) add(sessions, bytes int64, reserved bool) error {
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
func (r *room) free(item *packed) {
	r.taken.note(-1, -item.size())
	if item.user() == "" {
		r.nobodys.note(-1, -item.size())
	}
}

func (u *use) note(sessions, bytes int64) {
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

var _ check.Inspector = (*Store)(nil)

// Inspect implements [check.Inspector]. The facts are how many "sessions" there
// are and the "bytes" that they take, expired ones included, the same of those
// in which nobody is logged in ("anonymous_sessions", "anonymous_bytes"), and
// how many there may be ("limit", "limit_bytes").
func (s *Store) Inspect(ctx context.Context) (check.Inspection, error) {
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
func (it *packed) size() int64 {
	n := itemBytes + it.values.Size()
	if it.login != nil {
		n += len(it.login.Realm) + len(it.login.User)
	}
	if it.user() != "" {
		n += loginBytes
	}
	return int64(n)
}
