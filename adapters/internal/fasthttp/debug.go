package fasthttpsession

import (
	"context"
	"net/http"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"

	"github.com/gosessionkit/sessionkit/core/httpsession"
)

// ServeDebug has debug answer at path. The context is the request's and not
// fasthttp's own, whose Done races with the server's shutdown.
func ServeDebug(ctx context.Context, rc *fasthttp.RequestCtx, debug http.Handler, path string) {
	ctx = context.WithValue(ctx, http.LocalAddrContextKey, rc.LocalAddr()) // as net/http has it
	fasthttpadaptor.NewFastHTTPHandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		httpsession.ServeDebug(w, r.WithContext(ctx), debug, path)
	})(rc)
}
