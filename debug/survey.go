package debug

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/driver"
)

// survey is what reports are made of: what the store says of itself and of the
// workers, a little old maybe, and what this worker knows itself, which never
// is. No secret is in it.
type survey struct {
	facts      check.Facts
	announced  []worker.Info
	workersErr error
	age        time.Duration // of what the store says
	findings   []check.Finding
}

// bounded ends a little after a store has had its time to answer
// (--session-timeout): a survey that is late for that ends by itself. All that
// a report waits for shares it, so that a store that hangs is waited for once.
func (h *handler) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	timeout := h.sessions.Config().Timeout
	return context.WithTimeout(ctx, timeout+timeout/10)
}

// look waits for the survey that is under way, or takes the last one, and runs the
// checks on it.
func (h *handler) look(ctx context.Context) survey {
	s, age, ok := h.surveys.begin().wait(ctx)
	if !ok {
		s = h.unanswered(errors.New("the store did not answer in time (--session-timeout)"))
	}
	s.age = age
	s.facts = h.sessions.Diagnostics().Refresh(s.facts)
	s.findings = h.findings(s.facts)
	return s
}

// survey asks the store, on behalf of whoever will want to know.
func (h *handler) survey() (s survey, failed bool) {
	defer func() {
		if p := recover(); p != nil { // nobody else would: this runs in a goroutine of its own
			s, failed = h.unanswered(fmt.Errorf("the store panicked: %v", p)), true
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), h.sessions.Config().Timeout)
	defer cancel()
	s.facts, s.announced, s.workersErr = h.sessions.Diagnostics().Survey(ctx)
	s.facts = h.scrub.facts(s.facts)
	return s, s.facts.Store.Err != nil
}

// unanswered is a survey without a word from the store.
func (h *handler) unanswered(err error) survey {
	store := check.Store{Kind: h.sessions.Diagnostics().Worker().Store, Err: err}
	if d, ok := h.sessions.Store().(driver.Describer); ok {
		about := d.Describe()
		store.Address, store.Private = about.Address, about.Private
	}
	facts := check.Facts{Store: store, Workers: []worker.Info{h.sessions.Diagnostics().Worker()}}
	return survey{facts: h.scrub.facts(facts), workersErr: err}
}

// tally is a number of sessions and when it was counted.
type tally struct {
	count *Count // nil when there is none
	age   time.Duration
}

// count waits for the count that is under way, or takes the last one.
func (h *handler) count(ctx context.Context) tally {
	if _, ok := h.sessions.Store().(driver.Lister); !ok || h.countTimeout <= 0 {
		return tally{}
	}
	count, age, ok := h.counts.begin().wait(ctx)
	if !ok || count == nil {
		return tally{}
	}
	return tally{count, age}
}

// tally takes no longer than the option allows: the reports of a store with
// millions of sessions come as fast as others.
func (h *handler) tally() (count *Count, failed bool) {
	defer func() {
		if p := recover(); p != nil {
			h.log.Error("debug: the store panicked while its sessions were counted", "panic", h.scrub.text(fmt.Sprint(p)))
			count, failed = nil, true
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), min(h.countTimeout, h.sessions.Config().Timeout))
	defer cancel()
	n, exact, err := h.sessions.Store().(driver.Lister).Count(ctx)
	if err != nil {
		h.log.Warn("debug: the sessions could not be counted", "error", h.scrub.text(err.Error()))
		return nil, true
	}
	return &Count{n, exact}, false
}

// seconds rounds to tenths.
func seconds(age time.Duration) float64 {
	return float64(age.Round(100*time.Millisecond)) / float64(time.Second)
}
