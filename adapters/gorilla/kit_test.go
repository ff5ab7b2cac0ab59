package gorilla_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"github.com/gosessionkit/sessionkit/adapters/gorilla"
	"github.com/gosessionkit/sessionkit/adapters/gorilla/gorillatest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// browser keeps its cookies and may ask any worker.
type browser struct {
	t       testing.TB
	cookies map[string]string
}

func newBrowser(t testing.TB) *browser { return &browser{t, map[string]string{}} }

// copied is another browser with the cookies as they are now.
func (b *browser) copied() *browser {
	c := newBrowser(b.t)
	for name, value := range b.cookies {
		c.cookies[name] = value
	}
	return c
}

// visit is one request to a store, in which do has the session.
func (b *browser) visit(s sessions.Store, do func(ss *sessions.Session, save func() error) error) error {
	r := httptest.NewRequest("GET", "/", nil)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	ss, err := s.Get(r, "app")
	if err == nil {
		err = do(ss, func() error { return ss.Save(r, w) })
	}
	for _, c := range w.Result().Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return err
}

func (b *browser) put(s sessions.Store, key, value any) {
	b.t.Helper()
	if err := b.visit(s, func(ss *sessions.Session, save func() error) error {
		ss.Values[key] = value
		return save()
	}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) end(s sessions.Store) error {
	return b.visit(s, func(ss *sessions.Session, save func() error) error {
		ss.Options.MaxAge = -1
		return save()
	})
}

func (b *browser) want(s sessions.Store, key, value any) {
	b.t.Helper()
	if err := b.visit(s, func(ss *sessions.Session, _ func() error) error {
		if ss.Values[key] != value {
			b.t.Errorf("%v is %v, want %v", key, ss.Values[key], value)
		}
		return nil
	}); err != nil {
		b.t.Error(err)
	}
}

// newStores are workers on one store.
func newStores(t testing.TB, n int, cfg config.Config, make func() *gorilla.Store) []*gorilla.Store {
	list := []*gorilla.Store{}
	for range n {
		s := on(make(), cfg)
		t.Cleanup(func() { s.Close() })
		list = append(list, s)
	}
	return list
}

func cookieStore() *gorilla.Store { return gorilla.NewStore(key) }

// places are where several workers can share their sessions.
func places(t testing.TB) map[string]config.Config {
	return map[string]config.Config{
		"files": {Store: config.StoreFile, Dir: filepath.Join(t.TempDir(), "sessions")},
		"redis": {Store: config.StoreRedis, RedisURL: config.NewSecret(redistest.Start(t).URL())},
	}
}

// Of what several workers do to one session nothing is lost: other keys, counts,
// flashes.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	for name, place := range places(t) {
		workers := newStores(t, 4, place, cookieStore)
		b := newBrowser(t)
		b.put(workers[0], "count", 0)
		var all sync.WaitGroup
		for c := range 8 {
			all.Go(func() {
				own := b.copied()
				for i := range 10 {
					if err := own.visit(workers[(c+i)%4], func(ss *sessions.Session, save func() error) error {
						n, _ := ss.Values["count"].(int)
						ss.Values["count"] = n + 1
						ss.Values[fmt.Sprint("of ", c)] = i
						ss.AddFlash(i)
						return save()
					}); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			})
		}
		all.Wait()
		b.want(workers[1], "count", 80)
		b.want(workers[2], "of 7", 9)
		b.visit(workers[3], func(ss *sessions.Session, _ func() error) error {
			if n := len(ss.Flashes()); n != 80 {
				t.Errorf("%s: %d flashes", name, n)
			}
			return nil
		})
	}
}

