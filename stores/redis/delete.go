package redis

import (
	"context"
	"errors"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// deleteScript removes a session.
//
//	KEYS: session, what became of it
//
// It returns the latter where there was nothing to remove.
var deleteScript = newScript(`
if redis.call('DEL', KEYS[1]) == 1 then
	return 1
end
local what = redis.pcall('GET', KEYS[2])
return type(what) == 'string' and what
`)

// Delete implements [driver.Store]. It is one command. The index of the user
// is left alone: what is in there counts only as long as the session does.
func (s *Store) Delete(ctx context.Context, id driver.ID) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	run := s.run // may be sent again
	if s.wait > 0 {
		run = s.runOnce
	}
	key := s.key(id)
	answer, err := run(ctx, deleteScript, 2, key, s.removedKey(key))
	if err != nil && !errors.Is(err, goredis.Nil) {
		return s.fail(ctx, "delete", err)
	}
	if what, ok := answer.(string); ok {
		if err := renewed(what); err != driver.ErrNotFound {
			return err
		}
	}
	return nil
}

// Remove implements [driver.Remover], in one round trip to each node.
func (s *Store) Remove(ctx context.Context, ids []driver.ID) (removed int, err error) {
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	removed, err = s.unlink(ctx, ids)
	if err != nil {
		err = s.fail(ctx, "delete", err)
	}
	return removed, err
}

// unlink removes sessions and counts those that were there.
func (s *Store) unlink(ctx context.Context, ids []driver.ID) (removed int, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	pipe := s.client.Pipeline()
	answers := make([]*goredis.IntCmd, len(ids))
	for i, id := range ids {
		answers[i] = pipe.Unlink(ctx, s.key(id))
	}
	_, err = pipe.Exec(ctx)
	for _, answer := range answers {
		removed += int(answer.Val())
	}
	return removed, err
}
