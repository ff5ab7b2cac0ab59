package auth_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// A login is remembered through an idle timeout that ends the others, and the
// next one is not unless it says so.
func TestRemember(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test, IdleTimeout: time.Hour}, memstore.New(0))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		remembered := func(options ...auth.LoginOption) string {
			return visit(t, m, "", func(ctx context.Context) {
				if err := auth.Login(ctx, "ada", options...); err != nil {
					t.Error(err)
				}
			})
		}
		month, nothing, plain := remembered(auth.Remember(30*24*time.Hour)), remembered(auth.Remember(0)), remembered()
		again := visit(t, m, month, func(ctx context.Context) {})
		time.Sleep(29 * 24 * time.Hour)
		for cookie, want := range map[string]string{again: "ada", nothing: "", plain: ""} {
			if user := userOf(t, m, cookie); user != want {
				t.Errorf("after 29 days: %q, want %q", user, want)
			}
		}
		month = login(t, m, month, "ada")
		time.Sleep(2 * time.Hour)
		if user := userOf(t, m, month); user != "" {
			t.Errorf("logged in again without being remembered: %q", user)
		}
	})
}

// The list of a user's sessions has the labels of their logins.
func TestLabel(t *testing.T) {
	t.Parallel()
	m := sessiontest.NewManager(t)
	loginAs := func(cookie string, options ...auth.LoginOption) string {
		return visit(t, m, cookie, func(ctx context.Context) {
			if err := auth.Login(ctx, "ada", options...); err != nil {
				t.Error(err)
			}
		})
	}
	labels := func(cookie string) (all []string) {
		visit(t, m, cookie, func(ctx context.Context) {
			list, err := auth.Sessions(ctx, m)
			if err != nil {
				t.Fatal(err)
			}
			for _, info := range list {
				if info.Current {
					all = append(all, info.Label)
				} else {
					all = append([]string{info.Label}, all...)
				}
			}
		})
		return all
	}
	loginAs("", auth.Label(`"Safari" auf dem Tëlefon`))
	laptop := loginAs("", auth.Label("Firefox on Linux"), auth.Remember(time.Hour))
	if got := strings.Join(labels(laptop), ", "); got != `"Safari" auf dem Tëlefon, Firefox on Linux` {
		t.Error(got)
	}
	laptop = visit(t, m, laptop, func(ctx context.Context) {
		s, _ := session.From(ctx)
		session.Set(s, "n", 1)
		if err := s.Renew(ctx); err != nil {
			t.Error(err)
		}
	})
	if got := labels(laptop); got[1] != "Firefox on Linux" {
		t.Errorf("after a renewal: %q", got)
	}
	if got := labels(loginAs(laptop)); got[1] != "" {
		t.Errorf("after a login without a label: %q", got)
	}
	visit(t, m, "", func(ctx context.Context) {
		if err := auth.Login(ctx, "ada", auth.Label(strings.Repeat("x", 128+1))); !errors.Is(err, session.ErrInvalidLabel) {
			t.Error(err)
		}
		if user, _ := auth.User(ctx); user != "" {
			t.Errorf("%q is logged in with a label that is too long", user)
		}
	})
}
