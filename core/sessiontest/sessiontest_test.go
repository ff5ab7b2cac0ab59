package sessiontest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// newApp is an app as it might be.
func newApp(sessions *session.Manager) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /cart", func(w http.ResponseWriter, r *http.Request) {
		s, err := httpsession.Get(r)
		if err == nil {
			err = auth.RequireSession(s)
		}
		if err == nil {
			_, err = session.Update(s, "cart", func(cart []string) ([]string, error) { return append(cart, r.FormValue("item")), nil })
		}
		if err != nil {
			httpsession.Error(w, r, err)
		}
	})
	mux.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		if err := auth.Logout(r.Context()); err != nil {
			httpsession.Error(w, r, err)
		}
	})
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if err := auth.Login(r.Context(), "eve"); err != nil {
			httpsession.Error(w, r, err)
		}
	})
	return httpsession.Install(mux, sessions, nil)
}

func do(t *testing.T, app http.Handler, r *http.Request, status int) *http.Response {
	t.Helper()
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	if rec.Code != status {
		t.Errorf("%s %s: status %d, want %d", r.Method, r.URL, rec.Code, status)
	}
	return rec.Result()
}

// A handler that wants a user, tested without one and with one.
func TestHandler(t *testing.T) {
	t.Parallel()
	sessions := sessiontest.NewManager(t)
	app := newApp(sessions)

	do(t, app, httptest.NewRequest("POST", "/cart?item=tea", nil), http.StatusUnauthorized)

	req := httptest.NewRequest("POST", "/cart?item=tea", nil)
	sessiontest.LogIn(t, sessions, req, "ada")
	res := do(t, app, req, http.StatusOK)
	s := sessiontest.After(t, sessions, req, res)
	cart, err := session.Get[[]string](s, "cart")
	if s.User() != "ada" || fmt.Sprint(cart) != "[tea]" || err != nil {
		t.Errorf("user %q, cart %v, %v", s.User(), cart, err)
	}
}

// A visitor with something in the session, and another cookie that stays.
func TestPrepare(t *testing.T) {
	t.Parallel()
	sessions := sessiontest.NewManager(t)
	app := newApp(sessions)
	req := httptest.NewRequest("POST", "/cart?item=milk", nil)
	req.AddCookie(&http.Cookie{Name: "theme", Value: "dark"})
	sessiontest.Prepare(t, sessions, req, func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		return session.Set(s, "cart", []string{"tea"})
	})
	sessiontest.LogIn(t, sessions, req, "ada") // goes on with that session, under a new id
	if c, err := req.Cookie("theme"); err != nil || c.Value != "dark" || len(req.Cookies()) != 2 {
		t.Errorf("cookies %v", req.Cookies())
	}
	res := do(t, app, req, http.StatusOK)
	cart, err := session.Get[[]string](sessiontest.After(t, sessions, req, res), "cart")
	if fmt.Sprint(cart) != "[tea milk]" || err != nil {
		t.Errorf("cart %v, %v", cart, err)
	}
}

// What the answer says of the cookie counts.
func TestAfter(t *testing.T) {
	t.Parallel()
	sessions := sessiontest.NewManager(t)
	app := newApp(sessions)
	req := httptest.NewRequest("POST", "/login", nil)
	res := do(t, app, req, http.StatusOK)
	if s := sessiontest.After(t, sessions, req, res); s.User() != "eve" {
		t.Errorf("after the login: %q", s.User())
	}
	req = httptest.NewRequest("POST", "/logout", nil)
	sessiontest.LogIn(t, sessions, req, "ada")
	res = do(t, app, req, http.StatusOK)
	if s := sessiontest.After(t, sessions, req, res); s.User() != "" || s.Status().State != session.StateNew {
		t.Errorf("after the logout: %q, %v", s.User(), s.Status())
	}
}
