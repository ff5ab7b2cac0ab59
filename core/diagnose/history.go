package diagnose

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/event"
)

// HistoryStep is how far apart the moments of [Monitor.History] are, and
// HistoryLength how far they go back.
const (
	HistoryStep   = 5 * time.Second
	HistoryLength = 10 * time.Minute
)

// Moment is what this worker's sessions had done by then, since they were counted
// first.
type Moment struct {
	At        time.Time
	Loaded    uint64                    // requests whose cookie led to their session
	Saved     uint64                    // requests whose changes were stored
	Conflicts uint64                    // of saves
	Rejected  [len(explanations)]uint64 // requests whose cookie led to none, by [Reason.Rank]
	Waits     Histogram                 // of requests, see Counts
	Calls     Histogram                 // of the store
}

// History is the last ten minutes of this worker, the oldest moment first and the
// present one last, of the sessions of all names that share its store. It is kept
// while the debug endpoints are on and somebody counts ([Monitor.Counts]), and empty
// otherwise.
func (m *Monitor) History() []Moment {
	m = m.beats()
	c := m.counters.Load()
	if c == nil || !m.cfg.DebugEndpoints {
		return nil
	}
	return append(m.history.all(), c.moment(m.now()))
}

// remember fills the history, off the request path, until ctx is done. It asks
// nobody, so that a store that hangs leaves no gap.
func (m *Monitor) remember(ctx context.Context) {
	ticker := time.NewTicker(HistoryStep)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if c := m.counters.Load(); c != nil {
			m.history.add(c.moment(m.now()))
		}
	}
}

func (c *counters) moment(now time.Time) Moment {
	at := Moment{At: now, Loaded: c.events[event.Loaded].Load(), Saved: c.requests.Load(), Conflicts: c.conflicts.Load(), Waits: c.waits.snapshot()}
	for i := range c.rejected {
		at.Rejected[i] = c.rejected[i].Load()
	}
	for _, call := range c.calls {
		at.Calls = at.Calls.Add(call.took.snapshot())
	}
	return at
}

type history struct {
	mu      sync.Mutex
	moments []Moment // the oldest first
}

func (h *history) add(at Moment) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.moments) > int(HistoryLength/HistoryStep) {
		h.moments = h.moments[:copy(h.moments, h.moments[1:])]
	}
	h.moments = append(h.moments, at)
}

func (h *history) all() []Moment {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append(make([]Moment, 0, len(h.moments)+1), h.moments...)
}

// rateWindow is what rates of the present moment look back to.
const rateWindow = time.Minute

// rates are those of the last minute up to now, or of as much as there is of it; nil
// for less than a step.
func (h *history) rates(now Moment) *worker.Rates {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, then := range h.moments {
		if passed := now.At.Sub(then.At); passed <= rateWindow+HistoryStep/2 {
			if passed < HistoryStep {
				return nil
			}
			return now.rates(then)
		}
	}
	return nil
}

// rates are rounded, as other workers read them.
func (at Moment) rates(then Moment) *worker.Rates {
	perSecond := func(n uint64) float64 { return math.Round(100*float64(n)/at.At.Sub(then.At).Seconds()) / 100 }
	rejected := uint64(0)
	for i := range at.Rejected {
		rejected += at.Rejected[i] - then.Rejected[i]
	}
	return &worker.Rates{
		Loaded:    perSecond(at.Loaded - then.Loaded),
		Saved:     perSecond(at.Saved - then.Saved),
		Conflicts: perSecond(at.Conflicts - then.Conflicts),
		Rejected:  perSecond(rejected),
		P99:       math.Round(1e6*at.Calls.Since(then.Calls).Quantile(0.99)) / 1e6,
	}
}
