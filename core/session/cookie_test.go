package session_test

import (
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// Behaviours 47, 51, 55, 56, 57, 59, 64: each attribute on and off.
func TestCookieAttributes(t *testing.T) {
	t.Parallel()
	plain, tls := session.Incoming{}, session.Incoming{TLS: true}
	forwarded := session.Incoming{ForwardedProto: "https"}
	tests := []struct {
		name   string
		change func(*config.Config)
		in     session.Incoming
		want   http.Cookie
	}{
		{"default on http", func(*config.Config) {}, plain, http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode}},
		{"default on https", func(*config.Config) {}, tls, http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode, Secure: true}},
		{"proxy not trusted", func(*config.Config) {}, forwarded, http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode}},
		{"proxy trusted", func(c *config.Config) { c.TrustProxy = true }, forwarded, http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode, Secure: true}},
		{"production", func(c *config.Config) { c.Mode = config.Production }, plain, http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode, Secure: true}},
		{"never secure", func(c *config.Config) { c.Cookie.Secure = config.SecureNever }, tls, http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode}},
		{"strict, path, domain", func(c *config.Config) {
			c.Cookie.SameSite, c.Cookie.Path, c.Cookie.Domain = config.SameSiteStrict, "/app", "example.org"
		}, plain, http.Cookie{Path: "/app", Domain: "example.org", SameSite: http.SameSiteStrictMode}},
		{"none needs secure", func(c *config.Config) { c.Cookie.SameSite = config.SameSiteNone }, plain, http.Cookie{Path: "/", SameSite: http.SameSiteNoneMode, Secure: true}},
		{"partitioned", func(c *config.Config) { c.Cookie.Partitioned = true }, plain, http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode, Secure: true, Partitioned: true}},
		{"host prefix", func(c *config.Config) { c.Cookie.Name = "__Host-id" }, plain, http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode, Secure: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig()
			test.change(&cfg)
			m := newManager(t, cfg, memstore.New(0))
			b := newBrowser(t, m)
			check := func(in session.Incoming, f func(s *session.Session)) {
				t.Helper()
				ctx, x, _ := sessiontest.Open(t.Context(), m, in)
				f(from(t, ctx))
				out, err := x.Commit()
				if err != nil || !out.NoStore || !out.Vary {
					t.Fatalf("Commit: %+v, %v", out, err)
				}
				b.take(out)
				c := b.last
				if !c.HttpOnly || c.Path != test.want.Path || c.Domain != test.want.Domain ||
					c.Secure != test.want.Secure || c.SameSite != test.want.SameSite || c.Partitioned != test.want.Partitioned {
					t.Errorf("cookie: %s", out.SetCookie)
				}
			}
			check(test.in, func(s *session.Session) { set(t, s, "a", 1) })
			test.in.Cookies = []string{b.cookie}
			check(test.in, func(s *session.Session) { s.Destroy(t.Context()) })
			if b.cookie != "" {
				t.Error("the cookie was not removed")
			}
		})
	}
}

func TestCachingAllowed(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.Cookie.AllowCaching = true
	m := newManager(t, cfg, memstore.New(0))
	ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{})
	set(t, from(t, ctx), "a", 1)
	out, err := x.Commit()
	if err != nil || out.NoStore || out.SetCookie == "" {
		t.Fatalf("%+v, %v", out, err)
	}
}
