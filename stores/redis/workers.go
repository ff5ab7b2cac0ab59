package redis

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

var _ driver.Registry = (*Store)(nil)

// The registry of workers is one hash: a field for each worker, with the
// moment that it expires, in Unix milliseconds by the server's clock, a colon,
// and what it says of itself.

// workersLua begins the scripts that work on the registry, with the server's
// clock.
//
// A script that reads the clock and then writes needs Redis 5, which hands on
// to replicas what a script did; before that it had to ask for it with
// redis.replicate_commands().
const workersLua = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function read(entry)
	local expires, info = string.match(entry, '^(%d+):()')
	if expires then
		return tonumber(expires), string.sub(entry, info)
	end
	return 0
end
local function wrongtype(answer)
	return type(answer) == 'table' and answer.err and string.find(answer.err, 'WRONGTYPE', 1, true)
end
`

// announceScript sets the entry of a worker. One that comes in anew looks at
// the others, too, and drops what has expired or is no entry: a worker that
// was killed usually has a successor, and a beat costs the same however many
// there are. The hash lives a second longer than its last entry. Something
// else under its key makes way.
//
//	KEYS: workers. ARGV: id, info, time to live.
//
// It returns the server's time.
var announceScript = newScript(workersLua + `
local entry = string.format('%.0f:', now + ARGV[3]) .. ARGV[2]
local added = redis.pcall('HSET', KEYS[1], ARGV[1], entry)
if wrongtype(added) then
	redis.call('DEL', KEYS[1])
	added = redis.pcall('HSET', KEYS[1], ARGV[1], entry)
end
if type(added) == 'table' then
	return added
end
if added == 1 then
	local entries = redis.call('HGETALL', KEYS[1])
	for i = 1, #entries, 2 do
		if read(entries[i + 1]) <= now then
			redis.call('HDEL', KEYS[1], entries[i])
		end
	end
end
local life = ARGV[3] + 1000
if redis.call('PTTL', KEYS[1]) < life then
	redis.call('PEXPIRE', KEYS[1], life)
end
return now
`)

// workersScript returns the workers that have not expired: an id, what is
// known of it, the next id, and so on. It writes nothing.
//
//	KEYS: workers.
var workersScript = newScript(workersLua + `
local entries = redis.pcall('HGETALL', KEYS[1])
if wrongtype(entries) then
	return {}
end
if entries.err then
	return entries
end
local live = {}
for i = 1, #entries, 2 do
	local expires, info = read(entries[i + 1])
	if expires > now then
		live[#live + 1] = entries[i]
		live[#live + 1] = info
	end
end
return live
`)

// Announce implements [driver.Registry]. It is one command, and returns the
// server's time, to the millisecond.
func (s *Store) Announce(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error) {
	if err := s.begin(ctx); err != nil {
		return time.Time{}, err
	}
	answer, err := s.run(ctx, announceScript, 1, s.workersKey(), id, []byte(info), max(ttl.Milliseconds(), 1))
	if err != nil {
		return time.Time{}, s.fail(ctx, "announce", err)
	}
	now, _ := answer.(int64)
	return time.UnixMilli(now), nil
}

// Withdraw implements [driver.Registry].
func (s *Store) Withdraw(ctx context.Context, id string) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := s.client.HDel(ctx, s.workersKey(), id).Err(); err != nil && !wrongType(err) {
		return s.fail(ctx, "withdraw", err)
	}
	return nil
}

// Workers implements [driver.Registry]. It is one command. Who is still there
// is for Redis to say and not for this worker's clock.
func (s *Store) Workers(ctx context.Context) (map[string]json.RawMessage, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	answer, err := s.run(ctx, workersScript, 1, s.workersKey())
	if err != nil {
		return nil, s.fail(ctx, "workers", err)
	}
	pairs, _ := answer.([]any)
	live := make(map[string]json.RawMessage, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		id, _ := pair[0].(string)
		info, _ := pair[1].(string)
		live[id] = json.RawMessage(info)
	}
	return live, nil
}
