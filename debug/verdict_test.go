package debug_test

import (
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

// The first sentence says what visitors notice, and why.
func TestVerdict(t *testing.T) {
	t.Parallel()
	differ := newCrowd(t, func(w *worker.Info) { w.Keys = []string{"deadbeef"} })
	v := get[debug.Overview](differ, 200, "/debug/").Verdict
	if v.State != "error" || v.ID != "secret-key-differs" || !strings.HasPrefix(v.Sentence, "Logins flicker: 1 of 2 workers signs with another key") || v.Fix == "" {
		t.Errorf("%+v", v)
	}
	page := differ.do("GET", "/debug/", asBrowser()).Body.String()
	if at := strings.Index(page, "<strong>Logins flicker: 1 of 2 "); at < 0 || at > strings.Index(page, "<h2") || !strings.Contains(page, `href="/debug/checks#secret-key-differs"`) {
		t.Error("the page does not begin with it")
	}
	alike := newCrowd(t, func(*worker.Info) {})
	v = get[debug.Overview](alike, 200, "/debug/").Verdict
	if v.State != "well" && v.ID == "" || strings.Contains(v.Sentence, "flicker") {
		t.Errorf("%+v", v)
	}
	alone := newApp(t, config.Config{Mode: config.Test}, memstore.New(0))
	v = get[debug.Overview](alone, 200, "/debug/").Verdict
	if v != (debug.Verdict{State: "well", Sentence: "1 worker keeps its sessions in memory; nothing is wrong."}) {
		t.Errorf("%+v", v)
	}
}

// Each finding's link leads to its text, which stands here too: an operator has no
// checkout.
func TestChecks(t *testing.T) {
	t.Parallel()
	a := newCrowd(t, func(w *worker.Info) { w.Keys = []string{"deadbeef"} })
	report := get[debug.ChecksReport](a, 200, "/debug/checks")
	page := a.do("GET", "/debug/checks", asBrowser()).Body.String()
	if len(report.Checks) != len(check.Rules()) {
		t.Errorf("%d checks of %d", len(report.Checks), len(check.Rules()))
	}
	for _, c := range report.Checks {
		if !strings.Contains(page, `id="`+c.ID+`"`) || c.Title == "" || c.Description == "" || c.HowToSee == "" {
			t.Errorf("%+v", c)
		}
		if c.Found != (c.ID == "secret-key-differs") && c.Severity == check.Error {
			t.Errorf("%s: found %v", c.ID, c.Found)
		}
	}
	for _, raw := range []string{"`", "](", "&amp;lt;"} {
		if _, body, _ := strings.Cut(page, "<main>"); strings.Contains(body, raw) {
			t.Errorf("the page has %q", raw)
		}
	}
}
