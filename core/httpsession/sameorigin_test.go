package httpsession_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// A page of another site that sends something gets no further than the cookie's
// protection, whatever it can add without the app's leave (CORS).
func TestSameOrigin(t *testing.T) {
	t.Parallel()
	mixed := sessiontest.NewManager(t, session.WithTokenFrom(config.TokenBearer, config.TokenHeader("X-Session"), config.TokenCookie))
	cookies := sessiontest.NewManager(t)
	for _, c := range []struct {
		name     string
		sessions *session.Manager
		header   http.Header
		want     int
	}{
		{"a cookie", mixed, http.Header{"Cookie": {"session=x"}}, http.StatusForbidden},
		{"nothing", mixed, http.Header{}, http.StatusForbidden},
		{"Basic and a cookie", mixed, http.Header{"Authorization": {"Basic YWRhOnNlY3JldA=="}, "Cookie": {"session=x"}}, http.StatusForbidden},
		{"a token", mixed, http.Header{"Authorization": {"Bearer x"}}, http.StatusOK},
		{"a token beside a cookie that does not count", mixed, http.Header{"X-Session": {"x"}, "Cookie": {"session=x"}}, http.StatusOK},
		{"a token that does not count", cookies, http.Header{"Authorization": {"Bearer x"}, "Cookie": {"session=x"}}, http.StatusForbidden},
	} {
		h := httpsession.SameOrigin(nil, c.sessions)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		r := httptest.NewRequest("POST", "/", nil)
		r.Header = c.header
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != c.want {
			t.Errorf("%s: status %d, want %d", c.name, w.Code, c.want)
		}
	}
	trusting := http.NewCrossOriginProtection()
	if err := trusting.AddTrustedOrigin("https://app.example"); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/", nil)
	r.Header = http.Header{"Origin": {"https://app.example"}, "Sec-Fetch-Site": {"cross-site"}, "Cookie": {"session=x"}}
	w := httptest.NewRecorder()
	if httpsession.SameOrigin(trusting, mixed)(http.NotFoundHandler()).ServeHTTP(w, r); w.Code != http.StatusNotFound {
		t.Errorf("a trusted origin: status %d", w.Code)
	}
}
