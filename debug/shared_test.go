package debug_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/debug"
)

// costlyStore takes a while for what reports ask, and counts it.
type costlyStore struct {
	*fakeStore
	takes                             time.Duration
	pings, inspections, counts, lists atomic.Int32
	running, most                     atomic.Int32
}

func (s *costlyStore) pay(ctx context.Context, n *atomic.Int32) error {
	n.Add(1)
	now := s.running.Add(1)
	defer s.running.Add(-1)
	for most := s.most.Load(); now > most && !s.most.CompareAndSwap(most, now); most = s.most.Load() {
	}
	select {
	case <-time.After(s.takes):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *costlyStore) Ping(ctx context.Context) error { s.pings.Add(1); return s.fakeStore.Ping(ctx) }

func (s *costlyStore) Inspect(ctx context.Context) (check.Inspection, error) {
	if err := s.pay(ctx, &s.inspections); err != nil {
		return check.Inspection{}, err
	}
	return s.fakeStore.Inspect(ctx)
}

func (s *costlyStore) Count(ctx context.Context) (n int, exact bool, err error) {
	if s.pay(ctx, &s.counts) != nil {
		return 0, false, nil
	}
	return s.fakeStore.Count(ctx)
}

func (s *costlyStore) Workers(ctx context.Context) (map[string]json.RawMessage, error) {
	s.lists.Add(1)
	return s.fakeStore.Workers(ctx)
}

// reset forgets what the start has cost.
func (s *costlyStore) reset() {
	for _, n := range []*atomic.Int32{&s.pings, &s.inspections, &s.counts, &s.lists, &s.most} {
		n.Store(0)
	}
}

func (s *costlyStore) want(t *testing.T, after string, surveys, counts int32) {
	t.Helper()
	if p, i, l, c := s.pings.Load(), s.inspections.Load(), s.lists.Load(), s.counts.Load(); p != surveys || i != surveys || l != surveys || c != counts {
		t.Errorf("%s: %d pings, %d inspections, %d lists of workers and %d counts, want %d and %d", after, p, i, l, c, surveys, counts)
	}
}

func newCostly(t *testing.T) (*app, *costlyStore) {
	store := &costlyStore{fakeStore: newFakeStore("redis", "127.0.0.1:6379/0"), takes: 100 * time.Millisecond}
	a := newApp(t, config.Config{}, store)
	synctest.Wait()
	store.reset()
	return a, store
}

// However many look, the store is asked once, and again when its answers are
// old; each report says how old they are.
func TestReportsCostOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, store := newCostly(t)
		time.Sleep(11 * time.Second) // the beat that looks at the other workers is between two others
		store.reset()
		var all sync.WaitGroup
		for i := range 300 {
			all.Go(func() {
				path := append(reports, "/debug/metrics")[i%(len(reports)+1)]
				time.Sleep(time.Duration(i) * time.Millisecond)
				if w := a.do("GET", path); w.Code != http.StatusOK {
					t.Errorf("%s: status %d", path, w.Code)
				}
			})
		}
		all.Wait()
		store.want(t, "300 reports at once", 1, 1)
		if r := get[debug.StoreReport](a, 200, "/debug/store"); r.AgeSeconds != 0.2 || r.Sessions == nil {
			t.Errorf("age %v, sessions %v", r.AgeSeconds, r.Sessions)
		}
		time.Sleep(2 * time.Second)
		for _, path := range []string{"/debug/store", "/debug/redis", "/debug/config", "/debug/workers"} {
			if r := get[map[string]any](a, 200, path); r["age_seconds"] != 2.2 && r["age_seconds"] != 2.3 {
				t.Errorf("%s: age %v", path, r["age_seconds"])
			}
		}
		if m := a.do("GET", "/debug/metrics").Body.String(); !strings.Contains(m, "\nsessionkit_report_age_seconds 2.") {
			t.Error(m)
		}
		store.want(t, "two seconds later", 1, 1)
		time.Sleep(time.Second)
		if r := get[debug.Overview](a, 200, "/debug/"); r.Store.AgeSeconds+r.Workers.AgeSeconds+r.Config.AgeSeconds != 0 {
			t.Errorf("ages %v %v %v", r.Store.AgeSeconds, r.Workers.AgeSeconds, r.Config.AgeSeconds)
		}
		store.want(t, "three seconds later", 2, 2)
	})
}

// Who asked first may go away: the answer is for the others too.
func TestCallerWhoLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, store := newCostly(t)
		ctx, leave := context.WithCancel(t.Context())
		gone := make(chan bool)
		go func() {
			a.do("GET", "/debug/store", func(r *http.Request) { *r = *r.WithContext(ctx) })
			close(gone)
		}()
		synctest.Wait()
		leave()
		<-gone
		if r := get[debug.StoreReport](a, 200, "/debug/store"); r.Status != debug.StatusOK || r.Sessions == nil || !r.Sessions.Exact {
			t.Errorf("%+v", r)
		}
		store.want(t, "one who left and one who stayed", 1, 1)
	})
}

// What the worker knows itself is never old.
func TestOwnFactsAreFresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, _ := newCostly(t)
		get[debug.ConfigReport](a, 200, "/debug/config")
		a.sessions.Diagnostics().ReportMissingMiddleware("GET /private")
		for range 3 {
			a.do("GET", "/debug/session", withCookie(foreignCookie(t)))
		}
		r := get[debug.ConfigReport](a, 200, "/debug/config")
		if r.Rejections["foreign-key"].Count != 3 || r.Findings[0].ID != "middleware-order" {
			t.Errorf("%+v", r)
		}
	})
}

// That the store failed is told for a second.
func TestFailureIsForgottenSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, store := newCostly(t)
		down := errors.New("connection refused")
		store.broken.Store(&down)
		for range 10 {
			get[debug.StoreReport](a, 503, "/debug/store")
		}
		if n := store.pings.Load(); n != 1 {
			t.Errorf("%d pings", n)
		}
		store.broken.Store(nil)
		time.Sleep(time.Second)
		if r := get[debug.StoreReport](a, 200, "/debug/store"); r.Sessions == nil {
			t.Errorf("%+v", r)
		}
	})
}

// deafStore does not end with the context, and may panic.
type deafStore struct {
	*fakeStore
	listening chan bool
	panics    atomic.Bool
}

func (s *deafStore) Ping(context.Context) error {
	<-s.listening
	if s.panics.Load() {
		panic("index out of range")
	}
	return nil
}

// A store that ends no call costs a goroutine, not one for each report.
func TestStoreThatEndsNoCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		listening := make(chan bool)
		close(listening)
		store := &deafStore{fakeStore: newFakeStore("redis", "127.0.0.1:6379/0"), listening: listening}
		a := newApp(t, config.Config{Timeout: time.Second}, store)
		synctest.Wait()
		store.listening = make(chan bool)
		for range 3 {
			if r := get[debug.StoreReport](a, 503, "/debug/store"); !strings.Contains(r.Error, "in time") || r.Kind != "redis" || r.Help == "" {
				t.Errorf("%+v", r)
			}
		}
		store.panics.Store(true)
		close(store.listening)
		synctest.Wait()
		if r := get[debug.StoreReport](a, 503, "/debug/store"); !strings.Contains(r.Error, "index out of range") {
			t.Errorf("%+v", r)
		}
		store.panics.Store(false)
		time.Sleep(time.Second)
		get[debug.StoreReport](a, 200, "/debug/store")
	})
}
