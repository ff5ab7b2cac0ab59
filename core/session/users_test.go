package session_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

func loggedIn(t testing.TB, m *session.Manager, user string) *browser {
	t.Helper()
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) {
		if err := s.RenewAs(t.Context(), user); err != nil {
			t.Fatal(err)
		}
	})
	return b
}

func (b *browser) user() (user string) {
	b.t.Helper()
	b.visit(func(s *session.Session) { user = s.User() })
	return user
}

func (b *browser) id() (id session.ID) {
	b.t.Helper()
	b.visit(func(s *session.Session) { id = s.ID() })
	return id
}

// revoking is a store that lets a test act before the sessions of a user are
// ended, and before their records are removed.
type revoking struct {
	*memstore.Store
	before, after func()
	err           error
}

func (s *revoking) Revoke(ctx context.Context, o driver.Owner, keep []driver.Entry) ([]session.ID, error) {
	if s.before != nil {
		s.before()
	}
	return s.Store.Revoke(ctx, o, keep)
}

func (s *revoking) RemoveRevoked(ctx context.Context, o driver.Owner, most int) (int, bool, error) {
	if s.after != nil {
		s.after()
	}
	if s.err != nil {
		return 0, false, s.err
	}
	return s.Store.RemoveRevoked(ctx, o, most)
}

