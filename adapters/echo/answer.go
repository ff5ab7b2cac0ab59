package echosession

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// outermost returns the Response that the answer passes last: res, or one that
// [echo.WrapMiddleware] has put res in front of. hidden reports whether there may be
// another one behind a writer that does not unwrap, as http.TimeoutHandler's: every
// server's own writer flushes.
func outermost(res *echo.Response) (last *echo.Response, hidden bool) {
	last = res
	for w := res.Writer; ; {
		if outer, ok := w.(*echo.Response); ok {
			last = outer
		}
		above, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			_, flushes := w.(http.Flusher)
			return last, !flushes
		}
		w = above.Unwrap()
	}
}

// commitLater has the session saved when Echo answers an error, after all
// middleware has returned. Another one (Gzip) may have put its own writer back
// by then, or ended the answer that its writer made.
func commitLater(last *echo.Response, ours *httpsession.Writer) {
	last.Before(func() {
		if !ours.Committed() {
			last.Writer, ours = ours.Rewrap(last.Writer)
			ours.Commit()
		}
	})
}

// fail answers a request whose session could not be saved, on a response of its
// own: that of c is in the middle of another answer.
func (o *options) fail(w *httpsession.Writer, err error) {
	c := w.Context.(echo.Context)
	res := c.Response()
	res.Status = session.HTTPStatus(err)
	if o.onError != nil {
		o.onError(w.ResponseWriter, c.Request(), err)
		return
	}
	own := echo.NewResponse(w.ResponseWriter, c.Echo())
	c.SetResponse(own)
	defer c.SetResponse(res)
	c.Echo().HTTPErrorHandler(translate(c, err), c)
	if res.Status = own.Status; !own.Committed { // the app's has kept silent
		httpsession.Error(own, c.Request(), err)
	}
}

// translate leaves alone what is the app's: what it has made an *echo.HTTPError
// itself, and errors that are none of the kit's.
func translate(c echo.Context, err error) error {
	status, ours := session.KitStatus(err)
	switch {
	case !ours || isHTTPError(err):
		return err
	case status == http.StatusInternalServerError:
		if c.Get(faultKey) == nil {
			c.Set(faultKey, true)
			if text := session.Fault(c.Request().Context(), route(c), c.Request().Header.Get(echo.HeaderAuthorization), err); text != session.StatusText(status) {
				return echo.NewHTTPError(status, text).SetInternal(err)
			}
		}
		return err
	case status == http.StatusUnauthorized:
		httpsession.Challenge(c.Response().Header().Set, c.Request().Context(), err)
	case status == http.StatusServiceUnavailable:
		c.Response().Header().Set(echo.HeaderRetryAfter, "1")
	}
	return echo.NewHTTPError(status, session.StatusText(status)).SetInternal(err)
}

// faultKey is where a request keeps that the log has its error already.
const faultKey = "sessionkit-fault"

// translating has own, Echo's handler of errors, get errors of the kit as
// [Middleware] hands them on: from middleware inside of it that has errors
// answered itself, as Logger and BodyDump do with c.Error.
func translating(own echo.HTTPErrorHandler) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) { own(translate(c, err), c) }
}

func isHTTPError(err error) bool {
	var own *echo.HTTPError
	return errors.As(err, &own)
}
