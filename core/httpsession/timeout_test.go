package httpsession_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// A login that is followed by a timeout has given the session a new id. The 503
// has its cookie where the timeout is inside of the session, as docs/middleware.md
// says it should be; outside it is the standard library's and has none.
func TestTimeoutAfterLogin(t *testing.T) {
	t.Parallel()
	for _, inside := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			sessions := sessiontest.NewManager(t)
			ended := make(chan struct{})
			var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(ended)
				if err := auth.Login(context.WithoutCancel(r.Context()), "ada"); err != nil {
					t.Error(err)
				}
				<-r.Context().Done() // something slow
			})
			cutOff := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Second, "") }
			if inside {
				h = httpsession.Middleware(sessions)(cutOff(h))
			} else {
				h = cutOff(httpsession.Middleware(sessions)(h))
			}
			req := httptest.NewRequest("POST", "/login", nil)
			sessiontest.Prepare(t, sessions, req, func(ctx context.Context) error {
				s, err := session.From(ctx)
				if err != nil {
					return err
				}
				return session.Set(s, "cart", "tea")
			})
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, req)
			<-ended
			s := sessiontest.After(t, sessions, req, recorder.Result())
			cart, _ := session.Get[string](s, "cart")
			if recorder.Code != http.StatusServiceUnavailable || (cart == "tea") != inside || (s.User() == "ada") != inside {
				t.Errorf("inside %v: status %d, cart %q, user %q", inside, recorder.Code, cart, s.User())
			}
		})
	}
}
