package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

type person struct{ ID string }

var (
	sessions *session.Manager
	password string
	disabled string
)

func checkPassword(name, given string) (person, bool) { return person{name}, given == password }

func setPassword(_ context.Context, _, given string) error { password = given; return nil }

func disable(_ context.Context, user string) error { disabled = user; return nil }

// loggedIn are browsers of users.
func loggedIn(t *testing.T, users ...string) (cookies []*http.Cookie) {
	for _, user := range users {
		req := httptest.NewRequest("GET", "/", nil)
		sessiontest.LogIn(t, sessions, req, user)
		cookies = append(cookies, req.Cookies()...)
	}
	return cookies
}

func post(t *testing.T, h httpsession.HandlerFunc, cookie *http.Cookie, fields url.Values) *http.Response {
	req := httptest.NewRequest("POST", "/", strings.NewReader(fields.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != nil {
		req.AddCookie(cookie)
	}
	rec := httptest.NewRecorder()
	httpsession.Middleware(sessions)(h).ServeHTTP(rec, req)
	return rec.Result()
}

func users(t *testing.T, cookies []*http.Cookie) string {
	list := ""
	for _, cookie := range cookies {
		list += sessiontest.Of(t, sessions, cookie).User() + ","
	}
	return list
}

func TestLogout(t *testing.T) {
	sessions = sessiontest.NewManager(t)
	browsers := loggedIn(t, "ada", "ada", "grace")
	if res := post(t, logout, browsers[0], nil); res.StatusCode != http.StatusSeeOther || res.Header.Get("Clear-Site-Data") == "" {
		t.Errorf("%s %v", res.Status, res.Header)
	}
	if got := users(t, browsers); got != ",ada,grace," {
		t.Errorf("logged in are %s", got)
	}
}

func TestLogoutEverywhere(t *testing.T) {
	sessions = sessiontest.NewManager(t)
	browsers := loggedIn(t, "ada", "ada", "grace")
	for _, cookie := range []*http.Cookie{browsers[0], nil} {
		if res := post(t, logoutEverywhere, cookie, nil); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s", res.Status)
		}
	}
	if got := users(t, browsers); got != ",,grace," {
		t.Errorf("logged in are %s", got)
	}
}

// A change of the password ends the other sessions, and the old id of this one.
func TestChangePassword(t *testing.T) {
	sessions = sessiontest.NewManager(t)
	password = "old"
	browsers := loggedIn(t, "ada", "ada", "grace")
	if res := post(t, changePassword, browsers[0], url.Values{"old": {"guess"}, "new": {"eve's"}}); res.StatusCode != http.StatusForbidden || password != "old" {
		t.Errorf("%s, and the password is %q", res.Status, password)
	}
	if res := post(t, changePassword, nil, url.Values{"old": {"old"}, "new": {"eve's"}}); res.StatusCode != http.StatusUnauthorized || password != "old" {
		t.Errorf("%s, and the password is %q", res.Status, password)
	}
	if got := users(t, browsers); got != "ada,ada,grace," {
		t.Errorf("logged in are %s", got)
	}
	res := post(t, changePassword, browsers[0], url.Values{"old": {"old"}, "new": {"new"}})
	if res.StatusCode != http.StatusSeeOther || password != "new" {
		t.Fatalf("%s, and the password is %q", res.Status, password)
	}
	if got := users(t, append(browsers, res.Cookies()...)); got != ",,grace,ada," {
		t.Errorf("logged in are %s", got)
	}
	flashes, err := sessiontest.Of(t, sessions, res.Cookies()[0]).Flashes()
	if err != nil || len(flashes) != 1 || !strings.HasSuffix(flashes[0].Text, ": 1") {
		t.Errorf("%v, %v", flashes, err)
	}
}

func TestLockOut(t *testing.T) {
	sessions = sessiontest.NewManager(t)
	browsers := loggedIn(t, "ada", "ada", "grace")
	if err := lockOut(t.Context(), "ada"); err != nil || disabled != "ada" {
		t.Fatal(err)
	}
	if got := users(t, browsers); got != ",,grace," {
		t.Errorf("logged in are %s", got)
	}
}
