package adaptertest

import (
	"net/http"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// cookieCases are about the attributes of the cookie as a browser gets it.
func cookieCases() []testCase {
	cases := []testCase{
		{"48 49 50 browser session and remember-me", rememberMe},
		{"45 a changed expiry changes the cookie", changedExpiry},
		{"55 Secure over TLS", secureOverTLS},
		{"56 X-Forwarded-Proto counts when trusted", forwardedProto},
	}
	for _, a := range attributes {
		cases = append(cases, testCase{"47 51 attributes: " + a.name, a.run})
	}
	return cases
}

// attribute is one way to configure the cookie, and what the browser must
// see, when it is set and when it is removed.
type attribute struct {
	name   string
	cookie config.Cookie
	want   http.Cookie
}

var attributes = []attribute{
	{"default", config.Cookie{},
		http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode}},
	{"Path", config.Cookie{Path: "/set"},
		http.Cookie{Path: "/set", SameSite: http.SameSiteLaxMode}},
	{"Domain", config.Cookie{Domain: "example.com"},
		http.Cookie{Path: "/", Domain: "example.com", SameSite: http.SameSiteLaxMode}},
	{"SameSite=Strict", config.Cookie{SameSite: config.SameSiteStrict},
		http.Cookie{Path: "/", SameSite: http.SameSiteStrictMode}},
	{"57 SameSite=None is Secure", config.Cookie{SameSite: config.SameSiteNone},
		http.Cookie{Path: "/", SameSite: http.SameSiteNoneMode, Secure: true}},
	{"55 Secure on plain http", config.Cookie{Secure: config.SecureAlways},
		http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode, Secure: true}},
	{"never Secure", config.Cookie{Secure: config.SecureNever},
		http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode}},
	{"Partitioned", config.Cookie{Partitioned: true},
		http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode, Secure: true, Partitioned: true}},
}

func (a attribute) run(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{Cookie: a.cookie})
	c := s.visit("/set?key=color&value=red").want(http.StatusOK, "set").wantCookie()
	a.check(t, "set", c)
	a.check(t, "removed", s.visit("/logout", "session="+c.Value).wantRemoval())
}

func (a attribute) check(t *testing.T, when string, got *http.Cookie) {
	t.Helper()
	if got.Path != a.want.Path || got.Domain != a.want.Domain || got.SameSite != a.want.SameSite ||
		got.Secure != a.want.Secure || got.Partitioned != a.want.Partitioned || !got.HttpOnly {
		t.Errorf("when it is %s the cookie is %q, want HttpOnly and the attributes of %+v", when, got.Raw, a.want)
	}
}

func rememberMe(t *testing.T, st *suite) {
	remember := func(x Exchange, v *session.Session) error {
		if err := v.SetPersistent(x.Query("on") == "true"); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "")
	}
	for _, untilClosed := range []bool{false, true} {
		s := st.newSite(t, config.Config{Lifetime: time.Hour, Cookie: config.Cookie{UntilClosed: untilClosed}})
		s.handleSession("/remember", remember)
		b := s.browser()
		c := b.get("/set?key=color&value=red").wantCookie()
		if untilClosed {
			wantUntilClosed(t, c)
		} else {
			wantLifetime(t, c, time.Hour)
		}
		wantLifetime(t, b.get("/remember?on=true").wantCookie(), time.Hour)
		wantUntilClosed(t, b.get("/remember?on=false").wantCookie())
	}
}

func changedExpiry(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{Lifetime: time.Hour})
	s.handleSession("/lifetime", func(x Exchange, v *session.Session) error {
		d, err := time.ParseDuration(x.Query("d"))
		if err != nil {
			return err
		}
		if err := v.SetLifetime(d); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "")
	})
	b := s.browser()
	wantLifetime(t, b.get("/set?key=color&value=red").wantCookie(), time.Hour)
	wantLifetime(t, b.get("/lifetime?d=72h").wantCookie(), 72*time.Hour)
	wantLifetime(t, b.get("/lifetime?d=0s").wantCookie(), time.Hour)
	b.get("/read?key=color").want(http.StatusOK, "red").wantNoCookie()

	id := b.id()
	b.get("/lifetime?d=-1h").wantRemoval()
	s.store.wantGone(t, id)
	b.get("/read?key=color").want(http.StatusOK, "")
}

func secureOverTLS(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.tls, _ = certificate()
	b := s.browser()
	if c := b.get("/set?key=color&value=red").wantCookie(); !c.Secure {
		t.Errorf("over TLS the cookie is %q, want it Secure", c.Raw)
	}
	b.get("/read?key=color").want(http.StatusOK, "red")
	if c := b.get("/logout").wantRemoval(); !c.Secure {
		t.Errorf("over TLS the cookie is removed with %q, want it Secure", c.Raw)
	}
}

func forwardedProto(t *testing.T, st *suite) {
	for _, trusted := range []bool{false, true} {
		s := st.newSite(t, config.Config{TrustProxy: trusted})
		for proto, https := range map[string]bool{"https": true, "HTTPS": true, "https, http": true, "http": false, "http, https": false} {
			c := s.browser().get("/set?key=color&value=red", header("X-Forwarded-Proto", proto)).wantCookie()
			if want := trusted && https; c.Secure != want {
				t.Errorf("trusted: %v, X-Forwarded-Proto: %s: the cookie is %q, want Secure: %v", trusted, proto, c.Raw, want)
			}
		}
	}
}

// wantLifetime fails unless the cookie says in both ways that it ends d from
// now.
func wantLifetime(t *testing.T, c *http.Cookie, d time.Duration) {
	t.Helper()
	const tolerance = 20 * time.Second // a busy machine
	off := time.Until(c.Expires) - d
	if left := time.Duration(c.MaxAge) * time.Second; left > d || left < d-tolerance || off > time.Second || off < -tolerance {
		t.Errorf("want a cookie that ends in %v, got %q", d, c.Raw)
	}
}

// wantUntilClosed fails when the cookie outlives the browser.
func wantUntilClosed(t *testing.T, c *http.Cookie) {
	t.Helper()
	if c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Errorf("want a cookie with neither Max-Age nor Expires, got %q", c.Raw)
	}
}
