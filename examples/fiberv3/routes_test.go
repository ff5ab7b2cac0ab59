package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// What follows tests the handlers in this process, with package sessiontest. What
// takes several processes is tested in the folder above.

// form is a request that a form of the page sends.
func form(path string, fields url.Values) *http.Request {
	r := httptest.NewRequest("POST", path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	return r
}

// serve has a new Fiber v3 app answer r.
func serve(t *testing.T, sessions *session.Manager, r *http.Request) *http.Response {
	t.Helper()
	app, err := newApp(sessions)
	if err != nil {
		t.Fatal(err)
	}
	res, err := app.Test(r, fiber.TestConfig{}) // however busy the machine is
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestLogin(t *testing.T) {
	t.Parallel()
	for remember, want := range map[string]time.Duration{"": 24 * time.Hour, "yes": 30 * 24 * time.Hour} {
		sessions := sessiontest.NewManager(t)
		req := form("/login", url.Values{"user": {"ada"}, "remember": {remember}})
		res := serve(t, sessions, req)
		s := sessiontest.After(t, sessions, req, res)
		if res.StatusCode != http.StatusSeeOther || s.User() != "ada" || s.Deadline().Sub(s.Created()) != want {
			t.Errorf("remember %q: status %d, %q is logged in for %v", remember, res.StatusCode, s.User(), s.Deadline().Sub(s.Created()))
		}
		page := httptest.NewRequest("GET", "/", nil)
		sessiontest.Prepare(t, sessions, page, func(ctx context.Context) error {
			s, err := session.From(ctx)
			if err != nil {
				return err
			}
			return s.Flash("success", "Welcome back.")
		})
		if body := text(t, serve(t, sessions, page)); !strings.Contains(body, "Welcome back.") {
			t.Errorf("the message is not on the page:\n%s", body)
		}
	}
}

func TestCountOfWhoIsLoggedIn(t *testing.T) {
	t.Parallel()
	sessions := sessiontest.NewManager(t)
	req := form("/count", nil)
	sessiontest.LogIn(t, sessions, req, "ada")
	res := serve(t, sessions, req)
	s := sessiontest.After(t, sessions, req, res)
	if n, err := session.Get[int](s, "count"); res.StatusCode != http.StatusSeeOther || n != 1 || err != nil || s.User() != "ada" {
		t.Errorf("status %d, count %d, %v, user %q", res.StatusCode, n, err, s.User())
	}
}

// A person is led to the login, and a program hears why.
func TestPrivate(t *testing.T) {
	t.Parallel()
	sessions := sessiontest.NewManager(t)
	for accept, want := range map[string]int{"text/html,*/*;q=0.8": http.StatusSeeOther, "application/json": http.StatusUnauthorized, "": http.StatusUnauthorized} {
		req := httptest.NewRequest("GET", "/private", nil)
		req.Header.Set("Accept", accept)
		res := serve(t, sessions, req)
		if res.StatusCode != want || want == http.StatusSeeOther && res.Header.Get("Location") != "/" || len(res.Cookies()) > 0 {
			t.Errorf("Accept %q: status %d with %v", accept, res.StatusCode, res.Header)
		}
	}
	req := httptest.NewRequest("GET", "/private", nil)
	sessiontest.LogIn(t, sessions, req, "ada")
	if body := text(t, serve(t, sessions, req)); body != "only for ada\n" {
		t.Errorf("ada gets %q", body)
	}
}

func TestAnotherSite(t *testing.T) {
	t.Parallel()
	sessions := sessiontest.NewManager(t)
	req := form("/login", url.Values{"user": {"mallory"}})
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if res := serve(t, sessions, req); res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", res.StatusCode)
	}
}

func text(t *testing.T, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
