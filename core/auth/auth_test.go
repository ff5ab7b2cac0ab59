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
	"github.com/gosessionkit/sessionkit/core/session"
)

func newManager(t *testing.T, store session.Store) *session.Manager {
	t.Helper()
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef")}
	m, err := session.NewManager(cfg, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// visit makes one request with the cookie and returns the cookie afterwards.
func visit(t *testing.T, m *session.Manager, cookie string, f func(ctx context.Context)) string {
	t.Helper()
	ctx, x, _ := m.Open(t.Context(), session.Incoming{Cookies: []string{cookie}})
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
		m := newManager(t, session.NewMemoryStore(0))
		anonymous := visit(t, m, "", func(ctx context.Context) {
			if _, err := auth.Require(ctx); err != auth.ErrNotLoggedIn || session.HTTPStatus(err) != http.StatusUnauthorized {
				t.Errorf("Require: %v", err)
			}
			if _, err := auth.Time(ctx); !auth.IsDenied(err) {
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
			if at, err := auth.Time(ctx); err != nil || !at.Equal(time.Now()) {
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
	m := newManager(t, session.NewMemoryStore(0))
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

func TestEverywhere(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.NewMemoryStore(0))
	phone, laptop, tablet, bob := login(t, m, "", "ada"), login(t, m, "", "ada"), login(t, m, "", "ada"), login(t, m, "", "bob")
	visit(t, m, laptop, func(ctx context.Context) {
		list, err := auth.Sessions(ctx, m)
		if err != nil || len(list) != 3 {
			t.Fatalf("Sessions: %v, %v", list, err)
		}
		others := 0
		for _, info := range list {
			if !info.Current {
				others++
			}
		}
		if others != 2 {
			t.Errorf("%d of 3 sessions are others", others)
		}
	})
	var bobs session.ID
	visit(t, m, bob, func(ctx context.Context) {
		s, _ := session.From(ctx)
		bobs = s.ID()
	})
	visit(t, m, laptop, func(ctx context.Context) {
		if err := auth.End(ctx, m, bobs); err != nil { // not ada's to end
			t.Error(err)
		}
		list, _ := auth.Sessions(ctx, m)
		for _, info := range list {
			if !info.Current {
				if err := auth.End(ctx, m, info.ID); err != nil {
					t.Error(err)
				}
				break
			}
		}
	})
	if left := len(userOf(t, m, phone)) + len(userOf(t, m, tablet)); left != len("ada") {
		t.Error("End ended more or less than one session")
	}
	login(t, m, "", "ada")
	visit(t, m, laptop, func(ctx context.Context) {
		if n, err := auth.LogoutOthers(ctx, m); n != 2 || err != nil {
			t.Errorf("LogoutOthers: %d, %v", n, err)
		}
	})
	login(t, m, "", "ada")
	laptop2 := visit(t, m, laptop, func(ctx context.Context) {
		if n, err := auth.LogoutEverywhere(ctx, m); n != 2 || err != nil {
			t.Errorf("LogoutEverywhere: %d, %v", n, err)
		}
		if _, err := auth.LogoutEverywhere(ctx, m); !auth.IsDenied(err) {
			t.Errorf("LogoutEverywhere for nobody: %v", err)
		}
	})
	if laptop2 != "" || userOf(t, m, laptop) != "" || userOf(t, m, bob) != "bob" {
		t.Error("not the sessions of ada, and only these")
	}
}

// noIndex is a store that keeps no index of users.
type noIndex struct{ session.Store }

func TestNoIndex(t *testing.T) {
	t.Parallel()
	m := newManager(t, noIndex{session.NewMemoryStore(0)})
	cookie := login(t, m, "", "ada")
	visit(t, m, cookie, func(ctx context.Context) {
		if _, err := auth.LogoutEverywhere(ctx, m); !errors.Is(err, session.ErrNoUserIndex) {
			t.Errorf("LogoutEverywhere: %v", err)
		}
	})
	if userOf(t, m, cookie) != "ada" {
		t.Error("logged out all the same")
	}
}

type account struct{ name string }

func TestUsers(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.NewMemoryStore(0))
	loads, fault := 0, error(nil)
	users := auth.Users[*account]{Load: func(_ context.Context, id string) (*account, error) {
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
type silent struct{ *session.MemoryStore }

func (silent) Describe() session.Description { return session.Description{Kind: "silent"} }

func (silent) Load(context.Context, session.ID) (*session.Record, error) {
	return nil, context.DeadlineExceeded
}

// While the store cannot be reached nobody is told that he is not logged in,
// also where requests go on without their session.
func TestRequireDuringAnOutage(t *testing.T) {
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef"), OnOutage: config.OutageAnonymous}
	m, err := session.NewManager(cfg, silent{session.NewMemoryStore(0)}, session.WithLogger(slog.New(slog.DiscardHandler)))
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
