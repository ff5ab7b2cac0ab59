package check

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// notFound is the reason, as package session calls it.
const notFound = "not-found"

func lostRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "sessions-lost",
			Severity: Error,
			Title:    "the store has lost sessions",
			Description: "Requests brought cookies of sessions that are not in the store any more, and the store has lost some: Redis has thrown keys out for want of memory, it was started anew and keeps nothing over a restart, or what was in the store was removed (FLUSHALL, a folder that was cleaned up). " +
				"Each of these visitors was logged out. A few such cookies alone mean nothing: they come after every logout and every expiry.",
			HowToSee: "`/debug/config` counts them as `not-found`; `/debug/store` has `evicted_keys`, `uptime_seconds` and `emptied_seconds`.",
		},
		find: sessionsLost,
	}}
}

func sessionsLost(f Facts) (message, fix string, found bool) {
	seen := f.Rejections[notFound]
	if seen.Count == 0 {
		return "", "", false
	}
	cause, fix := lossOf(f)
	return seen.of() + " with the cookie of a session that is not there any more, and " + cause, fix, cause != ""
}

// lossOf is how the store has lost sessions, "" when it has not.
func lossOf(f Facts) (cause, fix string) {
	if n := redisNumber(f, "evicted_keys"); n > 0 && strings.Contains(redisFact(f, "maxmemory_policy"), "-") {
		_, fix, _ := redisEvicts(f)
		return fmt.Sprintf("Redis has thrown out %s for want of memory", plural(uint64(n), "key", "keys")), fix
	}
	ago, err := strconv.Atoi(f.Store.Facts["emptied_seconds"])
	margin := int64(15) // both start at about the same moment, as a rule, and what the store says may be a little old
	if err == nil {
		margin = 5
	}
	if up := redisNumber(f, "uptime_seconds"); up >= 0 && f.Self.Clock.Sub(f.Self.Started) > time.Duration(up+margin)*time.Second {
		if _, fix, loses := redisNoPersistence(f); loses {
			return fmt.Sprintf("Redis was started anew %v ago and keeps nothing over a restart", time.Duration(up)*time.Second), fix
		}
	}
	if err != nil {
		return "", ""
	}
	fix = "find out what empties it: a FLUSHALL or FLUSHDB of another program, which belongs on another Redis"
	if f.Store.Kind == "file" {
		fix = "find out what cleans " + f.Store.Address + " up"
		if _, other, temporary := fileTemporary(f); temporary {
			fix = other
		}
	}
	return fmt.Sprintf("the store (%s) was emptied %v ago", storeName(f), time.Duration(ago)*time.Second), fix
}
