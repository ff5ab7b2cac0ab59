package echosession

import (
	"time"

	"github.com/labstack/echo/v5"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
)

// RequireUser lets a request pass when somebody is logged in. Otherwise
// denied answers, or, when it is nil, a bare 401, which has the header
// WWW-Authenticate where bearer tokens count ([session.Exchange.Challenge]). It belongs inside
// [Middleware], and inside what answers CORS preflights, which come without
// cookies.
func RequireUser(denied echo.HandlerFunc) echo.MiddlewareFunc {
	return require(denied, auth.RequireSession)
}

// RequireFresh lets a request pass when who is logged in has proved less than maxAge
// ago who he is, by a login or by [auth.Confirm]: see [auth.RequireFresh]. Otherwise,
// and when nobody is logged in, denied answers, with a page that asks for the password,
// or, when it is nil, a bare 401, which has the challenge of RFC 9470 where bearer
// tokens count. It belongs where RequireUser does, and may stand behind it.
func RequireFresh(maxAge time.Duration, denied echo.HandlerFunc) echo.MiddlewareFunc {
	return require(denied, func(s *session.Session) error { return auth.RequireFreshSession(s, maxAge) })
}

func require(denied echo.HandlerFunc, check func(*session.Session) error) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			s, err := Get(c)
			if err == nil {
				err = check(s)
			}
			switch {
			case err == nil:
				return next(c)
			case denied != nil && auth.IsDenied(err):
				return denied(c)
			default:
				return translate(c, err)
			}
		}
	}
}
