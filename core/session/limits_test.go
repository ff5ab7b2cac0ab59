package session_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// Each limit refuses with an error that names it and the way to move it, and
// counts; what is inside of it is not counted.
func TestLimits(t *testing.T) {
	t.Parallel()
	deep := func(n int) (v any) {
		for range n {
			v = []any{v}
		}
		return v
	}
	for name, test := range map[string]struct {
		limit string
		want  error
		words string
		try   func(s *session.Session) error
	}{
		"key length": {"key_length", session.ErrInvalidKey, "257 bytes, the limit is 256 (session.MaxKeyLength)",
			func(s *session.Session) error { return session.Set(s, strings.Repeat("k", 257), 1) }},
		"key length in Update": {"key_length", session.ErrInvalidKey, "256", func(s *session.Session) error {
			_, err := session.Update(s, strings.Repeat("k", 257), func(n int) (int, error) { return n, nil })
			return err
		}},
		"key length in Delete": {"key_length", session.ErrInvalidKey, "256",
			func(s *session.Session) error { return s.Delete(strings.Repeat("k", 257)) }},
		"depth": {"depth", nil, `key "deep" as`, func(s *session.Session) error { return session.Set(s, "deep", deep(101)) }},
		"depth in Update": {"depth", nil, "nested deeper than 100", func(s *session.Session) error {
			_, err := session.Update(s, "deep", func(any) (any, error) { return deep(101), nil })
			return err
		}},
		"size of a value": {"size", session.ErrTooLarge, "--session-max-size",
			func(s *session.Session) error { return session.Set(s, "big", strings.Repeat("v", 100_000)) }},
		"size of all": {"size", session.ErrTooLarge, `the largest key is "b"`, func(s *session.Session) error {
			session.Set(s, "a", strings.Repeat("v", 50_000))
			session.Set(s, "b", strings.Repeat("v", 60_000))
			return s.Commit(t.Context())
		}},
		"keys": {"keys", session.ErrTooLarge, "1001, the limit is 1000 (session.MaxKeys)",
			func(s *session.Session) error { return fill(s, session.MaxKeys+1) }},
		"keys beside stored ones": {"keys", session.ErrTooLarge, "too many keys: 1001", func(s *session.Session) error {
			if err := errors.Join(fill(s, session.MaxKeys), s.Commit(t.Context()), session.Set(s, "more", 1)); err != nil {
				return errors.New("refused too early: " + err.Error())
			}
			return s.Commit(t.Context())
		}},
		"keys by Update": {"keys", session.ErrTooLarge, "too many keys: 1001", func(s *session.Session) error {
			fill(s, session.MaxKeys)
			_, err := session.SetIfAbsent(s, "more", 1)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig()
			cfg.MaxRecordSize = 100_000
			m := newManager(t, cfg, memstore.New(0))
			newBrowser(t, m).visit(func(s *session.Session) {
				session.Set(s, "fine", deep(99)) // and what is innermost makes 100
				err := test.try(s)
				if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.words) {
					t.Errorf("error %v, want %v with %q", err, test.want, test.words)
				}
				s.Destroy(t.Context())
			})
			wantLimits(t, m, map[string]uint64{test.limit: 1})
		})
	}
}

// fill sets n keys besides "fine", which is one of them.
func fill(s *session.Session, n int) error {
	for i := range n - 1 {
		if err := session.Set(s, fmt.Sprint("k", i), i); err != nil {
			return err
		}
	}
	return nil
}

func wantLimits(t *testing.T, m *session.Manager, want map[string]uint64) {
	t.Helper()
	got := maps.Clone(m.Diagnostics().Limits())
	for _, name := range []string{"keys", "key_length", "depth", "header", "size", "sessions", "cookies"} {
		if n, ok := got[name]; !ok || n != want[name] {
			t.Errorf("limits %v, want %v and 0 otherwise", got, want)
			return
		}
	}
}

