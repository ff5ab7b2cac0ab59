package promsession_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/debug/promsession"
)

// app is an app with debug endpoints, and the collector in a registry that
// complains about anything.
func app(t *testing.T) (http.Handler, *prometheus.Registry) {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	cfg := config.Config{Mode: config.Test, DebugEndpoints: true}
	sessions, err := session.NewManager(t.Context(), cfg, memstore.New(0), session.WithLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sessions.Close() })
	mux := http.NewServeMux()
	handle := func(pattern string, f func(ctx context.Context, s *session.Session) error) {
		mux.Handle(pattern, httpsession.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
			s, err := httpsession.Get(r)
			if err != nil {
				return err
			}
			return f(r.Context(), s)
		}))
	}
	handle("/count", func(_ context.Context, s *session.Session) error {
		_, err := session.Update(s, "n", func(n int) (int, error) { return n + 1, nil })
		return err
	})
	handle("/login", func(ctx context.Context, _ *session.Session) error { return auth.Login(ctx, "ada") })
	handle("/logout", func(ctx context.Context, _ *session.Session) error { return auth.Logout(ctx) })
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(promsession.NewCollector(sessions))
	return httpsession.Install(mux, sessions, debug.New(sessions, debug.WithLogger(quiet))), registry
}

func visit(h http.Handler, path, cookie string) (body, next string) {
	r := httptest.NewRequest("POST", path, nil)
	if path == "/debug/metrics" {
		r.Method = "GET"
	}
	r.Host = "localhost"
	r.RemoteAddr = "127.0.0.1:40000"
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return w.Body.String(), cookie
}

// The metrics are as promtool wants them, in the registry and at /debug/metrics.
func TestLint(t *testing.T) {
	t.Parallel()
	h, registry := app(t)
	visit(h, "/count", "")
	problems, err := testutil.GatherAndLint(registry)
	if err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
	body, _ := visit(h, "/debug/metrics", "")
	if problems, err = promlint.New(strings.NewReader(body)).Lint(); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

// Both tell the same, and what they tell is what was done.
func TestAddUp(t *testing.T) {
	t.Parallel()
	h, registry := app(t)
	_, shared := visit(h, "/count", "")
	const clients, each = 8, 25
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range each {
				visit(h, "/count", shared)
			}
			_, own := visit(h, "/login", "")
			visit(h, "/logout", own)
			visit(h, "/count", own)
		})
	}
	all.Wait()
	body, _ := visit(h, "/debug/metrics", "")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	told, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	gathered, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	values := map[string]float64{}
	for _, f := range gathered {
		names = append(names, f.GetName())
		there := told[f.GetName()]
		if there.GetHelp() != f.GetHelp() || there.GetType() != f.GetType() || len(there.GetMetric()) != len(f.GetMetric()) {
			t.Errorf("%s is not the same at /debug/metrics: %v", f.GetName(), there)
		}
		for i, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			values[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			if f.GetType().String() == "COUNTER" && there.GetMetric()[i].GetCounter().GetValue() != m.GetCounter().GetValue() {
				t.Errorf("%s: %v and %v", name, m, there.GetMetric()[i])
			}
		}
	}
	if len(told) != len(names) {
		t.Errorf("/debug/metrics has %d metrics, the registry %q", len(told), names)
	}
	for name, want := range map[string]float64{
		"sessionkit_session_events_total logged in":               clients,
		"sessionkit_session_events_total logged out":              clients,
		"sessionkit_session_events_total created":                 1 + 2*clients,
		"sessionkit_session_events_total rejected":                clients,
		"sessionkit_session_events_total loaded":                  clients*each + clients,
		"sessionkit_session_events_total contended":               0,
		"sessionkit_saved_requests_total":                         1 + clients*each + 2*clients,
		"sessionkit_requests_without_session_total not-found":     clients,
		"sessionkit_store_call_failures_total save":               0,
		"sessionkit_store_call_duration_seconds load":             clients*each + 2*clients,
		"sessionkit_store_call_duration_seconds delete":           clients,
		"sessionkit_store_sessions no":                            1 + clients,
		"sessionkit_requests_without_session_total bad-signature": 0,
	} {
		if got, ok := values[name]; !ok || got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	saves := values["sessionkit_session_events_total saved"] + values["sessionkit_session_events_total created"]
	if values["sessionkit_save_duration_seconds"] != saves || values["sessionkit_store_call_duration_seconds save"] != saves+values["sessionkit_save_conflicts_total"] {
		t.Errorf("%v saves, %v of them timed, in %v calls", saves, values["sessionkit_save_duration_seconds"], values["sessionkit_store_call_duration_seconds save"])
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != len(gathered) {
		t.Error(fmt.Sprint(names))
	}
}
