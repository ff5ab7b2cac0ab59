package doctor

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
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
	kit      bool   // the app has answered, and not what is in front of it
	location string // where it is sent
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

// enoughFailures show what there is to see.
const enoughFailures = 8

// hold counts in one session, one request after the other, until every worker
// has had it twice.
func (t *trial) hold(ctx context.Context) {
	t.visited = map[string]int{}
	inARow := 0
	for i := 0; i < t.requests && inARow < 5 && len(t.failures) < enoughFailures && ctx.Err() == nil; i++ {
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
		if !goOn || i >= 2*max(len(t.workers), 2) && t.allVisited(2) {
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
		if report.Session == t.id && report.N == 1 { // what the first request was answered
			t.cached(a)
			return false
		}
		t.refused = append(t.refused, refusal{worker: report.Worker, reason: reason})
		t.discard(ctx, t.received(a), report.Worker)
		t.reading = true
		return true
	}
	t.keep(a)
	switch {
	case report.Session != t.id:
		t.fault("session-changed", fmt.Sprintf("one %s led to two sessions, %s and %s", t.kind(), t.id, report.Session), "see what else sets a cookie called "+t.cookie.name)
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
		t.failures = append(t.failures, failure{status: http.StatusServiceUnavailable, Problem: debug.Problem{Error: report.Error, Reason: s.Reason, Fix: s.Fix}, kit: true})
	default:
		r := refusal{worker: report.Worker.ID, reason: s.Reason, Session: *s}
		if report.Cookie != nil {
			r.Cookie = *report.Cookie
		}
		t.refused = append(t.refused, r)
	}
}

func (t *trial) failed(a answer) {
	p, ok := decode[debug.Problem](a)
	if a.err != nil {
		p.Error = why(a.err)
		t.hurry() // where one hangs, others will
	}
	t.failures = append(t.failures, failure{a.status, p, ok && p.Error != "", a.header.Get("Location")})
}

// received is the session cookie that an answer sets, or the token that it has,
// "" for none.
func (t *trial) received(a answer) string {
	if t.inHeader() {
		return a.header.Get(t.from.AnswerHeader())
	}
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
		header := t.from.AnswerHeader()
		id, fix := t.lost(header)
		t.fault(id, fmt.Sprintf("the app made a session, and its %s did not arrive: something in front of the app removes %s, as caches do", t.kind(), header), fix)
		return false
	}
	if t.inHeader() {
		return true
	}
	if d, found := t.cookie.dropped(t.page); found {
		t.dropped = &d
	}
	return true
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
