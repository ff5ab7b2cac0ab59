package diagnose

import (
	"context"
	"maps"
	"slices"

	"github.com/gosessionkit/sessionkit/core/check"
)

// seekLosses logs once that requests came with cookies of sessions which the
// store has lost, and again after it was so no longer. The beat calls it, and
// nobody else: what the store has lost only the store knows, and a request does
// not wait for that. Where all cookies led to their sessions nothing is asked.
func (m *Monitor) seekLosses(ctx context.Context) {
	var store *check.Store
	for _, each := range m.family() {
		facts := each.Refresh(check.Facts{})
		if facts.Rejections[string(ReasonNotFound)].Count == 0 {
			each.lossLogged = false
			continue
		}
		if store == nil {
			bounded, cancel := m.bound(ctx)
			said := Describe(m.store)
			store = &check.Store{Kind: said.Kind, Address: said.Address, Inspection: m.inspect(bounded)}
			cancel()
		}
		facts.Store = *store
		findings := check.Run(facts)
		lost := slices.IndexFunc(findings, func(f check.Finding) bool { return f.ID == "sessions-lost" })
		if lost >= 0 && !each.lossLogged {
			each.logFinding(findings[lost])
		}
		each.lossLogged = lost >= 0
	}
}

// family are m and the monitors that it has named.
func (m *Monitor) family() (list []*Monitor) {
	monitors.Lock()
	defer monitors.Unlock()
	for other := range maps.Keys(monitors.running) {
		if other == m || other.parent == m {
			list = append(list, other)
		}
	}
	return list
}
