package session_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	original "github.com/gofiber/fiber/v2/middleware/session"
	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/adapters/fiber/compat"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	kit "github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// browser keeps the cookie, and may ask any worker.
type browser struct {
	t      testing.TB
	cookie string
}

// visit is one request, in which do has the session; it returns what do returned.
func (b *browser) visit(s *session.Store, do func(ss *session.Session) error) (failed error) {
	app := fiber.New()
	app.Get("/", func(c *fiber.Ctx) error {
		ss, err := s.Get(c)
		if err == nil {
			err = do(ss)
		}
		failed = err
		return nil
	})
	r := httptest.NewRequest("GET", "/", nil)
	if b.cookie != "" {
		r.Header.Set("Cookie", "session_id="+b.cookie)
	}
	res, err := app.Test(r, -1)
	if err != nil {
		b.t.Error(err)
		return err
	}
	for _, c := range res.Cookies() {
		b.cookie = c.Value
	}
	return failed
}

func (b *browser) put(s *session.Store, key string, v any) {
	b.t.Helper()
	if err := b.visit(s, func(ss *session.Session) error { ss.Set(key, v); return ss.Save() }); err != nil {
		b.t.Error(err)
	}
}

func (b *browser) want(s *session.Store, key string, v any) {
	b.t.Helper()
	if err := b.visit(s, func(ss *session.Session) error {
		if got := ss.Get(key); got != v {
			b.t.Errorf("%q is %v, want %v", key, got, v)
		}
		return nil
	}); err != nil {
		b.t.Error(err)
	}
}

func places(t testing.TB) map[string]config.Config {
	return map[string]config.Config{
		"files": {Store: config.StoreFile, Dir: filepath.Join(t.TempDir(), "sessions")},
		"redis": {Store: config.StoreRedis, RedisURL: config.NewSecret(redistest.Start(t).URL())},
	}
}

// Of what several workers do to one session nothing is lost.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	for name, place := range places(t) {
		var workers []*session.Store
		for range 4 {
			workers = append(workers, on(t, session.Config{}, place))
		}
		b := &browser{t: t}
		b.put(workers[0], "count", 0)
		var all sync.WaitGroup
		for c := range 8 {
			all.Go(func() {
				own := *b
				for i := range 10 {
					if err := own.visit(workers[(c+i)%4], func(ss *session.Session) error {
						n, _ := ss.Get("count").(int)
						ss.Set("count", n+1)
						ss.Set(fmt.Sprint("of ", c), i)
						return ss.Save()
					}); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			})
		}
		all.Wait()
		b.want(workers[1], "count", 80)
		b.want(workers[2], "of 7", 9)
	}
}

// A logout ends the session on every worker, and a request that was under way then
// does not bring it back; nor does a Save behind a Destroy.
func TestLogout(t *testing.T) {
	t.Parallel()
	for name, place := range places(t) {
		one, two := on(t, session.Config{}, place), on(t, session.Config{}, place)
		b := &browser{t: t}
		b.put(one, "color", "red")
		late, cookie := *b, b.cookie
		err := late.visit(two, func(ss *session.Session) error {
			if err := b.visit(one, func(ss *session.Session) error {
				if err := ss.Destroy(); err != nil {
					return err
				}
				return ss.Save()
			}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			ss.Set("late", true)
			return ss.Save()
		})
		if !errors.Is(err, kit.ErrGone) || b.cookie != "" {
			t.Errorf("%s: the late request: %v, cookie %q", name, err, b.cookie)
		}
		b.cookie = cookie
		b.want(two, "color", nil)
		b.want(one, "late", nil)
	}
}

// With RenewOn a login gives the session a new id by itself.
func TestRenewOn(t *testing.T) {
	t.Parallel()
	s := on(t, session.Config{RenewOn: []string{"user"}}, config.Config{Store: config.StoreMemory})
	b := &browser{t: t}
	b.put(s, "cart", "tea")
	before := *b
	b.put(s, "user", "ada")
	b.want(s, "cart", "tea")
	before.want(s, "cart", nil)
}

// A browser with a cookie of Fiber's own keeps its session.
func TestSessionsFromBefore(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer client.Close()
	storage := &redisStorage{client}
	old := original.New(original.Config{Storage: storage})
	app := fiber.New()
	app.Get("/", func(c *fiber.Ctx) error {
		ss, err := old.Get(c)
		if err != nil {
			return err
		}
		ss.Set("user", "ada")
		ss.Set("_n", int64(7))
		return ss.Save()
	})
	res, err := app.Test(httptest.NewRequest("GET", "/", nil), -1)
	if err != nil {
		t.Fatal(err)
	}
	token := res.Cookies()[0].Value

	// In the Redis of the storage, without anybody saying so.
	s := session.New(session.Config{Storage: storage, Configure: func(cfg *config.Config) { cfg.Mode = config.Development }})
	defer s.Close()
	b := &browser{t, token}
	b.want(s, "user", "ada")
	b.want(s, "_n", int64(7))
	if m, err := s.Manager(); err != nil || m.Store().(driver.Describer).Describe().Kind != "redis" {
		t.Error("the sessions are not in the storage's Redis", err)
	}
	if n := client.Exists(context.Background(), token).Val(); n != 0 || b.cookie == token {
		t.Error("the old session is still there")
	}
	if err := b.visit(s, func(ss *session.Session) error { return ss.Destroy() }); err != nil {
		t.Error(err)
	}
	(&browser{t, token}).want(s, "user", nil)
}

// redisStorage is what gofiber/storage/redis is.
type redisStorage struct{ client *goredis.Client }

func (s *redisStorage) Conn() goredis.UniversalClient { return s.client }

func (s *redisStorage) Get(key string) ([]byte, error) {
	b, err := s.client.Get(context.Background(), key).Bytes()
	if err == goredis.Nil {
		return nil, nil
	}
	return b, err
}

func (s *redisStorage) Set(key string, val []byte, exp time.Duration) error {
	return s.client.Set(context.Background(), key, val, exp).Err()
}

func (s *redisStorage) Delete(key string) error {
	return s.client.Del(context.Background(), key).Err()
}

func (s *redisStorage) Reset() error { return nil }

func (s *redisStorage) Close() error { return nil }

// While the store is out of reach nobody is a stranger.
func TestOutage(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := on(t, session.Config{}, config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret(server.URL())})
	b := &browser{t: t}
	b.put(s, "color", "red")
	server.Kill()
	if err := b.visit(s, func(*session.Session) error { return nil }); !errors.Is(err, kit.ErrUnavailable) {
		t.Error(err)
	}
}

func TestQueryIsRefused(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a token in the address")
		}
	}()
	session.New(session.Config{KeyLookup: "query:sid"})
}

func TestDebug(t *testing.T) {
	t.Parallel()
	for _, turnedOn := range []bool{false, true} {
		s := on(t, session.Config{DebugEndpoints: turnedOn}, config.Config{Store: config.StoreMemory})
		app := fiber.New()
		app.Use("/debug", s.Debug())
		r := httptest.NewRequest("GET", "/debug/store", nil)
		r.Host = "localhost"
		res, err := app.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		var report map[string]any
		if json.NewDecoder(res.Body).Decode(&report) == nil != turnedOn || !turnedOn && res.StatusCode != http.StatusNotFound {
			t.Errorf("on %v: %d %v", turnedOn, res.StatusCode, report)
		}
	}
}
