package session_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A worker keeps its last ten minutes, and tells what happens now in its beat.
func TestHistory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg, store := testConfig(), watch()
		cfg.DebugEndpoints = true
		m := newManager(t, cfg, store)
		monitor := m.Diagnostics()
		time.Sleep(time.Minute)
		if got := monitor.History(); got != nil || monitor.Activity() != nil {
			t.Errorf("kept, and nobody counts: %v", got)
		}
		monitor.Counts()
		if got := monitor.Activity().Rates; got != nil {
			t.Errorf("rates of no time at all: %+v", got)
		}
		store.on(func(_ context.Context, op string) error {
			if op == "load" {
				time.Sleep(2 * time.Millisecond)
			}
			return nil
		})
		b, stranger := newBrowser(t, m), newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "n", 0) })
		for i := range 15 * 60 {
			b.visit(func(s *session.Session) {
				if get[int](t, s, "n"); i%2 == 0 {
					set(t, s, "n", i)
				}
			})
			stranger.cookie = "session=forged"
			if stranger.visit(func(*session.Session) {}); i%4 == 0 {
				stranger.visit(func(*session.Session) {})
			}
			time.Sleep(time.Second - 2*time.Millisecond)
		}
		all := monitor.History()
		want(t, "moments", len(all), int(diagnose.HistoryLength/diagnose.HistoryStep)+2)
		first, last := all[0], all[len(all)-1]
		if back := last.At.Sub(first.At); back < diagnose.HistoryLength || back > diagnose.HistoryLength+diagnose.HistoryStep {
			t.Errorf("it goes back %v", back)
		}
		for i, at := range all[1:] {
			if step := at.At.Sub(all[i].At); step > diagnose.HistoryStep {
				t.Errorf("%v without a moment", step)
			}
		}
		malformed := diagnose.ReasonMalformed.Rank()
		if got := last.Rejected[malformed] - first.Rejected[malformed]; got < 740 || got > 760 {
			t.Errorf("%d rejected in ten minutes", got)
		}
		if p99 := last.Calls.Since(first.Calls).Quantile(0.99); p99 < 0.001 || p99 > 0.0025 {
			t.Errorf("p99 of %v", p99)
		}
		got := *monitor.Activity().Rates
		if got.P99 < 0.001 || got.P99 > 0.0025 {
			t.Errorf("p99 of %v now", got.P99)
		}
		got.P99 = 0
		want(t, "rates", got, worker.Rates{Loaded: 1, Saved: 0.5, Rejected: 1.25})
	})
}

// Without the debug endpoints nothing is kept.
func TestNoHistory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newManager(t, testConfig(), watch())
		m.Diagnostics().Counts()
		time.Sleep(time.Minute)
		if got := m.Diagnostics().History(); got != nil || m.Diagnostics().Activity().Rates != nil {
			t.Errorf("%v", got)
		}
	})
}
