package scstest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/adapters/scs"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// browser keeps the cookie, and may ask any worker.
type browser struct {
	t      testing.TB
	cookie string
}

func (b *browser) do(m *scs.SessionManager, method string, h http.HandlerFunc) *http.Response {
	r, w := httptest.NewRequest(method, "/", nil), httptest.NewRecorder()
	if b.cookie != "" {
		r.Header.Set("Cookie", m.Cookie.Name+"="+b.cookie)
	}
	m.LoadAndSave(h).ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookie = c.Value
	}
	return w.Result()
}

func (b *browser) visit(m *scs.SessionManager, do func(ctx context.Context)) int {
	return b.do(m, "GET", func(_ http.ResponseWriter, r *http.Request) { do(r.Context()) }).StatusCode
}

func (b *browser) put(m *scs.SessionManager, key string, v any) {
	b.t.Helper()
	if status := b.visit(m, func(ctx context.Context) { m.Put(ctx, key, v) }); status != http.StatusOK {
		b.t.Error("status", status)
	}
}

func (b *browser) want(m *scs.SessionManager, key string, v any) {
	b.t.Helper()
	b.visit(m, func(ctx context.Context) {
		if got := m.Get(ctx, key); got != v {
			b.t.Errorf("%q is %v, want %v", key, got, v)
		}
	})
}

func places(t testing.TB) map[string]config.Config {
	return map[string]config.Config{
		"files": {Store: config.StoreFile, Dir: filepath.Join(t.TempDir(), "sessions")},
		"redis": {Store: config.StoreRedis, RedisURL: config.NewSecret(redistest.Start(t).URL())},
	}
}

// Of what several workers do to one session nothing is lost, and what is popped is
// popped once.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	for name, place := range places(t) {
		var workers []*scs.SessionManager
		for range 4 {
			workers = append(workers, newManager(t, place))
		}
		b := &browser{t: t}
		b.put(workers[0], "count", 0)
		b.put(workers[0], "token", "once")
		var all sync.WaitGroup
		var mu sync.Mutex
		popped := 0
		for c := range 8 {
			all.Go(func() {
				own := *b
				for i := range 10 {
					m := workers[(c+i)%4]
					if status := own.visit(m, func(ctx context.Context) {
						m.Put(ctx, "count", m.GetInt(ctx, "count")+1)
						m.Put(ctx, fmt.Sprint("of ", c), i)
						if m.PopString(ctx, "token") == "once" {
							mu.Lock()
							popped++
							mu.Unlock()
						}
					}); status != http.StatusOK {
						t.Errorf("%s: status %d", name, status)
					}
				}
			})
		}
		all.Wait()
		b.want(workers[1], "count", 80)
		b.want(workers[2], "of 7", 9)
		if popped != 1 {
			t.Errorf("%s: popped %d times", name, popped)
		}
	}
}

// A logout ends the session on every worker; a request that was under way then
// does not bring it back, and its answer is an error with nothing of its page.
func TestLogout(t *testing.T) {
	t.Parallel()
	for name, place := range places(t) {
		one, two := newManager(t, place), newManager(t, place)
		b := &browser{t: t}
		b.put(one, "color", "red")
		late := *b
		res := late.do(two, "GET", func(w http.ResponseWriter, r *http.Request) {
			two.Put(r.Context(), "late", two.GetString(r.Context(), "color"))
			out := *b
			out.visit(one, func(ctx context.Context) {
				if err := one.Destroy(ctx); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
			fmt.Fprint(w, "a page")
		})
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusConflict || strings.Contains(string(body), "page") || len(res.Cookies()) > 0 {
			t.Errorf("%s: the late request: %d, %q, %v", name, res.StatusCode, body, res.Cookies())
		}
		b.want(two, "color", nil)
		b.want(one, "late", nil)
	}
}

// While the store cannot be reached nobody is taken for a stranger: what changes
// something is not begun, and what was written as if is not sent.
func TestOutage(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	m := newManager(t, config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret(server.URL())})
	var told error
	b := &browser{t: t}
	b.put(m, "color", "red")
	server.Kill()
	res := b.do(m, "POST", func(http.ResponseWriter, *http.Request) { t.Error("the handler has run") })
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Error(res.StatusCode)
	}
	m.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, err error) {
		told = err
		w.WriteHeader(http.StatusTeapot)
	}
	res = b.do(m, "GET", func(w http.ResponseWriter, r *http.Request) {
		if m.GetString(r.Context(), "color") == "" {
			fmt.Fprint(w, "hello stranger")
		}
	})
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusTeapot || len(body) > 0 || len(res.Cookies()) > 0 || !errors.Is(told, session.ErrUnavailable) {
		t.Errorf("%d, %q, %v", res.StatusCode, body, told)
	}
	res = b.do(m, "GET", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "a picture") })
	if res.StatusCode != http.StatusOK {
		t.Error("a request without a session:", res.StatusCode)
	}
}
