package debug_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

// Where sessions have their tokens in Authorization the debug token has a header
// of its own, and neither is taken for the other.
func TestBothTokens(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{Mode: config.Production, DebugToken: config.NewSecret(testToken), TokenFrom: []config.TokenSource{config.TokenBearer}}, memstore.New(0))
	login := a.do("POST", "/login", func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") })
	token := login.Header().Get("Session-Token")
	if token == "" || len(login.Result().Cookies()) > 0 {
		t.Fatalf("a login answers with %v", login.Header())
	}
	own, both := header("Authorization", "Bearer "+token), []change{header("Authorization", "Bearer "+token), header(debug.TokenHeader, testToken)}
	r := get[debug.SessionReport](a, http.StatusOK, "/debug/session", both...)
	if r.User == nil || *r.User != "ada" || r.Cookie.From != "bearer" || r.Cookie.Count != 1 || r.Cookie.Key == "" {
		t.Errorf("%+v, %+v", r, r.Cookie)
	}
	page := a.do("GET", "/debug/session", append(both, asBrowser())...).Body.String()
	if !strings.Contains(page, "<dt>token</dt><dd><code>bearer</code>") || strings.Contains(page, token) {
		t.Error(page)
	}

	// The debug token in Authorization opens, and is no session's token.
	r = get[debug.SessionReport](a, http.StatusOK, "/debug/session", withToken())
	if r.User != nil || r.Session.Status != "rejected: malformed" || !strings.Contains(r.Session.Meaning, "another program's") {
		t.Errorf("%+v", r.Session)
	}
	// A session's token opens nothing, and is not a wrong debug token either: those
	// are slowed down after 10.
	for range 20 {
		for _, c := range []change{own, header("Authorization", "Bearer")} {
			if w := a.do("GET", "/debug/session", c); w.Code != http.StatusForbidden {
				t.Fatalf("status %d", w.Code)
			}
		}
	}
	for i := range 20 {
		w := a.do("GET", "/debug/session", header([]string{"Authorization", debug.TokenHeader}[i%2], []string{"Bearer wrong", "wrong"}[i%2]))
		if i < 10 && w.Code != http.StatusForbidden || i >= 10 && w.Code != http.StatusTooManyRequests {
			t.Errorf("guess %d: status %d", i, w.Code)
		}
	}
}

func TestReportsOfTokensInHeaders(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{TokenFrom: []config.TokenSource{config.TokenHeader("X-Session"), config.TokenCookie}}, memstore.New(0))
	r := get[debug.SessionReport](a, http.StatusOK, "/debug/session", header("X-Session", "junk"), withCookie("junk"))
	if r.Cookie.From != "header:X-Session" || r.Session.Reason != "malformed" || !strings.Contains(r.Session.Fix, "--session-token") {
		t.Errorf("%+v, %+v", r.Session, r.Cookie)
	}
	r = get[debug.SessionReport](a, http.StatusOK, "/debug/session", withCookie("junk"))
	if r.Cookie.From != "cookie" || !strings.Contains(r.Session.Meaning, "cookie") {
		t.Errorf("%+v, %+v", r.Session, r.Cookie)
	}
	c := get[debug.ConfigReport](a, http.StatusOK, "/debug/config")
	if c.Rejections["malformed"].Count != 2 || !strings.Contains(c.Rejections["malformed"].Meaning, "cookie") {
		t.Errorf("%+v", c.Rejections["malformed"])
	}
	for _, s := range c.Settings {
		if s.Flag == "session-token" && s.Value != "header:X-Session,cookie" {
			t.Errorf("%+v", s)
		}
	}
	p := ask[debug.ProbeReport](a, http.StatusOK, "POST", "/debug/probe", header("X-Session", ""))
	if p.N != 1 || !p.CookieSet {
		t.Errorf("%+v", p)
	}
}
