package doctor

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/debug"
)

// trial is one session, used on all workers.
type trial struct {
	*client
	*evidence
	requests, concurrency int
	minWorkers            int

	cookies  string // the header that is sent now, "" for no session
	id       string // of the session, shortened
	last     int64  // the count in it
	refused  []refusal
	failures []failure
	visited  map[string]int // by worker
	reading  bool           // since somebody refused the cookie: nothing is stored any more
	skip     func(step string) bool
}

// refusal is a worker that did not accept the cookie.
type refusal struct {
	worker, reason string
	debug.Session
	debug.Cookie
}

// failure is a request that was answered with an error.
type failure struct {
	status int // 0 for no answer
	debug.Problem
}

// symptom is what the trial found by itself.
type symptom struct {
	id, message, fix string
	seen             []string
}

func (t *trial) fault(id, message, fix string, seen ...string) {
	t.symptom = append(t.symptom, symptom{id, message, fix, seen})
}

// broken reports whether it makes no sense to go on.
func (t *trial) broken() bool {
	return len(t.refused)+len(t.failures)+len(t.symptom) > 0 || t.last == 0
}

// hold counts in one session, one request after the other, until every worker
// has had it twice.
func (t *trial) hold(ctx context.Context) {
	t.visited = map[string]int{}
	inARow := 0
	for i := 0; i < t.requests && inARow < 5 && ctx.Err() == nil; i++ {
		before := len(t.failures)
		goOn := true
		if t.reading {
			t.look(ctx)
		} else {
			goOn = t.count(ctx)
		}
		if inARow++; len(t.failures) == before {
			inARow = 0
		}
		if !goOn || i >= 3*max(len(t.workers), 2) && t.allVisited(2) {
			break
		}
	}
}

// allVisited reports whether all that have answered before were there so often.
func (t *trial) allVisited(often int) bool {
	for _, w := range t.workers {
		if t.visited[w.info().ID] < often {
			return false
		}
	}
	return true
}

// count adds one, and fails where there is no point in going on.
func (t *trial) count(ctx context.Context) bool {
	a := t.do(ctx, http.MethodPost, "/debug/probe", t.cookies)
	report, ok := decode[debug.ProbeReport](a)
	if a.status != http.StatusOK {
		t.failed(a)
		return true
	}
	if !ok || report.N == 0 {
		t.fault("not-a-report", "/debug/probe answers, but not with a report", "see that no page of the app, and no cache, answers for /debug/probe")
		return false
	}
	t.visited[report.Worker]++
	if t.id == "" {
		t.id, t.last = report.Session, report.N
		return t.firstCookie(a)
	}
	if report.Status != "loaded" {
		reason, _ := strings.CutPrefix(report.Status, "rejected: ")
		if report.Status == "new" {
			reason = "none"
		}
		t.refused = append(t.refused, refusal{worker: report.Worker, reason: reason})
		t.discard(ctx, t.received(a), report.Worker)
		t.reading = true
		return true
	}
	t.keep(a)
	switch {
	case report.Session != t.id:
		t.fault("session-changed", fmt.Sprintf("one cookie led to two sessions, %s and %s", t.id, report.Session), "see what else sets a cookie called "+t.cookie.name)
		return false
	case report.N <= t.last || report.N > t.last+1+int64(len(t.failures)):
		t.fault("lost-update", fmt.Sprintf("a worker counted to %d after another one had counted to %d: it did not see what that one saved", report.N, t.last),
			"point every worker at one store, at the primary of a replicated one, and let no cache answer for the app")
		return false
	}
	t.last = report.N
	return true
}

// look asks what a worker makes of the cookie and stores nothing.
func (t *trial) look(ctx context.Context) {
	a := t.do(ctx, http.MethodGet, "/debug/session", t.cookies)
	report, ok := decode[debug.SessionReport](a)
	if a.status != http.StatusOK || !ok || report.Session == nil {
		t.failed(a)
		return
	}
	t.visited[report.Worker.ID]++
	switch s := report.Session; s.Reason {
	case "":
	case debug.ReasonStoreUnavailable, debug.ReasonStoreRefuses, debug.ReasonNoMiddleware:
		t.failures = append(t.failures, failure{http.StatusServiceUnavailable, debug.Problem{Error: report.Error, Reason: s.Reason, Fix: s.Fix}})
	default:
		r := refusal{worker: report.Worker.ID, reason: s.Reason, Session: *s}
		if report.Cookie != nil {
			r.Cookie = *report.Cookie
		}
		t.refused = append(t.refused, r)
	}
}

