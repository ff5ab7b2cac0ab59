package leaks

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// patience is how long what is closed may take to go.
const patience = 2 * time.Minute

// What the heap may grow by: noise, and a little for each session, less than
// the smallest thing that could be kept of one.
const (
	heapSlack      = 1 << 20
	heapPerSession = 8
)

// observer counts what could leak, of this process and of its Redis.
type observer struct {
	t     testing.TB
	redis *goredis.Client
}

func observe(t testing.TB, server *redistest.Server) *observer {
	options, err := goredis.ParseURL(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	options.PoolSize = 1
	client := goredis.NewClient(options)
	t.Cleanup(func() { client.Close() })
	return &observer{t, client}
}

// sight is what the observer saw.
type sight struct {
	goroutines  int
	descriptors int // open files and sockets; 0 where they cannot be counted
	connections int // to Redis, the observer's own included
	heap        int // bytes in use after a collection
}

func (o *observer) look() (s sight) {
	o.t.Helper()
	clients, err := o.redis.ClientList(o.t.Context()).Result()
	if err != nil {
		o.t.Fatal(err)
	}
	s.connections = strings.Count(clients, "\n")
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		s.descriptors = len(files)
	}
	runtime.GC()
	runtime.GC() // what the first one only put aside: sync.Pool, finalizers
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	s.heap = int(memory.HeapAlloc)
	s.goroutines = runtime.NumGoroutine()
	return s
}

// allowance is by how much a sight may exceed an earlier one.
type allowance struct{ connections, heap int }

// want looks until no more is there than before, give or take the allowance.
func (o *observer) want(t *testing.T, what string, before sight, more allowance) sight {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		now := o.look()
		if now.connections <= before.connections+more.connections && now.heap <= before.heap+more.heap &&
			now.descriptors <= before.descriptors+2*more.connections && now.goroutines <= before.goroutines+2*more.connections {
			return now
		}
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%s: something is left: %s\n%s", what, now.since(before), stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// since tells what became of an earlier sight.
func (s sight) since(before sight) string {
	mb := func(bytes int) float64 { return float64(bytes) / (1 << 20) }
	return fmt.Sprintf("goroutines %d to %d, descriptors %d to %d, Redis connections %d to %d, heap %.1f MB to %.1f MB",
		before.goroutines, s.goroutines, before.descriptors, s.descriptors, before.connections, s.connections, mb(before.heap), mb(s.heap))
}
