package auth_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

func TestEverywhere(t *testing.T) {
	t.Parallel()
	m := newManager(t, memstore.New(0))
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
		if err := auth.EndSession(ctx, m, bobs); err != nil { // not ada's to end
			t.Error(err)
		}
		list, _ := auth.Sessions(ctx, m)
		for _, info := range list {
			if !info.Current {
				if err := auth.EndSession(ctx, m, info.ID); err != nil {
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
type noIndex struct{ driver.Store }

func TestNoIndex(t *testing.T) {
	t.Parallel()
	m := newManager(t, noIndex{memstore.New(0)})
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

// While the store cannot be reached nobody is told that he is not logged in,
// and nobody that it was done.
func TestEverywhereDuringAnOutage(t *testing.T) {
	t.Parallel()
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef"), OnOutage: config.OutageAnonymous}
	m, err := session.NewManager(t.Context(), cfg, silent{memstore.New(0)}, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	cookie := login(t, m, "", "ada")
	visit(t, m, cookie, func(ctx context.Context) {
		_, sessions := auth.Sessions(ctx, m)
		_, everywhere := auth.LogoutEverywhere(ctx, m)
		_, others := auth.LogoutOthers(ctx, m)
		for name, err := range map[string]error{"Sessions": sessions, "LogoutEverywhere": everywhere, "LogoutOthers": others,
			"End": auth.EndSession(ctx, m, session.ID{})} {
			if !errors.Is(err, session.ErrUnavailable) || auth.IsDenied(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Of two managers it is the named one's session that is meant, not the inner
// one's.
func TestEndWithNestedManagers(t *testing.T) {
	t.Parallel()
	outer := newManager(t, memstore.New(0))
	inner := newManager(t, memstore.New(0))
	cookie := login(t, outer, "", "ada")
	ctx, x, _ := sessiontest.Open(t.Context(), outer, session.Incoming{Cookies: []string{cookie}})
	ctx, y, _ := sessiontest.Open(ctx, inner, session.Incoming{})
	if err := auth.Login(ctx, "eve"); err != nil { // the inner one's
		t.Fatal(err)
	}
	s, err := outer.From(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := auth.EndSession(ctx, outer, s.ID()); err != nil {
		t.Fatal(err)
	}
	if user, err := auth.User(ctx); user != "eve" || err != nil {
		t.Errorf("the inner session: %q, %v", user, err)
	}
	y.Commit()
	x.Commit()
	if userOf(t, outer, cookie) != "" {
		t.Error("the outer session goes on")
	}
}

// A login that was not saved yet is one of the user's sessions.
func TestEverywhereRightAfterLogin(t *testing.T) {
	t.Parallel()
	m := newManager(t, memstore.New(0))
	visit(t, m, "", func(ctx context.Context) {
		auth.Login(ctx, "ada")
		if list, err := auth.Sessions(ctx, m); err != nil || len(list) != 1 || !list[0].Current {
			t.Errorf("Sessions: %v, %v", list, err)
		}
	})
	visit(t, m, "", func(ctx context.Context) {
		auth.Login(ctx, "ada")
		if n, err := auth.LogoutOthers(ctx, m); n != 1 || err != nil {
			t.Errorf("LogoutOthers: %d, %v", n, err)
		}
	})
	left := visit(t, m, "", func(ctx context.Context) {
		auth.Login(ctx, "ada")
		s, _ := session.From(ctx)
		if err := auth.EndSession(ctx, m, s.ID()); err != nil {
			t.Error(err)
		}
	})
	if left != "" {
		t.Error("a session that was ended in the request of its login has a cookie")
	}

	// Of two logins at once that each end all others, one is left.
	for range 50 {
		var wg sync.WaitGroup
		var cookies [2]string
		for i := range cookies {
			wg.Go(func() {
				cookies[i] = visit(t, m, "", func(ctx context.Context) {
					auth.Login(ctx, "bob")
					if _, err := auth.LogoutOthers(ctx, m); err != nil && err != session.ErrGone {
						t.Error(err)
					}
				})
			})
		}
		wg.Wait()
		if n := len(userOf(t, m, cookies[0]) + userOf(t, m, cookies[1])); n != len("bob") {
			t.Fatalf("%d letters of bob are left", n)
		}
	}
}

// failing is a store that does not end sessions.
type failing struct {
	*memstore.Store
	revoke, remove error
}

func (f *failing) Revoke(ctx context.Context, o driver.Owner, keep []driver.Entry) ([]session.ID, error) {
	if f.revoke != nil {
		return nil, f.revoke
	}
	return f.Store.Revoke(ctx, o, keep)
}

func (f *failing) RemoveRevoked(ctx context.Context, o driver.Owner, most int) (int, bool, error) {
	if f.remove != nil {
		return 0, false, f.remove
	}
	return f.Store.RemoveRevoked(ctx, o, most)
}

// What was not ended is not counted, and what was ended has ended although it
// could not be counted.
func TestLogoutEverywhereThatFails(t *testing.T) {
	t.Parallel()
	store := &failing{Store: memstore.New(0)}
	m := newManager(t, store)
	phone, laptop := login(t, m, "", "ada"), login(t, m, "", "ada")
	everywhere := func(cookie string) (n int, err error) {
		visit(t, m, cookie, func(ctx context.Context) { n, err = auth.LogoutEverywhere(ctx, m) })
		return n, err
	}
	store.revoke = errors.New("down")
	if n, err := everywhere(laptop); n != 0 || !errors.Is(err, session.ErrUnavailable) || userOf(t, m, phone) != "ada" || userOf(t, m, laptop) != "ada" {
		t.Errorf("nothing can be ended: %d, %v", n, err)
	}
	store.revoke, store.remove = nil, errors.New("down")
	if n, err := everywhere(laptop); n != 0 || !errors.Is(err, session.ErrUnavailable) || userOf(t, m, phone) != "" || userOf(t, m, laptop) != "" {
		t.Errorf("nothing can be removed: %d, %v", n, err)
	}
	store.remove = nil
	if n, err := m.DestroyUser(t.Context(), "ada"); n != 2 || err != nil {
		t.Errorf("again: %d, %v; want the 2 that were not counted", n, err)
	}
}

type account struct{ name string }
