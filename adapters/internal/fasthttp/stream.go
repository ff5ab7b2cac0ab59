package fasthttpsession

import (
	"bufio"
	"log/slog"
	"runtime/debug"

	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/core/session"
)

// streamKey is where a request keeps the stream that BeginStream is to begin.
type streamKey struct{}

// KeepStream keeps write until the session is saved. It does not give it to
// fasthttp yet, which runs it at once, beside the handler and even when the session
// cannot be saved.
func KeepStream(rc *fasthttp.RequestCtx, s *session.Session, write func(w *bufio.Writer, s *session.Session)) {
	x := s.Exchange()
	rc.SetUserValue(streamKey{}, fasthttp.StreamWriter(func(w *bufio.Writer) {
		defer func() { // fasthttp runs this in a goroutine of its own, out of any Recover's reach
			if p := recover(); p != nil {
				slog.Error("session: panic in a stream", "panic", p, "stack", string(debug.Stack()))
			}
		}()
		write(w, s)
		x.Finish() // its error is in the log, and the answer is gone
	}))
}

// BeginStream begins the stream that was kept, if any.
func BeginStream(rc *fasthttp.RequestCtx) {
	if write, ok := rc.UserValue(streamKey{}).(fasthttp.StreamWriter); ok {
		DropStream(rc)
		rc.SetBodyStreamWriter(write)
	}
}

// DropStream forgets the stream that was kept.
func DropStream(rc *fasthttp.RequestCtx) { rc.SetUserValue(streamKey{}, nil) }
