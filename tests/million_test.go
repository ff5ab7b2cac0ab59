//go:build unix

package tests

import (
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// With a million sessions /debug/redis answers within a second, and Redis
// serves others meanwhile.
func TestMillionSessions(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	server := redistest.Start(t)
	server.Do("EVAL", `for i = 1, 1000000 do redis.call('SET', string.format('session:%021dA', i), 'x') end`, "0")
	app := trial.Start(t, "chi", "--workers", "1", "--debug-endpoints", "--secret-key", secret, "--redis-url", server.URL())
	server.Do("CONFIG", "RESETSTAT")
	stop := measureGets(t, server)
	start := time.Now()
	r := report[debug.RedisReport](t, app.NewBrowser(), "/debug/redis")
	took := time.Since(start)
	gets := stop()
	if r.Status != "ok" || r.Sessions == nil || r.Sessions.N == 0 {
		t.Fatalf("%+v", r)
	}
	t.Logf("%+v; the slowest of %d GETs took %v", *r.Sessions, len(gets), gets[len(gets)-1])
	trial.Within(t, time.Second, "/debug/redis", took)
	trial.Within(t, 10*time.Millisecond, "99% of the GETs meanwhile", gets[len(gets)*99/100])
	trial.Within(t, time.Millisecond/2, "half of the SCANs, in Redis", medianOf(t, server, "scan"))
}

// measureGets reads a key over and over, until stop, which returns how long
// each GET took, the shortest first.
func measureGets(t *testing.T, server *redistest.Server) (stop func() []time.Duration) {
	t.Helper()
	var took []time.Duration
	var wg sync.WaitGroup
	end := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-end:
				return
			default:
			}
			start := time.Now()
			if _, err := server.Try("GET", "session:000000000000000700000A"); err != nil {
				t.Error(err)
				return
			}
			took = append(took, time.Since(start))
		}
	})
	return func() []time.Duration {
		close(end)
		wg.Wait()
		if len(took) == 0 {
			t.Fatal("no GET meanwhile")
		}
		slices.Sort(took)
		return took
	}
}

var median = regexp.MustCompile(`latency_percentiles_usec_(\w+):p50=([0-9.]+)`)

// medianOf is the time of the server that one run of a command takes and
// nobody else is served, as the server measures it: half of them take less.
// 0 for a Redis before 7.0, which does not tell.
func medianOf(t *testing.T, server *redistest.Server, command string) time.Duration {
	t.Helper()
	stats := server.Do("INFO", "latencystats").(string)
	for _, m := range median.FindAllStringSubmatch(stats, -1) {
		if us, err := strconv.ParseFloat(m[2], 64); err == nil && m[1] == command {
			return time.Duration(us * float64(time.Microsecond))
		}
	}
	if stats != "" {
		t.Fatalf("no %s in %s", command, stats)
	}
	return 0
}