func TestMemoryStoreLimitCounts(t *testing.T) {
	t.Parallel()
	m := newManager(t, testConfig(), memstore.New(1))
	newBrowser(t, m).visit(func(s *session.Session) { set(t, s, "n", 1) })
	ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{})
	s, err := session.From(ctx)
	if err != nil {
		t.Fatal(err)
	}
	set(t, s, "n", 1)
	if _, err := x.Commit(); !errors.Is(err, session.ErrStoreFull) || !strings.Contains(err.Error(), "1 sessions") {
		t.Errorf("error %v", err)
	}
	wantLimits(t, m, map[string]uint64{"sessions": 1})
}

// A session that has its keys can be changed and emptied.
func TestFullSessionStaysUsable(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { fill(s, session.MaxKeys+1) })
	b.visit(func(s *session.Session) {
		want(t, "keys", len(s.Keys()), session.MaxKeys)
		set(t, s, "k0", "changed")
	})
	b.visit(func(s *session.Session) { s.Delete("k1") })
	b.visit(func(s *session.Session) { set(t, s, "new", 1) })
	b.visit(func(s *session.Session) {
		want(t, "keys", len(s.Keys()), session.MaxKeys)
		s.Clear()
		set(t, s, "other", 1)
	})
	b.visit(func(s *session.Session) { want(t, "keys", len(s.Keys()), 1) })
	wantLimits(t, m, nil)
}

// A Cookie header that is too long is refused, and counted, where the session
// is asked for.
func TestHeaderLimit(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "n", 1) })
	for size, refused := range map[int]bool{session.MaxCookieHeader: false, session.MaxCookieHeader + 1: true} {
		other := "other=" + strings.Repeat("x", size-len(b.cookie)-len("other="))
		ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{b.cookie, other}})
		_, err := session.From(ctx)
		if got := errors.Is(err, session.ErrTooLarge); got != refused || refused && session.HTTPStatus(err) != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%d bytes: %v", size, err)
		}
		if _, err := x.Commit(); err != nil {
			t.Error(err)
		}
	}
	wantLimits(t, m, map[string]uint64{"header": 1})
}

// Hundreds of cookies cost no more than 50, and the one behind them is not
// found.
func TestCookieLimit(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "n", 1) })
	forged := forge(b.cookie) + "; "
	for n, wantState := range map[int]session.State{session.MaxCookies - 1: session.StateLoaded, session.MaxCookies: session.StateRejected, 500: session.StateRejected} {
		ctx, _, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{strings.Repeat(forged, n) + b.cookie}})
		s, err := session.From(ctx)
		if err != nil {
			t.Fatal(err)
		}
		want(t, fmt.Sprint("state with ", n), s.Status().State, wantState)
		want(t, "cookies", s.Status().Cookies, n+1)
	}
	wantLimits(t, m, map[string]uint64{"cookies": 2})
}

// forge changes the signature.
func forge(cookie string) string {
	i := len(cookie) - 5
	if cookie[i] == 'A' {
		return cookie[:i] + "B" + cookie[i+1:]
	}
	return cookie[:i] + "A" + cookie[i+1:]
}

// BenchmarkCookieFlood is a header of 1 MB, as much as net/http takes.
func BenchmarkCookieFlood(b *testing.B) {
	m := memoryManager(b)
	v := newBrowser(b, m)
	v.visit(func(s *session.Session) { set(b, s, "n", 1) })
	forged := forge(v.cookie) + "; "
	for name, line := range map[string]string{
		"forged": strings.Repeat(forged, 1<<20/len(forged)),
		"others": strings.Repeat("a=b; ", 1<<20/5),
		"one":    "a=" + strings.Repeat("b", 1<<20),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ctx, _, _ := sessiontest.Open(b.Context(), m, session.Incoming{Cookies: []string{line}})
				if _, err := session.From(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A name that stores would change is not taken.
func TestRenewAsWantsUTF8(t *testing.T) {
	t.Parallel()
	newBrowser(t, memoryManager(t)).visit(func(s *session.Session) {
		if err := s.RenewAs(t.Context(), "\xa1"); err == nil || s.User() != "" {
			t.Errorf("error %v, user %q", err, s.User())
		}
	})
}
