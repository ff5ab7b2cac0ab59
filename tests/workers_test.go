//go:build unix

package tests

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

func TestMain(m *testing.M) {
	code := m.Run()
	trial.Cleanup()
	os.Exit(code)
}

const secret = "a secret key for the tests, 32 bytes and more"

// someRouters are all, or the two that a test has in the short run: other tests have
// other ones.
func someRouters(t *testing.T) []string {
	if !testing.Short() {
		return trial.Routers
	}
	first := len(t.Name()) % (len(trial.Routers) - 1)
	return trial.Routers[first : first+2]
}

// matrix runs f for each router and for files and Redis, of which the short
// run has one for each router; args choose the store.
func matrix(t *testing.T, f func(t *testing.T, router string, args []string)) {
	t.Parallel()
	for i, router := range someRouters(t) {
		for k, store := range []string{"file", "redis"} {
			if testing.Short() && k != i%2 {
				continue // make test-all
			}
			t.Run(router+"/"+store, func(t *testing.T) {
				t.Parallel()
				args := []string{"--secret-key", secret, "--session-dir", t.TempDir() + "/sessions"}
				if store == "redis" {
					args = []string{"--secret-key", secret, "--redis-url", redistest.Start(t).URL()}
				}
				f(t, router, args)
			})
		}
	}
}

// A session made on one worker is there on every other, and on another group
// of workers with the same key and store.
func TestSharedByWorkers(t *testing.T) {
	matrix(t, func(t *testing.T, router string, args []string) {
		app := trial.Start(t, router, append(args, "--workers", "3")...)
		ada := app.NewBrowser()
		ada.Login("ada")
		ada.Do(http.StatusNoContent, "POST", "/items", "key", "tea", "value", "green")
		seen := map[int]bool{}
		for range 60 {
			me := ada.Me()
			seen[me.PID] = true
			if me.Name() != "ada" || me.Values["tea"] != "green" {
				t.Fatalf("worker %d sees %+v", me.PID, me)
			}
		}
		if len(seen) < 2 {
			t.Errorf("60 requests over new connections were answered by %d worker", len(seen))
		}
		second := trial.Start(t, router, append(args, "--workers", "2")...)
		if me := ada.Clone(second.URL).Me(); me.Name() != "ada" || seen[me.PID] {
			t.Errorf("the second group sees %+v", me)
		}
		ada.Do(http.StatusSeeOther, "POST", "/logout")
		if me := ada.Clone(second.URL).Me(); me.Name() != "" {
			t.Errorf("logged out on the first group, the second sees %+v", me)
		}
	})
}

// 400 increments from 16 clients over 4 workers are the numbers 1 to 400, and
// 200 writes to 200 keys are all there.
func TestNothingLostAcrossWorkers(t *testing.T) {
	matrix(t, func(t *testing.T, router string, args []string) {
		app := trial.Start(t, router, append(args, "--workers", "4")...)
		b := app.NewBrowser()
		b.Login("ada")
		counts := make([]int, 400)
		parallel(16, len(counts), func(i int) {
			var err error
			if counts[i], err = b.Count(); err != nil {
				t.Error(err)
			}
		})
		slices.Sort(counts)
		for i, n := range counts {
			if n != i+1 {
				t.Fatalf("the answers are not 1 to 400: %v", counts)
			}
		}
		parallel(16, 200, func(i int) {
			a, err := b.Try("POST", "/items", "key", fmt.Sprint("item", i), "value", fmt.Sprint(i))
			if err != nil || a.Status != http.StatusNoContent {
				t.Errorf("item %d: %v %v", i, a, err)
			}
		})
		me := b.Me()
		for i := range 200 {
			if key := fmt.Sprint("item", i); me.Values[key] != fmt.Sprint(i) {
				t.Errorf("%s is %v", key, me.Values[key])
			}
		}
	})
}

// parallel calls f with 0 to n-1 from several goroutines.
func parallel(clients, n int, f func(i int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// A worker killed in the middle of traffic costs the requests it held:
// nobody is logged out, and no acknowledged write is missing.
func TestKilledWorker(t *testing.T) {
	matrix(t, func(t *testing.T, router string, args []string) {
		app := trial.Start(t, router, append(args, "--workers", "3")...)
		const visitors, rounds = 6, 40
		acknowledged := make([]int, visitors)
		browsers := make([]*trial.Browser, visitors)
		for v := range browsers {
			browsers[v] = app.NewBrowser()
			browsers[v].Login(fmt.Sprint("user", v))
		}
		kills := make(chan struct{}, visitors*rounds)
		var wg sync.WaitGroup
		for v, b := range browsers {
			wg.Go(func() {
				for range rounds {
					if n, err := b.Count(); err == nil {
						if n <= acknowledged[v] {
							t.Errorf("visitor %d: %d after %d", v, n, acknowledged[v])
						}
						acknowledged[v] = n
					}
					kills <- struct{}{}
				}
			})
		}
		observer := app.NewBrowser()
		for range 3 { // after every 40 requests
			for range 40 {
				<-kills
			}
			app.Await()
			app.Kill(observer.Me().PID)
		}
		wg.Wait()
		app.Await()
		for v, b := range browsers {
			me := b.Me()
			if want := fmt.Sprint("user", v); me.Name() != want {
				t.Errorf("%s is %q now", want, me.Name())
			}
			// A request that was cut off may have been saved all the same.
			if n, _ := me.Values["count"].(float64); int(n) < acknowledged[v] {
				t.Errorf("visitor %d: count %v, acknowledged %d", v, n, acknowledged[v])
			}
		}
	})
}

// A slow request does not bring a session back that was logged out meanwhile.
func TestLogoutHolds(t *testing.T) {
	matrix(t, func(t *testing.T, router string, args []string) {
		app := trial.Start(t, router, append(args, "--workers", "3")...)
		ada := app.NewBrowser()
		ada.Login("ada")
		slow := ada.Clone(app.URL)
		started := make(chan struct{})
		done := make(chan trial.Answer)
		go func() {
			close(started)
			a, err := slow.Try("POST", "/slow-items?ms=300", "key", "late", "value", "1")
			if err != nil {
				t.Error(err)
			}
			done <- a
		}()
		<-started
		for range 20 { // by then the slow one has read its session
			ada.Me()
		}
		stale := ada.Clone(app.URL)
		ada.Do(http.StatusSeeOther, "POST", "/logout")
		answer := <-done
		if me := stale.Me(); me.Name() != "" || len(me.Values) != 0 {
			t.Errorf("the slow request (%d) brought back %+v", answer.Status, me)
		}
		if me := ada.Me(); me.Name() != "" {
			t.Errorf("after logout: %+v", me)
		}
	})
}
