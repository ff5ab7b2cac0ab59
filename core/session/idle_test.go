package session_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// idleBrowser is one under an idle timeout of an hour, on a store that is
// watched.
func idleBrowser(t *testing.T) (*browser, *watchedStore) {
	cfg := testConfig()
	cfg.IdleTimeout, cfg.Lifetime = time.Hour, 24*time.Hour
	store := watch()
	return newBrowser(t, newManager(t, cfg, store)), store
}

// expires is when the browser's session does, as it is stored.
func (b *browser) expires(store *watchedStore) time.Time {
	b.t.Helper()
	ctx, _ := b.open()
	r, err := store.Store.Load(b.t.Context(), from(b.t, ctx).ID())
	if err != nil {
		b.t.Fatal(err)
	}
	return r.Expires
}

// Behaviour 127: each way to save moves the idle end, and none to the absolute
// one.
func TestSaveKeepsIdleEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, store := idleBrowser(t)
		for _, change := range []struct {
			name string
			make func(s *session.Session) error
		}{
			{"a new session", func(s *session.Session) error { return session.Set(s, "a", 1) }},
			{"Set", func(s *session.Session) error { return session.Set(s, "a", 2) }},
			{"Update", func(s *session.Session) error {
				_, err := session.Update(s, "a", func(n int) (int, error) { return n + 1, nil })
				return err
			}},
			{"Commit", func(s *session.Session) error { return errors.Join(session.Set(s, "a", 3), s.Commit(t.Context())) }},
			{"Delete", func(s *session.Session) error { return s.Delete("a") }},
			{"Flash", func(s *session.Session) error { return s.Flash("", "x") }},
			{"RenewAs", func(s *session.Session) error { return s.RenewAs(t.Context(), "ada") }},
			{"Renew", func(s *session.Session) error { return s.Renew(t.Context()) }},
			{"SetLifetime", func(s *session.Session) error { return s.SetLifetime(240 * time.Hour) }},
			{"Touch", func(s *session.Session) error { return s.Touch(t.Context()) }},
		} {
			time.Sleep(time.Minute)
			b.visit(func(s *session.Session) {
				if err := change.make(s); err != nil {
					t.Errorf("%s: %v", change.name, err)
				}
			})
			want(t, change.name, b.expires(store), time.Now().Add(time.Hour))
		}
	})
}

// Behaviour 125.
func TestFailedTouch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig()
		cfg.IdleTimeout = time.Hour
		store, log := watch(), &logLines{}
		m := newManager(t, cfg, store, log.option())
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		time.Sleep(10 * time.Minute)
		for name, fail := range map[string]error{
			"refused": errDown, "late": context.DeadlineExceeded, "closed": session.ErrClosed, "full": session.ErrStoreFull,
		} {
			store.on(func(_ context.Context, op string) error {
				if op == "touch" {
					return fail
				}
				return nil
			})
			b.visit(func(s *session.Session) { want(t, name, get[int](t, s, "a"), 1) })
			b.visit(func(s *session.Session) {
				if err := s.Touch(t.Context()); !errors.Is(err, fail) {
					t.Errorf("%s: Touch itself: %v", name, err)
				}
			})
		}
		lines := log.with("msg", "session: not touched: it may end too early")
		if len(lines) != 1 || lines[0]["level"] != "ERROR" {
			t.Errorf("logged %v", lines)
		}
		want(t, "counted", m.Diagnostics().StoreErrors()["touch"], 6) // what is closed or full says so itself
		store.on(nil)
		b.visit(func(s *session.Session) {})
		want(t, "expires when the store is back", b.expires(store), time.Now().Add(time.Hour))
	})
}

// Behaviour 126: a request that knows an older end does not bring it back.
func TestTouchNeverShortens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, store := idleBrowser(t)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		time.Sleep(30 * time.Minute)
		other := *b
		ctx, end := other.open()
		stale := from(t, ctx)
		b.visit(func(s *session.Session) {
			if err := s.SetIdleTimeout(10 * time.Hour); err != nil {
				t.Fatal(err)
			}
		})
		long := time.Now().Add(10 * time.Hour)
		want(t, "lengthened", b.expires(store), long)
		if err := stale.Touch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		want(t, "after the stale touch", b.expires(store), long)

		store.total()
		time.Sleep(20 * time.Minute)
		b.visit(func(s *session.Session) {})
		want(t, "calls of a visit that would move it by little", store.total(), 1)
	})
}

// An idle timeout that is shortened holds for what is saved from then on: no
// read moves an end to an earlier time.
func TestShorterIdleTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, store := idleBrowser(t)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		end := b.expires(store)
		cfg := testConfig()
		cfg.IdleTimeout = 10 * time.Minute
		b.manager = newManager(t, cfg, store)
		store.total()
		b.visit(func(s *session.Session) {})
		want(t, "calls of a visit", store.total(), 1)
		want(t, "expires", b.expires(store), end)
		b.visit(func(s *session.Session) { set(t, s, "a", 2) })
		want(t, "expires after a save", b.expires(store), time.Now().Add(10*time.Minute))
	})
}

