package diagnose

import (
	"context"
	"sync/atomic"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
)

// Counts are what has happened to sessions since they were counted first.
type Counts struct {
	Events    map[event.Kind]uint64 // all kinds but Called and Answered, which are in Calls and Waits
	Conflicts uint64                // of saves: how often changes were replayed
	Requests  uint64                // whose changes were stored: no fewer than there were saves
	Saves     Histogram             // with all their attempts
	Waits     Histogram             // of requests that asked for their session: for all that the kit did before they were answered
	Calls     map[string]Histogram  // of the store, by operation
	Failures  map[string]uint64     // of these
}

// Counts tells what has happened to sessions, those of all names that share the
// manager's store. It counts from its first call on, so that nobody pays for it who
// does not look; debug endpoints look as they are made.
func (m *Monitor) Counts() Counts {
	m = m.beats()
	m.counting.Do(func() {
		c := newCounters()
		m.counters.Store(c)
		m.history.add(c.moment(m.now()))
		m.Observe(c.observe)
	})
	return m.counters.Load().counts()
}

// counters are the numbers behind Counts. They are added to without a lock, so they
// may be an event apart.
type counters struct {
	events    map[event.Kind]*atomic.Uint64
	conflicts atomic.Uint64
	requests  atomic.Uint64
	rejected  [len(explanations)]atomic.Uint64 // by Reason.Rank
	saves     histogram
	waits     histogram
	calls     map[string]*call
}

type call struct {
	took   histogram
	failed atomic.Uint64
}

func newCounters() *counters {
	c := &counters{events: map[event.Kind]*atomic.Uint64{}, calls: map[string]*call{}}
	for _, kind := range event.Kinds() {
		if kind != event.Called && kind != event.Answered {
			c.events[kind] = &atomic.Uint64{}
		}
	}
	for _, operation := range event.Operations() {
		c.calls[operation] = &call{}
	}
	return c
}

// observe is an [event.Observer]. The maps do not change any more.
func (c *counters) observe(_ context.Context, e event.Event) {
	switch e.Kind {
	case event.Answered:
		c.waits.add(e.Took)
		return
	case event.Called:
		if call := c.calls[e.Operation]; call != nil {
			call.took.add(e.Took)
			if e.Err != nil {
				call.failed.Add(1)
			}
		}
		return
	}
	times := 1
	if e.Kind == event.Ended && e.Session == (driver.ID{}) {
		times = e.Sessions
	}
	if n := c.events[e.Kind]; n != nil {
		n.Add(uint64(times))
	}
	if e.Kind == event.Rejected {
		if i := Reason(e.Reason).Rank(); i >= 0 {
			c.rejected[i].Add(1)
		}
	}
	if e.Kind == event.Saved || e.Kind == event.Created {
		c.saves.add(e.Took)
	}
	c.requests.Add(uint64(e.Requests))
	c.conflicts.Add(uint64(e.Conflicts))
}

func (c *counters) counts() Counts {
	all := Counts{Events: map[event.Kind]uint64{}, Calls: map[string]Histogram{}, Failures: map[string]uint64{}}
	for kind, n := range c.events {
		all.Events[kind] = n.Load()
	}
	all.Conflicts, all.Requests, all.Saves = c.conflicts.Load(), c.requests.Load(), c.saves.snapshot()
	all.Waits = c.waits.snapshot()
	for operation, call := range c.calls {
		all.Calls[operation], all.Failures[operation] = call.took.snapshot(), call.failed.Load()
	}
	return all
}
