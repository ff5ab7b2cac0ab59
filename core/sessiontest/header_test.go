package sessiontest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// Requests of programs bring their token in the header that the app takes it from.
func TestTokensInHeaders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		chain  []config.TokenSource
		asks   bool // the request says that it comes from a program
		header string
	}{
		{[]config.TokenSource{config.TokenBearer}, false, "Authorization"},
		{[]config.TokenSource{config.TokenHeader("X-Session")}, false, "X-Session"},
		{[]config.TokenSource{config.TokenBearer, config.TokenCookie}, true, "Authorization"},
		{[]config.TokenSource{config.TokenBearer, config.TokenCookie}, false, "Cookie"},
	} {
		sessions := sessiontest.NewManager(t, session.WithTokenFrom(c.chain...))
		app := newApp(sessions)
		request := func(target string) *http.Request {
			r := httptest.NewRequest("POST", target, nil)
			if c.asks {
				r.Header.Set("Authorization", "Bearer")
			}
			return r
		}
		req := request("/cart?item=tea")
		sessiontest.LogIn(t, sessions, req, "ada")
		if req.Header.Get(c.header) == "" || c.header != "Cookie" && req.Header.Get("Cookie") != "" {
			t.Errorf("%q: the request has %v", c.chain, req.Header)
		}
		res := do(t, app, req, http.StatusOK)
		if s := sessiontest.After(t, sessions, req, res); s.User() != "ada" || !s.Has("cart") {
			t.Errorf("%q: %q, %v", c.chain, s.User(), s.Keys())
		}
		login := request("/login")
		if s := sessiontest.After(t, sessions, login, do(t, app, login, http.StatusOK)); s.User() != "eve" {
			t.Errorf("%q: after the login %q", c.chain, s.User())
		}
		req.URL.Path = "/logout"
		res = do(t, app, req, http.StatusOK)
		if s := sessiontest.After(t, sessions, req, res); s.User() != "" || s.Status().Cookies > 0 {
			t.Errorf("%q: after the logout %q, %v", c.chain, s.User(), s.Status())
		}
	}
}
