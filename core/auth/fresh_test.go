package auth_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

func fresh(t *testing.T, m *session.Manager, cookie string, maxAge time.Duration) (ok bool) {
	t.Helper()
	visit(t, m, cookie, func(ctx context.Context) {
		user, err := auth.RequireFresh(ctx, maxAge)
		switch stale, typed := errors.AsType[*auth.NotFreshError](err); {
		case err == nil && user == "ada":
			ok = true
		case user != "" || !errors.Is(err, auth.ErrNotFresh) || !auth.IsDenied(err) || session.HTTPStatus(err) != http.StatusUnauthorized:
			t.Errorf("RequireFresh: %q, %v", user, err)
		case !typed || stale.MaxAge != maxAge:
			t.Errorf("%v is for %+v", maxAge, stale)
		}
	})
	return ok
}

func confirm(t *testing.T, m *session.Manager, cookie string) string {
	t.Helper()
	return visit(t, m, cookie, func(ctx context.Context) {
		if err := auth.Confirm(ctx); err != nil {
			t.Errorf("Confirm: %v", err)
		}
	})
}

// 7.5.1 7.5.3: logins and confirmations count, renewals and use do not.
func TestRequireFresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newManager(t, memstore.New(0))
		cookie := login(t, m, "", "ada")
		steps := []struct {
			name  string
			wait  time.Duration
			do    func(cookie string) string
			fresh bool
		}{
			{"just logged in", 0, nil, true},
			{"almost five minutes ago", 5*time.Minute - time.Millisecond, nil, true},
			{"five minutes ago", time.Millisecond, nil, false},
			{"renewed", 0, func(cookie string) string { return renewed(t, m, cookie) }, false},
			{"confirmed", 0, func(cookie string) string { return confirm(t, m, cookie) }, true},
			{"confirmed and renewed", time.Minute, func(cookie string) string { return renewed(t, m, cookie) }, true},
			{"confirmed long ago", time.Hour, nil, false},
			{"logged in again", 0, func(cookie string) string { return login(t, m, cookie, "ada") }, true},
			{"logged in again long ago", 5 * time.Minute, nil, false},
		}
		for _, step := range steps {
			time.Sleep(step.wait)
			if step.do != nil {
				cookie = step.do(cookie)
			}
			if got := fresh(t, m, cookie, 5*time.Minute); got != step.fresh {
				t.Errorf("%s: fresh %v", step.name, got)
			}
		}
		for _, maxAge := range []time.Duration{0, -1, math.MinInt64} {
			if fresh(t, m, login(t, m, "", "ada"), maxAge) {
				t.Errorf("fresh for %v", maxAge)
			}
		}
		if !fresh(t, m, cookie, math.MaxInt64) {
			t.Error("not fresh for ever")
		}
	})
}

