package session_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// setCookie makes a request whose answer sets a cookie.
func setCookie(t *testing.T, m *session.Manager, in session.Incoming) {
	t.Helper()
	ctx, x, _ := sessiontest.Open(t.Context(), m, in)
	set(t, from(t, ctx), "a", 1)
	if out, err := x.Commit(); err != nil || out.SetCookie == "" {
		t.Fatalf("Commit: %+v, %v", out, err)
	}
}

// Behaviour 55: a Secure cookie on plain http is reported.
func TestSecureOverHTTP(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		secure config.Secure
		trust  bool
		in     session.Incoming
		want   bool
	}{
		{"plain", config.SecureAlways, false, session.Incoming{}, true},
		{"TLS", config.SecureAlways, false, session.Incoming{TLS: true}, false},
		{"proxy trusted", config.SecureAlways, true, session.Incoming{ForwardedProto: "https"}, false},
		{"proxy trusted, plain", config.SecureAlways, true, session.Incoming{ForwardedProto: "http"}, true},
		{"proxy not trusted", config.SecureAlways, false, session.Incoming{ForwardedProto: "https"}, true},
		{"not Secure", config.SecureAuto, false, session.Incoming{}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			log := &logLines{}
			cfg := inMode(config.Development)
			cfg.Cookie.Secure, cfg.TrustProxy = test.secure, test.trust
			m := newManager(t, cfg, memstore.New(0), log.option())
			for range 2 {
				setCookie(t, m, test.in)
			}
			lines := 0
			if test.want {
				lines = 1
			}
			want(t, "seen", m.Diagnostics().Facts(t.Context()).Observed.SecureOverHTTP.Count, uint64(2*lines))
			want(t, "lines in the log", len(log.with("id", "cookie-secure-http")), lines)
		})
	}
}

// Behaviour 56: a proxy's word that is not trusted is reported.
func TestUntrustedProto(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	cfg := inMode(config.Development)
	m := newManager(t, cfg, memstore.New(0), log.option())
	asks := func(m *session.Manager, in session.Incoming) {
		ctx, _, _ := sessiontest.Open(t.Context(), m, in)
		if _, err := session.From(ctx); err != nil {
			t.Fatal(err)
		}
	}
	asks(m, session.Incoming{})
	want(t, "seen without the header", m.Diagnostics().Facts(t.Context()).Observed.UntrustedProto.Count, 0)
	for range 3 {
		asks(m, session.Incoming{ForwardedProto: "https"})
	}
	want(t, "seen", m.Diagnostics().Facts(t.Context()).Observed.UntrustedProto.Count, check.WarnAfter)
	var levels []any
	for _, line := range log.with("id", "proxy-not-trusted") {
		levels = append(levels, line["level"])
	}
	if !slices.Equal(levels, []any{"INFO", "WARN"}) { // the first, and the one that makes a warning of it
		t.Errorf("logged at %v", levels)
	}

	cfg.TrustProxy = true
	m = newManager(t, cfg, memstore.New(0))
	asks(m, session.Incoming{ForwardedProto: "https"})
	want(t, "seen though trusted", m.Diagnostics().Facts(t.Context()).Observed.UntrustedProto.Count, 0)
}

// Noticing costs a request nothing. Not parallel: it counts allocations.
func TestObservingAllocatesNothing(t *testing.T) {
	m := memoryManager(t)
	asks := func(in session.Incoming) float64 {
		ask := func() {
			ctx, _, _ := sessiontest.Open(t.Context(), m, in)
			session.From(ctx)
		}
		for range check.WarnAfter { // which are for the log
			ask()
		}
		return testing.AllocsPerRun(100, ask)
	}
	want(t, "allocations with a header that is not trusted", asks(session.Incoming{ForwardedProto: "https"}), asks(session.Incoming{}))
}