func TestSetIdleTimeout(t *testing.T) {
	t.Parallel()
	for _, configured := range []time.Duration{0, time.Hour} {
		t.Run(configured.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cfg := testConfig()
				cfg.IdleTimeout, cfg.Lifetime = configured, 24*time.Hour
				store := watch()
				b := newBrowser(t, newManager(t, cfg, store))
				choose := func(d time.Duration) {
					b.visit(func(s *session.Session) {
						if err := s.SetIdleTimeout(d); err != nil {
							t.Fatal(err)
						}
					})
				}
				b.visit(func(s *session.Session) { set(t, s, "a", 1) })
				deadline := b.expires(store)
				b.visit(func(s *session.Session) { deadline = s.Deadline() })

				choose(3 * time.Hour)
				if b.last != nil {
					t.Errorf("sets the cookie %v", b.last)
				}
				want(t, "chosen", b.expires(store), time.Now().Add(3*time.Hour))
				time.Sleep(2 * time.Hour)
				b.visit(func(s *session.Session) {})
				want(t, "touched", b.expires(store), time.Now().Add(3*time.Hour))
				time.Sleep(10 * time.Minute)
				store.total()
				b.visit(func(s *session.Session) {})
				want(t, "calls within a tenth", store.total(), 1)
				b.visit(func(s *session.Session) { s.Clear(); set(t, s, "a", 2) })
				want(t, "saved", b.expires(store), time.Now().Add(3*time.Hour))
				b.visit(func(s *session.Session) { s.Renew(t.Context()) })
				want(t, "renewed", b.expires(store), time.Now().Add(3*time.Hour))
				choose(math.MaxInt64)
				want(t, "never past the absolute end", b.expires(store), deadline)
				choose(time.Nanosecond) // Milliseconds count
				if !b.expiresSoon(store) {
					t.Error("a nanosecond became the configured time")
				}
			})
		})
	}
}

// expiresSoon reports whether the browser's session is about to end.
func (b *browser) expiresSoon(store *watchedStore) bool {
	for entry := range store.All(b.t.Context()) {
		if time.Until(entry.Record.Expires) > time.Millisecond {
			return false
		}
	}
	return true
}

// The choice goes back to the configured time with 0 and with a login, unless
// it is made in the request of the login itself.
func TestIdleTimeoutAndLogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, store := idleBrowser(t)
		remember := func(s *session.Session) { s.SetLifetime(720 * time.Hour); s.SetIdleTimeout(240 * time.Hour) }
		login := func(s *session.Session) {
			if err := s.RenewAs(t.Context(), "ada"); err != nil {
				t.Fatal(err)
			}
		}
		for name, visit := range map[string]func(s *session.Session){
			"before the login": func(s *session.Session) { remember(s); login(s) },
			"after the login":  func(s *session.Session) { login(s); remember(s) },
		} {
			for _, visitor := range []string{"new", "known"} {
				b.cookie = ""
				if visitor == "known" {
					b.visit(func(s *session.Session) { set(t, s, "a", 1) })
				}
				b.visit(visit)
				want(t, name+" of a visitor who is "+visitor, b.expires(store), time.Now().Add(240*time.Hour))
			}
		}
		b.visit(login)
		want(t, "after the next login", b.expires(store), time.Now().Add(time.Hour))
		b.visit(remember)
		b.visit(func(s *session.Session) { s.SetIdleTimeout(0) })
		want(t, "with 0", b.expires(store), time.Now().Add(time.Hour))
		b.visit(func(s *session.Session) {
			if err := s.SetIdleTimeout(-time.Second); err == nil || !strings.Contains(err.Error(), "-1s") || s.Modified() {
				t.Errorf("below 0: %v", err)
			}
			s.Destroy(t.Context())
			if err := s.SetIdleTimeout(time.Hour); err != session.ErrDestroyed {
				t.Errorf("after the end: %v", err)
			}
		})
	})
}

