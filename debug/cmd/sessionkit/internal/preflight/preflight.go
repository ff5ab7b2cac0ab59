// Package preflight looks at the settings of an app and at its store, without
// the app.
package preflight

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/target"
)

// Run reads the settings, opens the store that they name and looks at it, and
// tells what every rule finds. It writes nothing, but a folder of session files
// that is not there yet is made, as the app would.
func Run(ctx context.Context, settings target.Settings) *report.Report {
	r := report.New("check")
	cfg, err := settings.Parse()
	if err != nil {
		for _, message := range lines(err) {
			r.Add(check.Error, report.Problem{ID: "setting", Message: message, Fix: correction(message), Docs: "docs/configuration.md"})
		}
		r.Step("settings", "setting", report.StepProblem, "the settings cannot be used")
		r.Conclude("")
		return r
	}
	r.Step("settings", "setting", report.StepOK, "the settings can be read, in "+string(cfg.Mode)+" mode")
	facts, opening := look(ctx, cfg)
	if p, ok := unopened(cfg, opening); ok {
		facts.Store.Err = nil // the rules know less of it
		r.Add(check.Error, p)
		r.Step("store", p.ID, report.StepProblem, "the store cannot be opened")
		tell(r, facts, false)
		r.Conclude("")
		return r
	}
	tell(r, facts, true)
	r.Conclude("nothing is wrong with these settings, and the store answers")
	return r
}

// lines are the errors that an error is made of, one a line.
func lines(err error) []string {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) && len(joined.Unwrap()) > 1 {
		var list []string
		for _, e := range joined.Unwrap() {
			list = append(list, lines(e)...)
		}
		return list
	}
	var list []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// look gathers what the rules look at. opening is why the store cannot be opened.
func look(ctx context.Context, cfg config.Config) (facts check.Facts, opening error) {
	host, _ := os.Hostname()
	facts = check.Facts{Config: cfg, Self: worker.Info{ID: "sessionkit", PID: os.Getpid(), Host: host, Mode: string(cfg.Mode), Workers: cfg.Workers}}
	store, err := target.Open(ctx, cfg)
	if err != nil {
		facts.Store = check.Store{Kind: kind(cfg), Address: address(cfg), Err: err}
		return facts, err
	}
	defer store.Close()
	if d, ok := store.(target.Describer); ok {
		about := d.Describe()
		facts.Store = check.Store{Kind: about.Kind, Address: about.Address, Private: about.Private}
	}
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	if pinger, ok := store.(target.Pinger); ok {
		begin := time.Now()
		facts.Store.Err = pinger.Ping(ctx)
		facts.Store.Latency = time.Since(begin)
		if facts.Store.Latency > check.SlowStore { // the first round trip pays for the connection
			begin = time.Now()
			if pinger.Ping(ctx) == nil {
				facts.Store.Latency = time.Since(begin)
			}
		}
	}
	if inspector, ok := store.(check.Inspector); ok && facts.Store.Err == nil {
		facts.Store.Inspection, _ = inspector.Inspect(ctx)
	}
	if registry, ok := store.(target.Registry); ok && facts.Store.Err == nil {
		facts.Workers, _ = worker.List(ctx, registry)
	}
	return facts, nil
}

// kind is the store that the settings name, where it could not be opened.
func kind(cfg config.Config) string {
	switch {
	case cfg.Store != config.StoreAuto:
		return string(cfg.Store)
	case !cfg.RedisURL.IsZero():
		return string(config.StoreRedis)
	}
	return string(config.StoreFile)
}

func address(cfg config.Config) string {
	if kind(cfg) == string(config.StoreRedis) {
		return cfg.Setting("redis-url").Value
	}
	return cfg.Dir
}

// Groups are those of the lines, in order.
var Groups = []string{"settings", "key", "store", "cookie", "proxy", "debug", "workers"}

// group is where a rule belongs.
func group(id string) string {
	for prefix, group := range map[string]string{
		"secret": "key", "variable": "settings", "silence": "settings", "store": "store", "memory": "store", "file": "store", "redis": "store",
		"cookie": "cookie", "session": "cookie", "proxy": "proxy", "debug": "debug", "workers": "workers", "clock": "workers", "fiber": "workers",
		"middleware": "running", "context": "running", "cache": "running",
	} {
		if strings.HasPrefix(id, prefix) {
			return group
		}
	}
	return "settings"
}

// byRequests are the rules that only requests to a running app can show.
var byRequests = []string{"cookie-foreign-key", "cookie-foreign-store", "cookie-bad-signature", "cookie-ambiguous", "cookie-duplicates", "cookie-secure-http",
	"session-cross-site", "sessions-lost", "proxy-not-trusted", "middleware-order", "context-replaced", "cache-keeps-sessions", "memory-anonymous", "fiber-prefork-memory", "fiber-prefork-key",
	"workers-missing", "workers-version", "workers-config", "secret-key-differs", "secret-key-rotation", "secret-key-fallbacks", "clock-skew", "file-hosts"}

// tell has a line for each rule, and what they find. opened is false where there is
// no store to ask.
func tell(r *report.Report, facts check.Facts, opened bool) {
	found := map[string]check.Finding{}
	for _, f := range check.Run(facts) {
		if slices.Contains(byRequests, f.ID) {
			continue
		}
		found[f.ID] = f
		r.Add(f.Severity, report.Problem{ID: f.ID, Message: f.Message, Fix: f.Fix, Docs: f.Docs})
	}
	results := map[check.Severity]report.Result{check.Error: report.StepProblem, check.Warning: report.StepWarning, check.Info: report.StepNote}
	for _, rule := range check.Rules() {
		f, bad := found[rule.ID]
		switch {
		case slices.Contains(byRequests, rule.ID):
			continue
		case bad:
			r.Step(group(rule.ID), rule.ID, results[f.Severity], rule.Title)
		case slices.Contains(facts.Config.Silence, rule.ID):
			r.Step(group(rule.ID), rule.ID, report.StepSkipped, "silenced: "+rule.Title)
		case otherStore(rule.ID, facts.Store.Kind):
		case (facts.Store.Err != nil || !opened) && group(rule.ID) == "store":
			r.Step(group(rule.ID), rule.ID, report.StepSkipped, "nothing is known of: "+rule.Title)
		default:
			r.Step(group(rule.ID), rule.ID, report.StepOK, "not so: "+rule.Title)
		}
	}
	r.Order(Groups...)
}

// otherStore reports whether a rule is about another kind of store.
func otherStore(id, kind string) bool {
	prefix, _, _ := strings.Cut(id, "-")
	return slices.Contains([]string{"redis", "file", "memory"}, prefix) && prefix != kind
}
