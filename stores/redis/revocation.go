package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// A revocation is stored as its generation and, each behind a space, the ids of
// the sessions that it keeps. The generation is the time on Redis's clock, so
// that a later one is higher also where the one before was lost.

// parseRevocation reads what is stored. What is no revocation ends nothing.
func parseRevocation(text string) (rv driver.Revocation) {
	generation, kept, _ := strings.Cut(text, " ")
	n, err := strconv.ParseUint(generation, 10, 64)
	if err != nil {
		return driver.Revocation{}
	}
	return driver.Revocation{Generation: n, Kept: parseIDs(strings.Fields(kept))}
}

// revokedError is the error for an answer of a script that names a generation.
func revokedError(answer []any) error {
	text := fmt.Sprint(answer...)
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("redis store: %q is no generation", text)
	}
	return &driver.RevokedError{Generation: n}
}

// revocation loads an owner's last revocation.
func (s *Store) revocation(ctx context.Context, tag driver.OwnerTag) (driver.Revocation, error) {
	cmd := goredis.NewStringCmd(ctx, "get", s.endedKey(tag))
	err := s.process(ctx, cmd)
	if errors.Is(err, goredis.Nil) || wrongType(err) {
		return driver.Revocation{}, nil
	}
	return parseRevocation(cmd.Val()), err
}

// unlessEnded returns the record of somebody who is logged in, unless it was
// revoked.
func (s *Store) unlessEnded(ctx context.Context, id driver.ID, r *driver.Record) (*driver.Record, error) {
	rv, err := s.revocation(ctx, r.Owner().Tag())
	if err != nil {
		return nil, s.fail(ctx, "load", err)
	}
	return unless(rv, id, r)
}

func unless(rv driver.Revocation, id driver.ID, r *driver.Record) (*driver.Record, error) {
	if rv.Ends(id, r.Generation) {
		return nil, driver.ErrNotFound
	}
	r.Generation = max(r.Generation, rv.Generation)
	return r, nil
}

