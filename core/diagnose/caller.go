package diagnose

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// ReportCaller is [ReportMissingMiddleware] for package session, where no route is
// known: it names the code of the app's that asked. Adapters say so themselves,
// with the route. What runs outside of every request, such as a job in the
// background, is no error of the set-up.
func ReportCaller() {
	var pcs [64]uintptr
	n := runtime.Callers(3, pcs[:]) // 3: this and session.From
	frames := runtime.CallersFrames(pcs[:n])
	where, serves := "", false
	for more := true; more && !serves; {
		var f runtime.Frame
		f, more = frames.Next()
		switch {
		case where != "" && isKit(f.Function, "core/session.") && !strings.HasSuffix(f.Function, ".(*Exchange).Run"):
			return // an observer or a log handler of the app's, to which the kit does not show the session
		case f.Function == "" || isKit(f.Function, "core/session.", "core/auth.", "core/diagnose."):
		case where == "" && isKit(f.Function, "adapters/", "core/httpsession", "debug."):
			return
		case where == "":
			where = fmt.Sprintf("%s (%s:%d)", path.Base(f.Function), path.Base(f.File), f.Line)
		default:
			serves = isServer(f.Function)
		}
	}
	if where != "" && serves {
		ReportMissingMiddleware(where)
	}
}

const kit = "github.com/gosessionkit/sessionkit/"

func isKit(function string, rooms ...string) bool {
	name, ok := strings.CutPrefix(function, kit)
	for _, room := range rooms {
		if ok && strings.HasPrefix(name, room) {
			return true
		}
	}
	return false
}

// isServer reports whether a function is one of a server or a router that calls
// handlers.
func isServer(function string) bool {
	for _, prefix := range []string{"net/http.", "github.com/valyala/fasthttp.", "github.com/gofiber/fiber/", "github.com/labstack/echo/", "github.com/go-chi/chi/", "github.com/gin-gonic/gin."} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return false
}
