package echosession

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// response returns the Response that c writes to, which the session goes below:
// there it is not passed by who looks for the Response itself. hidden is one
// behind a writer of another middleware's that does not unwrap; c gets a new one
// then.
func response(c *echo.Context) (res *echo.Response, hidden bool) {
	res, err := echo.UnwrapResponse(c.Response())
	if err != nil {
		res = echo.NewResponse(c.Response(), c.Logger())
		c.SetResponse(res)
	}
	return res, err != nil
}

// below returns the Response that res writes to, which is one that
// [echo.WrapMiddleware] has put res in front of; nil when there is none.
func below(res *echo.Response) *echo.Response {
	next, _ := echo.UnwrapResponse(res.ResponseWriter)
	return next
}

// outermost returns the Response that the answer passes last. hidden reports whether
// there may be another one behind a writer that does not unwrap, as
// http.TimeoutHandler's: every server's own writer flushes.
func outermost(res *echo.Response) (last *echo.Response, hidden bool) {
	for last = res; below(last) != nil; last = below(last) {
	}
	w := last.ResponseWriter
	for {
		above, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			_, flushes := w.(http.Flusher)
			return last, !flushes
		}
		w = above.Unwrap()
	}
}

// commitLater has the session saved when Echo answers an error, after all
// middleware has returned. Another one may have taken away by then the Response
// that the session is below, so it is below the last one from here on.
func commitLater(last *echo.Response, ours *httpsession.Writer) {
	last.Before(func() {
		if !ours.Committed() {
			last.ResponseWriter, ours = ours.Rewrap(last.ResponseWriter)
			ours.Commit()
		}
	})
}

// fail answers a request whose session could not be saved, on a response of its
// own: that of c is in the middle of another answer.
func (o *options) fail(w *httpsession.Writer, err error) {
	c := w.Context.(*echo.Context)
	before := c.Response()
	above, _ := echo.UnwrapResponse(before)
	written, _ := echo.UnwrapResponse(w.ResponseWriter)
	own := echo.NewResponse(w.ResponseWriter, c.Logger())
	c.SetResponse(own)
	defer c.SetResponse(before)
	if o.onError != nil {
		o.onError(own, c.Request(), err)
	} else {
		c.Echo().HTTPErrorHandler(c, translate(c, err))
	}
	if !own.Committed { // the app's has kept silent
		httpsession.Error(own, c.Request(), err)
	}
	// All c.JSON of c share one writer: one that we are in the middle of goes on with
	// the writer of the error. What comes there now is dropped by w.
	own.ResponseWriter = w
	for res := above; res != nil && res != written; res = below(res) { // what loggers look at
		res.Status, res.Committed = own.Status, true
	}
}

// translate leaves alone what is the app's: what has a status for Echo already,
// and errors that are none of the kit's.
func translate(c *echo.Context, err error) error {
	status, ours := session.KitStatus(err)
	if !ours || echo.StatusCode(err) != 0 {
		return err
	}
	text := session.StatusText(status)
	switch status {
	case http.StatusInternalServerError:
		if c.Get(faultKey) == nil {
			c.Set(faultKey, true)
			text = session.Fault(c.Request().Context(), route(c), c.Request().Header.Get(echo.HeaderAuthorization), err)
		}
	case http.StatusUnauthorized:
		httpsession.Challenge(c.Response().Header().Set, c.Request().Context(), err)
	case http.StatusServiceUnavailable:
		c.Response().Header().Set(echo.HeaderRetryAfter, "1")
	}
	return echo.NewHTTPError(status, text).Wrap(err)
}

// faultKey is where a request keeps that the log has its error already.
const faultKey = "sessionkit-fault"

// translating has own, Echo's handler of errors, get errors of the kit as
// [Middleware] hands them on: from middleware inside of it that has errors
// answered itself, as RequestLogger does.
func translating(own echo.HTTPErrorHandler) echo.HTTPErrorHandler {
	return func(c *echo.Context, err error) { own(c, translate(c, err)) }
}