// LoadTagged implements [driver.TagLoader]. It is one MGET; on a Cluster or a
// Ring, where the two keys may live on different nodes, two GETs at once.
func (s *Store) LoadTagged(ctx context.Context, id driver.ID, tag driver.OwnerTag) (*driver.Record, error) {
	if tag == (driver.OwnerTag{}) {
		return s.Load(ctx, id)
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	text, ended, err := s.both(ctx, s.key(id), s.endedKey(tag))
	switch {
	case err != nil:
		return nil, s.fail(ctx, "load", err)
	case text == "":
		return s.Load(ctx, id) // missing, or of another type: not the common case
	}
	r, err := s.decode(ctx, "load", id, text, nil)
	switch {
	case err != nil || r.User == "":
		return r, err
	case r.Owner().Tag() != tag:
		return s.unlessEnded(ctx, id, r)
	case ended == "":
		return r, nil
	}
	return unless(parseRevocation(ended), id, r)
}

// both gets two strings in one round trip, "" for what is missing or none.
func (s *Store) both(ctx context.Context, first, second string) (string, string, error) {
	if s.oneNode {
		cmd := goredis.NewSliceCmd(ctx, "mget", first, second)
		if err := s.process(ctx, cmd); err != nil {
			return "", "", err
		}
		values := cmd.Val()
		if len(values) != 2 {
			return "", "", fmt.Errorf("the answer to MGET has %d values", len(values))
		}
		a, _ := values[0].(string)
		b, _ := values[1].(string)
		return a, b, nil
	}
	pipe := s.client.Pipeline()
	a, b := pipe.Get(ctx, first), pipe.Get(ctx, second)
	pipe.Exec(ctx) // each answer has its own error
	for _, cmd := range []*goredis.StringCmd{a, b} {
		if err := cmd.Err(); err != nil && !errors.Is(err, goredis.Nil) && !wrongType(err) {
			return "", "", err
		}
	}
	return a.Val(), b.Val(), nil
}

// revokeScript ends all sessions of an owner, but those to keep that live.
//
//	KEYS: revocation, index, index of what is to be removed
//	ARGV: time to keep the revocation, and of each session to keep: id,
//	generation, deadline
//
// It returns the ids of those that it has kept. Where there are some to keep
// and none lives, it ends nothing.
//
// It begins with a command that takes no memory: a script that has changed
// something may go on when Redis is full.
var revokeScript = newScript(indexLua + `
redis.call('PEXPIRE', KEYS[1], ARGV[1])
local ended = redis.pcall('GET', KEYS[1])
local since = type(ended) == 'string' and tonumber(string.match(ended, '^%d+'))
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local generation = now
if since and generation <= since then
	generation = since + 1
end
local text, kept = string.format('%.0f', generation), {}
for i = 2, #ARGV, 3 do
	if not revoked(ended, ARGV[i], ARGV[i + 1]) then
		text = text .. ' ' .. ARGV[i]
		kept[#kept + 1] = ARGV[i]
	end
end
if #ARGV > 1 and #kept == 0 then
	return kept
end
redis.call('SET', KEYS[1], text, 'PX', ARGV[1])
if redis.call('EXISTS', KEYS[2]) == 1 then
	if redis.call('EXISTS', KEYS[3]) == 0 then
		redis.call('RENAME', KEYS[2], KEYS[3])
	else
		redis.pcall('ZUNIONSTORE', KEYS[3], 2, KEYS[3], KEYS[2])
		redis.call('DEL', KEYS[2])
		redis.call('PEXPIRE', KEYS[3], ARGV[1])
	end
end
for i = 2, #ARGV, 3 do
	if not revoked(text, ARGV[i], ARGV[i + 1]) then
		redis.pcall('ZREM', KEYS[3], ARGV[i])
		index(KEYS[2], ARGV[i], ARGV[i + 2], now)
	end
end
return kept
`)

// Revoke implements [driver.UserIndex]. It is one command, however many
// sessions there are.
func (s *Store) Revoke(ctx context.Context, o driver.Owner, keep []driver.Entry) (kept []driver.ID, err error) {
	if err := s.begin(ctx); err != nil || o.IsNobody() {
		return nil, err
	}
	tag := o.Tag()
	args := []any{s.endedKey(tag), s.userKey(tag), s.endingKey(tag), driver.RevocationTTL.Milliseconds()}
	for _, e := range keep {
		args = append(args, e.ID.String(), e.Record.Generation, e.Record.Deadline.UnixMilli())
	}
	run := s.run // may be sent again: the generation is a later one then, and the same are kept
	if s.wait > 0 {
		run = s.runOnce
	}
	answer, err := run(ctx, revokeScript, 3, args...)
	if err != nil {
		return nil, s.fail(ctx, "revocation", err)
	}
	ids, _ := answer.([]any)
	for _, id := range ids {
		text, _ := id.(string)
		if id, err := driver.ParseID(text); err == nil {
			kept = append(kept, id)
		}
	}
	return kept, nil
}

// RemoveRevoked implements [driver.UserIndex], in three round trips.
func (s *Store) RemoveRevoked(ctx context.Context, o driver.Owner, most int) (removed int, more bool, err error) {
	if err := s.begin(ctx); err != nil || o.IsNobody() || most < 1 {
		return 0, false, err
	}
	key := s.endingKey(o.Tag())
	members, err := s.client.ZRange(ctx, key, 0, int64(most)-1).Result()
	if wrongType(err) { // what is no index holds no sessions
		return 0, false, s.discard(ctx, key)
	}
	if err != nil {
		return 0, false, s.fail(ctx, "removal", err)
	}
	if len(members) == 0 {
		return 0, false, nil
	}
	if removed, err = s.unlink(ctx, parseIDs(members)); err != nil {
		return removed, true, s.fail(ctx, "removal", err)
	}
	done := make([]any, len(members))
	for i, member := range members {
		done[i] = member
	}
	if err := s.client.ZRem(ctx, key, done...).Err(); err != nil {
		return removed, true, s.fail(ctx, "removal", err)
	}
	return removed, len(members) == most, nil
}

func (s *Store) discard(ctx context.Context, key string) error {
	if err := s.client.Unlink(ctx, key).Err(); err != nil {
		return s.fail(ctx, "removal", err)
	}
	return nil
}
