package main

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

type person struct{ ID string }

func checkPassword(name, given string) (person, bool) { return person{name}, given == "right" }

func listUsers(w http.ResponseWriter, r *http.Request) error {
	user, err := auth.User(r.Context())
	w.Write([]byte(user))
	return err
}

var release = make(chan struct{})

func export(ctx context.Context, user string) error { <-release; return ctx.Err() }

func serve(h http.Handler, method, path string, fields url.Values, cookies ...*http.Cookie) *http.Response {
	req := httptest.NewRequest(method, path, strings.NewReader(fields.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, cookie := range cookies {
		req.AddCookie(cookie)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec.Result()
}

// A login of the shop opens nothing of the admins', and the other way round.
func TestTwoSessions(t *testing.T) {
	for _, mode := range []config.Mode{config.Test, config.Production} {
		prefix := ""
		cfg := config.Config{Mode: mode, SecretKey: config.NewSecret(rand.Text() + rand.Text())}
		if mode == config.Production {
			prefix = config.HostPrefix
		}
		sessions, err := session.NewManager(t.Context(), cfg, memstore.New(0))
		if err != nil {
			t.Fatal(err)
		}
		defer sessions.Close()
		pages := http.NewServeMux()
		pages.Handle("GET /account", httpsession.RequireUser(nil)(httpsession.HandlerFunc(listUsers)))
		shop, err := newShop(sessions, pages, http.NewServeMux())
		if err != nil {
			t.Fatal(err)
		}
		req := httptest.NewRequest("GET", "/", nil)
		sessiontest.LogIn(t, sessions, req, "ada")
		ada := req.Cookies()[0]
		if res := serve(shop, "GET", "/admin/users", nil, ada); res.StatusCode != 401 {
			t.Errorf("a visitor gets %s", res.Status)
		}
		if res := serve(shop, "POST", "/admin/login", url.Values{"user": {"root"}}); res.StatusCode != 401 || len(res.Cookies()) > 0 {
			t.Errorf("a wrong password: %s %v", res.Status, res.Cookies())
		}
		res := serve(shop, "POST", "/admin/login", url.Values{"user": {"root"}, "password": {"right"}}, ada)
		if res.StatusCode != 200 || len(res.Cookies()) != 1 || res.Cookies()[0].Name != prefix+"admin" {
			t.Fatalf("%s %v", res.Status, res.Cookies())
		}
		root := res.Cookies()[0]
		if res := serve(shop, "GET", "/admin/users", nil, ada, root); res.StatusCode != 200 {
			t.Errorf("an admin gets %s", res.Status)
		}
		if res := serve(shop, "GET", "/account", nil, root); res.StatusCode != 401 {
			t.Errorf("an admin is in the shop: %s", res.Status)
		}
		admins, err := sessions.Named(prefix + "admin")
		if err != nil {
			t.Fatal(err)
		}
		if s := sessiontest.Of(t, admins, root); s.User() != "root" || time.Until(s.Expires()) > 15*time.Minute {
			t.Errorf("%q until %v", s.User(), s.Expires())
		}
	}
}

// A job says in the session that it is done, also behind the answer.
func TestExport(t *testing.T) {
	sessions := sessiontest.NewManager(t)
	ctx, answered := context.WithCancel(t.Context())
	h := httpsession.Middleware(sessions)(httpsession.HandlerFunc(startExport))
	req := httptest.NewRequest("POST", "/export", nil).WithContext(ctx)
	sessiontest.LogIn(t, sessions, req, "ada")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	answered()
	state := func() string {
		text, err := session.Get[string](sessiontest.Of(t, sessions, req.Cookies()[0]), "export")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if rec.Code != http.StatusAccepted || state() != "running" {
		t.Fatalf("%d, %q", rec.Code, state())
	}
	close(release)
	for deadline := time.Now().Add(time.Minute); state() != "ready"; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it is %q", state())
		}
	}

	s := sessiontest.Of(t, sessions, req.Cookies()[0])
	if err := exportDone(t.Context(), sessions, s.ID()); err != nil {
		t.Fatal(err)
	}
	flashes, err := sessiontest.Of(t, sessions, req.Cookies()[0]).Flashes()
	if err != nil || len(flashes) != 1 {
		t.Errorf("%v, %v", flashes, err)
	}
	if err := sessions.Destroy(t.Context(), s.ID()); err != nil {
		t.Fatal(err)
	}
	if err := exportDone(t.Context(), sessions, s.ID()); err != nil {
		t.Error(err)
	}
}
