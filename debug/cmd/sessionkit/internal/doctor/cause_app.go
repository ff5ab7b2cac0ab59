package doctor

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
)

// tooEarlyFound: something asks for the session before its middleware has run.
func tooEarlyFound(e *evidence) *cause {
	c := e.found("middleware-order", failed, "context-replaced")
	for _, f := range e.session.failures {
		if c == nil && f.Reason == debug.ReasonNoMiddleware {
			return &cause{Problem: report.Problem{ID: "middleware-order", Message: "the debug endpoints are reached without passing the session middleware: " + f.Error, Fix: f.Fix, Docs: "docs/checks.md#middleware-order"},
				covers: []string{failed}}
		}
	}
	return c
}

// tooEarly is an answer to GET /debug/ by a middleware of the app's that asks for
// the session before it is there, and so is in the way.
func tooEarly(a answer) (p report.Problem, found bool) {
	body := string(a.body)
	if a.status != 500 || !strings.Contains(body, "before the session middleware had run") && !strings.Contains(body, "no session in this context") {
		return p, false
	}
	return report.Problem{ID: "middleware-order", Message: "a middleware asks for the session before the session middleware has run, and answers every page with 500: " + brief(a.body),
		Fix:  "move the call of Install before the Use of whatever asks for the session (RequireUser, auth.Require, auth.User, session.From)",
		Docs: "docs/checks.md#middleware-order"}, true
}

func contextReplaced(e *evidence) *cause { return e.found("context-replaced", failed) }

// badSkew is how far a clock may be off before sessions end at wrong times.
const badSkew = time.Minute

// clocks: a worker's clock is off, so that sessions end too early or too late
// there.
func clocks(e *evidence) *cause {
	if e.session.skip("clock") {
		return nil
	}
	skew := map[*seen]time.Duration{}
	for _, w := range e.workers {
		skew[w] = time.Duration(w.entry().SkewMS) * time.Millisecond
		if skew[w].Abs() < badSkew {
			skew[w] = w.clock() - e.usualClock()
		}
	}
	var off []string
	worst := time.Duration(0)
	for _, w := range e.workers {
		if s := skew[w]; s.Abs() >= badSkew {
			worst = max(worst, s.Abs())
			side := "ahead"
			if s < 0 {
				side = "behind"
			}
			off = append(off, fmt.Sprintf("that of %s is %v %s", w, rough(s.Abs()), side))
		}
	}
	if len(off) == 0 {
		c := e.found("clock-skew", "expired")
		if f, _ := e.finding("clock-skew"); c != nil && f.Severity != check.Error {
			c.severity = check.Warning
		}
		return c
	}
	w := e.workers[0]
	life := "the lifetime is " + w.setting("session-lifetime")
	if idle := w.setting("session-idle-timeout"); idle != "" && idle != "0s" && idle != "0" {
		life += ", the idle timeout " + idle
	}
	return &cause{loses: true, Problem: report.Problem{ID: "clock-skew", Docs: "docs/checks.md#clock-skew",
		Message: fmt.Sprintf("clocks are wrong: %s; sessions end too early or too late there (%s)", strings.Join(off, ", "), life),
		Fix:     "on that host run: timedatectl set-ntp true"}, covers: []string{"expired", "not-found"}}
}

// rough rounds: it is known to some seconds only.
func rough(skew time.Duration) time.Duration {
	if skew > 10*time.Minute {
		return skew.Round(time.Minute)
	}
	return skew.Round(10 * time.Second)
}

// usualClock is the middle of what the workers' clocks say, this machine's zero,
// or that of most: this machine's may be the wrong one.
func (e *evidence) usualClock() time.Duration {
	all := []time.Duration{0}
	if host := e.page.Hostname(); len(e.workers) > 2 || host != "localhost" && !net.ParseIP(host).IsLoopback() {
		all = nil
	}
	for _, w := range e.workers {
		all = append(all, w.clock())
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// shared are the settings that all workers should have alike.
var shared = []string{"mode", "session-lifetime", "session-anonymous-lifetime", "session-idle-timeout", "session-max-size", "session-max-per-user", "session-on-outage", "session-cookie-domain", "session-cookie-path",
	"session-cookie-secure", "session-cookie-samesite", "session-cookie-persist", "session-cookie-partitioned", "session-token", "session-trust-proxy"}

// settingsDiffer: workers treat the same session differently.
func settingsDiffer(e *evidence) *cause {
	var differ, titles []string
	for _, flag := range shared {
		if text, different := e.differ(func(w *seen) string { return w.setting(flag) }); different {
			differ = append(differ, fmt.Sprintf("--%s is %s", flag, text))
			titles = append(titles, e.title(flag))
		}
	}
	if len(differ) == 0 {
		c := e.found("workers-config") // of a worker that does not answer here, which may be another app's
		if c != nil {
			c.severity = check.Warning
		}
		return c
	}
	return &cause{Problem: report.Problem{ID: "workers-config", Docs: "docs/checks.md#workers-config",
		Message: "workers have different settings, and treat the same session differently: " + strings.Join(differ, "; "),
		Fix:     "give every worker the same " + strings.Join(titles, ", ")}, covers: []string{"expired"}}
}