func renewed(t *testing.T, m *session.Manager, cookie string) string {
	t.Helper()
	return visit(t, m, cookie, func(ctx context.Context) {
		s, err := session.From(ctx)
		if err == nil {
			err = s.Renew(ctx)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// Nobody is not fresh, and cannot confirm anything.
func TestConfirmForNobody(t *testing.T) {
	t.Parallel()
	m := newManager(t, memstore.New(0))
	visit(t, m, "", func(ctx context.Context) {
		if _, err := auth.RequireFresh(ctx, time.Hour); err != auth.ErrNotLoggedIn {
			t.Errorf("RequireFresh: %v", err)
		}
		if err := auth.Confirm(ctx); err != auth.ErrNotLoggedIn {
			t.Errorf("Confirm: %v", err)
		}
	})
	if _, err := auth.RequireFresh(t.Context(), time.Hour); err != session.ErrNoMiddleware {
		t.Errorf("RequireFresh without the middleware: %v", err)
	}
	if err := auth.Confirm(t.Context()); err != session.ErrNoMiddleware {
		t.Errorf("Confirm without the middleware: %v", err)
	}
}

// A confirmation is no login: the old id ends, and nothing else does or begins anew.
// It stays when other requests save.
func TestConfirmLeavesTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New(0)
		m := newManager(t, store)
		old := visit(t, m, "", func(ctx context.Context) {
			if err := auth.Login(ctx, "ada", auth.Remember(30*24*time.Hour), auth.Label("phone")); err != nil {
				t.Error(err)
			}
		})
		before := describe(t, m, old)
		time.Sleep(time.Hour)
		cookie := confirm(t, m, old)
		if userOf(t, m, old) != "" {
			t.Error("the old id lives")
		}
		visit(t, m, cookie, func(ctx context.Context) {
			s, _ := session.From(ctx)
			if err := session.Set(s, "color", "red"); err != nil {
				t.Error(err)
			}
			s.Clear()
		})
		after := describe(t, m, cookie)
		if after.ID == before.ID {
			t.Error("the id is the same")
		}
		if after.ID, before.ID = before.ID, after.ID; after.Label != before.Label || !after.Login.Equal(before.Login) || !after.Expires.Equal(before.Expires) {
			t.Errorf("%+v has become %+v", before, after)
		}
		if !fresh(t, m, cookie, time.Minute) {
			t.Error("not fresh any more")
		}
	})
}

func describe(t *testing.T, m *session.Manager, cookie string) (one auth.SessionInfo) {
	t.Helper()
	visit(t, m, cookie, func(ctx context.Context) {
		list, err := auth.Sessions(ctx, m)
		if err != nil || len(list) != 1 {
			t.Fatalf("Sessions: %v, %v", list, err)
		}
		one = list[0]
	})
	return one
}

// A login that is not stored yet can be confirmed too.
func TestConfirmInTheRequestOfTheLogin(t *testing.T) {
	t.Parallel()
	m := newManager(t, memstore.New(0))
	cookie := visit(t, m, "", func(ctx context.Context) {
		if err := errors.Join(auth.Login(ctx, "ada"), auth.Confirm(ctx)); err != nil {
			t.Error(err)
		}
	})
	if !fresh(t, m, cookie, time.Hour) {
		t.Error("not fresh")
	}
}

// What all sessions of the user were ended by, ends one that is being confirmed.
func TestConfirmAfterLogoutEverywhere(t *testing.T) {
	t.Parallel()
	m := newManager(t, memstore.New(0))
	cookie := login(t, m, "", "ada")
	visit(t, m, cookie, func(ctx context.Context) {
		if _, err := session.From(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := m.DestroyUser(t.Context(), "ada"); err != nil {
			t.Fatal(err)
		}
		if err := auth.Confirm(ctx); !errors.Is(err, session.ErrGone) {
			t.Errorf("Confirm: %v", err)
		}
	})
	if list, err := m.UserSessions(t.Context(), "ada"); len(list) > 0 || err != nil {
		t.Errorf("left: %v, %v", list, err)
	}
}

// The clock of the worker that took the login may be ahead of this one's.
func TestRequireFreshWithClocksThatDiffer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New(0)
		cookies := map[time.Duration]string{}
		cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef")}
		for _, ahead := range []time.Duration{-time.Hour, -time.Minute, time.Minute, time.Hour} {
			m, err := session.NewManager(t.Context(), cfg, store, session.WithClock(func() time.Time { return time.Now().Add(ahead) }))
			if err != nil {
				t.Fatal(err)
			}
			cookies[ahead] = login(t, m, "", "ada")
		}
		m := newManager(t, store)
		for ahead, cookie := range cookies {
			if got, want := fresh(t, m, cookie, 5*time.Minute), ahead.Abs() < 5*time.Minute; got != want {
				t.Errorf("ahead by %v: fresh %v", ahead, got)
			}
		}
	})
}

// A session from before the upgrade has no time of its own kept: that of its login
// counts. One that another library began has none.
func TestRequireFreshForSessionsFromBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := config.Config{Mode: config.Test}
		m, err := session.NewManager(t.Context(), cfg, memstore.New(0), session.WithPredecessor(driver.Predecessor{
			Cookie: "old", Load: func(context.Context, string) (*driver.Inheritance, error) {
				return &driver.Inheritance{User: "ada"}, nil
			},
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		cookie := visit(t, m, "old=1", func(ctx context.Context) {
			if _, err := auth.RequireFresh(ctx, math.MaxInt64); !errors.Is(err, auth.ErrNotFresh) {
				t.Errorf("RequireFresh: %v", err)
			}
		})
		cookie = renewed(t, m, cookie)
		if fresh(t, m, cookie, math.MaxInt64) {
			t.Error("a session that was taken over is fresh")
		}
		if cookie = confirm(t, m, cookie); !fresh(t, m, cookie, time.Minute) {
			t.Error("not fresh though confirmed")
		}
	})
}
