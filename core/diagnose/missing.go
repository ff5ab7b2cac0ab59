package diagnose

import (
	"maps"
	"slices"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// MissingMiddleware is what the check middleware-order says, to be shown to who
// opens a page: "" where one of the monitors is in production, unless the
// Authorization header of the request is that of its operator.
func MissingMiddleware(where, authorization string) (text string) {
	if within() {
		return ""
	}
	monitors.Lock()
	running := slices.Collect(maps.Keys(monitors.running))
	monitors.Unlock()
	for _, m := range running {
		if m.cfg.Mode == config.Production && !m.isOperator(authorization) {
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

// SetOperator says how to tell the operator's requests by their Authorization
// header. The debug endpoints call it, which know the token.
func (m *Monitor) SetOperator(knows func(authorization string) bool) { m.operator.Store(knows) }

func (m *Monitor) isOperator(authorization string) bool {
	knows, ok := m.operator.Load().(func(string) bool)
	return ok && authorization != "" && knows(authorization)
}
