package fibersession

import (
	"errors"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	fasthttpsession "github.com/gosessionkit/sessionkit/adapters/internal/fasthttp"
	"github.com/gosessionkit/sessionkit/core/session"
)

// early is the answer of a timeout inside, which lets the handler go on with c:
// nobody else may touch that then. One outside ends the exchange's context, and is
// no concern of ours.
func early(c fiber.Ctx, v *fasthttpsession.Visit) *fasthttp.Response {
	if !c.IsAbandoned() || v.Err() != nil {
		return nil
	}
	return c.RequestCtx().LastTimeoutErrorResponse()
}

// translate leaves alone what is the app's: what it has made a *fiber.Error
// itself, and errors that are none of the kit's.
func translate(c fiber.Ctx, err error) error {
	var own *fiber.Error
	if _, ours := session.KitStatus(err); !ours || errors.As(err, &own) {
		return err
	}
	return failure(c, err)
}

func failure(c fiber.Ctx, err error) error {
	status, text := fasthttpsession.Failure(c.Context(), c.Response(), route(c), c.Get(fiber.HeaderAuthorization), err)
	return &fasthttpsession.Error{Status: fiber.NewError(status, text), Cause: err}
}

// answer has onError answer, which is the app's where it is nil, and the standard
// 500 where that fails, as Fiber does.
func answer(c fiber.Ctx, onError fiber.ErrorHandler, err error) {
	if onError == nil {
		onError = c.App().ErrorHandler
	}
	if failed := onError(c, err); failed != nil {
		session.Fault(c.Context(), route(c), "", failed)
		c.SendStatus(fiber.StatusInternalServerError)
	}
}
