package redis

import (
	"context"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// state is what Redis says about a save.
type state int

const (
	saved state = iota
	gone
	conflicting
)

// saveScript replaces the stored value if it begins with the head.
//
//	KEYS: session[, index], or session, receipt to remove it
//	ARGV: head, value, time to live[, id, deadline, now], or head, "", 0, name
//
// It returns 1 when saved, 0 when there is nothing to replace, and otherwise
// what is stored. A removal leaves a receipt with the caller's name for a
// while: when the answer was lost, who asks again learns that it was himself.
var saveScript = newScript(indexLua + `
local head = redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1)
local removal = ARGV[3] == '0'
if head == '' then
	if removal and KEYS[2] and redis.call('GET', KEYS[2]) == ARGV[4] then
		return 1
	end
	return 0
end
if head ~= ARGV[1] then
	return redis.call('GET', KEYS[1])
end
if removal then
	redis.call('DEL', KEYS[1])
	if KEYS[2] then
		redis.call('SET', KEYS[2], ARGV[4], 'PX', 10000)
	end
	return 1
end
local failed = KEYS[2] and index(KEYS[2], ARGV[4], ARGV[5], ARGV[6])
if failed then
	return failed
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`)

// createScript stores a new session and puts it into its user's index.
//
//	KEYS: session, index
//	ARGV: value, time to live, id, deadline, now
//
// It returns 1 when saved, and otherwise what is stored.
var createScript = newScript(indexLua + `
local value = redis.call('GET', KEYS[1])
if value then
	return value
end
local failed = index(KEYS[2], ARGV[3], ARGV[4], ARGV[5])
if failed then
	return failed
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`)

// send sends the save. current is what is stored when that conflicts.
func (s *Store) send(ctx context.Context, w *write) (current string, st state, err error) {
	var answer any
	together := w.indexed() && s.oneNode
	switch {
	case w.head == "" && w.ttl == 0:
		return s.current(ctx, w.key, saved) // nothing to store: is there anything in the way?
	case w.head == "" && together:
		answer, err = s.runOnce(ctx, createScript, 2, w.key, s.userKey(w.record.User),
			w.value, w.ttl, w.id.String(), w.record.Deadline.UnixMilli(), time.Now().UnixMilli())
	case w.head == "":
		return s.create(ctx, w)
	case together:
		answer, err = s.runOnce(ctx, saveScript, 2, w.key, s.userKey(w.record.User),
			w.head, w.value, w.ttl, w.id.String(), w.record.Deadline.UnixMilli(), time.Now().UnixMilli())
	case w.ttl == 0:
		answer, err = s.runOnce(ctx, saveScript, 2, w.key, s.receiptKey(w.key), w.head, "", w.ttl, w.name)
	default:
		answer, err = s.runOnce(ctx, saveScript, 1, w.key, w.head, w.value, w.ttl)
	}
	if err != nil {
		return "", 0, err
	}
	switch answer := answer.(type) {
	case string:
		return answer, conflicting, nil
	case int64:
		if answer == 1 {
			return "", saved, nil
		}
	}
	return "", gone, nil
}

// create stores a session that nobody is logged in to.
func (s *Store) create(ctx context.Context, w *write) (current string, st state, err error) {
	cmd := goredis.NewCmd(ctx, "set", w.key, w.value, "px", w.ttl, "nx")
	err = s.processOnce(ctx, cmd, w.key)
	if !errors.Is(err, goredis.Nil) {
		return "", saved, err
	}
	return s.current(ctx, w.key, gone)
}

// current returns what is stored, or the state that it means when nothing is.
func (s *Store) current(ctx context.Context, key string, none state) (string, state, error) {
	text, err := s.client.Get(ctx, key).Result()
	if errors.Is(err, goredis.Nil) {
		return "", none, nil
	}
	return text, conflicting, err
}
