//go:build unix

package tests

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// A login while Redis hangs, before its first write or between its two, is an
// error in time. Nobody is logged in by it, and the next one works.
func TestLoginWhileRedisHangs(t *testing.T) {
	t.Parallel()
	for name, writes := range map[string]int{"before the copy": 0, "before the removal": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			const timeout = time.Second
			store, err := redis.Open(t.Context(), server.URL(), redis.WithTimeout(timeout), redis.WithLogger(slog.New(slog.DiscardHandler)))
			if err != nil {
				t.Fatal(err)
			}
			hanging := &hangs{Store: store, after: -1, pause: server.Pause}
			m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test, Timeout: timeout}, hanging, session.WithLogger(slog.New(slog.DiscardHandler)))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { m.Close() })
			cookie := ""
			visit := func(handle func(ctx context.Context, s *session.Session) error) error {
				ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{cookie}})
				s, err := session.From(ctx)
				if err == nil {
					err = handle(ctx, s)
				}
				out, commitErr := x.Commit()
				if c, err := http.ParseSetCookie(out.SetCookie); err == nil {
					cookie = c.Name + "=" + c.Value
				}
				return errors.Join(err, commitErr)
			}
			login := func(ctx context.Context, _ *session.Session) error { return auth.Login(ctx, "ada") }
			if err := visit(func(_ context.Context, s *session.Session) error { return session.Set(s, "cart", 1) }); err != nil {
				t.Fatal(err)
			}

			before := cookie
			hanging.after = writes
			began := time.Now()
			err = visit(login)
			trial.Within(t, 3*timeout, "the login that fails", time.Since(began))
			if !errors.Is(err, session.ErrUnavailable) {
				t.Errorf("error %v, want %v", err, session.ErrUnavailable)
			}
			if cookie != before {
				t.Error("the browser got another cookie")
			}
			server.Resume()
			user := "not asked"
			ask := func(_ context.Context, s *session.Session) error { user = s.User(); return nil }
			for deadline := time.Now().Add(time.Minute); visit(ask) != nil && time.Now().Before(deadline); {
				time.Sleep(10 * time.Millisecond)
			}
			if user != "" {
				t.Errorf("logged in as %q by a login that failed", user)
			}
			if err := errors.Join(visit(login), visit(ask)); err != nil || user != "ada" {
				t.Errorf("the next login: user %q, error %v", user, err)
			}
		})
	}
}

// hangs pauses its Redis before a save, once.
type hangs struct {
	driver.Store
	after int // saves from now on; negative: never
	pause func()
}

func (s *hangs) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	if s.after == 0 {
		s.pause()
	}
	s.after--
	return s.Store.Save(ctx, id, r)
}
