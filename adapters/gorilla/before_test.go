package gorilla_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/sessions"

	"github.com/gosessionkit/sessionkit/adapters/gorilla"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// While the store is out of reach nobody gets another session than his own.
func TestOutage(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := newStores(t, 1, config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret(server.URL())}, cookieStore)[0]
	b := newBrowser(t)
	b.put(s, "color", "red")
	server.Kill()
	r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
	r.AddCookie(&http.Cookie{Name: "app", Value: b.cookies["app"]})
	ss, err := s.Get(r, "app")
	if !errors.Is(err, session.ErrUnavailable) || ss == nil || len(ss.Values) != 0 {
		t.Fatal(ss, err)
	}
	ss.Values["color"] = "blue" // as apps do that drop the error
	if err := ss.Save(r, w); !errors.Is(err, session.ErrUnavailable) || len(w.Header()["Set-Cookie"]) > 0 {
		t.Errorf("%v, %v", err, w.Header())
	}
}

// What cannot be opened says so at each request, and at Ready, and in no
// constructor.
func TestNotOpened(t *testing.T) {
	t.Parallel()
	s, err := gorilla.NewRediStore(10, "tcp", "127.0.0.1:1", "", "pa55", key)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Configure = func(cfg *config.Config) { cfg.Store = config.StoreRedis }
	r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
	ss, err := s.Get(r, "app")
	if err == nil || ss == nil {
		t.Fatal(ss, err)
	}
	if again := ss.Save(r, w); again == nil || s.Ready() == nil || s.Save(r, w, ss) == nil {
		t.Error("an unopened store saves")
	}
}

// Whoever has a cookie of the store from before keeps the session, once.
func TestSessionsFromBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, c := range map[string]struct {
		old  sessions.Store
		make func() *gorilla.Store
	}{
		"cookie": {sessions.NewCookieStore(key), cookieStore},
		"files":  {sessions.NewFilesystemStore(dir, key), func() *gorilla.Store { return gorilla.NewFilesystemStore(dir, key) }},
	} {
		place := config.Config{Store: config.StoreFile, Dir: filepath.Join(t.TempDir(), "sessions")}
		workers := newStores(t, 2, place, c.make)
		b := newBrowser(t)
		b.put(c.old, "user", "ada")
		b.put(c.old, 5, int64(7))
		before := b.copied()
		var all sync.WaitGroup
		for i := range 6 { // a page and what it fetches
			all.Go(func() { before.copied().want(workers[i%2], "user", "ada") })
		}
		all.Wait()
		b.want(workers[1], 5, int64(7))
		b.put(workers[0], "color", "red")
		b.want(workers[1], "user", "ada")
		if n, err := count(workers[0]); n != 1 || err != nil {
			t.Errorf("%s: %d sessions of one, %v", name, n, err)
		}
		if err := b.end(workers[1]); err != nil {
			t.Fatal(err)
		}
		before.want(workers[0], "user", nil) // not back by the old cookie
		stranger := newBrowser(t)
		stranger.cookies["app"] = "nonsense"
		stranger.want(workers[0], "user", nil)
	}
}

func count(s *gorilla.Store) (int, error) {
	m, err := s.Manager("app")
	if err != nil {
		return 0, err
	}
	n := 0
	for entry, err := range m.Store().(driver.Lister).All(context.Background()) {
		if err != nil {
			return 0, err
		}
		if entry.Record.Realm == "app" {
			n++
		}
	}
	return n, nil
}

// Neither a key nor a password is in what somebody prints.
func TestPrints(t *testing.T) {
	t.Parallel()
	s, err := gorilla.NewRediStore(1, "tcp", "127.0.0.1:1", "", "s3cret-pa55", key)
	if err != nil {
		t.Fatal(err)
	}
	app := struct{ store *gorilla.Store }{s}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		for _, v := range []any{s, app, &app} {
			text := fmt.Sprintf(format, v)
			for _, secret := range []string{string(key), fmt.Sprintf("%x", key), fmt.Sprint([]byte(key)), "s3cret-pa55"} {
				if strings.Contains(text, strings.Trim(secret, "[]")) {
					t.Errorf("%s of %T shows a secret", format, v)
				}
			}
		}
	}
}
