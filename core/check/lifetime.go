package check

import (
	"fmt"
	"time"
)

// Below these a time is a slip of the unit rather than a policy: what is written
// for banks and hospitals begins at two minutes without use (OWASP).
const (
	shortLifetime = 5 * time.Minute
	shortIdle     = 2 * time.Minute
)

func lifetimeRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "lifetime-short",
			Severity: Warning,
			Title:    "sessions end after moments",
			Description: "The lifetime is less than 5 minutes, or the idle timeout less than 2: everybody is logged out that soon. " +
				"As a rule the unit was mistaken, and `30s` stands where 30 minutes were meant.",
			HowToSee: "`/debug/config` shows `session-lifetime` and `session-idle-timeout`.",
		},
		find: lifetimeShort,
	}}
}

func lifetimeShort(f Facts) (message, fix string, found bool) {
	flag, value, after := "session-lifetime", f.Config.Lifetime, "its login, however it is used"
	if value >= shortLifetime && f.Config.IdleTimeout > 0 && f.Config.IdleTimeout < shortIdle {
		flag, value, after = "session-idle-timeout", f.Config.IdleTimeout, "its last use"
	}
	return fmt.Sprintf("--%s is %v: every session ends %v after %s", flag, value, value, after),
		fmt.Sprintf("set %s to what was meant: %dm are minutes, 24h are hours", setting(f, flag), max(1, int64(value/time.Second))),
		value < shortLifetime || flag == "session-idle-timeout"
}
