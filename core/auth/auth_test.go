package auth_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

func newManager(t *testing.T, store driver.Store) *session.Manager {
	t.Helper()
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef")}
	m, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// visit makes one request with the cookie and returns the cookie afterwards.
func visit(t *testing.T, m *session.Manager, cookie string, f func(ctx context.Context)) string {
	t.Helper()
	ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{cookie}})
	f(ctx)
	out, err := x.Commit()
	if err != nil {
		t.Fatal(err)
	}
	if out.SetCookie == "" {
		return cookie
	}
	c, err := http.ParseSetCookie(out.SetCookie)
	if err != nil {
		t.Fatal(err)
	}
	if c.MaxAge < 0 {
		return ""
	}
	return c.Name + "=" + c.Value
}

func login(t *testing.T, m *session.Manager, cookie, user string) string {
	t.Helper()
	return visit(t, m, cookie, func(ctx context.Context) {
		if err := auth.Login(ctx, user); err != nil {
			t.Fatal(err)
		}
	})
}

func userOf(t *testing.T, m *session.Manager, cookie string) (user string) {
	t.Helper()
	visit(t, m, cookie, func(ctx context.Context) {
		var err error
		if user, err = auth.User(ctx); err != nil {
			t.Fatal(err)
		}
	})
	return user
}

func TestLoginAndLogout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newManager(t, memstore.New(0))
		anonymous := visit(t, m, "", func(ctx context.Context) {
			if _, err := auth.Require(ctx); err != auth.ErrNotLoggedIn || session.HTTPStatus(err) != http.StatusUnauthorized {
				t.Errorf("Require: %v", err)
			}
			if _, err := auth.LoginTime(ctx); !auth.IsDenied(err) {
				t.Errorf("Time: %v", err)
			}
			s, _ := session.From(ctx)
			session.Set(s, "cart", "tea")
		})
		time.Sleep(time.Hour)
		cookie := login(t, m, anonymous, "ada")
		if cookie == anonymous {
			t.Error("login kept the token")
		}
		if user := userOf(t, m, anonymous); user != "" {
			t.Errorf("the token from before the login is %q's", user)
		}
		visit(t, m, cookie, func(ctx context.Context) {
			s, _ := session.From(ctx)
			if cart, _ := session.Get[string](s, "cart"); cart != "tea" {
				t.Errorf("cart after login: %q", cart)
			}
			if at, err := auth.LoginTime(ctx); err != nil || !at.Equal(time.Now()) {
				t.Errorf("Time: %v, %v", at, err)
			}
		})

		cookie = login(t, m, cookie, "ada") // again: a fresh login keeps what is there
		cookie = login(t, m, cookie, "bob") // another user does not inherit it
		visit(t, m, cookie, func(ctx context.Context) {
			s, _ := session.From(ctx)
			if s.User() != "bob" || s.Has("cart") {
				t.Errorf("user %q, keys %v", s.User(), s.Keys())
			}
		})
		dead := cookie
		cookie = visit(t, m, cookie, func(ctx context.Context) {
			if err := auth.Logout(ctx); err != nil {
				t.Error(err)
			}
		})
		if cookie != "" || userOf(t, m, dead) != "" {
			t.Error("still logged in")
		}
	})
}

func TestInvalidUser(t *testing.T) {
	t.Parallel()
	m := newManager(t, memstore.New(0))
	visit(t, m, "", func(ctx context.Context) {
		for _, user := range []string{"", "\xff", string(make([]byte, auth.MaxUserLength+1))} {
			if err := auth.Login(ctx, user); !errors.Is(err, auth.ErrInvalidUser) {
				t.Errorf("Login(%.10q): %v", user, err)
			}
		}
	})
	for name, err := range map[string]error{"Login": auth.Login(t.Context(), "ada"), "Logout": auth.Logout(t.Context())} {
		if err != session.ErrNoMiddleware {
			t.Errorf("%s without the middleware: %v", name, err)
		}
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	m := newManager(t, memstore.New(0))
	loads, fault := 0, error(nil)
	users := auth.UserLoader[*account]{Load: func(_ context.Context, id string) (*account, error) {
		loads++
		return &account{id}, fault
	}}
	cookie := login(t, m, "", "ada")
	visit(t, m, cookie, func(ctx context.Context) {
		for range 2 {
			if u, err := users.Current(ctx); err != nil || u.name != "ada" {
				t.Errorf("Current: %v, %v", u, err)
			}
		}
		if loads != 1 {
			t.Errorf("%d loads in one request", loads)
		}
		auth.Login(ctx, "bob")
		if u, err := users.Current(ctx); err != nil || u.name != "bob" {
			t.Errorf("Current after another login: %v, %v", u, err)
		}
	})
	cookie = login(t, m, "", "ada")
	fault = errors.New("database down")
	visit(t, m, cookie, func(ctx context.Context) {
		if _, err := users.Current(ctx); err != fault {
			t.Errorf("Current: %v", err)
		}
	})
	fault = auth.ErrUnknownUser // disabled, ASVS 7.4.2
	after := visit(t, m, cookie, func(ctx context.Context) {
		if _, err := users.Current(ctx); !auth.IsDenied(err) {
			t.Errorf("Current: %v", err)
		}
	})
	if after != "" || userOf(t, m, cookie) != "" {
		t.Error("the session of a disabled account goes on")
	}
}

// silent is a store that others run, and that does not answer.
type silent struct{ *memstore.Store }

func (silent) Describe() driver.Description { return driver.Description{Kind: "silent"} }

func (silent) Load(context.Context, session.ID) (*driver.Record, error) {
	return nil, context.DeadlineExceeded
}

// While the store cannot be reached nobody is told that he is not logged in,
// also where requests go on without their session.
func TestRequireDuringAnOutage(t *testing.T) {
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef"), OnOutage: config.OutageAnonymous}
	m, err := session.NewManager(t.Context(), cfg, silent{memstore.New(0)}, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	cookie := login(t, m, "", "ada")
	visit(t, m, cookie, func(ctx context.Context) {
		if _, err := auth.Require(ctx); !errors.Is(err, session.ErrUnavailable) || auth.IsDenied(err) {
			t.Errorf("Require: %v", err)
		}
		if user, err := auth.User(ctx); user != "" || err != nil {
			t.Errorf("User: %q, %v", user, err)
		}
	})
}
