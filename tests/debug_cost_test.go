//go:build unix

package tests

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// fullStore is what all stores of the kit can do.
type fullStore interface {
	driver.Store
	driver.Describer
	driver.Identifier
	driver.Lister
	driver.Pinger
	driver.Registry
}

// countingStore counts what reports ask of a store.
type countingStore struct {
	fullStore
	pings, counts, lists, inspections atomic.Int32
}

func (s *countingStore) Ping(ctx context.Context) error { s.pings.Add(1); return s.fullStore.Ping(ctx) }

func (s *countingStore) Count(ctx context.Context) (int, bool, error) {
	s.counts.Add(1)
	return s.fullStore.Count(ctx)
}

func (s *countingStore) Workers(ctx context.Context) (map[string]json.RawMessage, error) {
	s.lists.Add(1)
	return s.fullStore.Workers(ctx)
}

func (s *countingStore) Inspect(ctx context.Context) (check.Inspection, error) {
	s.inspections.Add(1)
	if inspector, ok := s.fullStore.(check.Inspector); ok {
		return inspector.Inspect(ctx)
	}
	return check.Inspection{}, nil
}

// However many look at the reports, the store is asked once in a while.
func TestReportsCostTheStoreOnce(t *testing.T) {
	t.Parallel()
	const patient = time.Minute // how long the store may take: all is counted, on a busy machine too
	quiet := slog.New(slog.DiscardHandler)
	for kind, open := range map[string]func(t *testing.T) fullStore{
		"memory": func(*testing.T) fullStore { return memstore.New(0) },
		"file": func(t *testing.T) fullStore {
			store, err := file.Open(t.TempDir()+"/sessions", file.WithLogger(quiet))
			if err != nil {
				t.Fatal(err)
			}
			return store
		},
		"redis": func(t *testing.T) fullStore {
			store, err := redis.Open(t.Context(), redistest.Start(t).URL(), redis.WithLogger(quiet), redis.WithTimeout(patient))
			if err != nil {
				t.Fatal(err)
			}
			return store
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			store := &countingStore{fullStore: open(t)}
			cfg := config.Config{Mode: config.Development, SecretKey: config.NewSecret(secret), DebugEndpoints: true, Timeout: patient}
			sessions, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(quiet))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { sessions.Close() })
			app := httpsession.Install(http.NewServeMux(), sessions, debug.New(sessions, debug.WithLogger(quiet), debug.WithCountTimeout(patient)))
			for range 50 { // something to count
				cookieAfterProbe(t, app)
			}
			started := time.Now()
			before := []int32{store.pings.Load(), store.counts.Load(), store.lists.Load(), store.inspections.Load()}
			paths := []string{"/debug/", "/debug/store", "/debug/redis", "/debug/metrics", "/debug/config", "/debug/workers", "/debug/checks"}
			var all sync.WaitGroup
			for i := range 240 {
				all.Go(func() {
					if w := fetch(t, app, "GET", paths[i%len(paths)], nil); w.Code != http.StatusOK {
						t.Errorf("%s: status %d", paths[i%len(paths)], w.Code)
					}
				})
			}
			all.Wait()
			var report debug.StoreReport
			decodeBody(t, fetch(t, app, "GET", "/debug/store", nil).Body.Bytes(), &report)
			if report.Sessions == nil || *report.Sessions != (debug.Count{N: 50, Exact: true}) {
				t.Errorf("sessions: %+v", report.Sessions)
			}
			rounds := 1 + int32(time.Since(started)/(3*time.Second)) // more than one on a busy machine
			beats := 1 + int32(time.Since(started)/worker.Beat)      // which list the workers now and then
			for i, c := range []struct {
				what      string
				now, most int32
			}{
				{"pings", store.pings.Load(), 3 * rounds}, // a slow one is tried again
				{"counts", store.counts.Load(), rounds},
				{"lists of workers", store.lists.Load(), rounds + beats},
				{"inspections", store.inspections.Load(), rounds},
			} {
				if got := c.now - before[i]; got > c.most {
					t.Errorf("241 reports cost %d %s, at most %d wanted", got, c.what, c.most)
				}
			}
		})
	}
}
