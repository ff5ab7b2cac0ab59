// Package doctor tries a running app the way browsers would, over all its
// workers, and names what is wrong with it.
package doctor

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/term"
)

// Options are how an app is tried.
type Options struct {
	URL         *url.URL // http or https, without a user
	Token       string
	Derived     bool // the token is made from the app's secret key
	Requests    int  // most for each step
	Concurrency int  // at a time
	Timeout     time.Duration
	MinWorkers  int
	Only, Skip  []string // ids of steps
	Local       bool     // the URL leads to this machine

	// Check looks at the present environment, when nothing answers; nil where
	// that is not the app's.
	Check    func(context.Context) *report.Report
	Progress term.Progress
}

// Steps are the ids of what the doctor does, in order.
var Steps = []string{"reach", "workers", "findings", "session", "cookie", "parallel", "renew", "logout", "forged", "clock", "latency"}

// Run tries the app. It changes nothing in it but a session of its own, which
// it ends.
func Run(ctx context.Context, o Options) *report.Report {
	r := report.New("doctor")
	r.URL = o.URL.String()
	c := newClient(o.URL, o.Token, o.Timeout)
	e := &evidence{page: o.URL, derived: o.Derived}
	t := &trial{client: c, evidence: e, requests: o.Requests, concurrency: o.Concurrency, minWorkers: o.MinWorkers,
		skip: func(step string) bool { return skipped(o, step) }}
	e.session = t
	defer t.tidy(ctx)

	o.Progress.Say("asking the workers of %s", o.URL)
	defer o.Progress.Done()
	first, refused := t.enter(ctx)
	t.asked, t.refusedBy = refused, refused
	if _, ok := overview(first); !ok {
		return unanswered(ctx, o, c, first, r)
	}
	r.Step("app", "reach", report.StepOK, fmt.Sprintf("%s answers, in %v", o.URL, first.took.Round(100*time.Microsecond)))
	t.survey(ctx, first)
	c.carrier = carrierOf(t.workers[0])
	t.asTheProxy()
	r.Step("app", "workers", report.StepOK, t.describe())
	if t.token != "" && o.URL.Scheme == "http" && !o.Local {
		r.Add(check.Warning, report.Problem{ID: "token-in-the-clear", Message: "the token travels unencrypted to " + o.URL.Host,
			Fix: "use https, or an ssh tunnel, and change the token", Docs: page + "token-in-the-clear"})
	}
	t.run(ctx, r, o)
	if !t.outage() {
		t.again(ctx)
	}
	e.judge(r)
	t.workersMissing(r)
	for _, w := range e.workers {
		slices.Sort(w.took)
		r.Workers = append(r.Workers, report.Worker{ID: w.info().ID, PID: w.info().PID, Host: w.info().Host, Framework: w.info().Framework,
			Answers: w.answers, LatencyMS: milliseconds(w.took[len(w.took)/2]), StoreLatencyMS: w.Store.LatencyMS})
	}
	t.told(r)
	t.latency(r)
	r.Conclude(t.well(r))
	return r
}

func skipped(o Options, step string) bool {
	return slices.Contains(o.Skip, step) || len(o.Only) > 0 && !slices.Contains(o.Only, step)
}

// unanswered is the report where there is none of the app's.
func unanswered(ctx context.Context, o Options, c *client, a answer, r *report.Report) *report.Report {
	if p, ok := tooEarly(a); ok { // the middleware that asks too early is in the way of /debug/ too
		r.Add(check.Error, p)
		r.Conclude("")
		return r
	}
	p := c.obstacle(a)
	if refusedConnection(a.err) && o.Check != nil {
		found := o.Check(ctx)
		if len(found.Problems) > 0 {
			found.Command, found.URL = r.Command, r.URL
			found.Problems[0].Seen = append([]string{p.Message}, found.Problems[0].Seen...)
			return found
		}
		p.Fix += "; the settings of this environment are well: sessionkit check says more"
	}
	r.Untry(p)
	return r
}

// run does the steps that use a session.
func (t *trial) run(ctx context.Context, r *report.Report, o Options) {
	if skipped(o, "session") {
		r.Step("trial", "session", report.StepSkipped, "not asked for")
		return
	}
	if t.outage() {
		for _, step := range []string{"session", "parallel", "renew", "forged", "logout"} {
			r.Step("trial", step, report.StepSkipped, "the store must do what it is asked first")
		}
		return
	}
	o.Progress.Say("one session on all workers")
	t.hold(ctx)
	if !t.broken() && !t.inHeader() {
		t.fresh(ctx)
	}
	if t.broken() {
		r.Step("trial", "session", report.StepProblem, t.outcome())
		for _, step := range []string{"parallel", "renew", "logout", "forged"} {
			r.Step("trial", step, report.StepSkipped, "one request after the other must do first")
		}
		return
	}
	r.Step("trial", "session", report.StepOK, fmt.Sprintf("counted 1 to %d in one session over new connections, on %s", t.last, times(len(t.visited), "worker", "workers")))
	switch {
	case skipped(o, "cookie"):
	case t.inHeader():
		r.Step("trial", "cookie", report.StepSkipped, "the app takes no cookies: its tokens come in the header "+t.from.Header())
	case t.dropped == nil:
		r.Step("trial", "cookie", report.StepOK, fmt.Sprintf("browsers keep %s and send it back to %s", t.cookie.name, t.page))
	}
	steps := []struct {
		id  string
		try func(context.Context) (string, bool)
	}{
		{"parallel", func(ctx context.Context) (string, bool) { return t.parallel(ctx), true }},
		{"renew", t.renew},
		{"forged", func(ctx context.Context) (string, bool) { return t.forge(ctx, t.cookies), true }},
		{"logout", t.logout},
	}
	for _, step := range steps {
		if skipped(o, step.id) {
			continue
		}
		o.Progress.Say("%s", step.id)
		before := len(t.symptom)
		text, tried := step.try(ctx)
		switch {
		case len(t.failures) > 0:
			r.Step("trial", step.id, report.StepProblem, t.outcome())
			return
		case len(t.symptom) > before:
			r.Step("trial", step.id, report.StepProblem, t.symptom[before].message)
		case !tried:
			r.Step("trial", step.id, report.StepSkipped, text)
		default:
			r.Step("trial", step.id, report.StepOK, text)
		}
	}
}

// outcome says how the session went that did not hold.
func (t *trial) outcome() string {
	switch {
	case len(t.failures) > 0:
		return fmt.Sprintf("%s failed: %s", times(len(t.failures), "request", "requests"), t.failures[0])
	case len(t.symptom) > 0:
		return t.symptom[0].message
	case len(t.refused) > 0:
		return fmt.Sprintf("the %s was refused, %s: %s", t.kind(), times(len(t.refused), "time", "times"), t.refusals())
	}
	return "no session could be made"
}

func (f failure) String() string {
	if f.status == 0 {
		return "no answer: " + f.Error
	}
	if f.Error == "" {
		return fmt.Sprintf("status %d", f.status)
	}
	return fmt.Sprintf("status %d: %s", f.status, f.Error)
}
