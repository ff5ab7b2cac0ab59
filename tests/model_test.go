package tests

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

var modelTime = flag.Duration("model", 2*time.Second, "how long TestModel tries random programs, on all stores at once")

// TestModel runs random programs of overlapping requests, of several browsers
// on several workers, and compares each answer with a model that knows no
// concurrency: a commit replays the request's changes on what is stored then,
// or fails when the session is gone. A failure shrinks to a short history.
//
//	go test ./tests -run 'TestModel$' -v -model=1h -parallel 4 -timeout 0
func TestModel(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for name, open := range map[string]func() (modelStore, func(), error){
		"memory": func() (modelStore, func(), error) { return memstore.New(0), nil, nil },
		"file": func() (modelStore, func(), error) {
			dir := t.TempDir() + "/sessions"
			store, err := file.Open(dir, file.WithSweepInterval(-1))
			return store, func() { loseFolder(t, dir) }, err
		},
		"redis": func() (modelStore, func(), error) {
			store, err := redis.Open(t.Context(), server.URL(), redis.WithPrefix("model:"), redis.WithTimeout(modelTimeout))
			return store, func() { loseKeys(server, "model:") }, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, loseIndex, err := open()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { store.Close() })
			workers := newModelWorkers(t, store)
			workers.loseIndex = loseIndex
			began := time.Now()
			for programs := 0; ; {
				rapid.Check(failuresOnly{t}, func(rt *rapid.T) {
					programs++
					(&model{T: rt, workers: workers}).run()
				})
				if took := time.Since(began); took >= *modelTime {
					fmt.Printf("model: %d programs on %s in %s\n", programs, name, took.Round(time.Second/10))
					break
				}
			}
		})
	}
}

// failuresOnly keeps the good news of thousands of rounds out of the log.
type failuresOnly struct{ *testing.T }

func (t failuresOnly) Logf(format string, args ...any) {
	t.Helper()
	if !strings.HasPrefix(format, "[rapid] OK") {
		t.T.Logf(format, args...)
	}
}

const (
	modelManagers = 3
	modelLifetime = 10 * time.Minute
	modelTimeout  = time.Minute // a busy machine is no fault of the store
)

// modelWorkers are several managers on one store, and the clock they share.
type modelWorkers struct {
	store     modelStore
	sound     modelStore // the same without a planted fault
	loseIndex func()     // of all users, behind the store's back; nil where it cannot be lost
	managers  []*session.Manager
	gates     []*gated // the store as each manager has it
	clock     modelClock

	stored []*stored // what the program has stored
	within bool      // a program has begun, and not come to its end
}

func newModelWorkers(t testing.TB, store modelStore) *modelWorkers {
	w := &modelWorkers{store: store, sound: store}
	for range modelManagers {
		own, gate := newGated(store)
		m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test, SecretKey: config.NewSecret(secret), Lifetime: modelLifetime, Timeout: modelTimeout}, own,
			session.WithLogger(slog.New(slog.DiscardHandler)), session.WithClock(w.clock.now))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		w.managers, w.gates = append(w.managers, m), append(w.gates, gate)
	}
	return w
}

// begin makes sure that a program finds no sessions and the right time. A
// program leaves none, unless it failed.
func (w *modelWorkers) begin(t fataler) {
	w.clock.ahead.Store(0)
	w.stored = nil
	if w.within {
		for e, err := range w.sound.All(context.Background()) {
			if err == nil {
				err = w.sound.Delete(context.Background(), e.ID)
			}
			if err != nil {
				t.Fatalf("cleaning up: %v", err)
			}
		}
	}
	w.within = true
}

type fataler interface {
	Fatalf(format string, args ...any)
}

// modelClock is ahead of the stores' clocks: for them nothing ever expires.
type modelClock struct{ ahead atomic.Int64 }

func (c *modelClock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *modelClock) advance(d time.Duration) { c.ahead.Add(int64(d)) }
