package redis

import (
	"context"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// touchScript moves the expiry later: it sets the time to live, and overwrites
// the expiry where it stands, 13 characters wide right behind the revision. In
// this order, because a Redis that is full runs PEXPIRE, and SETRANGE only in a
// script that has begun to write.
//
//	KEYS: session. ARGV: expiry, time to live.
//
// It returns 1 when the session expires no earlier now, 0 when there is
// nothing, and -1 when the value does not begin as records do.
var touchScript = newScript(`
local head = redis.call('GETRANGE', KEYS[1], 0, 63)
if head == '' then
	return 0
end
local from, expiry = string.match(head, '^{"rev":%d+,"exp":()( *%d+),')
if not from or #expiry ~= #ARGV[1] then
	return -1
end
if tonumber(expiry) < tonumber(ARGV[1]) and ARGV[2] ~= '0' then
	redis.call('PEXPIRE', KEYS[1], ARGV[2])
	redis.call('SETRANGE', KEYS[1], from - 1, ARGV[1])
end
return 1
`)

// Touch implements [driver.Store]. It is one command and sends no data.
func (s *Store) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	answer, err := s.run(ctx, touchScript, 1, s.key(id), expiresText(expires), ttl(expires))
	switch {
	case err != nil && wrongType(err):
		s.setAside(ctx, id, "", err)
		return driver.ErrNotFound
	case err != nil:
		return s.fail(ctx, "touch", err)
	case answer == int64(0):
		return driver.ErrNotFound
	case answer == int64(-1):
		return s.rewrite(ctx, id, expires)
	}
	return nil
}

// rewrite touches a record that was written in another way, by hand perhaps:
// it is stored anew, at the same revision, unless it has changed meanwhile.
func (s *Store) rewrite(ctx context.Context, id driver.ID, expires time.Time) error {
	text, err := s.client.Get(ctx, s.key(id)).Result()
	r, err := s.decode(ctx, "touch", id, text, err)
	if err != nil {
		return err
	}
	if !expires.After(r.Expires) || ttl(expires) == 0 {
		return nil
	}
	r.Expires = expires
	answer, err := s.run(ctx, saveScript, 1, s.key(id), text, r.AppendJSON(nil), ttl(expires), "")
	switch {
	case err != nil:
		return s.fail(ctx, "touch", err)
	case answer == int64(0):
		return driver.ErrNotFound
	}
	return nil // saved, or just changed by another request, which set an expiry of its own
}

// maxMillis is the latest time that a record can hold.
const maxMillis = 9_999_999_999_999

// expiresText is how a record holds its expiry.
func expiresText(t time.Time) string {
	return fmt.Sprintf("%13d", min(max(t.UnixMilli(), 0), maxMillis))
}
