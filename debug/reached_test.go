package debug_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

// One request that shows that the app is reached from elsewhere closes it to
// programs on this machine too, whatever page it asked for: a proxy may be in
// front of it, behind which all look alike.
func TestReachedFromElsewhere(t *testing.T) {
	t.Parallel()
	for name, visitor := range map[string]change{
		"another peer":        from("192.0.2.1:40000"),
		"a Unix socket":       from("@"),
		"another Host":        host("app.example"),
		"an address as Host":  host("192.168.0.5:8080"),
		"a forwarding header": header("X-Forwarded-Proto", "https"),
		"a header of a mesh":  header("l5d-dst-override", "app:80"),
	} {
		for _, path := range []string{"/", "/set?n=1", "/debug/session", "/debug/nothing"} {
			t.Run(name+" "+path, func(t *testing.T) {
				t.Parallel()
				a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0))
				get[debug.ConfigReport](a, http.StatusOK, "/debug/config")
				a.do("POST", path, visitor)
				p := ask[debug.Problem](a, http.StatusForbidden, "GET", "/debug/config")
				if !strings.Contains(p.Error, "reached from elsewhere") || strings.Contains(p.Error, "192.") || strings.Contains(p.Error, "app.example") {
					t.Errorf("%+v", p)
				}
				get[debug.ConfigReport](a, http.StatusOK, "/debug/config", withToken())
			})
		}
	}
}

// What shows a request of somebody else's on this machine says nothing about
// the next one.
func TestStillOpen(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	for _, c := range []change{
		header("Origin", "https://evil.example"),
		header("Referer", "https://evil.example/"),
		header("Sec-Fetch-Site", "cross-site"),
		func(r *http.Request) { r.Proto = "HTTP/1.0" }, // ab speaks it too
	} {
		ask[debug.Problem](a, http.StatusForbidden, "GET", "/debug/config", c)
		get[debug.ConfigReport](a, http.StatusOK, "/debug/config")
	}
}

// It holds for the handler alone, in front of which there is no middleware.
func TestReachedWithoutMiddleware(t *testing.T) {
	t.Parallel()
	m := newManager(t, config.Config{}, memstore.New(0))
	a := &app{t, m, debug.New(m, debug.WithLogger(quiet))}
	get[debug.ConfigReport](a, http.StatusOK, "/debug/config")
	a.do("GET", "/debug/config", host("app.example"))
	ask[debug.Problem](a, http.StatusForbidden, "GET", "/debug/config")
}

// Only who is to be let in without a token is looked for.
func TestWatches(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cfg  config.Config
		want bool
	}{
		"development":            {config.Config{Mode: config.Development, DebugEndpoints: true}, true},
		"go test":                {config.Config{Mode: config.Test, DebugEndpoints: true}, true},
		"off":                    {config.Config{Mode: config.Development}, false},
		"production, with token": {config.Config{Mode: config.Production, DebugEndpoints: true, DebugToken: config.NewSecret(testToken)}, false},
	} {
		tc.cfg.SecretKey = config.NewSecret(testKey)
		m, err := session.NewManager(t.Context(), tc.cfg, memstore.New(0), session.WithLogger(quiet))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		if m.Diagnostics().Watches() != tc.want {
			t.Errorf("%s: watches %v", name, m.Diagnostics().Watches())
		}
		a := &app{t, m, httpsession.Install(http.NewServeMux(), m, nil)}
		a.do("GET", "/", host("app.example"))
		if open, sign := m.Diagnostics().OpenToThisMachine(); m.Diagnostics().Watches() || open || (sign != "") != tc.want {
			t.Errorf("%s: open %v, sign %q", name, open, sign)
		}
	}
}
