package httpsession_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A handler may take the cookies out of the request, for an upstream that has
// no business with them, and ask for its session afterwards.
func TestCookiesTakenOut(t *testing.T) {
	h := httpsession.Middleware(newManager(t))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Cookie")
		s, err := httpsession.Get(r)
		if err != nil {
			t.Fatal(err)
		}
		if r.URL.Path == "/set" {
			session.Set(s, "color", "red")
		} else if !s.Has("color") {
			t.Error("the session is lost:", s.Status())
		}
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/set", nil))
	r := httptest.NewRequest(http.MethodGet, "/read", nil)
	r.AddCookie(w.Result().Cookies()[0])
	h.ServeHTTP(httptest.NewRecorder(), r)
}

// A goroutine may be the first to ask while the handler changes headers.
func TestAskedForBesideTheHandler(t *testing.T) {
	h := httpsession.Middleware(newManager(t))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		done := make(chan bool)
		go func() {
			defer close(done)
			session.From(r.Context())
		}()
		r.Header.Set("X-Request-Id", "7")
		<-done
	}))
	for range 100 {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	}
}
