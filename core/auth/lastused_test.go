package auth_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
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

// The last use is right to within a tenth of the idle timeout, and ten minutes, and
// costs a save once in so long.
func TestLastUsed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		idle     time.Duration
		remember time.Duration
		every    time.Duration
	}{
		"no idle timeout":    {0, 0, 10 * time.Minute},
		"a short one":        {30 * time.Minute, 0, 3 * time.Minute},
		"a long one":         {12 * time.Hour, 0, 10 * time.Minute},
		"remembered":         {30 * time.Minute, 30 * 24 * time.Hour, 10 * time.Minute},
		"remembered briefly": {0, 10 * time.Minute, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := &countingStore{Store: memstore.New(0)}
				cfg := config.Config{Mode: config.Test, IdleTimeout: c.idle}
				m, err := session.NewManager(t.Context(), cfg, store)
				if err != nil {
					t.Fatal(err)
				}
				defer m.Close()
				cookie := loginWith(t, m, "", auth.LastUsed(), auth.Remember(c.remember), auth.Network("192.0.2.7"))
				read := func(ctx context.Context) {
					if _, err := auth.Require(ctx); err != nil {
						t.Error(err)
					}
				}
				begin := time.Now()
				used := func(want time.Duration, what string) {
					t.Helper()
					list, err := m.UserSessions(t.Context(), "ada")
					if err != nil || len(list) != 1 {
						t.Fatal(list, err)
					}
					if got := list[0].Record.Detailed().Used.Sub(begin); got != want || list[0].Record.Detailed().From != "192.0.2.0/24" {
						t.Errorf("%s: used after %v, want %v", what, got, want)
					}
				}
				time.Sleep(c.every - time.Millisecond)
				store.saves = 0
				visit(t, m, cookie, read)
				used(0, "too early to be kept")
				time.Sleep(time.Millisecond)
				visit(t, m, cookie, func(ctx context.Context) {
					read(ctx)
					session.WithoutTouch(ctx)
				})
				used(0, "no use")
				if store.saves != 0 {
					t.Errorf("%d saves too many", store.saves)
				}
				for range 3 {
					visit(t, m, cookie, read)
				}
				used(c.every, "read")
				if store.saves != 1 {
					t.Errorf("%d saves, want 1", store.saves)
				}
				time.Sleep(c.every)
				visit(t, m, cookie, func(ctx context.Context) {
					s, _ := session.From(ctx)
					if err := session.Set(s, "n", 1); err != nil {
						t.Error(err)
					}
				})
				used(2*c.every, "changed")
				if store.saves != 2 {
					t.Errorf("%d saves, want 2", store.saves)
				}
				time.Sleep(c.every)
				visit(t, m, cookie, func(ctx context.Context) {
					s, _ := session.From(ctx)
					if err := s.Renew(ctx); err != nil {
						t.Error(err)
					}
				})
				used(3*c.every, "renewed")
			})
		})
	}
}

// countingStore counts saves, and fails them when told to.
type countingStore struct {
	*memstore.Store
	saves int
	err   error
}

func (s *countingStore) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	if s.saves++; s.err != nil {
		return s.err
	}
	return s.Store.Save(ctx, id, r)
}

// That a use cannot be kept takes nothing from a page that was only read, as with a
// touch, and a session that has ended meanwhile stays so.
func TestLastUsedThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &countingStore{Store: memstore.New(0)}
		m := newManager(t, store)
		cookie := loginWith(t, m, "", auth.LastUsed())
		time.Sleep(time.Hour)
		store.err = errors.New("connection refused")
		if user := userOf(t, m, cookie); user != "ada" {
			t.Errorf("the user is %q", user)
		}
		store.err = nil
		ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{cookie}})
		if _, err := auth.Require(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := m.DestroyUser(t.Context(), "ada"); err != nil {
			t.Fatal(err)
		}
		if out, err := x.Commit(); err != nil || out.SetCookie != "" {
			t.Errorf("Commit: %+v, %v", out, err)
		}
		if user := userOf(t, m, cookie); user != "" {
			t.Errorf("the ended session is back: %q", user)
		}
	})
}

// Parallel requests that all find the use due save it together or one after the other,
// and disturb nobody's changes.
func TestLastUsedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newManager(t, memstore.New(0))
		cookie := loginWith(t, m, "", auth.LastUsed())
		time.Sleep(time.Hour)
		var ends []*session.Exchange
		for i := range 10 {
			ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{cookie}})
			s, err := session.From(ctx)
			if err == nil && i%2 == 0 {
				err = session.Set(s, string(rune('a'+i)), i)
			}
			if err != nil {
				t.Fatal(err)
			}
			ends = append(ends, x)
		}
		for _, x := range ends {
			go func() {
				if _, err := x.Commit(); err != nil {
					t.Error(session.HTTPStatus(err) == http.StatusConflict, err)
				}
			}()
		}
		synctest.Wait()
		visit(t, m, cookie, func(ctx context.Context) {
			s, _ := session.From(ctx)
			if keys := strings.Join(s.Keys(), ""); keys != "acegi" {
				t.Errorf("the keys are %s", keys)
			}
		})
		if s := describeCurrent(t, m, cookie); time.Since(s.LastUsed) > time.Second {
			t.Errorf("used %v ago", time.Since(s.LastUsed))
		}
	})
}
