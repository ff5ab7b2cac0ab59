// Package leaks looks whether anything is left of sessions that have ended: in
// the process, in the store, and at Redis.
//
//	go test ./tests/leaks -v -sessions=33334 -timeout 1h
package leaks

import (
	"flag"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/adapters/chi/chisessiontest"
	"github.com/gosessionkit/sessionkit/adapters/echo/echosessiontest"
	echov5sessiontest "github.com/gosessionkit/sessionkit/adapters/echov5/echosessiontest"
	"github.com/gosessionkit/sessionkit/adapters/fiber/fibersessiontest"
	fiberv3test "github.com/gosessionkit/sessionkit/adapters/fiberv3/fibersessiontest"
	"github.com/gosessionkit/sessionkit/adapters/gin/ginsessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/httpsession/httpsessiontest"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

var sessions = flag.Int("sessions", 200, "how many sessions each adapter makes on each store")

// rounds is how many parts the sessions come in. After the first all pools are
// filled and all maps have their size; what the others add is a leak.
const rounds = 4

// combination is an adapter on a store.
type combination struct {
	name  string
	serve adaptertest.Build
	open  func() (driver.Store, error)
}

var quiet = slog.New(slog.DiscardHandler)

func combinations(t *testing.T, redisURL string) (all []combination) {
	for _, adapter := range []combination{
		{name: "net-http", serve: httpsessiontest.Serve}, {name: "chi", serve: chisessiontest.Serve},
		{name: "echo", serve: echosessiontest.Serve}, {name: "echov5", serve: echov5sessiontest.Serve}, {name: "fiber", serve: fibersessiontest.Serve},
		{name: "gin", serve: ginsessiontest.Serve},
		{name: "fiberv3", serve: fiberv3test.Serve},
	} {
		all = append(all,
			combination{adapter.name + " memory", adapter.serve, func() (driver.Store, error) { return memstore.New(0), nil }},
			combination{adapter.name + " file", adapter.serve, func() (driver.Store, error) {
				return file.Open(t.TempDir()+"/sessions", file.WithSweepInterval(-1), file.WithLogger(quiet))
			}},
			combination{adapter.name + " redis", adapter.serve, func() (driver.Store, error) {
				return redis.Open(t.Context(), redisURL, redis.WithPrefix(adapter.name+":"), redis.WithLogger(quiet))
			}})
	}
	return all
}

// Every adapter on every store makes sessions through requests; some are
// logged out, some expire, some are ended by the operator. Then nothing is
// left of them in the app, which still runs, nor anything of the apps when
// they have stopped.
func TestNothingIsLeft(t *testing.T) {
	trial.Long(t)
	server := redistest.Start(t)
	o := observe(t, server)
	all := combinations(t, server.URL())
	t.Run("first", func(t *testing.T) { // has the process start what it starts once and keeps
		for _, c := range all {
			t.Run(c.name, func(t *testing.T) { c.run(t, o, visitors) })
		}
	})
	before := o.look()
	t.Run("again", func(t *testing.T) {
		for _, c := range all {
			t.Run(c.name, func(t *testing.T) { c.run(t, o, *sessions) })
		}
	})
	after := o.want(t, "all apps stopped", before, allowance{heap: heapSlack})
	fmt.Printf("all apps stopped: %s\n", after.since(before))
}

// many is how many sessions are enough for what the store remembers of their old ids
// to show in the heap.
const many = 10_000

// forget waits until a store in memory has forgotten which sessions took the place of
// others: it knows for a minute, by design. That is for the long run alone.
func forget(t *testing.T, store driver.Store, n int) {
	if _, ok := store.(*memstore.Store); !ok || n < many {
		return
	}
	time.Sleep(driver.RenewedFor)
	if _, err := store.(driver.Sweeper).Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// run serves an app for the length of the test and has n sessions come and go.
func (c combination) run(t *testing.T, o *observer, n int) {
	store, err := c.open()
	if err != nil {
		t.Fatal(err)
	}
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, store, session.WithLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	people := newCrowd(t, m, c.serve)
	var first sight
	for round := range rounds {
		people.come(t, n/rounds)
		people.leave(t)
		if round == 0 || round == rounds-1 {
			forget(t, store, n)
		}
		if round == 0 {
			first = o.look()
		}
	}
	// Of connections, and what goes with them, there may be as many as there
	// are visitors at once; the first round may have needed fewer.
	last := o.want(t, c.name, first, allowance{connections: 2 * visitors, heap: heapSlack + n*heapPerSession})
	fmt.Printf("%-15s %6d sessions: %s\n", c.name, n, last.since(first))
}
