package doctor

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
)

// between is an answer that comes from what is in front of the app, or none at
// all: the app's own say why in a report. The trial cannot go on where something
// does not let it through, and that is no fault of the sessions.
func between(f failure, n int) *cause {
	const look = "look into the logs of the workers for a panic, and into the system's for a kill (dmesg, the OOM killer); and into the log of what is in front of them"
	requests := times(n, "request", "requests") + " of the trial"
	problem := func(id, message, fix string) *cause {
		return &cause{Problem: report.Problem{ID: id, Message: message, Fix: fix}}
	}
	blocked := func(id, message, fix string) *cause {
		c := problem(id, message, fix)
		c.untried = true
		return c
	}
	switch {
	case f.status == 0:
		return problem("no-answer", fmt.Sprintf("%s had no answer (%s): a worker crashes, hangs or is not there", requests, f.Error), look)
	case f.kit:
		return nil
	case f.status >= 502 && f.status <= 504:
		return problem("bad-gateway", fmt.Sprintf("%s were answered with %d by a proxy: a worker behind it crashes, hangs or is not there", requests, f.status), look)
	case f.status >= 300 && f.status < 400:
		return blocked("redirected", "POST /debug/probe is sent elsewhere, to "+orNothing(f.location), "give that address if it is the app's")
	case f.status == http.StatusTooManyRequests:
		return blocked("rate-limited", requests+" were refused by a limit of requests in front of the app (429)", "let this machine past the limit, or say --requests 8 --concurrency 1")
	case f.status == http.StatusBadRequest, f.status == http.StatusUnauthorized, f.status == http.StatusForbidden, f.status == http.StatusMethodNotAllowed:
		return blocked("post-refused", fmt.Sprintf("%s were refused (%d), and not by the debug endpoints: something in front of them takes no POST, as a protection against CSRF does", requests, f.status),
			"install the sessions before the middleware that refuses it, or let POST /debug/probe past it")
	}
	return nil
}

// fresh looks whether each request has an answer of its own: a cache that does
// not heed Cache-Control gives one visitor's to another. It counts on requests that
// store nothing and have to be answered differently.
func (t *trial) fresh(ctx context.Context) {
	name := t.cookie.name
	for _, try := range []struct{ cookies, reason string }{{name + "=doctor", "malformed"}, {"", "none"}} {
		a := t.do(ctx, http.MethodGet, "/debug/session", try.cookies)
		report, ok := decode[debug.SessionReport](a)
		if ok && report.Session != nil && report.Session.Reason != try.reason {
			t.cached(a)
			return
		}
	}
}

// cached is an answer that was made for another request.
func (t *trial) cached(a answer) {
	var signs []string
	for _, name := range []string{"Age", "X-Cache", "X-Cache-Status", "CF-Cache-Status", "X-Varnish", "Via"} {
		if value := a.header.Get(name); value != "" {
			signs = append(signs, name+": "+value)
		}
	}
	var seen []string
	if signs != nil {
		seen = append(seen, "the answer has "+strings.Join(signs, ", "))
	}
	t.fault("answers-cached", "something in front of the app keeps its answers, and gives one visitor's to another: an answer came that was made for an earlier request",
		"have the cache keep nothing of the app that has Set-Cookie or Cache-Control: no-store, and nothing but GET: for nginx look for proxy_cache_methods and proxy_ignore_headers", seen...)
}
