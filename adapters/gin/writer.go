package ginsession

import (
	"bufio"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/gosessionkit/sessionkit/core/httpsession"
)

// writer is Gin's writer with the session's on top: WriteHeader only notes the
// status, as it does in Gin, and what has the headers leave commits first.
type writer struct {
	gin.ResponseWriter
	ours *httpsession.Writer
}

// Unwrap leads to the session's writer, and from there to Gin's.
func (w *writer) Unwrap() http.ResponseWriter { return w.ours }

// WriteHeaderNow implements [gin.ResponseWriter]. Informational answers (1xx) are
// not the answer, so they commit nothing.
func (w *writer) WriteHeaderNow() {
	if s := w.Status(); s >= http.StatusOK || s == http.StatusSwitchingProtocols {
		w.ours.Commit()
	}
	w.ResponseWriter.WriteHeaderNow() // nothing, where an error was answered
}

// Write implements [io.Writer].
func (w *writer) Write(b []byte) (int, error) { return w.ours.Write(b) }

// WriteString implements [io.StringWriter].
func (w *writer) WriteString(s string) (int, error) { return w.ours.WriteString(s) }

// Flush implements [http.Flusher]. When the session cannot be saved the error that
// is answered leaves: c.Stream goes on until the client has heard of it and is gone.
func (w *writer) Flush() {
	w.ours.Commit()
	w.ResponseWriter.Flush()
}

// FlushError is how [http.ResponseController] flushes.
func (w *writer) FlushError() error { return w.ours.FlushError() }

// Hijack implements [http.Hijacker].
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	before := len(w.Header()["Set-Cookie"])
	if w.ours.Commit() != nil {
		return nil, nil, httpsession.ErrNotSaved
	}
	return httpsession.Hijack(w.ResponseWriter, w.ours.Exchange(), w.Header()["Set-Cookie"][before:])
}
