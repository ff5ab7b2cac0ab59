package fibersession_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v3"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiberv3"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A handler of its own answers what could not be saved, with the kit's error,
// and the app's all other errors.
func TestWithErrorHandler(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	app := fiber.New(fiber.Config{ErrorHandler: func(c fiber.Ctx, err error) error {
		return c.Status(http.StatusTeapot).SendString("the app's")
	}})
	var fails error
	err := fibersession.Install(app, newManager(t, store, io.Discard), nil, fibersession.WithErrorHandler(func(c fiber.Ctx, err error) error {
		if !errors.Is(err, session.ErrClosed) {
			t.Errorf("the error is %v", err)
		}
		if fails != nil {
			return fails
		}
		return c.Status(http.StatusBadGateway).SendString("sorry")
	}))
	if err != nil {
		t.Fatal(err)
	}
	app.Get("/set", func(c fiber.Ctx) error {
		if err := set(c, "red"); err != nil {
			return err
		}
		c.Attachment("secret.txt")
		return c.SendString("secret")
	})
	app.Get("/denied", func(c fiber.Ctx) error { return auth.ErrNotLoggedIn })
	v := visit(t, app)
	v.want("/denied", http.StatusTeapot, "the app's")
	store.Close()
	if res := v.want("/set", http.StatusBadGateway, "sorry"); res.Header.Get("Content-Disposition") != "" {
		t.Errorf("headers of the handler's answer are left: %v", res.Header)
	}
	fails = errors.New("no template")
	v.want("/set", http.StatusInternalServerError, "Internal Server Error")
}
