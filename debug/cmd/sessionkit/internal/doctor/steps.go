package doctor

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gosessionkit/sessionkit/debug"
)

// parallel counts from several connections at a time.
func (t *trial) parallel(ctx context.Context) (text string) {
	n := min(t.requests, 16)
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
		switch p, kit := decode[debug.Problem](a); {
		case a.err != nil || a.status != http.StatusOK && (!kit || p.Error == ""):
			t.failed(a) // it was not the app that answered
		case a.status != http.StatusOK:
			bad[fmt.Sprintf("status %d", a.status)]++
		}
	}
	slices.Sort(counts)
	counts = slices.Compact(counts)
	switch {
	case len(t.failures) > 0: // they say why some do not count
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
	if t.queryLost(a, report.Action, "renew") {
		return "", true
	}
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

// queryLost reports whether the app did not hear what was asked behind the "?":
// it has counted.
func (t *trial) queryLost(a answer, did, asked string) bool {
	if a.status != http.StatusOK || did != "count" {
		return false
	}
	t.fault("query-lost", fmt.Sprintf("the app was asked for /debug/probe?action=%s and heard /debug/probe: something in front of it takes the query out of addresses", asked),
		"have it pass addresses on whole: for nginx look for rewrite, and for proxy_pass with a path behind the host")
	return true
}

// logout ends the session, and sees that it stays gone.
func (t *trial) logout(ctx context.Context) (text string, tried bool) {
	a := t.do(ctx, http.MethodPost, "/debug/probe?action=end", t.cookies)
	report, _ := decode[debug.ProbeReport](a)
	if a.status == http.StatusOK && report.Action == "" {
		t.fault("not-a-report", "/debug/probe?action=end answers, but not with a report", "see that no page of the app, and no cache, answers for /debug/probe")
		return "", true
	}
	if t.queryLost(a, report.Action, "end") {
		return "", true
	}
	if a.status != http.StatusOK {
		p, kit := decode[debug.Problem](a)
		if !kit || p.Error == "" {
			t.failed(a)
			return "not tried", false
		}
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
	if name += "="; t.inHeader() {
		name, token = "", good
	}
	if len(token) < 30 {
		return ""
	}
	other := "A"
	if strings.HasSuffix(token, "A") {
		other = "Q"
	}
	forged := []struct{ what, header string }{
		{"a forged cookie", name + token[:len(token)-22] + strings.Repeat("A", 21) + other},
		{"a cookie that was cut", name + token[:len(token)/2]},
		{"an empty cookie", name},
		{"an oversize cookie", name + strings.Repeat("x", 5000)},
		{"a cookie that is not text", name + "\"\xff%00"},
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