func (t *trial) failed(a answer) {
	p, _ := decode[debug.Problem](a)
	if a.err != nil {
		p.Error = why(a.err)
	}
	t.failures = append(t.failures, failure{a.status, p})
}

// received is the session cookie that an answer sets, "" for none.
func (t *trial) received(a answer) string {
	for _, line := range a.header.Values("Set-Cookie") {
		c, ok := parseSetCookie(line)
		if ok && !c.removes() && slices.ContainsFunc(t.workers, func(w *seen) bool { return w.setting("session-cookie-name") == c.name }) {
			if t.cookie.name == "" {
				t.cookie = c
			}
			return c.name + "=" + c.value
		}
	}
	return ""
}

// keep takes the cookie that an answer sets in place of the last one, as a
// browser would, and also one that it would not take.
func (t *trial) keep(a answer) {
	if c := t.received(a); c != "" {
		t.cookies = c
	}
}

func (t *trial) firstCookie(a answer) bool {
	if t.cookies = t.received(a); t.cookies == "" {
		t.fault("cookie-lost", "the app made a session, and its cookie did not arrive: something in front of the app removes Set-Cookie, as caches do",
			"have it pass Set-Cookie on: for nginx look for proxy_hide_header, proxy_ignore_headers and proxy_cache")
		return false
	}
	if d, found := t.cookie.dropped(t.page); found {
		t.dropped = &d
	}
	return true
}

// parallel counts from several connections at a time.
func (t *trial) parallel(ctx context.Context) (text string) {
	n := min(t.requests, 24)
	counts := make([]int64, n)
	answers := make([]answer, n)
	var wg sync.WaitGroup
	slots := make(chan struct{}, t.concurrency)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			answers[i] = t.do(ctx, http.MethodPost, "/debug/probe", t.cookies)
			report, _ := decode[debug.ProbeReport](answers[i])
			counts[i] = report.N
		})
	}
	wg.Wait()
	bad := map[string]int{}
	for _, a := range answers {
		if a.err != nil {
			bad[why(a.err)]++
		} else if a.status != http.StatusOK {
			bad[fmt.Sprintf("status %d", a.status)]++
		}
	}
	slices.Sort(counts)
	counts = slices.Compact(counts)
	switch {
	case len(bad) > 0:
		t.fault("parallel-failed", fmt.Sprintf("of %d requests, %d at a time, some failed: %v", n, t.concurrency, bad), "the log of the app says why")
	case len(counts) != n || counts[0] != t.last+1 || counts[n-1] != t.last+int64(n):
		t.fault("lost-update", fmt.Sprintf("%d requests, %d at a time, gave %d different counts: they overwrote what others had saved", n, t.concurrency, len(counts)),
			"point every worker at one store, and at the primary of a replicated one")
	default:
		text = fmt.Sprintf("%d requests, %d at a time, counted %d to %d: none was lost", n, t.concurrency, t.last+1, t.last+int64(n))
		t.last += int64(n)
	}
	return text
}

// renew gives the session a new id, and sees that the old one is dead. An app
// of an earlier version cannot.
func (t *trial) renew(ctx context.Context) (text string, tried bool) {
	old := t.cookies
	a := t.do(ctx, http.MethodPost, "/debug/probe?action=renew", t.cookies)
	report, ok := decode[debug.ProbeReport](a)
	if a.status != http.StatusOK || !ok || report.Action != "renew" {
		p, _ := decode[debug.Problem](a)
		return "not tried: " + p.Error, false
	}
	t.keep(a)
	if t.cookies == old {
		t.fault("renewal-lost", "a renewed session came without its new cookie", "see what removes Set-Cookie on the way")
		return "", true
	}
	t.id = report.Session
	alive, loaded := t.everywhere(ctx, old), t.everywhere(ctx, t.cookies)
	switch {
	case alive > 0:
		t.fault("renewed-alive", fmt.Sprintf("the id that a session had before it was renewed was accepted again, %s", times(alive, "time", "times")),
			"point every worker at one store, and at the primary of a replicated one")
	case loaded == 0:
		t.fault("renewal-lost", "no worker accepts the new id of a renewed session", "the log of the app says why")
	default:
		text = "a new id is good on every worker, and the old one is dead"
	}
	return text, true
}

