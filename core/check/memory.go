package check

import (
	"fmt"
	"strconv"
	"time"
)

// crowded is the part of the memory store that sessions of nobody may take
// before it is worth a word.
const crowded = 0.5

// longAnonymous is how long sessions of nobody may live before it is worth a
// word in a store that is filled with them.
const longAnonymous = time.Hour

func memoryRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "memory-anonymous",
			Severity: Warning,
			Title:    "sessions of nobody fill the memory",
			Description: "More than half of what the memory store may hold are sessions in which nobody is logged in. Anybody can have those made. " +
				"When nine tenths are taken no more of them are stored, so that who has none yet cannot begin one, with a 503; who is logged in goes on, and who has a session can log in. " +
				"See [flooding.md](flooding.md).",
			HowToSee: "`/debug/metrics` shows `sessionkit_store_sessions{logged_in=\"no\"}`, `sessionkit_store_bytes` and `sessionkit_limit_refusals_total{limit=\"sessions\"}`.",
		},
		find: memoryAnonymous,
	}}
}

func memoryAnonymous(f Facts) (message, fix string, found bool) {
	sessions, limit := memoryNumber(f, "anonymous_sessions"), memoryNumber(f, "limit")
	bytes, limitBytes := memoryNumber(f, "anonymous_bytes"), memoryNumber(f, "limit_bytes")
	message = fmt.Sprintf("nobody is logged in in %d sessions of the memory store, with %s: it may hold %d, and %s",
		sessions, mebibytes(bytes), limit, mebibytes(limitBytes))
	fix = fmt.Sprintf("limit how often a client may have a session made, and raise %s to %d if there is room", setting(f, "session-memory-limit"), 2*limitBytes)
	if life := anonymousLifetime(f); life > longAnonymous {
		fix = fmt.Sprintf("set %s to %v, it is %v; %s", setting(f, "session-anonymous-lifetime"), longAnonymous, life, fix)
	}
	full := func(n, most int64) bool { return most > 0 && float64(n) > crowded*float64(most) }
	return message, fix, full(sessions, limit) || full(bytes, limitBytes)
}

// memoryNumber is what the memory store says of itself, -1 for other stores.
func memoryNumber(f Facts, name string) int64 {
	n, err := strconv.ParseInt(f.Store.Facts[name], 10, 64)
	if err != nil || f.Store.Kind != "memory" {
		return -1
	}
	return n
}

// anonymousLifetime is how long a session lives in which nobody is logged in.
func anonymousLifetime(f Facts) time.Duration {
	if own := f.Config.AnonymousLifetime; own > 0 {
		return own
	}
	return f.Config.Lifetime
}

// shorterLives says which lifetime to shorten when sessions take too much room:
// the one that strangers have first.
func shorterLives(f Facts) string {
	if life := anonymousLifetime(f); life > longAnonymous {
		return fmt.Sprintf("shorten %s, which is %v: anybody can have sessions made (docs/flooding.md)", setting(f, "session-anonymous-lifetime"), life)
	}
	return "shorten " + setting(f, "session-lifetime")
}
