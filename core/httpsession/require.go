package httpsession

import (
	"context"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
)

// RequireUser lets a request pass when somebody is logged in. Otherwise
// denied answers, or, when it is nil, a bare 401, which has the header
// WWW-Authenticate where bearer tokens count ([session.Exchange.Challenge]); when the session cannot be
// read the answer is an error. It belongs inside [Middleware], and inside what
// answers CORS preflights, which come without cookies.
func RequireUser(denied http.Handler) func(http.Handler) http.Handler {
	return require(denied, func(ctx context.Context) error {
		_, err := auth.Require(ctx)
		return err
	})
}

// RequireFresh lets a request pass when who is logged in has proved less than maxAge
// ago who he is, by a login or by [auth.Confirm]: see [auth.RequireFresh]. Otherwise,
// and when nobody is logged in, denied answers, with a page that asks for the password,
// or, when it is nil, a bare 401, which has the challenge of RFC 9470 where bearer
// tokens count. It belongs where RequireUser does, and may stand behind it.
func RequireFresh(maxAge time.Duration, denied http.Handler) func(http.Handler) http.Handler {
	return require(denied, func(ctx context.Context) error {
		_, err := auth.RequireFresh(ctx, maxAge)
		return err
	})
}

func require(denied http.Handler, check func(ctx context.Context) error) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch err := check(r.Context()); {
			case err == nil:
				next.ServeHTTP(w, r)
			case denied != nil && auth.IsDenied(err):
				denied.ServeHTTP(w, r)
			default:
				Error(w, r, err)
			}
		})
	}
}
