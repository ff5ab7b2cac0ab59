package bunsession

import (
	"net/http"
	"time"

	"github.com/uptrace/bunrouter"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Install is an option of bunrouter.New, the first one: the session around all
// routes, and the debug endpoints, none where debug is nil.
func Install(sessions *session.Manager, debug http.Handler) bunrouter.Option {
	return bunrouter.Use(Middleware(sessions), debugPages(debug))
}

// Middleware gives each request its session, read when a handler first asks for it
// and saved before the answer's headers leave.
func Middleware(sessions *session.Manager) bunrouter.MiddlewareFunc {
	sessions.Diagnostics().SetFramework("bunrouter")
	return func(next bunrouter.HandlerFunc) bunrouter.HandlerFunc {
		return func(w http.ResponseWriter, req bunrouter.Request) error {
			w, r, ours := httpsession.Begin(sessions, w, req.Request, nil)
			if ours == nil { // a middleware outside of this one does the work
				return next(w, req)
			}
			r.Pattern = req.Route() // for reports
			req.Request = r
			var err error
			ours.Exchange().Run(func() { err = next(w, req) })
			if ours.Commit() != nil {
				return nil // it has been answered
			}
			ours.Exchange().Finish() // saves what was changed behind a flush
			return err               // what is answered to it outside has the cookie
		}
	}
}

func debugPages(debug http.Handler) bunrouter.MiddlewareFunc {
	return func(next bunrouter.HandlerFunc) bunrouter.HandlerFunc {
		return func(w http.ResponseWriter, req bunrouter.Request) error {
			path := req.URL.Path
			if debug == nil || !httpsession.IsDebugPath(path) || httpsession.NamesDebug(req.Route()) {
				return next(w, req)
			}
			httpsession.ServeDebug(w, req.Request, debug, path)
			return nil
		}
	}
}

// Get returns the request's session; see session.From for its errors.
func Get(req bunrouter.Request) (*session.Session, error) {
	req.Pattern = req.Route() // for the report that there is no middleware
	return httpsession.Get(req.Request)
}

// RequireUser lets a request pass when somebody is logged in. Otherwise denied
// answers, or a bare 401 where it is nil.
func RequireUser(denied bunrouter.HandlerFunc) bunrouter.MiddlewareFunc {
	return require(denied, auth.RequireSession)
}

// RequireFresh lets a request pass when the user has proved less than maxAge ago who
// he is.
func RequireFresh(maxAge time.Duration, denied bunrouter.HandlerFunc) bunrouter.MiddlewareFunc {
	return require(denied, func(s *session.Session) error { return auth.RequireFreshSession(s, maxAge) })
}

func require(denied bunrouter.HandlerFunc, check func(*session.Session) error) bunrouter.MiddlewareFunc {
	return func(next bunrouter.HandlerFunc) bunrouter.HandlerFunc {
		return func(w http.ResponseWriter, req bunrouter.Request) error {
			s, err := Get(req)
			if err == nil {
				err = check(s)
			}
			switch {
			case err == nil:
				return next(w, req)
			case denied != nil && auth.IsDenied(err):
				return denied(w, req)
			}
			httpsession.Error(w, req.Request, err)
			return nil
		}
	}
}
