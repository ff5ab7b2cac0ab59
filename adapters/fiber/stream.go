package fibersession

import (
	"bufio"
	"log/slog"
	"runtime/debug"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/core/session"
)

// Stream answers with what write writes, piece by piece: w.Flush sends what
// is there. It runs after every handler and middleware has returned, and the
// session's cookie has been set. The session stays usable in it, c does not;
// what it changes is saved at the end, provided that the browser has the
// session's cookie by then. After a panic, which the log shows and the process
// survives, nothing more is saved. A handler returns right after Stream.
func Stream(c *fiber.Ctx, write func(w *bufio.Writer, s *session.Session)) error {
	s, err := Get(c)
	if err != nil {
		return err
	}
	x := s.Exchange()
	// Not c.Context().SetBodyStreamWriter yet: that runs it at once, beside the
	// handler and even when the session cannot be saved.
	c.Locals(streamKey{}, fasthttp.StreamWriter(func(w *bufio.Writer) {
		defer func() { // Fiber runs this in a goroutine of its own, out of any Recover's reach
			if p := recover(); p != nil {
				slog.Error("session: panic in a stream", "panic", p, "stack", string(debug.Stack()))
			}
		}()
		write(w, s)
		x.Finish() // its error is in the log, and the answer is gone
	}))
	return nil
}

// streamKey is where a request keeps the stream that Middleware is to begin.
type streamKey struct{}
