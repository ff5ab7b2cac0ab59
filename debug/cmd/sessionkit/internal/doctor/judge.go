package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
)

// cause is something that is wrong, and what else comes from it: the ids of
// findings, and of what the trial saw, that are none of their own then.
type cause struct {
	report.Problem
	severity check.Severity
	covers   []string
	loses    bool // sessions, so that whatever fails in the trial comes from it
	untried  bool // it keeps the trial from being one, and breaks no session
}

// losses are what the trial sees of a deployment that loses sessions.
var losses = []string{failed, "parallel-failed", "lost-update", "renewal-lost", "renewed-alive", "logout-undone", "logout-failed", "session-changed", "not-found", "expired", "renewed"}

// causes are what is looked for, the gravest first. Each looks at the evidence
// alone, and returns nil where it is not so.
var causes = []func(*evidence) *cause{
	storeDown,
	tooEarlyFound,
	contextReplaced,
	privateMemory,
	storeFallback,
	storesDiffer,
	keysMissing,
	keysDiffer,
	keyHalfway,
	cookieNamesDiffer,
	keyChanged,
	storeChanged,
	protoUntrusted,
	protoMissing,
	browserDrops,
	secureOverHTTP,
	evicted,
	storeLost,
	clocks,
	settingsDiffer,
	shortLived,
	ambiguous,
	duplicates,
	crossSite,
}

// judge finds the causes, and puts what nothing explains behind them.
func (e *evidence) judge(r *report.Report) {
	covered := map[string]bool{}
	var blocked *cause
	add := func(c *cause) {
		if c == nil || covered[c.ID] {
			return
		}
		if c.Docs == "" {
			c.Docs = page + c.ID
		}
		if c.severity == "" {
			c.severity = check.Error
		}
		if c.loses {
			c.covers = append(c.covers, losses...)
		}
		for _, id := range append(c.covers, c.ID) {
			if !covered[id] && id != c.ID {
				c.Seen = append(c.Seen, e.shows(id)...)
			}
			covered[id] = true
		}
		if c.untried {
			blocked = c
			return
		}
		r.Add(c.severity, c.Problem)
	}
	for _, look := range causes {
		add(look(e))
	}
	for _, reason := range e.session.reasons() {
		add(e.refusedFor(reason))
	}
	for _, s := range e.symptom {
		add(&cause{Problem: report.Problem{ID: s.id, Message: s.message, Fix: s.fix, Seen: s.seen}})
	}
	add(e.failing())
	for _, f := range e.findings() {
		if e.session.skip("findings") {
			break
		}
		add(&cause{Problem: report.Problem{ID: f.ID, Message: f.Message, Fix: f.Fix, Docs: f.Docs}, severity: f.Severity})
	}
	switch {
	case blocked == nil:
	case len(r.Problems) == 0:
		r.Untry(blocked.Problem)
	default:
		r.Add(check.Warning, blocked.Problem)
	}
}

// shows is what the trial saw of something that a cause explains.
func (e *evidence) shows(id string) (seen []string) {
	for _, reason := range e.session.reasons() {
		if reason == id {
			seen = append(seen, fmt.Sprintf("the trial's %s was refused, %s, by %s", e.session.kind(), reason, names(e.refusers(reason))))
		}
	}
	if id == failed && len(e.session.failures) > 0 {
		seen = append(seen, times(len(e.session.failures), "request", "requests")+" of the trial failed: "+e.session.failures[0].String())
	}
	for _, s := range e.symptom {
		if s.id == id {
			seen = append(seen, s.message)
		}
	}
	return seen
}

// failed is the id of requests that were answered with an error.
const failed = "requests-fail"

// reasons are those for which the trial's cookie was refused.
func (t *trial) reasons() (reasons []string) {
	for _, r := range t.refused {
		if !slices.Contains(reasons, r.reason) {
			reasons = append(reasons, r.reason)
		}
	}
	return reasons
}

func (t *trial) refusals() string { return strings.Join(t.reasons(), ", ") }

// refusers are the workers that refused the cookie for the reason.
func (e *evidence) refusers(reason string) (list []*seen) {
	for _, r := range e.session.refused {
		if w := e.worker(r.worker); w != nil && r.reason == reason && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// refusedFor is a refusal that no cause explains.
func (e *evidence) refusedFor(reason string) *cause {
	if reason == "none" {
		id, fix := e.session.lost("the header " + e.session.from.Header())
		return &cause{Problem: report.Problem{ID: id, Fix: fix,
			Message: fmt.Sprintf("the %s that was sent did not arrive at %s: something in front of the app removes it", e.session.kind(), names(e.refusers(reason)))}}
	}
	if reason == "malformed" || reason == "bad-signature" { // the trial has sent it as it came
		return &cause{Problem: report.Problem{ID: "cookie-changed", Fix: "have it pass the headers of requests and answers on as they are",
			Message: fmt.Sprintf("the %s arrives at %s as another than the app has given (%s): something in front of the app changes or cuts it", e.session.kind(), names(e.refusers(reason)), reason)}}
	}
	c := &cause{Problem: report.Problem{ID: reason, Message: fmt.Sprintf("%s refuses the %s that another worker made: %s", names(e.refusers(reason)), e.session.kind(), reason),
		Docs: "docs/troubleshooting.md"}}
	for _, r := range e.session.refused {
		if r.reason == reason && r.Meaning != "" {
			c.Message, c.Fix = fmt.Sprintf("%s: %s", names(e.refusers(reason)), r.Meaning), r.Session.Fix
		}
	}
	return c
}

// failing is a request that was answered with an error, which no cause explains.
func (e *evidence) failing() *cause {
	failures := e.session.failures
	if e.refusedBy > 0 { // those come from workers without debug endpoints
		failures = slices.DeleteFunc(slices.Clone(failures), func(f failure) bool { return f.status == 404 || f.status == 403 || f.status == 429 })
	}
	if len(failures) == 0 {
		return nil
	}
	f := failures[0]
	if c := between(f, len(failures)); c != nil {
		return c
	}
	fix := f.Fix
	if fix == "" {
		fix = "the log of the app, and of what is in front of it, says why"
	}
	return &cause{Problem: report.Problem{ID: failed, Fix: fix,
		Message: fmt.Sprintf("%s of the trial failed: %s", times(len(failures), "request", "requests"), f)}}
}

// found makes a cause of what the workers found themselves.
func (e *evidence) found(id string, covers ...string) *cause {
	f, on := e.finding(id)
	if f.ID == "" {
		return nil
	}
	c := &cause{Problem: report.Problem{ID: id, Message: f.Message, Fix: f.Fix, Docs: f.Docs}, covers: covers}
	if len(on) < len(e.workers) {
		c.Seen = append(c.Seen, "found by "+names(on))
	}
	return c
}
