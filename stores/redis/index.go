package redis

import (
	"context"
	"iter"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// indexLua is the part of scripts that puts a session into its user's index:
// a sorted set of ids by deadline, in Unix milliseconds. Entries whose
// deadline passed an hour ago go; the hour is for workers whose clocks differ.
// The set itself lives as long as its last entry. Something else under its key
// makes way.
const indexLua = `
local function index(key, id, deadline, now)
	local hour = 3600000
	local added = redis.pcall('ZADD', key, deadline, id)
	if type(added) == 'table' and string.find(added.err, 'WRONGTYPE', 1, true) then
		redis.call('DEL', key)
		added = redis.pcall('ZADD', key, deadline, id)
	end
	if type(added) == 'table' then
		return added
	end
	redis.call('ZREMRANGEBYSCORE', key, '-inf', now - hour)
	local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
	if last[2] then
		redis.call('PEXPIRE', key, last[2] - now + hour)
	end
end
`

// indexScript is the index alone.
//
//	KEYS: index. ARGV: id, deadline, now.
var indexScript = newScript(indexLua + `
return index(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) or 1
`)

// index puts a session into its user's index, ahead of being saved.
func (s *Store) index(ctx context.Context, w *write) error {
	run := s.run
	if s.wait > 0 {
		run = s.runOnce
	}
	_, err := run(ctx, indexScript, 1, s.userKey(w.record.User),
		w.id.String(), w.record.Deadline.UnixMilli(), time.Now().UnixMilli())
	return err
}

// userChunk is how many sessions of a user are loaded in one round trip.
const userChunk = 100

// ByUser implements [session.UserIndex]. It loads the sessions in chunks and
// holds one chunk at a time.
func (s *Store) ByUser(ctx context.Context, user string) iter.Seq2[session.Entry, error] {
	return func(yield func(session.Entry, error) bool) {
		if err := s.begin(ctx); err != nil {
			yield(session.Entry{}, err)
			return
		}
		if user == "" {
			return // sessions of nobody are not indexed
		}
		members, err := s.client.ZRange(ctx, s.userKey(user), 0, -1).Result()
		if err != nil && !wrongType(err) { // what is no index holds no sessions
			yield(session.Entry{}, s.fail(ctx, "by user", err))
			return
		}
		for len(members) > 0 {
			n := min(userChunk, len(members))
			if !s.yieldUser(ctx, user, members[:n], yield) {
				return
			}
			members = members[n:]
		}
	}
}

func (s *Store) yieldUser(ctx context.Context, user string, members []string, yield func(session.Entry, error) bool) bool {
	ids := make([]session.ID, 0, len(members))
	for _, member := range members {
		if id, err := session.ParseID(member); err == nil {
			ids = append(ids, id)
		}
	}
	entries, missing, err := s.loadAll(ctx, "by user", ids)
	if err != nil {
		yield(session.Entry{}, err)
		return false
	}
	s.forget(ctx, user, missing)
	for _, e := range entries {
		if e.Record.User == user && !yield(e, nil) {
			return false
		}
	}
	return true
}

// forgetScript takes sessions out of an index that do not exist.
//
//	KEYS: index, sessions. ARGV: ids.
var forgetScript = newScript(`
for i, id in ipairs(ARGV) do
	if redis.call('EXISTS', KEYS[i + 1]) == 0 then
		redis.call('ZREM', KEYS[1], id)
	end
end
return 1
`)

// forget cleans the index of what was found missing. On a Cluster it does
// not: a session's entry is written just before the session is, and without a
// script that sees both it could take away an entry in that moment. There,
// entries go when their deadline has passed.
func (s *Store) forget(ctx context.Context, user string, missing []session.ID) {
	if len(missing) == 0 || !s.oneNode {
		return
	}
	args := make([]any, 1, 1+2*len(missing))
	args[0] = s.userKey(user)
	for _, id := range missing {
		args = append(args, s.key(id))
	}
	for _, id := range missing {
		args = append(args, id.String())
	}
	if _, err := s.run(ctx, forgetScript, 1+len(missing), args...); err != nil {
		s.logger.WarnContext(ctx, "session store: index of a user not cleaned", "store", "redis", "error", err)
	}
}