func TestWithoutTouch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, store := idleBrowser(t)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		end := b.expires(store)
		poll := func(f func(ctx context.Context)) {
			t.Helper()
			time.Sleep(8 * time.Minute)
			ctx, done := b.open()
			if got := session.WithoutTouch(ctx); got != ctx {
				t.Errorf("another context: %v", got)
			}
			f(ctx)
			if err := done(); err != nil {
				t.Fatal(err)
			}
		}
		poll(func(ctx context.Context) { from(t, ctx) })
		poll(func(ctx context.Context) { set(t, from(t, ctx), "a", 2) })
		poll(func(ctx context.Context) {
			session.Update(from(t, ctx), "a", func(n int) (int, error) { return n + 1, nil })
		})
		want(t, "after polling", b.expires(store), end)

		// In the middle of a long poll somebody uses the session.
		poll(func(ctx context.Context) {
			s := from(t, ctx)
			time.Sleep(20 * time.Minute)
			b.visit(func(s *session.Session) {})
			end = time.Now().Add(time.Hour)
			time.Sleep(5 * time.Minute)
			set(t, s, "late", true)
			if err := s.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			want(t, "as the session knows it", s.Expires(), end)
		})
		want(t, "after the long poll", b.expires(store), end)

		poll(func(ctx context.Context) {
			if err := from(t, ctx).Touch(ctx); err != nil {
				t.Fatal(err)
			}
		})
		want(t, "after a touch of its own", b.expires(store), time.Now().Add(time.Hour))
		poll(func(ctx context.Context) { from(t, ctx).SetLifetime(time.Hour * 72) })
		want(t, "after another lifetime", b.expires(store), time.Now().Add(time.Hour))
		time.Sleep(61 * time.Minute)
		poll(func(ctx context.Context) { want(t, "after all", from(t, ctx).Status().State, session.StateRejected) })
	})
}

// A request that waits for a poll to save shares its save, and is use.
func TestPollSharesASave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, store := idleBrowser(t)
		b.visit(func(s *session.Session) { set(t, s, "a", 1) })
		time.Sleep(10 * time.Minute)
		store.on(func(_ context.Context, op string) error {
			if op == "save" {
				time.Sleep(time.Second)
			}
			return nil
		})
		atOnce(t, b, 4, func(i int, s *session.Session) {
			set(t, s, fmt.Sprint("key", i), i)
			if i != 3 {
				session.WithoutTouch(s.Exchange())
			}
		})
		store.on(nil)
		if end := b.expires(store); end.Before(time.Now().Add(59 * time.Minute)) {
			t.Errorf("expires in %v", time.Until(end))
		}
	})
}

// WithoutTouch works around the middleware, and for every manager of a request.
func TestWithoutTouchOutside(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shop, store := idleBrowser(t)
		cfg := testConfig()
		cfg.IdleTimeout, cfg.Cookie.Name = time.Hour, "admin"
		admin := newBrowser(t, newManager(t, cfg, store))
		shop.visit(func(s *session.Session) { set(t, s, "a", 1) })
		admin.visit(func(s *session.Session) { set(t, s, "a", 1) })
		time.Sleep(30 * time.Minute)
		store.total()
		visit := func(outside, inside func(ctx context.Context) context.Context) {
			in := session.Incoming{Cookies: []string{shop.cookie + "; " + admin.cookie}}
			ctx, outer, _ := sessiontest.Open(outside(t.Context()), shop.manager, in)
			ctx, inner, _ := sessiontest.Open(ctx, admin.manager, in)
			ctx = inside(ctx)
			for _, m := range []*session.Manager{shop.manager, admin.manager} {
				if _, err := m.From(ctx); err != nil {
					t.Error(err)
				}
			}
			inner.Commit()
			outer.Commit()
		}
		same := func(ctx context.Context) context.Context { return ctx }
		visit(session.WithoutTouch, same)
		visit(same, session.WithoutTouch)
		want(t, "loads of two polls of two sessions, and no touch", store.total(), 4)
		visit(same, same)
		want(t, "loads and touches of a visit", store.total(), 4)
	})
}

// The stored form is a contract: workers of several versions share it.
func TestRecordIdle(t *testing.T) {
	t.Parallel()
	r := &driver.Record{Revision: 1, Created: time.UnixMilli(1), Deadline: time.UnixMilli(3), Expires: time.UnixMilli(2)}
	want(t, "without", string(r.AppendJSON(nil)), `{"rev":1,"exp":            2,"end":3,"iat":1,"data":{}}`)
	r.Idle, r.User = 90*time.Minute, "ada"
	text := string(r.AppendJSON(nil))
	want(t, "with", text, `{"rev":1,"exp":            2,"end":3,"iat":1,"idle":5400000,"user":"ada","data":{}}`)
	back, err := driver.ParseRecord(text)
	if err != nil || back.Idle != r.Idle {
		t.Errorf("%+v, %v", back, err)
	}
	for raw, ok := range map[string]bool{"0": true, "1": true, "99999999999999999": true, "-1": false, "1.5": false, `"1"`: false, "null": false} {
		back, err := driver.ParseRecord(strings.Replace(text, "5400000", raw, 1))
		if (err == nil) != ok || ok && back.Idle < 0 {
			t.Errorf("idle time %s: %+v, %v", raw, back, err)
		}
	}
}
