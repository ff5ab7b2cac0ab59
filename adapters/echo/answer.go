package echosession

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// commitLater has the session saved when Echo answers an error, after all
// middleware has returned. Another one (Gzip) may have put its own writer back
// by then.
func commitLater(res *echo.Response, ours *httpsession.Writer) {
	res.Before(func() {
		if !ours.Committed() {
			res.Writer, ours = ours.Rewrap(res.Writer)
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
			if text := session.FaultFor(c.Request().Context(), route(c), c.Request().Header.Get(echo.HeaderAuthorization), err); text != session.StatusText(status) {
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
