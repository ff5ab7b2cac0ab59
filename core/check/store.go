package check

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
)

// SlowStore is how long a round trip to the store may take. A request that
// changes its session waits for two.
const SlowStore = 50 * time.Millisecond

func storeRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "store-unreachable",
			Severity: Error,
			Title:    "the store does not answer",
			Description: "The session store did not answer, or not in time. Requests that need their session get a 503 until it does; nothing else is affected, " +
				"and nobody is logged out by it.",
			HowToSee: "`/debug/store` and, for Redis, `/debug/redis`; `redis-cli -u \"$REDIS_URL\" ping` from the worker's host.",
		},
		find: storeUnreachable,
	}, {
		Rule: Rule{
			ID:       "store-refuses",
			Severity: Error,
			Title:    "the store answers, and refuses",
			Description: "The session store is there, and answers what it is asked with an error: it is full, a replica, still loading, or the user that the worker logs in as lacks a right. " +
				"Requests that need what it refuses get a 503; nobody is logged out by it.",
			HowToSee: "`/debug/probe` has the answer of the store; `/debug/metrics` counts it in `sessionkit_store_errors_total`.",
		},
		find: storeRefuses,
	}, {
		Rule: Rule{
			ID:       "store-slow",
			Severity: Warning,
			Title:    "the store is slow",
			Description: "One round trip to the store takes more than 50 ms; the fastest of three counts. Every request that asks for its session waits that long, and as long again when it changes it. " +
				"Usual reasons: the store is in another region, its host is overloaded, or its disk is.",
			HowToSee: "`/debug/store` shows the latency; `redis-cli -u \"$REDIS_URL\" --latency` measures it from the worker's host.",
		},
		find: storeSlow,
	}, {
		Rule: Rule{
			ID:          "store-private",
			Severity:    Error,
			Title:       "several workers, each with a memory of its own",
			Description: "Sessions are kept in the memory of one process, and there are several. Each knows the sessions it made itself and no others: a visitor is logged in on one worker and unknown on the next.",
			HowToSee:    "`/debug/store` shows the kind and id of the store: with memory every worker has another id. `/debug/session` says `rejected: foreign-store`.",
		},
		find: storePrivate,
	}, {
		Rule: Rule{
			ID:          "store-memory",
			Severity:    Warning,
			Title:       "sessions in memory in production",
			Description: "Sessions are kept in the memory of this process, so each deploy and each crash logs everybody out, and a second worker cannot be added.",
			HowToSee:    "`/debug/store` shows the kind of the store.",
		},
		find: storeMemory,
	}, {
		Rule: Rule{
			ID:       "store-fallback",
			Severity: Warning,
			Title:    "files instead of Redis",
			Description: "A Redis is configured, could not be reached at start, and `--session-fallback` allowed files instead. " +
				"Workers that did reach Redis, and those on other machines, do not see this worker's sessions. It lasts until the worker is started anew.",
			HowToSee: "`/debug/store` shows the kind of the store; the log of the start says why Redis could not be reached.",
		},
		find: storeFallback,
	}, {
		Rule: Rule{
			ID:       "store-unchecked",
			Severity: Info,
			Title:    "something could not be checked",
			Description: "The store refuses to tell a part of its set-up, as many managed Redis services do with `CONFIG`, or does not know it. " +
				"Checks that need it are left out; nothing is known to be wrong.",
			HowToSee: "`/debug/store` and `/debug/redis` list what could not be looked up, and why.",
		},
		find: storeUnchecked,
	}}
}

func storeUnreachable(f Facts) (message, fix string, found bool) {
	if f.Store.Err == nil || refused(f) != nil {
		return "", "", false
	}
	fix = "see that it runs and can be reached from here"
	var advised interface{ Advice() string } // an error of a store that knows what helps
	switch slow := driver.IsTimeout(f.Store.Err); {
	case f.Store.Kind == "redis" && slow:
		fix = fmt.Sprintf("see what holds it up: %s --latency, and with SLOWLOG GET in place of --latency; when these hang too restart Redis, or mend the network in between", redisCLI(f))
	case f.Store.Kind == "redis":
		fix = fmt.Sprintf("start Redis, or correct %s", setting(f, "redis-url"))
	case errors.As(f.Store.Err, &advised) && advised.Advice() != "":
		fix = advised.Advice()
	case f.Store.Kind == "file":
		fix = fmt.Sprintf("make the folder one that this process can write to, or name another with %s", setting(f, "session-dir"))
	}
	return fmt.Sprintf("the session store (%s) does not answer: %v", storeName(f), f.Store.Err), fix, true
}

// storeName is the kind of the store and where it is.
func storeName(f Facts) string {
	if f.Store.Address == "" {
		return f.Store.Kind
	}
	return f.Store.Kind + " at " + f.Store.Address
}

func storeSlow(f Facts) (message, fix string, found bool) {
	return fmt.Sprintf("a round trip to the session store takes %v; more than %v is felt in every request", f.Store.Latency.Round(time.Millisecond), SlowStore),
		"keep the sessions near the workers: a store in the same data centre, or " + setting(f, "session-dir") + " on a local disk",
		f.Store.Err == nil && f.Store.Latency > SlowStore
}

// storePrivate leaves Fiber's prefork to its own rule, and cookies of other
// private stores to cookie-foreign-store: they come after a mere restart too.
// Workers that a private store knows of are in this process, and share it.
func storePrivate(f Facts) (message, fix string, found bool) {
	return fmt.Sprintf("%s says %d, and each worker keeps its sessions in its own memory: none knows what another one stored",
			setting(f, "workers"), f.Config.Workers),
		StoreFix(f),
		f.Store.Private && f.Config.Workers > 1 && !f.Self.Prefork
}

func storeMemory(f Facts) (message, fix string, found bool) {
	return "sessions are in the memory of this process: each start logs everybody out", StoreFix(f),
		f.Store.Private && f.Config.Mode == config.Production
}

func storeFallback(f Facts) (message, fix string, found bool) {
	return fmt.Sprintf("Redis is configured, and sessions are in files (%s): Redis could not be reached at start", f.Store.Address),
		"start this worker again when Redis is back; without " + setting(f, "session-fallback") + " it would have refused to start",
		!f.Config.RedisURL.IsZero() && f.Config.Store != config.StoreFile && f.Store.Kind == "file"
}

func storeUnchecked(f Facts) (message, fix string, found bool) {
	unchecked := f.Store.Unchecked
	names := map[string][]string{} // by reason
	for _, name := range slices.Sorted(maps.Keys(unchecked)) {
		names[unchecked[name]] = append(names[unchecked[name]], name)
	}
	var list []string
	for reason, names := range names {
		list = append(list, fmt.Sprintf("%s (%s)", strings.Join(names, ", "), reason))
	}
	slices.Sort(list)
	return "could not be checked: " + strings.Join(list, "; "),
		"look at these by hand, or allow the store's user to read them; silence with " + setting(f, "session-silence") + ": store-unchecked",
		len(list) > 0
}
