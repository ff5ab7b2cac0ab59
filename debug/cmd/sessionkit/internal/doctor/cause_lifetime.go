package doctor

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
)

// moments is how long no session may be meant to last.
const moments = time.Minute

// shortLived: sessions end while their visitors read a page.
func shortLived(e *evidence) *cause {
	c := e.found("lifetime-short", "expired", "not-found")
	if c == nil {
		return nil
	}
	c.severity = check.Warning
	for _, flag := range []string{"session-lifetime", "session-idle-timeout"} {
		for _, w := range e.workers {
			if d, err := time.ParseDuration(w.setting(flag)); err == nil && d > 0 && d <= moments {
				c.severity, c.loses = check.Error, true
			}
		}
	}
	return c
}
