package fibersession

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// kitError is an error of the kit as Fiber sees it.
type kitError struct {
	status *fiber.Error // says nothing about the cause
	cause  error
}

func (e *kitError) Error() string   { return e.status.Message }
func (e *kitError) Unwrap() []error { return []error{e.status, e.cause} }

// translate leaves alone what is the app's: what it has made a *fiber.Error
// itself, and errors that are none of the kit's.
func translate(c *fiber.Ctx, err error) error {
	var own *fiber.Error
	if _, ours := session.KitStatus(err); !ours || errors.As(err, &own) {
		return err
	}
	return failure(c, err)
}

// failure also sets the status, for error handlers that set none.
func failure(c *fiber.Ctx, err error) error {
	status := session.HTTPStatus(err)
	text := session.StatusText(status)
	switch c.Status(status); status {
	case fiber.StatusInternalServerError:
		text = session.Fault(c.UserContext(), route(c), err)
	case fiber.StatusUnauthorized:
		httpsession.Challenge(c.Set, c.UserContext(), err)
	case fiber.StatusServiceUnavailable:
		c.Set(fiber.HeaderRetryAfter, "1")
	}
	return &kitError{fiber.NewError(status, text), err}
}

// answer has onError answer, and the standard 500 where that fails, as Fiber
// does.
func answer(c *fiber.Ctx, onError fiber.ErrorHandler, err error) {
	if failed := onError(c, err); failed != nil {
		session.Fault(c.UserContext(), route(c), failed)
		c.SendStatus(fiber.StatusInternalServerError)
	}
}
