package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// A post with the token of the form passes, on whatever worker, and none without it or
// with that of another visitor. Who only sees the form has no session.
func TestToken(t *testing.T) {
	sessions := sessiontest.NewManager(t)
	first, second := newApp(t, sessions), newApp(t, sessions)
	form := func() (token string, cookies []*http.Cookie) {
		res, body := first(httptest.NewRequest("GET", "/form", nil))
		for _, cookie := range res.Cookies() {
			if cookie.Name == "session" {
				t.Error("who sees the form has a session")
			}
		}
		if res.StatusCode != 200 || body == "" {
			t.Fatalf("%s %q", res.Status, body)
		}
		return body, res.Cookies()
	}
	post := func(app app, token string, cookies []*http.Cookie) int {
		req := httptest.NewRequest("POST", "/form", strings.NewReader(url.Values{"csrf": {token}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, cookie := range cookies {
			req.AddCookie(cookie)
		}
		sessiontest.LogIn(t, sessions, req, "ada")
		res, _ := app(req)
		return res.StatusCode
	}
	token, cookies := form()
	others, _ := form()
	if status := post(first, token, cookies); status != 200 {
		t.Errorf("on the same worker: %d", status)
	}
	if status := post(second, token, cookies); status != 200 {
		t.Errorf("on another worker: %d", status)
	}
	for name, status := range map[string]int{"without a token": post(first, "", cookies), "with another's": post(first, others, cookies), "without the cookie": post(first, token, nil)} {
		if status < 400 || status >= 500 {
			t.Errorf("%s: %d", name, status)
		}
	}
}

type app func(*http.Request) (*http.Response, string)

func recorded(h http.Handler) app {
	return func(req *http.Request) (*http.Response, string) {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		return rec.Result(), rec.Body.String()
	}
}
