package redis

import (
	"context"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Load implements [driver.Store]. It is one GET, and a second one for a
// session that somebody is logged in to, or that is not there. Whether a record
// has expired is for Redis to say and not for this worker's clock.
func (s *Store) Load(ctx context.Context, id driver.ID) (*driver.Record, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	cmd := goredis.NewStringCmd(ctx, "get", s.key(id))
	err := s.process(ctx, cmd)
	r, err := s.decode(ctx, "load", id, cmd.Val(), err)
	switch {
	case err == driver.ErrNotFound:
		return nil, s.whereTo(ctx, id)
	case err != nil:
		return nil, err
	case r.User == "":
		return r, nil
	}
	return s.unlessEnded(ctx, id, r)
}

// whereTo is the error for a session that is not there.
func (s *Store) whereTo(ctx context.Context, id driver.ID) error {
	cmd := goredis.NewStringCmd(ctx, "get", s.removedKey(s.key(id)))
	err := s.process(ctx, cmd)
	switch {
	case err == nil:
		return renewed(cmd.Val())
	case errors.Is(err, goredis.Nil), wrongType(err):
		return driver.ErrNotFound
	}
	return s.fail(ctx, "load", err)
}

// renewed is the error for a session of which it says what became of it.
func renewed(what string) error {
	if next, err := driver.ParseID(what); err == nil && len(what) == idLen {
		return &driver.RenewedError{Successor: next}
	}
	return driver.ErrNotFound
}

// decode turns the answer to a GET into a record. What cannot be one is set
// aside and not found.
func (s *Store) decode(ctx context.Context, op string, id driver.ID, text string, err error) (*driver.Record, error) {
	switch {
	case err == nil:
	case errors.Is(err, goredis.Nil):
		return nil, driver.ErrNotFound
	case wrongType(err):
		s.setAside(ctx, id, "", err)
		return nil, driver.ErrNotFound
	default:
		return nil, s.fail(ctx, op, err)
	}
	r, err := driver.ParseRecord(text)
	if err != nil {
		s.setAside(ctx, id, text, err)
		return nil, driver.ErrNotFound
	}
	return r, nil
}

// corruptTTL is how long a value that was no session is kept for whoever
// wants to know.
const corruptTTL = 7 * 24 * time.Hour

// asideScript moves the value only if it still is the one that could not be
// read, or no string at all.
//
//	KEYS: session, corrupt. ARGV: the value, time to live.
var asideScript = newScript(`
local value = redis.pcall('GET', KEYS[1])
if type(value) == 'table' or value == ARGV[1] then
	redis.call('RENAME', KEYS[1], KEYS[2])
	redis.call('PEXPIRE', KEYS[2], ARGV[2])
	return 1
end
return 0
`)

// setAside moves what cannot be decoded out of the way and logs it. When that
// fails the value stays, and goes on to count as not found.
func (s *Store) setAside(ctx context.Context, id driver.ID, text string, cause error) {
	key := s.key(id)
	to := s.corruptKey(key)
	moved, err := s.run(ctx, asideScript, 2, key, to, text, corruptTTL.Milliseconds())
	switch {
	case err != nil:
		s.logger.ErrorContext(ctx, "session store: record cannot be decoded, and not be set aside",
			"store", "redis", "session", id.Short(), "cause", cause, "error", err)
	case moved == int64(0):
		// Another worker was faster, or a good record has come in its place.
	default:
		s.logger.ErrorContext(ctx, "session store: record cannot be decoded, set aside for 7 days",
			"store", "redis", "session", id.Short(), "cause", cause, "below", s.prefix+"corrupt:")
	}
}