// Behaviour 60: several cookies of the name are reported.
func TestDuplicateCookies(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	m := newManager(t, inMode(config.Development), memstore.New(0), log.option())
	for _, cookies := range [][]string{{"session=a"}, {"session=a; session=b"}, {"session=a; other=b", "session=c"}} {
		ctx, _, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: cookies})
		from(t, ctx)
	}
	want(t, "requests", m.Diagnostics().Facts(t.Context()).Observed.DuplicateCookies.Count, 2)
	want(t, "lines in the log", len(log.with("id", "cookie-duplicates")), 1)
}

// What requests have shown is forgotten an hour after the last one.
func TestObservationsAreForgotten(t *testing.T) {
	t.Parallel()
	clock := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	m := newManager(t, inMode(config.Production), memstore.New(0), session.WithClock(func() time.Time { return clock }))
	other := newManager(t, config.Config{Mode: config.Development}, memstore.New(0))
	made := func(m *session.Manager) string {
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		return b.cookie
	}
	signed := made(newManager(t, inMode(config.Development), memstore.New(0)))
	for id, in := range map[string]session.Incoming{
		"cookie-foreign-key":   {TLS: true, Cookies: []string{made(other)}},
		"cookie-foreign-store": {TLS: true, Cookies: []string{signed}},
		"cookie-bad-signature": {TLS: true, Cookies: []string{signed[:len(signed)-4] + "AAAA"}},
		"cookie-duplicates":    {TLS: true, Cookies: []string{"session=a; session=b"}},
		"cookie-secure-http":   {},
		"proxy-not-trusted":    {TLS: true, ForwardedProto: "https"},
	} {
		seen := func() (check.Finding, bool) { return finding(m.Diagnostics().Findings(t.Context()), id) }
		setCookie(t, m, in)
		if f, ok := seen(); !ok || !strings.Contains(f.Message, "1 request (less than a minute ago)") {
			t.Errorf("%s at once: %+v", id, f)
		}
		clock = clock.Add(59 * time.Minute)
		if f, ok := seen(); !ok || !strings.Contains(f.Message, "1 request (59 min ago)") {
			t.Errorf("%s after 59 minutes: %+v", id, f)
		}
		setCookie(t, m, in)
		clock = clock.Add(time.Hour - 1)
		if f, ok := seen(); !ok || !strings.Contains(f.Message, "2 requests") {
			t.Errorf("%s after 59 minutes more: %+v", id, f)
		}
		clock = clock.Add(1)
		if f, ok := seen(); ok {
			t.Errorf("%s an hour after the last: %+v", id, f)
		}
		setCookie(t, m, in)
		if f, _ := seen(); !strings.Contains(f.Message, "1 request ") {
			t.Errorf("%s again: %+v", id, f)
		}
		clock = clock.Add(time.Hour)
	}
	want(t, "counted since the start", m.Diagnostics().Rejections()[diagnose.ReasonForeignKey], 3)
}

func TestObserveDisorder(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	m := newManager(t, inMode(config.Development), memstore.New(0), log.option())
	m.Diagnostics().SetFramework("echo")
	m.Diagnostics().ReportMissingMiddleware("GET /private")
	m.Diagnostics().ReportMissingMiddleware("GET /private")
	lines := log.with("id", "middleware-order")
	if len(lines) != 1 || lines[0]["level"] != "ERROR" || !strings.Contains(lines[0]["msg"].(string), "GET /private") || !strings.Contains(lines[0]["fix"].(string), "echosession.Install") {
		t.Errorf("logged %v", lines)
	}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() { m.Diagnostics().ReportMissingMiddleware(fmt.Sprint("/", i, strings.Repeat("x", 500))) })
	}
	wg.Wait()
	places := m.Diagnostics().Facts(t.Context()).Observed.SessionBeforeSetup
	if len(places) != 16 || places[0] != "GET /private" || slices.ContainsFunc(places, func(p string) bool { return len(p) > 200 }) {
		t.Errorf("kept %d places: %q", len(places), places)
	}
	if _, ok := finding(m.Diagnostics().Findings(t.Context()), "middleware-order"); !ok {
		t.Error("not found")
	}
}
