package diagnose

import (
	"context"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// Activity is what this worker's sessions have done since they were counted first, as
// its beat tells the others; nil while nobody counts. See [Monitor.Counts].
func (m *Monitor) Activity() *worker.Activity {
	c := m.beats().counters.Load()
	if c == nil {
		return nil
	}
	counts := c.counts()
	a := &worker.Activity{Events: map[string]uint64{}, Rejected: map[string]uint64{}, Requests: counts.Requests, Conflicts: counts.Conflicts}
	for kind, n := range counts.Events {
		if n > 0 {
			a.Events[string(kind)] = n
		}
	}
	for _, n := range counts.Failures {
		a.Failures += n
	}
	for reason, n := range m.Rejections() {
		if n > 0 && reason != ReasonNone {
			a.Rejected[string(reason)] = n
		}
	}
	if m.cfg.DebugEndpoints {
		a.Rates = m.beats().history.rates(c.moment(m.now()))
	}
	return a
}

// maxTold is how many of its findings a worker tells the others.
const maxTold = 12

// examineSelf has the beat tell what this worker finds, errors and warnings.
func (m *Monitor) examineSelf(ctx context.Context) {
	told := map[string]string{}
	for _, f := range m.Findings(ctx) {
		if f.Severity != check.Info && len(told) < maxTold {
			told[f.ID] = string(f.Severity)
		}
	}
	m.told.Store(&told)
}
