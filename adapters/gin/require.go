package ginsession

import (
	"time"

	"github.com/gin-gonic/gin"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
)

// RequireUser lets a request pass when somebody is logged in. Otherwise denied
// answers, or, when it is nil, a bare 401. It belongs inside [Middleware], and
// inside what answers CORS preflights, which come without cookies.
func RequireUser(denied gin.HandlerFunc) gin.HandlerFunc {
	return require(denied, auth.RequireSession)
}

// RequireFresh lets a request pass when who is logged in has proved less than maxAge
// ago who he is, by a login or by [auth.Confirm]: see [auth.RequireFresh]. Otherwise,
// and when nobody is logged in, denied answers, with a page that asks for the password,
// or, when it is nil, a bare 401, which has the challenge of RFC 9470 where bearer
// tokens count. It belongs where RequireUser does, and may stand behind it.
func RequireFresh(maxAge time.Duration, denied gin.HandlerFunc) gin.HandlerFunc {
	return require(denied, func(s *session.Session) error { return auth.RequireFreshSession(s, maxAge) })
}

func require(denied gin.HandlerFunc, check func(*session.Session) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		s, err := Get(c)
		if err == nil {
			err = check(s)
		}
		if err == nil {
			return
		}
		c.Abort()
		if denied != nil && auth.IsDenied(err) {
			denied(c)
		} else {
			answer(c, err)
		}
	}
}
