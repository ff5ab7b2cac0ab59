package session_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// testConfig has a key, so that several managers accept each other's cookies.
func testConfig() config.Config {
	return config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef")}
}

func newManager(t testing.TB, cfg config.Config, store driver.Store, opts ...session.Option) *session.Manager {
	t.Helper()
	opts = append([]session.Option{session.WithLogger(slog.New(slog.DiscardHandler))}, opts...)
	m, err := session.NewManager(t.Context(), cfg, store, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func memoryManager(t testing.TB) *session.Manager {
	t.Helper()
	return newManager(t, testConfig(), memstore.New(0))
}

// browser keeps the cookie between visits, as one would.
type browser struct {
	t       testing.TB
	manager *session.Manager
	cookie  string // "name=value", "" for none
	last    *http.Cookie
}

func newBrowser(t testing.TB, m *session.Manager) *browser {
	return &browser{t: t, manager: m}
}

// open begins a request; the returned function ends it.
func (b *browser) open() (ctx context.Context, end func() error) {
	in := session.Incoming{}
	if b.cookie != "" {
		in.Cookies = []string{b.cookie}
	}
	ctx, x, _ := sessiontest.Open(b.t.Context(), b.manager, in)
	return ctx, func() error {
		out, err := x.Commit()
		b.take(out)
		if err != nil {
			return err
		}
		return x.Finish()
	}
}

func (b *browser) take(out session.Outgoing) {
	b.last = nil
	if out.SetCookie == "" {
		return
	}
	c, err := http.ParseSetCookie(out.SetCookie)
	if err != nil {
		b.t.Errorf("Set-Cookie %q: %v", out.SetCookie, err)
		return
	}
	b.last = c
	if b.cookie = c.Name + "=" + c.Value; c.MaxAge < 0 {
		b.cookie = ""
	}
}

// visit makes one request whose handler is f, and wants it to end well.
func (b *browser) visit(f func(s *session.Session)) {
	b.t.Helper()
	ctx, end := b.open()
	s := from(b.t, ctx)
	f(s)
	if err := end(); err != nil {
		b.t.Fatalf("commit: %v", err)
	}
}

func (b *browser) token() string {
	_, value, _ := strings.Cut(b.cookie, "=")
	return value
}

func from(t testing.TB, ctx context.Context) *session.Session {
	t.Helper()
	s, err := session.From(ctx)
	if err != nil {
		t.Fatalf("From: %v", err)
	}
	return s
}

func set[T any](t testing.TB, s *session.Session, key string, v T) {
	t.Helper()
	if err := session.Set(s, key, v); err != nil {
		t.Fatalf("Set %q: %v", key, err)
	}
}

func get[T any](t testing.TB, s *session.Session, key string) T {
	t.Helper()
	v, err := session.Get[T](s, key)
	if err != nil {
		t.Fatalf("Get %q: %v", key, err)
	}
	return v
}

func want[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}
