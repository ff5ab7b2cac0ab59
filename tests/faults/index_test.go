//go:build unix

package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// The index of users is taken away again and again: whoever logs out everywhere
// is logged out everywhere all the same.
func TestIndexLost(t *testing.T) {
	shared(t)
	report(onRedis(t, "index of users deleted 50 times, redis", func(srv *redistest.Server, tr *traffic) {
		for range 50 {
			keys, _ := srv.Do("KEYS", "*user:*").([]any)
			for _, key := range keys {
				srv.Do("DEL", key.(string))
			}
			pass(2 * time.Millisecond)
		}
	}))
}

func TestIndexLostFile(t *testing.T) {
	shared(t)
	dir := t.TempDir() + "/sessions"
	tr := drive(t, startApp(t, "--session-dir", dir))
	o := outcome{fault: "index of users deleted 50 times, file"}
	for range 3 * *rounds {
		for range 50 {
			users, _ := filepath.Glob(filepath.Join(dir, "users", "*"))
			for _, folder := range users {
				os.RemoveAll(folder) // a worker may put a session in it meanwhile
			}
			pass(2 * time.Millisecond)
		}
		o.rounds++
		o.recovery = append(o.recovery, tr.settle(time.Now()))
	}
	o.add(tr.end())
	nothingLost(t, o)
	report(o)
}

// A Redis that evicts takes index and revocations like anything else. Whoever
// has logged out everywhere stays so, of all his sessions: with policies by age
// or by time to live sessions go before what ends them. One that picks at random
// may take the index first and the revocation after that: this is measured and
// not claimed.
func TestEndAllUnderEviction(t *testing.T) {
	shared(t)
	for _, policy := range []string{"allkeys-lru", "volatile-lru", "volatile-ttl", "allkeys-random"} {
		t.Run(policy, func(t *testing.T) {
			shared(t)
			srv := startRedis(t)
			app := startApp(t, "--redis-url", srv.URL())
			_, used, _ := strings.Cut(srv.Do("INFO", "memory").(string), "used_memory:")
			used, _, _ = strings.Cut(used, "\r\n")
			bytes, err := strconv.Atoi(used)
			if err != nil {
				t.Fatal(err)
			}
			srv.Do("CONFIG", "SET", "maxmemory-policy", policy)
			srv.Do("CONFIG", "SET", "maxmemory", strconv.Itoa(bytes+1<<19))
			o := outcome{fault: "all sessions of a user ended while Redis evicts (" + policy + ")", answers: map[string]int{}}
			var ended []*trial.Browser
			fill := func(n int) {
				for range n {
					g := &guest{b: app.NewBrowser(), name: "filler"}
					g.fill(t, &o)
				}
			}
			lost := 0
			for round := range 10 * *rounds {
				user := fmt.Sprint("crowd", round)
				var all []*trial.Browser
				for range 20 {
					b := app.NewBrowser()
					b.Login(user)
					all = append(all, b)
				}
				fill(20)
				last := app.NewBrowser()
				last.Login(user)
				last.Do(303, "POST", "/logout-everywhere")
				o.logouts += len(all)
				ended = append(ended, all...)
				o.rounds++
			}
			fill(200) // the revocations are evicted, too
			for _, b := range ended {
				if here(b.Me()) {
					o.back++
				}
			}
			if keys, _ := srv.Do("KEYS", "*ended:*").([]any); len(keys) < o.rounds {
				lost = o.rounds - len(keys)
			}
			_, evicted, _ := strings.Cut(srv.Do("INFO", "stats").(string), "evicted_keys:")
			evicted, _, _ = strings.Cut(evicted, "\r\n")
			o.note = fmt.Sprintf("%s keys evicted, among them %d of %d revocations", evicted, lost, o.rounds)
			if o.back > 0 && policy != "allkeys-random" {
				t.Errorf("%s: %d of %d sessions are back", o.fault, o.back, o.logouts)
			}
			report(o)
		})
	}
}
