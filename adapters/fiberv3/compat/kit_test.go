package session_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gofiber/fiber/v3"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3/compat"
	"github.com/gosessionkit/sessionkit/core/config"
	kit "github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// worker is a process of the app's, as far as sessions go.
type worker struct {
	handler fiber.Handler
	store   *session.Store
}

func workers(t testing.TB, n int, cfg session.Config, place config.Config) (list []worker) {
	for range n {
		h, s := on(t, cfg, place)
		list = append(list, worker{h, s})
	}
	return list
}

// browser keeps the cookie, and may ask any worker.
type browser struct {
	t      testing.TB
	cookie string
}

// visit is one request, in which do has the session of the middleware.
func (b *browser) visit(w worker, do func(m *session.Middleware)) (status int, body string) {
	b.t.Helper()
	app := fiber.New()
	app.Use(w.handler)
	app.Get("/", func(c fiber.Ctx) error {
		do(session.FromContext(c))
		return c.SendString("page")
	})
	r := httptest.NewRequest("GET", "/", nil)
	if b.cookie != "" {
		r.Header.Set("Cookie", "session_id="+b.cookie)
	}
	res, err := app.Test(r, fiber.TestConfig{})
	if err != nil {
		b.t.Error(err)
		return 0, ""
	}
	for _, c := range res.Cookies() {
		b.cookie = c.Value
	}
	text, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(text)
}

func (b *browser) put(w worker, key, v any) {
	b.t.Helper()
	if status, body := b.visit(w, func(m *session.Middleware) { m.Set(key, v) }); status != http.StatusOK {
		b.t.Error(status, body)
	}
}

func (b *browser) want(w worker, key, v any) {
	b.t.Helper()
	if status, body := b.visit(w, func(m *session.Middleware) {
		if got := m.Get(key); got != v {
			b.t.Errorf("%q is %v, want %v", key, got, v)
		}
	}); status != http.StatusOK {
		b.t.Error(status, body)
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
		workers := workers(t, 4, session.Config{}, place)
		b := &browser{t: t}
		b.put(workers[0], "count", 0)
		var all sync.WaitGroup
		for c := range 8 {
			all.Go(func() {
				own := *b
				for i := range 10 {
					if status, body := own.visit(workers[(c+i)%4], func(m *session.Middleware) {
						n, _ := m.Get("count").(int)
						m.Set("count", n+1)
						m.Set(fmt.Sprint("of ", c), i)
					}); status != http.StatusOK {
						t.Errorf("%s: %d %s", name, status, body)
					}
				}
			})
		}
		all.Wait()
		b.want(workers[1], "count", 80)
		b.want(workers[2], "of 7", 9)
	}
}

// A login holds on every worker, and the cookie from before it is worth nothing on
// any.
func TestLogin(t *testing.T) {
	t.Parallel()
	for _, place := range places(t) {
		workers := workers(t, 2, session.Config{}, place)
		b := &browser{t: t}
		b.put(workers[0], "cart", "tea")
		before := *b
		b.visit(workers[1], func(m *session.Middleware) {
			if err := m.Regenerate(); err != nil {
				t.Error(err)
			}
			m.Set("user", "ada")
		})
		for _, w := range workers {
			b.want(w, "user", "ada")
			b.want(w, "cart", "tea")
			old := before
			old.want(w, "cart", nil)
		}
	}
}

// A logout ends the session on every worker, and a request that was under way then
// does not bring it back: it is answered with an error, and none of its page.
func TestLogout(t *testing.T) {
	t.Parallel()
	for name, place := range places(t) {
		workers := workers(t, 2, session.Config{}, place)
		b := &browser{t: t}
		b.put(workers[0], "user", "ada")
		late, cookie := *b, b.cookie
		status, body := late.visit(workers[1], func(m *session.Middleware) {
			b.visit(workers[0], func(m *session.Middleware) {
				if err := m.Destroy(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
			m.Set("late", true)
		})
		if status != http.StatusConflict || body == "page" || b.cookie != "" {
			t.Errorf("%s: the late request: %d %s, cookie %q", name, status, body, b.cookie)
		}
		for _, w := range workers {
			b.cookie = cookie
			b.want(w, "user", nil)
			b.cookie = cookie
			b.want(w, "late", nil)
		}
	}
}

// With RenewOn a login gives the session a new id by itself.
func TestRenewOn(t *testing.T) {
	t.Parallel()
	w := workers(t, 1, session.Config{RenewOn: []string{"user"}}, config.Config{Store: config.StoreMemory})[0]
	b := &browser{t: t}
	b.put(w, "cart", "tea")
	before := *b
	b.put(w, "user", "ada")
	b.want(w, "cart", "tea")
	before.want(w, "cart", nil)
}

// While the store is out of reach nobody is a stranger.
func TestOutage(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	w := workers(t, 1, session.Config{}, config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret(server.URL())})[0]
	b := &browser{t: t}
	b.put(w, "user", "ada")
	server.Kill()
	if status, body := b.visit(w, func(*session.Middleware) { t.Error("the handler ran") }); status != http.StatusServiceUnavailable {
		t.Error(status, body)
	}
	if _, err := w.store.GetByID(t.Context(), "00000000000000000000000000000000"); !errors.Is(err, kit.ErrUnavailable) {
		t.Error(err)
	}
}
