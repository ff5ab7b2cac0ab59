package sessiontest

import (
	"context"
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
)

// Cookie returns the cookie of a new session in which do has been done, for tests
// that build their requests by hand.
func Cookie(t testing.TB, m *session.Manager, do func(s *session.Session) error) *http.Cookie {
	t.Helper()
	s, err := new(session.Exchange).Load(context.Background(), m, "")
	if err == nil {
		err = do(s)
	}
	if err == nil {
		err = s.Keep()
	}
	if err != nil {
		t.Fatal("sessiontest: ", err)
	}
	cookie := s.Cookie()
	if cookie == nil {
		t.Fatal("sessiontest: nothing was put into the session, so it has no cookie")
	}
	return cookie
}

// Of returns the session that a cookie leads to, to look at; a new one where it
// leads to none. What is changed in it is saved by [session.Session.Keep].
func Of(t testing.TB, m *session.Manager, cookie *http.Cookie) *session.Session {
	t.Helper()
	value := ""
	if cookie != nil && cookie.MaxAge >= 0 {
		value = cookie.Value
	}
	s, err := new(session.Exchange).Load(context.Background(), m, value)
	if err != nil {
		t.Fatal("sessiontest: ", err)
	}
	return s
}

// Request returns r with its session in the context, for a handler that is called
// without the middleware. What the handler changes is saved by Session.Keep.
func Request(t testing.TB, m *session.Manager, r *http.Request) *http.Request {
	t.Helper()
	x := &session.Exchange{}
	x.Begin(r.Context(), m, incoming(r))
	return r.WithContext(x)
}
