package scstest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/adapters/scs"
	"github.com/gosessionkit/sessionkit/adapters/scs/memstore"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A browser with a cookie of scs's own keeps its session, and the end of it.
func TestSessionsFromBefore(t *testing.T) {
	t.Parallel()
	for _, hashed := range []bool{false, true} {
		old := memstore.New()
		defer old.StopCleanup()
		until := time.Now().Add(time.Hour)
		data, err := scs.GobCodec{}.Encode(until, map[string]any{"user": "ada", "_flash": int64(7)})
		if err != nil {
			t.Fatal(err)
		}
		const token = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		stored := token
		if hashed {
			stored = "jFRKUiq9G7GjuYP68tqwyOBRHsKpY-H8fZLF0cqLNnI"
		}
		old.Commit(stored, data, until)
		m := newManager(t, config.Config{Store: config.StoreMemory})
		m.Store, m.HashTokenInStore = old, hashed
		b := &browser{t, token}
		b.want(m, "user", "ada")
		b.want(m, "_flash", int64(7))
		if b.cookie == token {
			t.Error("no new cookie")
		}
		(&browser{t, token}).want(m, "user", "ada") // a request beside the first one
		b.visit(m, func(ctx context.Context) {
			if got := m.Deadline(ctx); got.Sub(until).Abs() > time.Second {
				t.Errorf("it ends at %v, want %v", got, until)
			}
			if err := m.Destroy(ctx); err != nil {
				t.Error(err)
			}
		})
		(&browser{t, token}).want(m, "user", nil)
		if all, _ := old.All(); len(all) != 0 {
			t.Error("the old store still has it")
		}
	}
}

// With a UserKey the kit knows who is logged in.
func TestUserKey(t *testing.T) {
	t.Parallel()
	m := newManager(t, config.Config{Store: config.StoreMemory})
	m.UserKey = "uid"
	b := &browser{t: t}
	b.put(m, "cart", "tea")
	before := *b
	b.visit(m, func(ctx context.Context) {
		if err := m.RenewToken(ctx); err != nil {
			t.Error(err)
		}
		m.Put(ctx, "uid", 7)
	})
	user := func(b browser) (user string) {
		b.visit(m, func(ctx context.Context) {
			s, err := session.From(ctx)
			if err != nil {
				t.Fatal(err)
			}
			user = s.User()
		})
		return user
	}
	if got := user(*b); got != "7" {
		t.Errorf("user %q", got)
	}
	before.want(m, "cart", nil)
	b.want(m, "cart", "tea")
	b.put(m, "uid", 8) // somebody else, who gets nothing of the first one's
	b.want(m, "cart", nil)
	b.want(m, "uid", 8)
	kit, err := m.Manager()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := kit.DestroyUser(t.Context(), "8"); n != 1 || err != nil {
		t.Error(n, err)
	}
	b.want(m, "uid", nil)
}

// An idle timeout counts from the last request, whatever that looks at.
func TestIdleTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newManager(t, config.Config{Store: config.StoreMemory})
		m.IdleTimeout = time.Minute
		b := &browser{t: t}
		b.put(m, "a", 1)
		for range 5 {
			time.Sleep(50 * time.Second)
			b.visit(m, func(context.Context) {})
		}
		b.want(m, "a", 1)
		time.Sleep(61 * time.Second)
		b.want(m, "a", nil)
		m.Close()
	})
}

// The debug endpoints are inside LoadAndSave, when they are turned on.
func TestDebug(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{false, true} {
		m := newManager(t, config.Config{Store: config.StoreMemory})
		m.DebugEndpoints = on
		b := &browser{t: t}
		b.put(m, "color", "red")
		h := m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
		r, w := httptest.NewRequest("GET", "/debug/session", nil), httptest.NewRecorder()
		r.RemoteAddr, r.Host = "127.0.0.1:1234", "localhost"
		r.Header.Set("Cookie", "session="+b.cookie)
		h.ServeHTTP(w, r)
		var report struct{ Session struct{ Status string } }
		if on && (w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), &report) != nil || report.Session.Status != "loaded") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if !on && w.Code != http.StatusTeapot {
			t.Errorf("off: %d", w.Code)
		}
		w = httptest.NewRecorder()
		m.Debug().ServeHTTP(w, r)
		if want := map[bool]int{true: 200, false: 404}[on]; w.Code != want {
			t.Errorf("Debug: %d, want %d", w.Code, want)
		}
	}
}

// What is wrong with the set-up is told by Manager, and answers each request.
func TestNotOpened(t *testing.T) {
	t.Parallel()
	m := newManager(t, config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret("redis://127.0.0.1:1")})
	if _, err := m.Manager(); err == nil {
		t.Error("opened")
	}
	b := &browser{t: t}
	res := b.do(m, "GET", func(http.ResponseWriter, *http.Request) { t.Error("the handler has run") })
	if res.StatusCode < 500 {
		t.Error(res.StatusCode)
	}
	if _, err := m.Load(t.Context(), ""); err == nil {
		t.Error("loaded")
	}
}

// What was changed behind a flush is saved when the browser has the cookie.
func TestFlush(t *testing.T) {
	t.Parallel()
	m := newManager(t, config.Config{Store: config.StoreMemory})
	b := &browser{t: t}
	res := b.do(m, "GET", func(w http.ResponseWriter, r *http.Request) {
		m.Put(r.Context(), "a", 1)
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, "rest")
		m.Put(r.Context(), "late", 2)
	})
	if len(res.Cookies()) != 1 {
		t.Error("no cookie before the flush")
	}
	b.want(m, "a", 1)
	b.want(m, "late", 2)
}
