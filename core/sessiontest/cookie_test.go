package sessiontest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

func TestCookie(t *testing.T) {
	t.Parallel()
	m := sessiontest.NewManager(t)
	cookie := sessiontest.Cookie(t, m, func(s *session.Session) error { return session.Set(s, "color", "red") })
	if color, err := session.Get[string](sessiontest.Of(t, m, cookie), "color"); color != "red" || err != nil {
		t.Error(color, err)
	}
	for _, none := range []*http.Cookie{nil, {Name: "session", MaxAge: -1}, {Name: "session", Value: "nonsense"}} {
		if s := sessiontest.Of(t, m, none); s.Revision() != 0 {
			t.Errorf("%v leads to a session", none)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(cookie)
	r = sessiontest.Request(t, m, r)
	s, err := session.From(r.Context())
	if err != nil || !s.Has("color") {
		t.Fatal(err)
	}
	session.Set(s, "color", "blue")
	if err := s.Keep(); err != nil {
		t.Fatal(err)
	}
	if color, _ := session.Get[string](sessiontest.Of(t, m, cookie), "color"); color != "blue" {
		t.Error(color)
	}
}