// logout ends the session, and sees that it stays gone.
func (t *trial) logout(ctx context.Context) (text string, tried bool) {
	a := t.do(ctx, http.MethodPost, "/debug/probe?action=end", t.cookies)
	if a.status != http.StatusOK {
		p, _ := decode[debug.Problem](a)
		if a.status != http.StatusConflict {
			t.fault("logout-failed", fmt.Sprintf("the session could not be ended (status %d): %s", a.status, p.Error), "the log of the app says why")
		}
		return "not tried: " + p.Error, false
	}
	ended := t.cookies
	t.cookies = ""
	if back := t.everywhere(ctx, ended); back > 0 {
		t.fault("logout-undone", fmt.Sprintf("an ended session was accepted again, %s: a worker still has it, in a store of its own or a copy that lags behind", times(back, "time", "times")),
			"point every worker at one store, and at the primary of a replicated one")
		return "", true
	}
	return "an ended session stays gone on every worker", true
}

// everywhere shows a cookie to every worker, and counts how often it was
// accepted.
func (t *trial) everywhere(ctx context.Context, cookies string) (accepted int) {
	visited := map[string]bool{}
	for i := 0; i < t.requests && (i < 4 || len(visited) < len(t.workers)); i++ {
		report, ok := decode[debug.SessionReport](t.do(ctx, http.MethodGet, "/debug/session", cookies))
		if !ok || report.Session == nil {
			continue
		}
		visited[report.Worker.ID] = true
		if report.Session.Status == "loaded" {
			accepted++
		}
	}
	return accepted
}

// forge shows cookies that are none of the app's: nobody may accept one, and
// none may bring it down.
func (t *trial) forge(ctx context.Context, good string) string {
	name, token, _ := strings.Cut(good, "=")
	if len(token) < 30 {
		return ""
	}
	other := "A"
	if strings.HasSuffix(token, "A") {
		other = "Q"
	}
	forged := []struct{ what, header string }{
		{"a forged cookie", name + "=" + token[:len(token)-22] + strings.Repeat("A", 21) + other},
		{"a cookie that was cut", name + "=" + token[:len(token)/2]},
		{"an empty cookie", name + "="},
		{"an oversize cookie", name + "=" + strings.Repeat("x", 5000)},
		{"a cookie that is not text", name + "=\"\xff%00"},
	}
	for _, f := range forged {
		a := t.do(ctx, http.MethodGet, "/debug/session", f.header)
		report, _ := decode[debug.SessionReport](a)
		if a.status >= 500 {
			t.fault("forged-error", fmt.Sprintf("%s is answered with status %d", f.what, a.status), "the log of the app says why; a middleware in front of the sessions may read the cookie")
		}
		if report.Session != nil && report.Session.Status == "loaded" {
			t.fault("forged-accepted", f.what+" was accepted", "stop the app: anybody can be anybody")
		}
	}
	return fmt.Sprintf("%d cookies that are not the app's were refused, none with an error", len(forged))
}

// discard ends a session that a worker made because it did not know the one
// that was shown to it. Another worker may not know that one either.
func (t *trial) discard(ctx context.Context, cookies, _ string) {
	for i := 0; cookies != "" && i < 12; i++ {
		a := t.do(ctx, http.MethodPost, "/debug/probe?action=end", cookies)
		if a.err != nil || a.status == http.StatusOK {
			return
		}
	}
}

// tidy ends what the trial has begun, also one that was interrupted.
func (t *trial) tidy(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	t.discard(ctx, t.cookies, "")
	t.cookies = ""
}
