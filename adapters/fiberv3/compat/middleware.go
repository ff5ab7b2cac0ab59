package session

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	fasthttpsession "github.com/gosessionkit/sessionkit/adapters/internal/fasthttp"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrTypeAssertionFailed is Fiber's. Nothing here answers it.
var ErrTypeAssertionFailed = errors.New("failed to type-assert to *Middleware")

// Middleware is the session of a request that the middleware has read and will
// save. It is safe for concurrent use, and not to be used after the request.
type Middleware struct {
	Session *Session

	destroyed, done atomic.Bool
}

// middlewareKey is where a request has its Middleware.
type middlewareKey struct{}

// New returns a middleware that reads the request's session before the handlers and
// saves it behind them, and opens nothing. It panics for a Config that makes no
// sense.
func New(config ...Config) fiber.Handler {
	handler, _ := NewWithStore(config...)
	return handler
}

// NewWithStore is New, and the middleware's store.
func NewWithStore(config ...Config) (fiber.Handler, *Store) {
	cfg := withDefaults(config)
	if cfg.Store == nil {
		cfg.Store = newStore(cfg)
	}
	fail := cfg.ErrorHandler
	if fail == nil {
		fail = DefaultErrorHandler
	}
	return func(c fiber.Ctx) error {
		if cfg.Next != nil && cfg.Next(c) {
			return c.Next()
		}
		own, err := cfg.Store.session(c)
		if err != nil {
			fail(c, err)
			return nil
		}
		m, outer := &Middleware{Session: own}, c.Locals(middlewareKey{})
		c.Locals(middlewareKey{}, m)
		c.SetContext(context.WithValue(c.Context(), middlewareKey{}, m))
		answered := c.Next()
		c.Locals(middlewareKey{}, outer)
		m.done.Store(true)
		if !m.destroyed.Load() {
			if err := own.save(own.exchange); err != nil {
				fasthttpsession.Drop(c.Response(), session.Outgoing{})
				fail(c, err)
			}
		}
		return answered
	}, cfg.Store
}

// DefaultErrorHandler logs the error and answers with the status that suits it: 503
// while the store is out of reach, 409 for a session that has ended meanwhile, 500
// otherwise. The text is the status's own.
func DefaultErrorHandler(c fiber.Ctx, err error) {
	status := session.HTTPStatus(err)
	slog.Error("session: a request has failed", "route", c.Method()+" "+c.Route().Path, "status", status, "error", err)
	if status == fiber.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, "1")
	}
	c.Status(status).SendString(session.StatusText(status))
}

// FromContext returns the request's session where the middleware has read it, nil
// otherwise. ctx is the fiber.Ctx, its Context or its RequestCtx.
func FromContext(ctx any) *Middleware {
	var found any
	switch c := ctx.(type) {
	case fiber.Ctx:
		found = c.Locals(middlewareKey{})
	case *fasthttp.RequestCtx:
		found = c.UserValue(middlewareKey{})
	case context.Context:
		found = c.Value(middlewareKey{})
	}
	if m, ok := found.(*Middleware); ok && !m.done.Load() {
		return m
	}
	return nil
}

// Get is [Session.Get].
func (m *Middleware) Get(key any) any { return m.Session.Get(key) }

// Set is [Session.Set].
func (m *Middleware) Set(key, value any) { m.Session.Set(key, value) }

// Delete is [Session.Delete].
func (m *Middleware) Delete(key any) { m.Session.Delete(key) }

// Keys is [Session.Keys].
func (m *Middleware) Keys() []any { return m.Session.Keys() }

// Fresh is [Session.Fresh].
func (m *Middleware) Fresh() bool { return m.Session.Fresh() }

// ID is [Session.ID].
func (m *Middleware) ID() string { return m.Session.ID() }

// Store returns the store that the session is in.
func (m *Middleware) Store() *Store { return m.Session.store }

// Destroy ends the session, on every worker, and has the browser forget it. What is
// set after it is not saved.
func (m *Middleware) Destroy() error { return m.DestroyWithContext(m.Session.exchange) }

// DestroyWithContext is Destroy with another context than the request's.
func (m *Middleware) DestroyWithContext(ctx context.Context) error {
	m.destroyed.Store(true)
	return m.Session.DestroyWithContext(ctx)
}

// Reset is [Session.Reset].
func (m *Middleware) Reset() error { return m.Session.Reset() }

// ResetWithContext is [Session.ResetWithContext].
func (m *Middleware) ResetWithContext(ctx context.Context) error {
	return m.Session.ResetWithContext(ctx)
}

// Regenerate is [Session.Regenerate].
func (m *Middleware) Regenerate() error { return m.Session.Regenerate() }

// RegenerateWithContext is [Session.RegenerateWithContext].
func (m *Middleware) RegenerateWithContext(ctx context.Context) error {
	return m.Session.RegenerateWithContext(ctx)
}
