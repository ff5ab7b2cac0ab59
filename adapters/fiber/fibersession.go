// Package fibersession puts sessions into Fiber apps.
//
//	app := fiber.New()
//	err := fibersession.Install(app, sessions, debugHandler) // before the first route
//	app.Get("/", home)
//
//	func home(c *fiber.Ctx) error {
//		s, err := fibersession.Get(c)
//		...
//	}
package fibersession

import (
	"bufio"
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrRoutesBefore: Install was called after a route was added, which Fiber
// would run without the session.
var ErrRoutesBefore = errors.New("fibersession: Install must come before the first route: move it up, right behind fiber.New()")

// Middleware gives every request its session, read when a handler first asks
// for it and saved before the answer's headers leave: those of an error that
// the handler returned too. A request that never asks costs no store call.
// When the session cannot be saved the answer is an error and nothing of
// what the handler wrote. After a panic nothing is saved.
//
// Errors of the kit that a handler returns become a *fiber.Error with the
// status that suits them.
func Middleware(sessions *session.Manager) fiber.Handler {
	sessions.SetFramework("fiber")
	return func(c *fiber.Ctx) error {
		parent := c.UserContext()
		ctx, x, opened := sessions.Open(parent, incoming(c))
		if !opened { // applied twice: the outer one does the work
			return c.Next()
		}
		c.SetUserContext(ctx)
		c.Context().SetUserValue(session.ContextKey, x)
		err := c.Next()
		out, commitErr := x.Commit()
		if commitErr != nil {
			c.Response().Reset()
			err = commitErr
		}
		apply(c, out)
		return translate(err)
	}
}

// incoming copies what it reads: fasthttp uses the memory again for the next
// request, and a session may outlive this one in a body stream.
func incoming(c *fiber.Ctx) session.Incoming {
	h := &c.Request().Header
	in := session.Incoming{TLS: c.Context().IsTLS(), ForwardedProto: string(h.Peek(fiber.HeaderXForwardedProto))}
	if cookies := h.Peek(fiber.HeaderCookie); len(cookies) > 0 {
		in.Cookies = []string{string(cookies)}
	}
	return in
}

func apply(c *fiber.Ctx, out session.Outgoing) {
	if out.Vary {
		c.Vary(fiber.HeaderCookie)
	}
	if out.SetCookie != "" {
		c.Response().Header.Add(fiber.HeaderSetCookie, out.SetCookie)
	}
	if out.NoStore {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
}

func translate(err error) error {
	var own *fiber.Error
	if errors.As(err, &own) || !session.IsOurs(err) {
		return err
	}
	return fiber.NewError(session.HTTPStatus(err))
}

// Get returns the request's session; see [session.From] for its errors.
func Get(c *fiber.Ctx) (*session.Session, error) {
	return session.From(c.UserContext())
}

// Stream answers with what write writes, piece by piece: w.Flush sends what
// is there. Fiber runs it after every handler and middleware has returned;
// the session stays usable in it, and what it changes is saved at the end,
// provided that the browser has the session's cookie by then.
func Stream(c *fiber.Ctx, write func(w *bufio.Writer, s *session.Session)) error {
	s, err := Get(c)
	if err != nil {
		return err
	}
	x := s.Exchange()
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		write(w, s)
		x.Finish() // its error is in the log, and the answer is gone
	})
	return nil
}

// RequireUser lets a request pass when somebody is logged in. Otherwise
// denied answers, or, when it is nil, a bare 401. It belongs inside
// [Middleware].
func RequireUser(denied fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		switch _, err := auth.Require(c.UserContext()); {
		case err == nil:
			return c.Next()
		case denied != nil && auth.IsDenied(err):
			return denied(c)
		default:
			return translate(err)
		}
	}
}

// MountDebug mounts the debug endpoints below /debug/. A nil handler mounts
// nothing: the paths are unknown ones like any other.
func MountDebug(app fiber.Router, debug http.Handler) {
	if debug != nil {
		h := adaptor.HTTPHandler(debug)
		app.All("/debug", h)
		app.All("/debug/*", h)
	}
}

// Install puts the session middleware on app and mounts the debug endpoints
// behind it. The error is ErrRoutesBefore when app has routes already.
func Install(app *fiber.App, sessions *session.Manager, debug http.Handler) error {
	if len(app.GetRoutes(true)) > 0 {
		return ErrRoutesBefore
	}
	app.Use(Middleware(sessions))
	MountDebug(app, debug)
	return nil
}
