package ginsession

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrorHandler answers a request whose session could not be saved, or whose
// [Handler] returned an error. Nothing has been written yet, and headers that
// describe the handler's body are gone.
type ErrorHandler func(c *gin.Context, err error)

// fail answers a request whose session could not be saved, on the writer below
// the session's. An answer of the app's that is none still has the status.
func (m *middleware) fail(w *httpsession.Writer, err error) {
	c := w.Context.(*gin.Context)
	above := c.Writer
	defer func() { c.Writer = above }()
	c.Writer = w.ResponseWriter.(gin.ResponseWriter)
	c.Status(session.HTTPStatus(err))
	m.answer(c, err)
	c.Writer.WriteHeaderNow()
}

func (m *middleware) answer(c *gin.Context, err error) {
	if m.onError != nil {
		m.onError(c, err)
	} else {
		Error(c, err)
	}
}

// answer is that of the innermost middleware.
func answer(c *gin.Context, err error) {
	if v := visitOf(c.Request.Context(), nil); v != nil {
		v.of.answer(c, err)
	} else {
		Error(c, err)
	}
}

// Error answers with the status that err calls for ([session.HTTPStatus]) and
// its standard text, and aborts. It says nothing about the cause, which is in the
// log when the status is 500. What has begun to answer gets no other answer.
// Outside production a session that is asked for too early is told with the line
// to move.
func Error(c *gin.Context, err error) {
	c.Abort()
	status := session.HTTPStatus(err)
	text := session.StatusText(status)
	if status == http.StatusInternalServerError {
		text = session.Fault(c.Request.Context(), route(c), c.GetHeader("Authorization"), err)
	}
	if c.Writer.Written() {
		return
	}
	switch status {
	case http.StatusUnauthorized:
		httpsession.Challenge(c.Header, c.Request.Context(), err)
	case http.StatusServiceUnavailable:
		c.Header("Retry-After", "1")
	}
	http.Error(c.Writer, text, status)
}

// Handler makes a handler of one that returns an error:
//
//	r.POST("/cart", ginsession.Handler(addToCart))
//
// The error is answered by the handler of [WithErrorHandler], or else by [Error],
// and what comes behind in the chain does not run. c.Errors is left alone.
func Handler(h func(c *gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		switch err := h(c); {
		case err == nil:
		case c.Writer.Written():
			Error(c, err)
		default:
			httpsession.DropContent(c.Writer.Header().Del)
			answer(c, err)
			c.Abort()
		}
	}
}
