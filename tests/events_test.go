package tests

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// Visitors of three workers do what comes to their minds, each with sessions of an
// own user and all of them with one that they share. What the workers have counted
// is what the requests know of themselves.
func TestEventsAreWhatRequestsDid(t *testing.T) {
	t.Parallel()
	dir, server, memory := t.TempDir()+"/sessions", redistest.Start(t), memstore.New(0)
	for name, open := range map[string]func() (driver.Store, error){
		"memory": func() (driver.Store, error) { return memory, nil },
		"file":   func() (driver.Store, error) { return file.Open(dir, file.WithSweepInterval(-1)) },
		"redis": func() (driver.Store, error) {
			return redis.Open(t.Context(), server.URL(), redis.WithTimeout(modelTimeout))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testEvents(t, open)
		})
	}
}

const (
	eventWorkers  = 3
	eventVisitors = 12 // enough for Redis to get batches
	eventRequests = 40 // of each
	sharedUser    = "" // nobody
)

func testEvents(t *testing.T, open func() (driver.Store, error)) {
	var did requestsDid
	workers := eventManagers(t, open, &did)
	shared := &eventVisitor{T: t, workers: workers, did: &did, user: sharedUser}
	shared.request(eventSet)
	var all sync.WaitGroup
	for i := range eventVisitors {
		own := &eventVisitor{T: t, workers: workers, did: &did, user: fmt.Sprint("user ", i)}
		all.Go(func() {
			for range eventRequests {
				own.anything()
				shared.atOnce()
			}
		})
	}
	all.Wait()
	counted, requests := map[event.Kind]uint64{}, uint64(0)
	for _, m := range workers {
		c := m.Diagnostics().Counts()
		for kind, n := range c.Events {
			counted[kind] += n
		}
		requests += c.Requests
	}
	for kind, n := range map[event.Kind]*atomic.Uint64{
		event.Created: &did.created, event.Loaded: &did.loaded, event.Rejected: &did.rejected, event.Renewed: &did.renewed,
		event.LoggedIn: &did.loggedIn, event.LoggedOut: &did.loggedOut, event.Ended: &did.ended, event.Gone: &did.gone, event.Contended: {},
	} {
		if counted[kind] != n.Load() {
			t.Errorf("%s: %d were counted, and requests know of %d", kind, counted[kind], n.Load())
		}
	}
	if requests != did.commits.Load() {
		t.Errorf("changes: those of %d were counted, and %d were acknowledged", requests, did.commits.Load())
	}
	live := uint64(0)
	for _, err := range workers[0].Store().(driver.Lister).All(t.Context()) {
		if live++; err != nil {
			t.Fatal(err)
		}
	}
	if ends := counted[event.LoggedOut] + counted[event.Ended]; counted[event.Created]-ends != live {
		t.Errorf("%d sessions live of %d created, and %d ended", live, counted[event.Created], ends)
	}
	did.ids.Range(func(id, n any) bool {
		if n := n.(*atomic.Uint64).Load(); n != 1 {
			t.Errorf("%v was created %d times", id.(driver.ID).Short(), n)
		}
		return true
	})
	for name, n := range map[string]*atomic.Uint64{"created": &did.created, "rejected": &did.rejected, "renewed": &did.renewed, "logged out": &did.loggedOut, "ended": &did.ended} {
		if n.Load() == 0 {
			t.Errorf("nothing was %s", name)
		}
	}
}

// requestsDid is what requests know of what they did.
type requestsDid struct {
	created, loaded, rejected, renewed, loggedIn, loggedOut, ended, gone, commits atomic.Uint64

	ids sync.Map // of sessions that an observer has seen created
}

func eventManagers(t *testing.T, open func() (driver.Store, error), did *requestsDid) (workers []*session.Manager) {
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef"), Timeout: modelTimeout}
	for range eventWorkers {
		store, err := open()
		if err != nil {
			t.Fatal(err)
		}
		m, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(slog.New(slog.DiscardHandler)),
			session.WithObserver(func(_ context.Context, e event.Event) {
				if e.Kind == event.Created {
					n, _ := did.ids.LoadOrStore(e.Session, &atomic.Uint64{})
					n.(*atomic.Uint64).Add(1)
				}
			}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		m.Diagnostics().Counts()
		workers = append(workers, m)
	}
	return workers
}
