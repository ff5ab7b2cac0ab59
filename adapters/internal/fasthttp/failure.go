package fasthttpsession

import (
	"context"

	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Error is an error of the kit as Fiber sees it.
type Error struct {
	Status error // a *fiber.Error, which says nothing about the cause
	Cause  error
}

func (e *Error) Error() string   { return e.Status.Error() }
func (e *Error) Unwrap() []error { return []error{e.Status, e.Cause} }

// Failure sets the status of the answer that suits an error of the kit, for error
// handlers that set none, and returns it with its text. where is the route, and
// authorization the request's header of that name: see [session.Fault].
func Failure(ctx context.Context, answer *fasthttp.Response, where, authorization string, err error) (status int, text string) {
	status = session.HTTPStatus(err)
	text = session.StatusText(status)
	switch answer.SetStatusCode(status); status {
	case fasthttp.StatusInternalServerError:
		text = session.Fault(ctx, where, authorization, err)
	case fasthttp.StatusUnauthorized:
		httpsession.Challenge(answer.Header.Set, ctx, err)
	case fasthttp.StatusServiceUnavailable:
		answer.Header.Set(fasthttp.HeaderRetryAfter, "1")
	}
	return status, text
}

// Drop takes out of the answer what the handler has put in, but for what the
// session needs.
func Drop(answer *fasthttp.Response, out session.Outgoing) {
	answer.ResetBody()
	httpsession.DropContent(answer.Header.Del)
	Apply(answer, out)
}
