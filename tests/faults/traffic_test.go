//go:build unix

package faults

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// The traffic: visitors, each in several tabs that all write to the one
// session, people who log in and out, who renew their session, who log out
// everywhere, who look at what is shown once, and one who needs no session.
const (
	visitorCount = 3
	pace         = time.Millisecond // between two requests of a client
)

// traffic is what many clients do until it is ended.
type traffic struct {
	t        *testing.T
	app      *trial.App
	visitors []*visitor
	done     chan struct{}
	wg       sync.WaitGroup

	mu       sync.Mutex
	seen     outcome
	failed   time.Time              // when the last request began that failed
	inARow   map[*trial.Browser]int // how often each visitor's tab succeeded since it failed
	departed []*trial.Browser
}

// newTraffic has no visitors yet that stay.
func newTraffic(t *testing.T, app *trial.App) *traffic {
	return &traffic{t: t, app: app, done: make(chan struct{}), seen: outcome{answers: map[string]int{}}, inARow: map[*trial.Browser]int{}}
}

// drive begins traffic with all of them.
func drive(t *testing.T, app *trial.App) *traffic {
	t.Helper()
	tr := newTraffic(t, app)
	for i := range visitorCount {
		tr.visitors = append(tr.visitors, newVisitor(tr, i))
	}
	tr.begin()
	tr.loop((&renewer{tr: tr}).step)
	tr.loop(tr.once())
	return tr
}

func (tr *traffic) begin() {
	for _, v := range tr.visitors {
		v.start()
	}
	tr.loop(tr.comeAndGo)
	tr.loop(tr.endAll())
	tr.loop(tr.passBy())
}

// loop does something again and again until the end.
func (tr *traffic) loop(step func()) {
	tr.wg.Go(func() {
		tick := time.NewTicker(pace)
		defer tick.Stop()
		for {
			select {
			case <-tr.done:
				return
			case <-tick.C:
				step()
			}
		}
	})
}

// do makes a request and takes note of how it went.
func (tr *traffic) do(b *trial.Browser, method, path string, form ...string) (a trial.Answer, ok bool) {
	began := time.Now()
	a, err := b.Try(method, path, form...)
	took := time.Since(began)
	what := "write "
	switch {
	case path == "/": // takes what is shown once
		what = "page "
	case method == "GET":
		what = "read "
	}
	ok = err == nil && a.Status < 400
	switch {
	case ok:
		what += "ok"
	case err != nil:
		what += "cut"
	default:
		what += strconv.Itoa(a.Status)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.seen.answers[what]++
	tr.seen.requests = append(tr.seen.requests, request{began, took})
	if n, stays := tr.inARow[b]; stays {
		tr.inARow[b] = n + 1
	}
	if !ok {
		if began.After(tr.failed) {
			tr.failed = began
		}
		if _, stays := tr.inARow[b]; stays {
			tr.inARow[b] = 0
		}
	}
	return a, ok
}

// passBy asks for what needs no session.
func (tr *traffic) passBy() func() {
	b := tr.app.NewBrowser()
	return func() {
		began := time.Now()
		a, err := b.Try("GET", "/plain")
		took := time.Since(began)
		tr.mu.Lock()
		defer tr.mu.Unlock()
		switch {
		case err != nil:
			tr.seen.answers["/plain cut"]++
		case a.Status != http.StatusOK:
			tr.seen.answers["/plain "+strconv.Itoa(a.Status)]++
		default:
			tr.seen.plain = append(tr.seen.plain, took)
		}
	}
}

// settle waits until every visitor's requests succeed again, and says how long after the
// cause was gone the last one began that did not.
func (tr *traffic) settle(gone time.Time) time.Duration {
	tr.t.Helper()
	tr.mu.Lock()
	for b := range tr.inARow {
		tr.inARow[b] = 0
	}
	tr.mu.Unlock()
	defer func() {
		if tr.t.Failed() {
			log := tr.app.Log()
			tr.t.Logf("the workers say:\n%s", log[max(0, len(log)-4000):])
		}
	}()
	eventually(tr.t, "requests succeed again", func() bool {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		for _, n := range tr.inARow {
			if n < 10 {
				return false
			}
		}
		return true
	})
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return max(0, tr.failed.Sub(gone))
}

// stop ends the traffic.
func (tr *traffic) stop() {
	close(tr.done)
	tr.wg.Wait()
}

// end ends the traffic, once all kinds of it have come through, and compares
// what was acknowledged with what is there.
func (tr *traffic) end() outcome {
	tr.t.Helper()
	eventually(tr.t, "there are writes, logouts, renewals and messages shown", func() bool {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		seen := tr.seen
		return seen.logouts > 0 && (len(tr.visitors) == 0 || seen.writes > 0 && seen.renewals > 0 && seen.shown > 0)
	})
	tr.stop()
	for _, v := range tr.visitors {
		v.compare()
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, b := range tr.departed {
		if here(ask(tr.t, b)) {
			tr.seen.back++
		}
	}
	return tr.seen
}

// ask asks until a worker does not answer with a 503 any more.
func ask(t *testing.T, b *trial.Browser) (me trial.Me) {
	t.Helper()
	eventually(t, "a worker answers", func() bool {
		a, err := b.Try("GET", "/me")
		return err == nil && a.Status == http.StatusOK && json.Unmarshal([]byte(a.Body), &me) == nil
	})
	return me
}

func here(me trial.Me) bool { return me.Name() != "" || len(me.Values) > 0 }

// request is when a request that needs the session began, and what it took.
type request struct {
	began time.Time
	took  time.Duration
}

// refuses returns a function that waits until a change has been refused since
// now.
func (tr *traffic) refuses() (wait func()) {
	tr.t.Helper()
	before := tr.saw("write 503")
	return func() {
		tr.t.Helper()
		eventually(tr.t, "a change is refused", func() bool { return tr.saw("write 503") > before })
	}
}

// saw counts the answers of a kind such as "write 503".
func (tr *traffic) saw(prefix string) (n int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for what, times := range tr.seen.answers {
		if strings.HasPrefix(what, prefix) {
			n += times
		}
	}
	return n
}
