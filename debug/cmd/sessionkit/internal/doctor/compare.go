package doctor

import (
	"context"
	"fmt"
	"slices"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
)

// own are settings that each environment may have otherwise.
var own = []string{"config", "workers", "debug-endpoints", "debug-token", "session-silence"}

// Compare asks the workers that run, and adds to a report which of their settings
// are not those of this environment, and what they find themselves.
func Compare(ctx context.Context, o Options, r *report.Report, cfg config.Config) {
	c := newClient(o.URL, o.Token, o.Timeout)
	t := &trial{client: c, evidence: &evidence{page: o.URL}, requests: o.Requests, minWorkers: o.MinWorkers}
	first, refused := t.enter(ctx)
	t.asked, t.refusedBy = refused, refused
	if _, ok := overview(first); !ok {
		p := c.obstacle(first)
		r.Step("running", "reach", report.StepProblem, p.Message)
		r.Untry(p)
		return
	}
	t.survey(ctx, first)
	r.Step("running", "reach", report.StepOK, t.describe())
	same := 0
	for _, s := range cfg.Settings() {
		if slices.Contains(own, s.Flag) {
			continue
		}
		var others []*seen
		for _, w := range t.workers {
			if w.setting(s.Flag) != s.Value {
				others = append(others, w)
			}
		}
		if len(others) == 0 {
			same++
			continue
		}
		text := fmt.Sprintf("--%s is %s here, and %s on %s", s.Flag, orNothing(s.Value), orNothing(others[0].setting(s.Flag)), names(others))
		r.Step("running", "setting-differs", report.StepWarning, text)
		r.Add(check.Warning, report.Problem{ID: "setting-differs", Message: text, Fix: "give both the same " + cfg.Title(s.Flag), Docs: page + "setting-differs"})
	}
	r.Step("running", "settings", report.StepOK, fmt.Sprintf("%d settings are the same on all workers", same))
	for _, f := range t.findings() {
		if !slices.ContainsFunc(slices.Concat(r.Problems, r.Warnings, r.Notes), func(p report.Problem) bool { return p.ID == f.ID }) {
			_, on := t.finding(f.ID)
			r.Add(f.Severity, report.Problem{ID: f.ID, Message: f.Message, Fix: f.Fix, Docs: f.Docs, Seen: []string{"found by " + names(on)}})
		}
	}
}
