package promsession_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug/promsession"
)

func manager(t *testing.T, timeout time.Duration, store driver.Store) *session.Manager {
	t.Helper()
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test, Timeout: timeout}, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// Two managers with a store of their own each go into one registry, as the page says.
func TestTwoManagers(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewPedanticRegistry()
	for _, name := range []string{"shop", "admin"} {
		prometheus.WrapRegistererWith(prometheus.Labels{"sessions": name}, registry).
			MustRegister(promsession.NewCollector(manager(t, time.Minute, memstore.New(0))))
	}
	if n, err := testutil.GatherAndCount(registry, "sessionkit_build_info"); n != 2 || err != nil {
		t.Error(n, err)
	}
	plain := prometheus.NewRegistry()
	plain.MustRegister(promsession.NewCollector(manager(t, time.Minute, memstore.New(0))))
	if err := plain.Register(promsession.NewCollector(manager(t, time.Minute, memstore.New(0)))); err == nil {
		t.Error("two that nothing tells apart are taken")
	}
}

// silent does not answer until it is no more waited for.
type silent struct{ driver.Store }

func (silent) Ping(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// A scrape of a store that hangs ends, says so, and has the counters all the same.
func TestSilentStore(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(promsession.NewCollector(manager(t, 50*time.Millisecond, silent{memstore.New(0)})))
	if n, err := testutil.GatherAndCount(registry, "sessionkit_session_events_total", "sessionkit_save_duration_seconds"); n < 2 || err != nil {
		t.Error(n, err)
	}
	down := "# HELP sessionkit_store_up Whether the store answers.\n# TYPE sessionkit_store_up gauge\nsessionkit_store_up 0\n"
	if err := testutil.GatherAndCompare(registry, strings.NewReader(down), "sessionkit_store_up"); err != nil {
		t.Error(err)
	}
}
