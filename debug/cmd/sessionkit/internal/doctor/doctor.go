// Package doctor tries a running app the way browsers would, over all its
// workers, and names what is wrong with it.
package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug"
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

// enter asks for the first report. A worker that gives none may have others
// beside it that do.
func (t *trial) enter(ctx context.Context) (first answer, refused int) {
	for ; ; refused++ {
		a := t.do(ctx, http.MethodGet, "/debug/", "")
		_, ok := overview(a)
		if ok || refused == 0 {
			first = a
		}
		if ok || refused == 5 || a.status != http.StatusNotFound && a.status != http.StatusForbidden {
			return first, refused
		}
	}
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

func overview(a answer) (debug.Overview, bool) {
	o, ok := decode[debug.Overview](a)
	return o, ok && o.Session.Worker.ID != "" && o.Session.Session != nil
}

// survey asks for reports until no new worker answers any more.
func (t *trial) survey(ctx context.Context, a answer) {
	for quiet := 0; ; quiet++ {
		t.asked++
		if o, ok := overview(a); ok {
			if t.add(o, a) {
				quiet = 0
			}
		} else {
			t.refusedBy++
		}
		enough := max(6, 5*len(t.workers))
		if t.outage() { // each report takes its time
			enough = 2
		} else if len(t.workers) >= max(t.known, t.minWorkers) && t.refusedBy == 0 {
			enough = 4
		}
		if quiet >= enough || t.asked >= t.requests || ctx.Err() != nil {
			return
		}
		a = t.do(ctx, http.MethodGet, "/debug/", "")
	}
}

// outage reports whether the store of a worker does not do what it is asked.
func (t *trial) outage() bool {
	return slices.ContainsFunc(t.workers, func(w *seen) bool { return w.Store.Status == debug.StatusError })
}

// add takes a report, and reports whether its worker is a new one.
func (t *trial) add(o debug.Overview, a answer) bool {
	t.known = max(t.known, o.Workers.Summary.Count)
	if w := t.worker(o.Session.Worker.ID); w != nil {
		w.answers, w.took = w.answers+1, append(w.took, a.took)
		return false
	}
	t.workers = append(t.workers, &seen{Overview: o, at: time.Now(), took: []time.Duration{a.took}, answers: 1})
	return true
}

// again asks each worker once more for what it has found meanwhile. The counts
// of refused cookies stay those from before the trial, which refuses some.
func (t *trial) again(ctx context.Context) {
	asked := map[string]bool{}
	for i := 0; i < t.requests && len(asked) < len(t.workers) && ctx.Err() == nil; i++ {
		a := t.do(ctx, http.MethodGet, "/debug/", "")
		o, ok := overview(a)
		if !ok {
			continue
		}
		t.add(o, a)
		id := o.Session.Worker.ID
		if w := t.worker(id); !asked[id] {
			before := w.Config.Rejections
			o.Config.Rejections = before
			w.Overview, w.at, asked[id] = merged(w.Overview, o), time.Now(), true
		}
	}
}

// merged is the later report, with findings of cookies from before the trial:
// it has shown some itself.
func merged(before, after debug.Overview) debug.Overview {
	ofCookies := []string{"cookie-foreign-key", "cookie-foreign-store", "cookie-bad-signature", "cookie-ambiguous"}
	isOne := func(f check.Finding) bool { return slices.Contains(ofCookies, f.ID) }
	kept := slices.DeleteFunc(slices.Clone(after.Config.Findings), isOne)
	for _, f := range before.Config.Findings {
		if isOne(f) {
			kept = append(kept, f)
		}
	}
	after.Config.Findings = kept
	return after
}

// asTheProxy has the trial ask as a proxy does that speaks https, where the app
// is in production, trusts its proxy and is asked without it, on this machine:
// it would say else that browsers come over http.
func (t *trial) asTheProxy() {
	for _, w := range t.workers {
		if w.info().Mode != "production" || w.setting("session-trust-proxy") != "true" {
			return
		}
	}
	if f, _ := t.finding("cookie-secure-http"); t.page.Scheme == "http" && t.token != "" && f.ID == "" {
		t.extra.Set("X-Forwarded-Proto", "https")
		behind := *t.page
		behind.Scheme = "https"
		t.page = &behind
	}
}

func (t *trial) describe() string {
	w := t.workers[0]
	text := fmt.Sprintf("%s answered, of %d known to the store: %s; %s in %s mode, sessions in %s", times(len(t.workers), "worker", "workers"), max(t.known, len(t.workers)),
		names(t.workers), w.info().Framework, w.info().Mode, w.Store.Kind)
	if w.Store.Address != "" {
		text += " at " + w.Store.Address
	}
	if prefix := w.Store.Facts["prefix"]; prefix != "" {
		text += ", prefix " + prefix
	}
	return text
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
	if t.broken() {
		r.Step("trial", "session", report.StepProblem, t.outcome())
		for _, step := range []string{"parallel", "renew", "logout", "forged"} {
			r.Step("trial", step, report.StepSkipped, "one request after the other must do first")
		}
		return
	}
	r.Step("trial", "session", report.StepOK, fmt.Sprintf("counted 1 to %d in one session over new connections, on %s", t.last, times(len(t.visited), "worker", "workers")))
	if t.dropped == nil && !skipped(o, "cookie") {
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
		return fmt.Sprintf("the cookie was refused, %s: %s", times(len(t.refused), "time", "times"), t.refusals())
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

// workersMissing says whether all workers were tried that there should be.
func (t *trial) workersMissing(r *report.Report) {
	few := len(t.workers) < t.minWorkers
	switch {
	case t.refusedBy > 0 && len(r.Problems) == 0:
		r.Untry(report.Problem{ID: "debug-differs", Docs: page + "debug-differs",
			Message: fmt.Sprintf("%d of %d requests for reports were refused: not every worker has the debug endpoints on, or not with the same token", t.refusedBy, t.asked),
			Fix:     "start every worker with --debug-endpoints (DEBUG_ENDPOINTS=true) and the same --debug-token (DEBUG_TOKEN)"})
	case few && t.known >= t.minWorkers && len(r.Problems) == 0:
		r.Untry(report.Problem{ID: "few-workers", Docs: page + "few-workers",
			Message: fmt.Sprintf("%s answered, and the store knows of %d: a proxy that sends a visitor to one worker hides the others, or this address is one worker's own", times(len(t.workers), "worker", "workers"), t.known),
			Fix:     fmt.Sprintf("turn the stickiness off (ip_hash, sticky cookies), say --requests with a larger number, or --min-workers %d", len(t.workers))})
	case few:
		r.Add(check.Info, report.Problem{ID: "few-workers", Docs: page + "few-workers",
			Message: fmt.Sprintf("%s answered: with so few this shows little of what happens between workers", times(len(t.workers), "worker", "workers")),
			Fix:     fmt.Sprintf("start more, or say --min-workers %d if that is how it is meant", len(t.workers))})
	}
}

// told says what the workers have found themselves, and how far their clocks are
// apart.
func (t *trial) told(r *report.Report) {
	if !t.skip("findings") {
		by := map[check.Severity]int{}
		for _, f := range t.findings() {
			by[f.Severity]++
		}
		result := report.StepOK
		if by[check.Error] > 0 {
			result = report.StepProblem
		} else if by[check.Warning] > 0 {
			result = report.StepWarning
		}
		r.Step("app", "findings", result, fmt.Sprintf("the workers find %s, %s and %s themselves",
			times(by[check.Error], "error", "errors"), times(by[check.Warning], "warning", "warnings"), times(by[check.Info], "note", "notes")))
	}
	if t.skip("clock") {
		return
	}
	if c := clocks(t.evidence); c != nil {
		r.Step("clock", "clock", report.StepProblem, c.Message)
	} else {
		r.Step("clock", "clock", report.StepOK, "the workers' clocks agree with each other and with this machine's")
	}
}

func (t *trial) latency(r *report.Report) {
	if t.skip("latency") {
		return
	}
	slowest, store := r.Workers[0], r.Workers[0]
	for _, w := range r.Workers {
		if w.LatencyMS > slowest.LatencyMS {
			slowest = w
		}
		if w.StoreLatencyMS > store.StoreLatencyMS {
			store = w
		}
	}
	r.Step("latency", "latency", report.StepOK, fmt.Sprintf("slowest worker: pid %d answers in %.1f ms; slowest way to the store: %.2f ms, from pid %d",
		slowest.PID, slowest.LatencyMS, store.StoreLatencyMS, store.PID))
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}

func (t *trial) well(r *report.Report) string {
	text := fmt.Sprintf("sessions hold on %s of %s", times(len(t.workers), "worker", "workers"), t.base)
	if n := len(r.Warnings); n > 0 {
		text += ", with " + times(n, "warning", "warnings")
	}
	return text
}
