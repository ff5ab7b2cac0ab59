package redis

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// indexLua has what scripts say of a user's index and revocation.
//
// revoked returns the generation of the revocation that is stored as ended, if
// it has ended the session of this id and generation: see parseRevocation.
//
// index is the part of scripts that puts a session into its user's index:
// a sorted set of ids by deadline, in Unix milliseconds. Entries whose
// deadline passed an hour ago go; the hour is for workers whose clocks differ.
// The set itself lives as long as its last entry. Something else under its key
// makes way.
const indexLua = `
local function revoked(ended, id, generation)
	local since = type(ended) == 'string' and string.match(ended, '^%d+')
	if since and tonumber(generation) < tonumber(since) and not string.find(ended, ' ' .. id, 1, true) then
		return since
	end
end

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
//	KEYS: index, revocation. ARGV: id, generation, deadline, now.
var indexScript = newScript(indexLua + `
local generation = revoked(redis.pcall('GET', KEYS[2]), ARGV[1], ARGV[2])
if generation then
	return {generation}
end
return index(KEYS[1], ARGV[1], ARGV[3], ARGV[4]) or 1
`)

// index puts a session into its user's index, unless it was revoked.
func (s *Store) index(ctx context.Context, tag driver.OwnerTag, id driver.ID, r *driver.Record) error {
	run := s.run
	if s.wait > 0 {
		run = s.runOnce
	}
	answer, err := run(ctx, indexScript, 2, s.userKey(tag), s.endedKey(tag),
		id.String(), r.Generation, r.Deadline.UnixMilli(), time.Now().UnixMilli())
	if err == nil {
		_, _, err = outcome(answer)
	}
	return err
}

func (s *Store) failIndex(ctx context.Context, err error) error {
	if isRevoked(err) {
		return err
	}
	return s.fail(ctx, "save", err)
}

// Index implements [driver.UserIndex].
func (s *Store) Index(ctx context.Context, id driver.ID, r *driver.Record) error {
	if err := s.begin(ctx); err != nil || r.User == "" {
		return err
	}
	err := s.index(ctx, r.Owner().Tag(), id, r)
	if err != nil && !isRevoked(err) { // what was ended belongs into no index
		return s.fail(ctx, "index", err)
	}
	return nil
}

// userChunk is how many sessions of a user are looked at in one round trip, and
// headSize how many bytes of each: enough for all but the values, as long as
// the user's name is not out of the ordinary.
const (
	userChunk = 500
	headSize  = 512
)

// ByUser implements [driver.UserIndex]. It looks at the sessions in chunks,
// each within the timeout, and loads no values.
func (s *Store) ByUser(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		if err := s.begin(ctx); err != nil {
			yield(driver.Entry{}, err)
			return
		}
		if o.IsNobody() {
			return // sessions of nobody are not indexed
		}
		tag := o.Tag()
		rv, err := s.revocation(ctx, tag)
		if err != nil {
			yield(driver.Entry{}, s.fail(ctx, "by user", err))
			return
		}
		members, err := s.client.ZRange(ctx, s.userKey(tag), 0, -1).Result()
		if err != nil && !wrongType(err) { // what is no index holds no sessions
			yield(driver.Entry{}, s.fail(ctx, "by user", err))
			return
		}
		for len(members) > 0 {
			n := min(userChunk, len(members))
			heads, err := s.heads(ctx, tag, members[:n])
			if err != nil {
				yield(driver.Entry{}, err)
				return
			}
			for _, e := range heads {
				r := e.Record
				if r.Owner() != o || rv.Ends(e.ID, r.Generation) {
					continue
				}
				r.Generation = max(r.Generation, rv.Generation)
				if !yield(e, nil) {
					return
				}
			}
			members = members[n:]
		}
	}
}

// heads loads what the records of an index's members say but for their values,
// and takes out of the index what is no session any more.
func (s *Store) heads(ctx context.Context, tag driver.OwnerTag, members []string) (entries []driver.Entry, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	pipe := s.client.Pipeline()
	ids := parseIDs(members)
	answers := make([]*goredis.StringCmd, len(ids))
	for i, id := range ids {
		answers[i] = pipe.GetRange(ctx, s.key(id), 0, headSize-1)
	}
	pipe.Exec(ctx) // each answer has its own error
	var missing []driver.ID
	for i, id := range ids {
		text, err := answers[i].Result()
		if err != nil && !wrongType(err) {
			return nil, s.fail(ctx, "by user", err)
		}
		r, err := s.head(ctx, id, text)
		switch {
		case err == nil:
			entries = append(entries, driver.Entry{ID: id, Record: r})
		case errors.Is(err, driver.ErrNotFound):
			missing = append(missing, id)
		default:
			return nil, err
		}
	}
	s.forget(ctx, tag, missing)
	return entries, nil
}

// head is the record that begins with text, without its values.
func (s *Store) head(ctx context.Context, id driver.ID, text string) (*driver.Record, error) {
	if text == "" {
		return nil, driver.ErrNotFound
	}
	if before, _, ok := strings.Cut(text, `,"data":`); ok {
		if r, err := driver.ParseRecord(before + "}"); err == nil {
			return r, nil
		}
	}
	r, err := s.Load(ctx, id) // written in another way, or with a long name
	if err == nil {
		r.Values = driver.Values{}
	}
	return r, err
}

func parseIDs(members []string) []driver.ID {
	ids := make([]driver.ID, 0, len(members))
	for _, member := range members {
		if id, err := driver.ParseID(member); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
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
func (s *Store) forget(ctx context.Context, tag driver.OwnerTag, missing []driver.ID) {
	if len(missing) == 0 || !s.oneNode {
		return
	}
	args := make([]any, 1, 1+2*len(missing))
	args[0] = s.userKey(tag)
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
