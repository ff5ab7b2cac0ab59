package diagnose

import (
	"maps"
	"slices"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// MissingMiddleware is what the check middleware-order says, to be shown to who
// opens a page: "" where one of the monitors is in production.
func MissingMiddleware(where string) (text string) {
	if within() {
		return ""
	}
	monitors.Lock()
	running := slices.Collect(maps.Keys(monitors.running))
	monitors.Unlock()
	for _, m := range running {
		if m.cfg.Mode == config.Production {
			return ""
		}
		for _, f := range check.Run(check.Facts{Config: m.cfg, Self: m.Worker(), Observed: check.Observed{SessionBeforeSetup: []string{where}}}) {
			if f.ID == "middleware-order" {
				text = f.Message + "; " + f.Fix
			}
		}
	}
	return text
}