// A session that gets a new id at any moment while its user's sessions are
// being ended does not slip through, and neither does one that is saved late.
func TestDestroyUserCatchesRenewals(t *testing.T) {
	t.Parallel()
	store := &revoking{Store: memstore.New(0)}
	m := newManager(t, testConfig(), store)
	mine, early, late, open := loggedIn(t, m, "ada"), loggedIn(t, m, "ada"), loggedIn(t, m, "ada"), loggedIn(t, m, "ada")
	ctx, end := open.open()
	s := from(t, ctx)
	keep := mine.id()
	store.before = func() { early.visit(func(s *session.Session) { s.Renew(t.Context()) }) }
	store.after = func() {
		store.after = nil
		late.visit(func(s *session.Session) {
			want(t, "ended, not yet removed", s.User(), "")
			want(t, "its reason", s.Status().Reason, diagnose.ReasonNotFound)
		})
		if err := s.Renew(ctx); !errors.Is(err, session.ErrGone) {
			t.Errorf("a renewal by a request that came before the end: %v", err)
		}
	}
	n, err := m.DestroyUser(t.Context(), "ada", keep)
	if err != nil || n != 3 {
		t.Fatalf("DestroyUser: %d, %v; want 3", n, err)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	for _, b := range []*browser{early, late, open} {
		want(t, "user of an ended session", b.user(), "")
	}
	want(t, "the kept one's user", mine.user(), "ada")
	mine.visit(func(s *session.Session) { // it stays what it is, under another id too
		set(t, s, "a", 1)
		if err := s.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	want(t, "the kept one's user", mine.user(), "ada")
	want(t, "a login afterwards", loggedIn(t, m, "ada").user(), "ada")

	store.before, store.err = nil, errDown
	if _, err := m.DestroyUser(t.Context(), "ada"); !errors.Is(err, session.ErrUnavailable) || session.HTTPStatus(err) != http.StatusServiceUnavailable {
		t.Errorf("a store that fails: %v", err)
	}
	want(t, "ended although not removed", mine.user(), "")
}

// Of two sessions that each end all others, one is left, whatever the order.
func TestTwoEndAllOthers(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	for range 50 {
		both := [2]*browser{loggedIn(t, m, "ada"), loggedIn(t, m, "ada")}
		ids := [2]session.ID{both[0].id(), both[1].id()}
		var wg sync.WaitGroup
		for i := range both {
			wg.Go(func() {
				if _, err := m.DestroyUser(t.Context(), "ada", ids[i]); err != nil && err != session.ErrGone {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		want(t, "who is left", len(both[0].user()+both[1].user()), len("ada"))
		m.DestroyUser(t.Context(), "ada")
	}
}

// More sessions than one step removes are counted exactly.
func TestDestroyUserCounts(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	const n = 1001
	for range n {
		loggedIn(t, m, "ada")
	}
	bob := loggedIn(t, m, "bob")
	if got, err := m.DestroyUser(t.Context(), "ada"); got != n || err != nil {
		t.Errorf("DestroyUser: %d, %v; want %d", got, err, n)
	}
	if got, err := m.DestroyUser(t.Context(), "ada"); got != 0 || err != nil {
		t.Errorf("again: %d, %v", got, err)
	}
	want(t, "somebody else", bob.user(), "bob")
}

// Two managers on one store have users of the same names: each sees and ends
// its own (realms).
func TestRealms(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	shop := newManager(t, testConfig(), store)
	cfg := testConfig()
	cfg.Cookie.Name = "admin"
	office := newManager(t, cfg, store)
	customer, admin := loggedIn(t, shop, "42"), loggedIn(t, office, "42")
	for name, m := range map[string]*session.Manager{"shop": shop, "office": office} {
		list, err := m.UserSessions(t.Context(), "42")
		if err != nil || len(list) != 1 {
			t.Errorf("%s lists %d sessions, %v", name, len(list), err)
		}
	}
	adminID := admin.id()
	if ended, err := shop.DestroyUserSession(t.Context(), "42", adminID); ended || err != nil {
		t.Errorf("the shop ended an admin's session: %v, %v", ended, err)
	}
	if n, err := shop.DestroyUser(t.Context(), "42"); n != 1 || err != nil {
		t.Errorf("DestroyUser: %d, %v", n, err)
	}
	want(t, "customer", customer.user(), "")
	want(t, "admin", admin.user(), "42")
	loggedIn(t, shop, "42")
	if n, err := shop.DestroyAll(t.Context()); n != 1 || err != nil {
		t.Errorf("DestroyAll: %d, %v", n, err)
	}
	want(t, "admin after the shop's DestroyAll", admin.user(), "42")
}

// A manager in production, whose cookie has a prefix, is of the same realm.
func TestRealmOfPrefixedCookie(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	plain := newManager(t, testConfig(), store)
	cfg := testConfig()
	cfg.Cookie.Name = "__Host-session"
	ada := loggedIn(t, newManager(t, cfg, store), "ada")
	if n, err := plain.DestroyUser(t.Context(), "ada"); n != 1 || err != nil {
		t.Errorf("DestroyUser: %d, %v", n, err)
	}
	want(t, "ada", ada.user(), "")
}

func TestDestroyAll(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	var all []*browser
	for i := range 500 {
		b := newBrowser(t, m)
		b.visit(func(s *session.Session) { set(t, s, "a", i) })
		all = append(all, b, loggedIn(t, m, fmt.Sprint("user", i)))
	}
	if n, err := m.DestroyAll(t.Context()); n != len(all) || err != nil {
		t.Fatalf("DestroyAll: %d, %v; want %d", n, err, len(all))
	}
	for _, b := range all {
		b.visit(func(s *session.Session) { want(t, "state", s.Status().Reason, diagnose.ReasonNotFound) })
	}
	if n, err := m.DestroyAll(t.Context()); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.DestroyAll(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestDestroyUserSession(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	ada, bob := loggedIn(t, m, "ada"), loggedIn(t, m, "bob")
	old := ada.id()
	ada.visit(func(s *session.Session) { s.Renew(t.Context()) })
	for _, c := range []struct {
		user string
		id   session.ID
		want bool
	}{{"ada", bob.id(), false}, {"", ada.id(), false}, {"bob", old, false}, {"ada", session.ID{1}, false}, {"ada", old, true}, {"ada", old, false}} {
		if ended, err := m.DestroyUserSession(t.Context(), c.user, c.id); ended != c.want || err != nil {
			t.Errorf("%s, %s: %v, %v; want %v", c.user, c.id.Short(), ended, err, c.want)
		}
	}
	want(t, "ada", ada.user(), "")
	want(t, "bob", bob.user(), "bob")
}

// A handler that ends all sessions of a user, or of everybody, may go on with a
// login: its own session has ended with the others.
func TestEndOfAllInItsOwnRequest(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	for name, end := range map[string]func(ctx context.Context) (int, error){
		"DestroyUser": func(ctx context.Context) (int, error) { return m.DestroyUser(ctx, "ada") },
		"DestroyAll":  m.DestroyAll,
	} {
		b := loggedIn(t, m, "ada")
		before := b.id()
		b.visit(func(s *session.Session) {
			ctx := s.Exchange()
			if n, err := end(ctx); n != 1 || err != nil {
				t.Errorf("%s: %d, %v", name, n, err)
			}
			if err := session.Set(s, "a", 1); err != session.ErrDestroyed {
				t.Errorf("%s: Set in the old one: %v", name, err)
			}
			if err := from(t, ctx).RenewAs(ctx, "ada"); err != nil {
				t.Errorf("%s: login: %v", name, err)
			}
		})
		if user, id := b.user(), b.id(); user != "ada" || id == before {
			t.Errorf("%s: logged in as %q, same id %v", name, user, id == before)
		}
		b.visit(func(s *session.Session) {
			if _, err := end(s.Exchange()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		if b.cookie != "" {
			t.Errorf("%s: the browser keeps the cookie of a session that has ended", name)
		}
	}
}

// A login that is not saved yet is ended, or kept, with the others.
func TestDestroyUserRightAfterLogin(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{true, false} {
		m := memoryManager(t)
		other, b := loggedIn(t, m, "ada"), newBrowser(t, m)
		b.visit(func(s *session.Session) {
			ctx, want, ids := s.Exchange(), 2, []session.ID(nil)
			if err := s.RenewAs(ctx, "ada"); err != nil {
				t.Fatal(err)
			}
			if keep {
				want, ids = 1, []session.ID{s.ID()}
			}
			if n, err := m.DestroyUser(ctx, "ada", ids...); n != want || err != nil {
				t.Errorf("keep %v: %d, %v", keep, n, err)
			}
		})
		if left := b.user() == "ada"; left != keep || other.user() != "" {
			t.Errorf("keep %v: the login lives: %v, the other: %q", keep, left, other.user())
		}
	}
}

// What is asked of a whole store has no session to be named in its error.
func TestErrorOfNoSession(t *testing.T) {
	t.Parallel()
	store := &revoking{Store: memstore.New(0), err: errors.New("down")}
	m := newManager(t, testConfig(), store)
	_, err := m.DestroyUser(t.Context(), "ada")
	if !errors.Is(err, session.ErrUnavailable) || strings.Contains(err.Error(), session.ID{}.Short()) {
		t.Errorf("%v", err)
	}
}
