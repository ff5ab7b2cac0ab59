package diagnose

import (
	"context"
	"slices"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// A worker looks at the others a beat after its start, when those that started
// with it have announced themselves, and every watchEvery beats from then on.
// More often would be much for the store: each reads what all have announced.
const watchEvery = 12

// aboutOthers are the checks that depend on who else runs.
var aboutOthers = []string{
	"secret-key-differs", "secret-key-rotation", "secret-key-fallbacks",
	"clock-skew", "workers-version", "workers-config", "workers-missing",
}

// watch logs once what other workers have brought since the last look, and
// what went with them. The beat calls it, and nobody else.
func (m *Monitor) watch(ctx context.Context) {
	store := Describe(m.store)
	facts := check.Facts{Config: m.cfg, Self: m.Worker(), Store: check.Store{Kind: store.Kind, Address: store.Address}}
	announced, err := m.Workers(ctx)
	facts.Workers = m.peers(announced, err, facts.Self, &facts.Store)
	if _, unknown := facts.Store.Unchecked[check.UncheckedWorkers]; unknown {
		return
	}
	var now []string
	for _, finding := range check.Run(facts) {
		if !slices.Contains(aboutOthers, finding.ID) {
			continue
		}
		now = append(now, finding.ID)
		if !slices.Contains(m.reported, finding.ID) {
			m.logFinding(finding)
		}
	}
	for _, id := range m.reported {
		if !slices.Contains(now, id) && m.cfg.Mode != config.Test {
			m.log.Info("session: what was found of the other workers is so no longer", "id", id)
		}
	}
	m.reported = now
}
