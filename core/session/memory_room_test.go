package session_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// stores that are small, by what bounds them
func smallStores() map[string]*memstore.Store {
	return map[string]*memstore.Store{
		"sessions": memstore.New(100),
		"bytes":    memstore.New(0, memstore.WithBytes(100_000)),
	}
}

// crowd has strangers make sessions until the store takes no more of theirs,
// and says how many there are.
func fillUp(t *testing.T, m *session.Manager, size int) (n int) {
	t.Helper()
	text := strings.Repeat("x", size)
	for ; n < 10_000; n++ {
		ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{})
		set(t, from(t, ctx), "k", text)
		if _, err := x.Commit(); errors.Is(err, driver.ErrStoreFull) {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the store is never full")
	return n
}

// Strangers have filled the store: who has a session can still do with it
// what he came for.
func TestFullMemoryTakesLogins(t *testing.T) {
	t.Parallel()
	for name, store := range smallStores() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newManager(t, testConfig(), store)
			alice := newBrowser(t, m)
			alice.visit(func(s *session.Session) { set(t, s, "cart", "tea") })
			bob := loggedIn(t, m, "bob")
			carol := newBrowser(t, m)
			carol.visit(func(s *session.Session) { set(t, s, "cart", "milk") })
			if n := fillUp(t, m, 300); n < 50 {
				t.Fatalf("full after %d sessions", n)
			}
			do := func(s *session.Session, change func() error) {
				t.Helper()
				if err := errors.Join(change(), s.Commit(t.Context())); err != nil {
					t.Errorf("%q: %v", s.User(), err)
				}
			}
			alice.visit(func(s *session.Session) {
				do(s, func() error { return s.RenewAs(t.Context(), "alice") })
				do(s, func() error { return session.Set(s, "address", strings.Repeat("x", 1000)) })
				do(s, func() error { return s.Renew(t.Context()) })
			})
			alice.visit(func(s *session.Session) {
				want(t, "alice's cart", get[string](t, s, "cart"), "tea")
				do(s, func() error { return s.Renew(t.Context()) })
			})
			bob.visit(func(s *session.Session) { do(s, func() error { return s.Renew(t.Context()) }) })
			carol.visit(func(s *session.Session) { // nobody is logged in before and after
				do(s, func() error { return s.Renew(t.Context()) })
				if err := session.Set(s, "k", strings.Repeat("x", 30_000)); err != nil {
					t.Error(err)
				}
				if err := s.Commit(t.Context()); name == "bytes" && !errors.Is(err, driver.ErrStoreFull) {
					t.Errorf("a session of nobody grew into what is kept for others: %v", err)
				}
				s.Delete("k")
			})
			dave := newBrowser(t, m) // has no session yet
			dave.visit(func(s *session.Session) { do(s, func() error { return s.RenewAs(t.Context(), "dave") }) })
			want(t, "dave", dave.user(), "dave")
			want(t, "bob", bob.user(), "bob")
		})
	}
}

func inspectMemory(t *testing.T, store *memstore.Store) map[string]int {
	t.Helper()
	in, err := store.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]int{}
	for name, text := range in.Facts {
		if _, err := fmt.Sscan(text, new(int)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		n := 0
		fmt.Sscan(text, &n)
		facts[name] = n
	}
	return facts
}

// All that ends gives its room back, whatever ends it.
func TestMemoryGivesRoomBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New(0)
		m, ctx := newManager(t, testConfig(), store), t.Context()
		empty := inspectMemory(t, store)
		for round := range 3 {
			var browsers []*browser
			for i := range 20 {
				b := newBrowser(t, m)
				b.visit(func(s *session.Session) { set(t, s, "k", strings.Repeat("x", i)) })
				if i%2 == 0 {
					b.visit(func(s *session.Session) { s.RenewAs(ctx, fmt.Sprint("user", i%4)) })
				}
				b.visit(func(s *session.Session) { set(t, s, "k", i) })
				browsers = append(browsers, b)
			}
			facts := inspectMemory(t, store)
			want(t, "sessions", facts["sessions"], 20)
			want(t, "sessions of nobody", facts["anonymous_sessions"], 10)
			if facts["bytes"] < 20*100 || facts["anonymous_bytes"] >= facts["bytes"] {
				t.Errorf("%v", facts)
			}
			switch round {
			case 0:
				for _, b := range browsers {
					b.visit(func(s *session.Session) {
						if err := s.Destroy(ctx); err != nil {
							t.Fatal(err)
						}
					})
				}
			case 1:
				if _, err := m.DestroyAll(ctx); err != nil {
					t.Fatal(err)
				}
			case 2:
				time.Sleep(25 * time.Hour)
				if _, err := store.Sweep(ctx); err != nil {
					t.Fatal(err)
				}
			}
			for name, n := range inspectMemory(t, store) {
				want(t, fmt.Sprint(name, " after round ", round), n, empty[name])
			}
		}
	})
}

// What has expired does not count: the store sweeps before it refuses.
func TestFullMemoryOfExpired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, store := range smallStores() {
			cfg := testConfig()
			cfg.AnonymousLifetime = time.Hour
			m := newManager(t, cfg, store)
			first := fillUp(t, m, 300)
			time.Sleep(time.Hour)
			again := fillUp(t, m, 300)
			want(t, name+", after their lifetime", again, first)
		}
	})
}
