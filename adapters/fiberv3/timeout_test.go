package fibersession_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/timeout"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// A cutOff is a handler that Fiber's timeout cuts off, and that goes on until the
// visitor has the answer. The time is up when the handler says so, however slow the
// machine is.
type cutOff struct {
	cfg      timeout.Config
	before   func(c fiber.Ctx) error
	answered chan struct{}
	late     chan error // of a login after the answer
}

func newCutOff(onTimeout fiber.Handler, before func(c fiber.Ctx) error) *cutOff {
	return &cutOff{timeout.Config{Timeout: time.Hour, OnTimeout: onTimeout}, before, make(chan struct{}), make(chan error, 1)}
}

type cutKey struct{}

// outside is what the context of the time that ends comes from.
func (*cutOff) outside(c fiber.Ctx) error {
	ctx, cancel := context.WithCancel(c.Context())
	c.SetContext(context.WithValue(ctx, cutKey{}, cancel))
	return c.Next()
}

func (h *cutOff) handle(c fiber.Ctx) error {
	if err := h.before(c); err != nil {
		h.late <- err
		return err
	}
	ctx := c.Context()
	ctx.Value(cutKey{}).(context.CancelFunc)()
	<-h.answered
	err := auth.Login(ctx, "bob")
	c.Locals("late", true)
	c.Status(http.StatusTeapot).SendString("secret")
	h.late <- err
	return err
}

// wantRefused lets the handler go on, whose login is refused.
func (h *cutOff) wantRefused(t *testing.T) {
	t.Helper()
	close(h.answered)
	if err := <-h.late; err == nil {
		t.Error("a login after the answer was accepted")
	}
}

func login(c fiber.Ctx) error { return auth.Login(c.Context(), "ada") }

func me(c fiber.Ctx) error {
	user, err := auth.User(c.Context())
	if err != nil {
		return err
	}
	return c.SendString("you are " + user)
}

// Fiber's timeout inside lets the handler go on, and has answered for it. The
// answer has the cookie of what the handler has done until then; what it does later
// changes nothing.
func TestTimeoutInside(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		onTimeout fiber.Handler
		status    int
		body      string
	}{
		"plain":    {nil, http.StatusRequestTimeout, "Request Timeout"},
		"answered": {func(c fiber.Ctx) error { return c.Status(http.StatusAccepted).SendString("later") }, http.StatusAccepted, "later"},
		"error":    {func(fiber.Ctx) error { return fiber.ErrGatewayTimeout }, http.StatusRequestTimeout, "Request Timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, h := newApp(t, memstore.New(0), fiber.Config{}), newCutOff(c.onTimeout, login)
			app.Get("/me", me)
			app.Get("/slow", h.outside, timeout.New(h.handle, h.cfg))
			v := visit(t, app)
			if res := v.want("/slow", c.status, c.body); res.Header.Get("Set-Cookie") == "" || res.Header.Get("Vary") != "Cookie" {
				t.Errorf("headers %v", res.Header)
			}
			h.wantRefused(t)
			v.want("/me", http.StatusOK, "you are ada")
		})
	}
}

// When the session of a request that was timed out cannot be saved, the answer
// says so.
func TestTimeoutInsideWithoutAStore(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	app := newApp(t, store, fiber.Config{})
	h := newCutOff(func(c fiber.Ctx) error { return c.SendString("saved") }, func(c fiber.Ctx) error {
		err := set(c, "red")
		store.Close()
		return err
	})
	app.Get("/slow", h.outside, timeout.New(h.handle, h.cfg))
	if res := visit(t, app).want("/slow", http.StatusServiceUnavailable, "Service Unavailable"); res.Header.Get("Retry-After") == "" {
		t.Errorf("headers %v", res.Header)
	}
	h.wantRefused(t)
}

// A timeout outside has sent the answer when the middleware comes to its end, which
// leaves it alone. The session that the visitor had is as it was.
func TestTimeoutOutside(t *testing.T) {
	t.Parallel()
	app, h, done := fiber.New(), newCutOff(nil, func(fiber.Ctx) error { return nil }), make(chan struct{})
	app.Use("/slow", h.outside, timeout.New(func(c fiber.Ctx) error {
		defer close(done)
		return c.Next()
	}, h.cfg))
	if err := fibersession.Install(app, newManager(t, memstore.New(0), io.Discard), nil); err != nil {
		t.Fatal(err)
	}
	app.Get("/login", login)
	app.Get("/me", me)
	app.Get("/slow", h.handle)
	v := visit(t, app)
	v.want("/login", http.StatusOK, "")
	if res := v.want("/slow", http.StatusRequestTimeout, "Request Timeout"); res.Header.Get("Set-Cookie") != "" {
		t.Errorf("headers %v", res.Header)
	}
	h.wantRefused(t)
	<-done
	v.want("/me", http.StatusOK, "you are ada")
}
