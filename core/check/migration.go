package check

import (
	"fmt"
	"strconv"
	"time"
)

func migrationRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "migration-done",
			Severity: Info,
			Title:    "no session comes from the old store any more",
			Description: "Sessions are brought over from an old store as they are asked for (`--session-migrate-from`), and none has come to this worker for a whole session lifetime: those that are left there have expired. " +
				"Looking there costs every visitor without a live session a round trip.",
			HowToSee: "`/debug/store` has `moved`, how many have come to this worker, and `moved_seconds`, how long ago the last one did.",
		},
		find: migrationDone,
	}}
}

func migrationDone(f Facts) (message, fix string, found bool) {
	seconds, err := strconv.Atoi(f.Store.Facts["moved_seconds"])
	quiet := time.Duration(seconds) * time.Second
	return fmt.Sprintf("nothing has come from the old store (%s) for %v", f.Store.Facts["moves_from"], quiet),
		"take " + setting(f, "session-migrate-from") + " away from every worker; the old store can go then",
		err == nil && quiet > f.Config.Lifetime
}
