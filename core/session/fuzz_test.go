package session_test

import (
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// FuzzCookieHeader: whatever a browser sends, there is a session, and never
// one that the cookie does not entitle it to.
func FuzzCookieHeader(f *testing.F) {
	m := memoryManager(f)
	b := newBrowser(f, m)
	b.visit(func(s *session.Session) { set(f, s, "secret", true) })
	good := b.cookie
	for _, line := range []string{"", "session=", "session", "a=b; session=x", good, good + "; " + good, good + "x", strings.ToUpper(good),
		"session=" + strings.Repeat("A", 60), "session=v1." + strings.Repeat("A", 22) + "." + strings.Repeat("A", 11) + "." + strings.Repeat("A", 22),
		";;;=;session=\"" + b.token() + "\"", "session =" + b.token(), "\x00session=" + b.token()} {
		f.Add(line, line)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		ctx, x, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{first, second}})
		s, err := session.From(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if s.Has("secret") && !strings.Contains(first+";"+second, good) && !strings.Contains(first+";"+second, b.token()) {
			t.Fatalf("%q and %q gave access", first, second)
		}
		if loaded := s.Status().State == session.StateLoaded; loaded != s.Has("secret") || loaded == (s.Status().Reason != "") {
			t.Fatalf("status %+v", s.Status())
		}
		if _, err := x.Commit(); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzValues: what goes in comes out, whatever the keys and texts are.
func FuzzValues(f *testing.F) {
	m := memoryManager(f)
	f.Add("key", "value", "other")
	f.Add("\x00", "\xff", "é\u2028</script>")
	f.Add(`"\`, "", `\"`)
	f.Fuzz(func(t *testing.T, key, value, other string) {
		b := newBrowser(t, m)
		stored := false
		b.visit(func(s *session.Session) {
			stored = session.Set(s, key, value) == nil
			session.Set(s, other, []string{value})
			stored = stored && key != other
			session.Set(s, "kept", 1)
		})
		b.visit(func(s *session.Session) {
			if s.Status().State != session.StateLoaded {
				t.Fatalf("status %s", s.Status())
			}
			if stored && key != "kept" {
				want(t, "value", get[string](t, s, key), value)
			}
			s.Delete(key)
		})
		b.visit(func(s *session.Session) { want(t, "deleted", s.Has(key), false) })
	})
}
