package debug_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

func TestMetrics(t *testing.T) {
	t.Parallel()
	a := newCrowd(t, func(w *worker.Info) { w.Keys = []string{"deadbeef"} })
	for range 3 {
		a.do("GET", "/debug/session")
	}
	a.do("GET", "/debug/session", withCookie(foreignCookie(t)))
	w := a.do("GET", "/debug/metrics", asBrowser())
	body := w.Body.String()
	if got := w.Header().Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	for _, want := range []string{
		`sessionkit_requests_without_session_total{reason="none"} 3`,
		`sessionkit_requests_without_session_total{reason="expired"} 0`,
		`sessionkit_limit_refusals_total{limit="keys"} 0`,
		`sessionkit_sessions_migrated_total{outcome="taken over"} 0`,
		`sessionkit_store_errors_total{operation="save"} 0`,
		`sessionkit_store_up 1`,
		`sessionkit_workers 2`,
		`sessionkit_workers_differing 1`,
		`sessionkit_workers_signing_keys 2`,
		`sessionkit_findings{severity="error"} `,
		`sessionkit_findings{severity="info"} `,
		`sessionkit_finding{id="`,
		`sessionkit_store_latency_seconds `,
		`sessionkit_worker_start_time_seconds 1`,
		`sessionkit_worker_clock_skew_seconds 0`,
		`framework="net/http",mode="development",store="redis"} 1`,
	} {
		if !strings.Contains(body, "\n"+want) && !strings.HasPrefix(body, want) && !strings.Contains(body, want+"\n") {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	line := regexp.MustCompile(`^# HELP [a-z_]+ .+\.$|^# TYPE [a-z_]+ (counter|gauge|histogram)$|^[a-z_]+(\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="([^"\\\n]|\\["\\n])*")*\})? [-+0-9.e]+$`)
	for text := range strings.Lines(body) {
		if !line.MatchString(strings.TrimSuffix(text, "\n")) {
			t.Errorf("malformed: %q", text)
		}
	}
}

// How full the store is, and of whose sessions.
func TestMetricsOfTheStore(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(2, memstore.WithBytes(5000)))
	a.visit("/set?cart=1", "")
	if w := a.do("GET", "/set?cart=2"); w.Code != 503 {
		t.Fatal(w.Code)
	}
	body := a.do("GET", "/debug/metrics").Body.String()
	for _, want := range []string{
		`sessionkit_store_sessions{logged_in="no"} 1` + "\n",
		`sessionkit_store_sessions{logged_in="yes"} 0` + "\n",
		`sessionkit_store_bytes 1`,
		`sessionkit_store_limit_bytes 5000` + "\n",
		`sessionkit_limit_refusals_total{limit="sessions"} 1` + "\n",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	redis := newFakeStore("redis", "127.0.0.1:6379/0")
	redis.inspection.Facts = map[string]string{"used_memory": "1000000", "maxmemory": "0"}
	body = newApp(t, config.Config{}, redis).do("GET", "/debug/metrics").Body.String()
	if !strings.Contains(body, "sessionkit_store_bytes 1000000\n") || strings.Contains(body, "limit_bytes") || strings.Contains(body, "store_sessions") {
		t.Error(body)
	}
}

// An app may name its framework what it likes.
func TestMetricsEscape(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	a.sessions.Diagnostics().SetFramework("my \"own\"\n\\router{}")
	body := a.do("GET", "/debug/metrics").Body.String()
	if !strings.Contains(body, `framework="my \"own\"\n\\router{}"`) {
		t.Error(body)
	}
}

// Gathering the metrics is no request with a session.
func TestMetricsReadNoSession(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	for range 3 {
		a.do("GET", "/debug/metrics")
	}
	if n := a.sessions.Diagnostics().Rejections()[diagnose.ReasonNone]; n != 0 {
		t.Errorf("%d", n)
	}
}
