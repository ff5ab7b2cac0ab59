package fibersession

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrRoutesBefore: Install was called after a route was added, which Fiber
// would run without the session.
var ErrRoutesBefore = errors.New("fibersession: Install must come before the first route: move it up, right behind fiber.New()")

// Option changes what Middleware and Install do.
type Option func(*options)

type options struct{ onError fiber.ErrorHandler }

// WithErrorHandler has h answer the requests whose session could not be saved,
// instead of the app's ErrorHandler. Nothing has been written yet, and headers
// that describe the handler's body are gone. The error is the one that the app's
// would get; where h returns one itself, the answer is a bare 500.
func WithErrorHandler(h fiber.ErrorHandler) Option {
	return func(o *options) { o.onError = h }
}

// Middleware gives every request its session, read when a handler first asks
// for it and saved before the answer's headers leave: those of an error that
// the handler returned too. A request that never asks costs no store call.
// When the session cannot be saved the answer is an error and nothing of
// what the handler wrote. After a panic that comes as far as here nothing is
// saved, so Fiber's recover belongs outside.
//
// An error that a handler returns, or that saving ends with, is answered here,
// by the app's ErrorHandler, so that the handler may change the session:
// middleware outside this one sees the answer and not the error. Errors of the
// kit hold a *fiber.Error with the status that suits them and its standard text,
// which is all that Fiber's own ErrorHandler shows, and themselves, for
// [errors.Is]; others stay as they are.
func Middleware(sessions *session.Manager, opts ...Option) fiber.Handler {
	sessions.Diagnostics().SetFramework("fiber")
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return func(c *fiber.Ctx) error {
		if sessions.Diagnostics().Watches() {
			sessions.Diagnostics().Watch(c.Context().RemoteAddr().String(), string(c.Context().Host()), headerNames(c))
		}
		v := &visit{}
		if v.Exchange.Begin(c.UserContext(), sessions, v.incoming(c, sessions.TokenHeaders())) != nil { // applied twice: the outer one does the work
			return c.Next()
		}
		c.SetUserContext(&v.Exchange)
		c.Context().SetUserValue(session.ContextKey, &v.Exchange)
		v.Run(func() {
			if err := c.Next(); err != nil {
				c.Locals(streamKey{}, nil)
				answer(c, c.App().ErrorHandler, translate(c, err))
			}
		})
		out, err := v.Commit()
		if err != nil {
			c.Response().ResetBody()
			httpsession.DropContent(c.Response().Header.Del)
			apply(c, out)
			onError := o.onError
			if onError == nil {
				onError = c.App().ErrorHandler
			}
			answer(c, onError, failure(c, err))
			return nil
		}
		if out == (session.Outgoing{}) { // nobody asked for the session
			return nil
		}
		apply(c, out)
		if write, ok := c.Locals(streamKey{}).(fasthttp.StreamWriter); ok {
			c.Locals(streamKey{}, nil)
			c.Context().SetBodyStreamWriter(write)
		}
		return nil
	}
}

// visit is an exchange and what it knows of its request, in one allocation.
type visit struct {
	session.Exchange
	cookie [1]string
}

// incoming copies what it reads: fasthttp uses the memory again for the next
// request, and in this one for whoever looks at a header.
func (v *visit) incoming(c *fiber.Ctx, tokenHeaders []string) session.Incoming {
	h := &c.Request().Header
	in := session.Incoming{Cookies: v.cookie[:0], TLS: c.Context().IsTLS(), ForwardedProto: string(h.Peek(fiber.HeaderXForwardedProto))}
	in.CrossSite = session.CrossSite(c.Method(), string(h.Peek("Sec-Fetch-Site")))
	in.Unseen = session.Unseen(c.Method(), string(h.Peek("Sec-Purpose")), string(h.Peek("Purpose")), string(h.Peek("X-Moz")))
	for _, line := range h.PeekAll(fiber.HeaderCookie) {
		in.Cookies = append(in.Cookies, string(line))
	}
	in.Header = copied(h, tokenHeaders)
	return in
}

