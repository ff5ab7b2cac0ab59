package diagnose

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/guard"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// Findings tells what is wrong with the set-up, the worst first. It asks the
// store, for no longer than the store's timeout (--session-timeout).
func (m *Monitor) Findings(ctx context.Context) []check.Finding {
	return check.Run(m.Facts(ctx))
}

// Facts collects what the rules of package check look at: the configuration,
// what the store says of itself, the live workers, and what requests have
// shown of late. It asks the store, for no longer than the store's timeout;
// what could not be found out is in the Err and Unchecked of its Store.
func (m *Monitor) Facts(ctx context.Context) check.Facts {
	facts, _, _ := m.Survey(ctx)
	return facts
}

// Survey is [Monitor.Facts] and what it has asked the store about the workers:
// all that are alive, as they announced themselves last, or why they could not
// be listed. Among the facts this worker is as it is now.
func (m *Monitor) Survey(ctx context.Context) (facts check.Facts, announced []worker.Info, err error) {
	ctx, cancel := m.bound(ctx)
	defer cancel()
	store := Describe(m.store)
	facts = m.Refresh(check.Facts{Store: check.Store{Kind: store.Kind, Address: store.Address, Private: store.Private}})
	_, users := m.store.(driver.UserIndex)
	facts.Store.NoUsers = !users
	facts.Workers = []worker.Info{facts.Self}
	if facts.Store.Latency, facts.Store.Err = m.ping(ctx); facts.Store.Err != nil {
		return facts, nil, facts.Store.Err
	}
	facts.Store.Inspection = m.inspect(ctx)
	announced, err = m.Workers(ctx)
	facts.Workers = m.peers(announced, err, facts.Self, &facts.Store)
	return facts, announced, err
}

// Refresh brings those of the facts up to date that cost no call of the store:
// this worker, and what requests have shown of late.
func (m *Monitor) Refresh(facts check.Facts) check.Facts {
	facts.Config, facts.Self, facts.Observed = m.cfg, m.Worker(), m.seen.observed(m.now())
	facts.Observed.Predecessor = m.migrations.facts()
	facts.OpenFiles = openFiles(m.cfg)
	facts.Rejections = make(map[string]check.Recent, len(explanations))
	for i := range m.rejections {
		facts.Rejections[string(explanations[i].reason)] = m.rejections[i].lately.since(m.now())
	}
	return facts
}

// pings is how often a store that seems slow is asked again: a single slow
// answer means nothing.
const pings = 3

// ping measures a round trip to the store: the first fast one, or the fastest
// of several.
func (m *Monitor) ping(ctx context.Context) (fastest time.Duration, err error) {
	pinger, ok := m.store.(driver.Pinger)
	if !ok {
		return 0, nil
	}
	for i := range pings {
		begin := time.Now()
		if err := pinger.Ping(ctx); err != nil {
			if i > 0 {
				return fastest, nil // it answers, and time is up
			}
			if errors.Is(err, context.DeadlineExceeded) {
				err = fmt.Errorf("%w: %w", guard.ErrTimeout, err)
			}
			return 0, err
		}
		if took := time.Since(begin); i == 0 || took < fastest {
			fastest = took
		}
		if fastest <= check.SlowStore {
			break
		}
	}
	return fastest, nil
}

// inspect asks the store about its set-up.
func (m *Monitor) inspect(ctx context.Context) check.Inspection {
	inspector, ok := m.store.(check.Inspector)
	if !ok {
		return check.Inspection{}
	}
	inspection, err := inspector.Inspect(ctx)
	if err != nil {
		uncheck(&inspection, "inspection", err.Error())
	}
	return inspection
}

// peers are the workers that were listed, or this one alone and why. It
// is always among them, also before it has announced itself.
func (m *Monitor) peers(announced []worker.Info, err error, self worker.Info, store *check.Store) []worker.Info {
	if err != nil {
		uncheck(&store.Inspection, check.UncheckedWorkers, err.Error())
	}
	if _, ok := m.store.(driver.Registry); !ok && !store.Private {
		uncheck(&store.Inspection, check.UncheckedWorkers, "the store keeps no list of them")
	}
	others := slices.DeleteFunc(slices.Clone(announced), func(w worker.Info) bool { return w.ID == self.ID })
	return append(others, self)
}

// uncheck adds to what could not be looked up. The store's own map may still
// be in its hands, so it is copied.
func uncheck(to *check.Inspection, name, reason string) {
	unchecked := map[string]string{name: reason}
	for name, reason := range to.Unchecked {
		unchecked[name] = reason
	}
	to.Unchecked = unchecked
}

// checkTimeout bounds the checks at start, whatever the store's timeout. See
// confirmPeers for what may come on top.
const checkTimeout = 2 * time.Second

// examine runs the checks at start and logs what they find, beside what was
// decided. In production mode an error among them is the start's error.
func (m *Monitor) examine(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	facts := m.confirmPeers(ctx, m.Facts(bounded))
	m.logStartup(facts)
	var refused []error
	for _, finding := range check.Run(facts) {
		m.logFinding(finding)
		if slices.Contains(aboutOthers, finding.ID) {
			m.reported = append(m.reported, finding.ID)
		}
		if finding.Severity == check.Error && m.cfg.Mode == config.Production {
			refused = append(refused, finding)
		}
	}
	if refused == nil {
		return nil
	}
	return fmt.Errorf("session: not started in production mode: %w", errors.Join(refused...))
}

// logFinding logs a finding. In tests, whose set-up is never quite right,
// only errors are worth a line.
func (m *Monitor) logFinding(f check.Finding) {
	levels := map[check.Severity]slog.Level{check.Error: slog.LevelError, check.Warning: slog.LevelWarn, check.Info: slog.LevelInfo}
	if m.cfg.Mode == config.Test && f.Severity != check.Error {
		return
	}
	m.log.Log(context.Background(), levels[f.Severity], "session: "+f.Message, "id", f.ID, "fix", f.Fix, "docs", f.Docs)
}
