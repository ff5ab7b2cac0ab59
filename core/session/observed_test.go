package session_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// setCookie makes a request whose answer sets a cookie.
func setCookie(t *testing.T, m *session.Manager, in session.Incoming) {
	t.Helper()
	ctx, x, _ := m.Open(t.Context(), in)
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
			m := newManager(t, cfg, session.NewMemoryStore(0), log.option())
			for range 2 {
				setCookie(t, m, test.in)
			}
			want(t, "seen", m.Facts(t.Context()).Observed.SecureOverHTTP, test.want)
			lines := 0
			if test.want {
				lines = 1
			}
			want(t, "lines in the log", len(log.with("id", "cookie-secure-http")), lines)
		})
	}
}

// Behaviour 56: a proxy's word that is not trusted is reported.
func TestUntrustedProto(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	cfg := inMode(config.Development)
	m := newManager(t, cfg, session.NewMemoryStore(0), log.option())
	m.Open(t.Context(), session.Incoming{})
	want(t, "seen without the header", m.Facts(t.Context()).Observed.UntrustedProto, false)
	for range 3 {
		m.Open(t.Context(), session.Incoming{ForwardedProto: "https"})
	}
	want(t, "seen", m.Facts(t.Context()).Observed.UntrustedProto, true)
	want(t, "lines in the log", len(log.with("id", "proxy-not-trusted")), 1)

	cfg.TrustProxy = true
	m = newManager(t, cfg, session.NewMemoryStore(0))
	m.Open(t.Context(), session.Incoming{ForwardedProto: "https"})
	want(t, "seen though trusted", m.Facts(t.Context()).Observed.UntrustedProto, false)
}

// Noticing costs a request nothing. Not parallel: it counts allocations.
func TestObservingAllocatesNothing(t *testing.T) {
	m := memoryManager(t)
	opens := func(in session.Incoming) float64 {
		return testing.AllocsPerRun(100, func() { m.Open(t.Context(), in) })
	}
	want(t, "allocations with a header that is not trusted", opens(session.Incoming{ForwardedProto: "https"}), opens(session.Incoming{}))
}

// Behaviour 60: several cookies of the name are reported.
func TestDuplicateCookies(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	m := newManager(t, inMode(config.Development), session.NewMemoryStore(0), log.option())
	for _, cookies := range [][]string{{"session=a"}, {"session=a; session=b"}, {"session=a; other=b", "session=c"}} {
		ctx, _, _ := m.Open(t.Context(), session.Incoming{Cookies: cookies})
		from(t, ctx)
	}
	want(t, "requests", m.Facts(t.Context()).Observed.DuplicateCookies, 2)
	want(t, "lines in the log", len(log.with("id", "cookie-duplicates")), 1)
}

func TestObserveDisorder(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	m := newManager(t, inMode(config.Development), session.NewMemoryStore(0), log.option())
	m.SetFramework("echo")
	m.ObserveDisorder("GET /private")
	m.ObserveDisorder("GET /private")
	lines := log.with("id", "middleware-order")
	if len(lines) != 1 || lines[0]["level"] != "ERROR" || !strings.Contains(lines[0]["msg"].(string), "GET /private") || !strings.Contains(lines[0]["fix"].(string), "echosession.Install") {
		t.Errorf("logged %v", lines)
	}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() { m.ObserveDisorder(fmt.Sprint("/", i, strings.Repeat("x", 500))) })
	}
	wg.Wait()
	places := m.Facts(t.Context()).Observed.SessionBeforeSetup
	if len(places) != 16 || places[0] != "GET /private" || slices.ContainsFunc(places, func(p string) bool { return len(p) > 200 }) {
		t.Errorf("kept %d places: %q", len(places), places)
	}
	if _, ok := finding(m.Findings(t.Context()), "middleware-order"); !ok {
		t.Error("not found")
	}
}