// copied returns the headers of the names, nil for no names. Fiber may have been
// told to leave the names as they came (DisableHeaderNormalizing).
func copied(h *fasthttp.RequestHeader, names []string) http.Header {
	if names == nil {
		return nil
	}
	copies := http.Header{}
	h.VisitAll(func(key, value []byte) {
		for _, name := range names {
			if strings.EqualFold(string(key), name) {
				copies[name] = append(copies[name], string(value))
			}
		}
	})
	return copies
}

func headerNames(c *fiber.Ctx) iter.Seq[string] {
	return func(yield func(string) bool) {
		more := true
		c.Request().Header.VisitAll(func(name, _ []byte) { more = more && yield(string(name)) })
	}
}

func apply(c *fiber.Ctx, out session.Outgoing) {
	if out.Vary {
		c.Vary(fiber.HeaderCookie)
	}
	if out.VaryOn != "" {
		c.Vary(strings.Split(out.VaryOn, ", ")...)
	}
	if out.TokenHeader != "" {
		c.Set(out.TokenHeader, out.Token)
	}
	if out.SetCookie != "" {
		c.Response().Header.Add(fiber.HeaderSetCookie, out.SetCookie)
	}
	if out.Forget != "" {
		c.Response().Header.Add(fiber.HeaderSetCookie, out.Forget)
	}
	if out.NoStore {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
}

// Get returns the request's session; see [session.From] for its errors.
func Get(c *fiber.Ctx) (*session.Session, error) {
	s, err := session.From(c.UserContext())
	if err != session.ErrNoMiddleware {
		return s, err
	}
	// Behind a c.SetUserContext that lost what was there: from here on the context
	// has its session again.
	if x, ok := c.Context().UserValue(session.ContextKey).(*session.Exchange); ok {
		ctx := context.WithValue(c.UserContext(), session.ContextKey, x)
		c.SetUserContext(ctx)
		return x.Session(ctx)
	}
	diagnose.ReportMissingMiddleware(route(c))
	return nil, err
}

func route(c *fiber.Ctx) string {
	route := c.Route()
	if slices.ContainsFunc(c.App().GetRoutes(true), func(r fiber.Route) bool { return r.Method == route.Method && r.Path == route.Path }) {
		return c.Method() + " " + route.Path
	}
	return diagnose.BeforeRoute
}

// RequireUser lets a request pass when somebody is logged in. Otherwise
// denied answers, or, when it is nil, a bare 401, which has the header
// WWW-Authenticate where bearer tokens count ([session.Challenge]). It belongs inside
// [Middleware], and inside what answers CORS preflights, which come without
// cookies.
func RequireUser(denied fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		s, err := Get(c)
		if err == nil {
			err = auth.RequireSession(s)
		}
		switch {
		case err == nil:
			return c.Next()
		case denied != nil && auth.IsDenied(err):
			return denied(c)
		default:
			return translate(c, err)
		}
	}
}

// NoCache is for Next in the configuration of Fiber's middleware cache, which
// keeps whatever it is given, in spite of Cache-Control: no-store and Vary:
// Cookie. It reports whether the request has asked for its session, so that the
// answer, and with StoreResponseHeaders the session's cookie, is one visitor's.
func NoCache(c *fiber.Ctx) bool {
	x, _ := c.Context().UserValue(session.ContextKey).(*session.Exchange)
	return x.Asked()
}

// Install puts the session middleware on app and mounts the debug endpoints
// behind it. The error is ErrRoutesBefore when app has routes already.
func Install(app *fiber.App, sessions *session.Manager, debug http.Handler, opts ...Option) error {
	sessions.Diagnostics().SetFramework("fiber")
	if len(app.GetRoutes(true)) > 0 {
		return ErrRoutesBefore
	}
	app.Use(Middleware(sessions, opts...))
	MountDebug(app, debug)
	return nil
}
