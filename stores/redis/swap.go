package redis

import (
	"context"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// state is what Redis says about a save.
type state int

const (
	saved state = iota
	gone
	conflicting
	moved // to another owner or deadline: the index comes first
)

// replaceLua begins the scripts that replace the stored value if it begins with
// the head.
const replaceLua = `
local head, identity = ARGV[1], ARGV[4]
local expiry = 19
local stored = redis.call('GETRANGE', KEYS[1], 0, #head + expiry + #identity - 1)
if stored == '' then
	return 0
end
if string.sub(stored, 1, #head) ~= head then
	return redis.call('GET', KEYS[1])
end
local same = identity == '' or string.sub(stored, #head + expiry + 1) == identity
`

// storeLua ends them: the value is stored.
const storeLua = `
local left = ARGV[5] and redis.call('PTTL', KEYS[1])
local expires = left and left > 0 and string.match(stored, '^"exp":( *%d+)', #head + 1)
if expires and #expires == 13 then
	local _, to = string.find(ARGV[2], '^{"rev":%d+,"exp":')
	redis.call('SET', KEYS[1], ARGV[2], 'PX', left)
	redis.call('SETRANGE', KEYS[1], to, expires)
	return tonumber(expires)
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`

// saveScript replaces the stored value if it begins with the head.
//
//	KEYS: session
//	ARGV: head, value, time to live, identity[, "keep"]
//
// It returns 1 when saved, or with "keep", which leaves the expiry as it was,
// that expiry; 0 when there is nothing to replace, a table with the
// generation of the revocation that has ended the session, and otherwise what
// is stored. The identity is what the record says between its expiry and its
// values: whose it is and its deadline among it. Where that has changed and the
// index is on another node it returns 2, and nothing is saved.
var saveScript = newScript(replaceLua + `
if not same then
	return 2
end
` + storeLua)

// saveOwnedScript is saveScript where somebody is logged in and the index is on
// the same node. Most saves change values alone, in a session that nobody has
// ended: for them it asks one question more, and all else is said where it is
// needed.
//
//	KEYS: session, index, revocation. ARGV: those of saveScript.
var saveOwnedScript = newScript(replaceLua + `
local ended = redis.pcall('GET', KEYS[3])
if ended or not same then
` + indexLua + `
	local id = string.sub(KEYS[1], -22)
	local generation = revoked(ended, id, string.match(identity, '"gen":(%d+)') or 0)
	if generation then
		return {generation}
	end
	if not same then
		local time = redis.call('TIME')
		local now = time[1] * 1000 + math.floor(time[2] / 1000)
		local failed = index(KEYS[2], id, string.match(identity, '"end":(%d+)'), now)
		if failed then
			return failed
		end
	end
end
` + storeLua)

// removeScript removes the stored value if it begins with the head, and notes
// for a while what became of the session.
//
//	KEYS: session, what became of it
//	ARGV: head, what, time to keep that
//
// The note is the caller's own: when the answer was lost, who asks again learns
// that it was himself.
var removeScript = newScript(`
local stored = redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1)
if stored == '' then
	if redis.call('GET', KEYS[2]) == ARGV[2] then
		return 1
	end
	return 0
end
if stored ~= ARGV[1] then
	return redis.call('GET', KEYS[1])
end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1
`)

// createScript stores a new session and puts it into its user's index.
//
//	KEYS: session, index, revocation
//	ARGV: value, time to live, id, generation, deadline, now
//
// It returns what saveScript does.
var createScript = newScript(indexLua + `
local value = redis.call('GET', KEYS[1])
if value then
	return value
end
local generation = revoked(redis.pcall('GET', KEYS[3]), ARGV[3], ARGV[4])
if generation then
	return {generation}
end
local failed = index(KEYS[2], ARGV[3], ARGV[5], ARGV[6])
if failed then
	return failed
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`)

// receiptTTL is how long it is kept which request removed a session that has no
// successor.
const receiptTTL = 10 * time.Second

// send sends the save. current is what is stored when that conflicts.
func (s *Store) send(ctx context.Context, w *write) (current string, st state, err error) {
	var answer any
	create, removal := w.head == "", w.value == nil
	switch {
	case create && removal:
		return s.current(ctx, w.key, saved) // nothing to store: is there anything in the way?
	case removal:
		answer, err = s.runOnce(ctx, removeScript, 2, w.key, s.removedKey(w.key), w.head, w.what, w.keep.Milliseconds())
	case create && w.owned && s.oneNode:
		answer, err = s.runOnce(ctx, createScript, 3, w.key, s.userKey(w.tag), s.endedKey(w.tag),
			w.value, w.ttl, w.id.String(), w.record.Generation, w.record.Deadline.UnixMilli(), time.Now().UnixMilli())
	case create:
		return s.create(ctx, w)
	case w.owned && s.oneNode:
		answer, err = s.runOnce(ctx, saveOwnedScript, 3, w.keeping(w.key, s.userKey(w.tag), s.endedKey(w.tag), w.head, w.value, w.ttl, w.identity)...)
	default:
		answer, err = s.runOnce(ctx, saveScript, 1, w.keeping(w.key, w.head, w.value, w.ttl, w.identity)...)
	}
	if err != nil {
		return "", 0, err
	}
	if expires, ok := answer.(int64); ok && expires > 2 {
		w.kept = time.UnixMilli(expires)
		return "", saved, nil
	}
	return outcome(answer)
}

// keeping is the arguments of a save, with what it takes to leave the expiry
// as it is.
func (w *write) keeping(args ...any) []any {
	if w.record.KeepExpires {
		args = append(args, "keep")
	}
	return args
}

// outcome is what the answer of one of the scripts means.
func outcome(answer any) (current string, st state, err error) {
	switch answer := answer.(type) {
	case string:
		return answer, conflicting, nil
	case []any:
		return "", gone, revokedError(answer)
	case int64:
		switch answer {
		case 1:
			return "", saved, nil
		case 2:
			return "", moved, nil
		}
	}
	return "", gone, nil
}

// create stores a session on its own, without the index.
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

// isRevoked reports whether a save was refused for a revocation.
func isRevoked(err error) bool {
	_, ok := errors.AsType[*driver.RevokedError](err)
	return ok
}