// A logout ends the session on every worker; a request that was under way then
// does not bring it back, and is told so.
func TestLogout(t *testing.T) {
	t.Parallel()
	for name, place := range places(t) {
		workers := newStores(t, 2, place, cookieStore)
		b := newBrowser(t)
		b.put(workers[0], "color", "red")
		copied := b.copied()
		err := copied.visit(workers[1], func(ss *sessions.Session, save func() error) error {
			if err := b.end(workers[0]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			ss.Values["late"] = true
			return save()
		})
		if !errors.Is(err, session.ErrGone) || len(b.cookies) != 0 {
			t.Errorf("%s: the late request: %v; cookies %v", name, err, b.cookies)
		}
		copied.want(workers[1], "color", nil)
		copied.want(workers[0], "late", nil)
	}
}

// A login gives the session a new id: a cookie that was copied before it is dead,
// and so is one from before a logout, whatever comes after it.
func TestLoginRenews(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key    any
		values []any
		renew  func(*gorilla.Store)
		dies   bool
	}{
		"by default":  {"user_id", []any{7}, func(*gorilla.Store) {}, true},
		"authorized":  {"Authenticated", []any{true}, func(*gorilla.Store) {}, true},
		"by name":     {"who", []any{"ada"}, func(s *gorilla.Store) { s.RenewOn("who") }, true},
		"other key":   {"color", []any{"red"}, func(*gorilla.Store) {}, false},
		"turned off":  {"user_id", []any{7}, func(s *gorilla.Store) { s.RenewOn() }, false},
		"a struct":    {"user", []any{&gorillatest.Profile{Name: "Ada"}}, func(*gorilla.Store) {}, true},
		"logged out":  {"user_id", []any{7, nil}, func(*gorilla.Store) {}, true},
		"and back in": {"user_id", []any{7, nil, 7}, func(*gorilla.Store) {}, true},
	} {
		s := newStores(t, 1, config.Config{Store: config.StoreMemory}, cookieStore)[0]
		c.renew(s)
		b := newBrowser(t)
		b.put(s, "cart", "tea")
		var copies []*browser
		for _, v := range c.values {
			copies = append(copies, b.copied())
			b.put(s, c.key, v)
		}
		b.want(s, "cart", "tea")
		if name != "a struct" {
			b.want(s, c.key, c.values[len(c.values)-1])
		}
		for i, copied := range copies {
			copied.visit(s, func(ss *sessions.Session, _ func() error) error {
				if dead := len(ss.Values) == 0; dead != c.dies {
					t.Errorf("%s: the cookie copied before change %d sees %v", name, i, ss.Values)
				}
				return nil
			})
		}
	}
}

// An app whose login nobody can tell from other changes hears of it, until one is
// seen.
func TestFindsThatNothingRenews(t *testing.T) {
	t.Parallel()
	s := newStores(t, 1, config.Config{Store: config.StoreMemory}, cookieStore)[0]
	m, err := s.Manager("app")
	if err != nil {
		t.Fatal(err)
	}
	found := func() string {
		for _, f := range m.Diagnostics().Findings(t.Context()) {
			if f.ID == "session-not-renewed" {
				return f.Fix
			}
		}
		return ""
	}
	b := newBrowser(t)
	for i := range 50 {
		b.put(s, "color", i)
	}
	if fix := found(); fix != "" {
		t.Errorf("found after 49 changes: %s", fix)
	}
	b.put(s, "color", "red")
	if fix := found(); !strings.Contains(fix, "store.RenewOn(") {
		t.Errorf("not found, or without a way out: %q", fix)
	}
	r := httptest.NewRequest("GET", "/", nil)
	login, err := s.Get(r, "login") // an app may keep who it is in a session of another name
	if err != nil {
		t.Fatal(err)
	}
	login.Values["user_id"] = 7
	if err := login.Save(r, httptest.NewRecorder()); err != nil {
		t.Fatal(err)
	}
	if fix := found(); fix != "" {
		t.Errorf("found although a login was seen: %s", fix)
	}
}

// A change inside of what is known of a user is no login: pages that note when they
// were seen do not get into each other's way.
func TestChangesInsideAUser(t *testing.T) {
	t.Parallel()
	s := newStores(t, 1, config.Config{Store: config.StoreMemory}, cookieStore)[0]
	b := newBrowser(t)
	b.put(s, "user", &gorillatest.Profile{Name: "Ada"})
	before := b.copied()
	b.put(s, "user", &gorillatest.Profile{Name: "Ada", Since: time.Unix(1, 0)})
	if err := before.visit(s, func(ss *sessions.Session, _ func() error) error {
		if u, _ := ss.Values["user"].(*gorillatest.Profile); u == nil || u.Since.IsZero() {
			t.Errorf("%v", ss.Values)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// Several saves of one request set one cookie, whatever else the answer sets.
func TestOneCookie(t *testing.T) {
	t.Parallel()
	s := newStores(t, 1, config.Config{Store: config.StoreMemory}, cookieStore)[0]
	r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
	w.Header().Add("Set-Cookie", "own=1")
	for i := range 3 {
		ss, err := s.Get(r, "app")
		if err != nil {
			t.Fatal(err)
		}
		ss.Values["user"] = i
		if err := ss.Save(r, w); err != nil {
			t.Fatal(err)
		}
	}
	if lines := w.Header()["Set-Cookie"]; len(lines) != 2 {
		t.Errorf("%q", lines)
	}
}

// Each save counts from now, and one that changes nothing seldom writes.
func TestMaxAgeSlides(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStores(t, 1, config.Config{Store: config.StoreMemory}, cookieStore)[0]
		s.MaxAge(60)
		b := newBrowser(t)
		b.put(s, "a", 1)
		for range 5 {
			time.Sleep(50 * time.Second)
			if err := b.visit(s, func(_ *sessions.Session, save func() error) error { return save() }); err != nil {
				t.Fatal(err)
			}
		}
		b.want(s, "a", 1)
		time.Sleep(61 * time.Second)
		b.want(s, "a", nil)
		s.Close()
	})
}
