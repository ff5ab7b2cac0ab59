package httpsession

import (
	"net/http"
	"strings"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Option changes what Middleware and Install do.
type Option func(*options)

type options struct{ onError ErrorHandler }

// WithErrorHandler has h answer the requests whose session could not be
// saved, and the errors that a [HandlerFunc] returns, instead of [Error].
func WithErrorHandler(h ErrorHandler) Option {
	return func(o *options) { o.onError = h }
}

// Middleware gives every request its session, read when a handler first asks
// for it and saved before the answer's headers leave. A request that never
// asks costs no store call. When the session cannot be saved the answer is
// an error and nothing of what the handler wrote. After a panic that comes as
// far as here nothing is saved, so a recovering middleware belongs outside.
func Middleware(sessions *session.Manager, opts ...Option) func(http.Handler) http.Handler {
	sessions.Diagnostics().SetFramework("net/http")
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	var fail func(*Writer, error)
	if o.onError != nil {
		fail = func(w *Writer, err error) { o.onError(w.ResponseWriter, &w.request, err) }
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := r.Context()
			if o.onError != nil {
				ctx = &answering{ctx, o.onError}
			}
			w, r, ours := BeginContext(ctx, sessions, w, r, fail)
			if ours == nil { // applied twice: the outer one does the work
				next.ServeHTTP(w, r)
				return
			}
			ours.Exchange().Run(func() { next.ServeHTTP(w, r) })
			if ours.Commit() == nil {
				ours.Exchange().Finish() // its error is in the log, and the answer is gone
			}
		})
	}
}

// Incoming tells the kit about a request. It is for adapters.
func Incoming(r *http.Request) session.Incoming {
	in := session.Incoming{
		Cookies:        r.Header["Cookie"],
		TLS:            r.TLS != nil,
		ForwardedProto: first(r, "X-Forwarded-Proto"),
		Header:         r.Header,
	}
	in.Fetched(r.Method, first(r, "Sec-Fetch-Site"), first(r, "Sec-Purpose"), first(r, "Purpose"), first(r, "X-Moz"))
	return in
}

// first is Header.Get for a name in its canonical form.
func first(r *http.Request, name string) string {
	if lines := r.Header[name]; len(lines) > 0 {
		return lines[0]
	}
	return ""
}

// Get returns the request's session; see [session.From] for its errors.
func Get(r *http.Request) (*session.Session, error) {
	s, err := session.From(r.Context())
	if err == session.ErrNoMiddleware {
		diagnose.ReportMissingMiddleware(route(r))
	}
	return s, err
}

func route(r *http.Request) string {
	switch {
	case r.Pattern == "":
		return diagnose.Route(r.Context(), r.Method)
	case strings.Contains(r.Pattern, " "):
		return r.Pattern
	}
	return r.Method + " " + r.Pattern
}

// Install returns mux, or http.DefaultServeMux when it is nil, with the debug
// endpoints and inside the session middleware: the handler to serve. Routes
// may be added to mux before or after.
func Install(mux *http.ServeMux, sessions *session.Manager, debug http.Handler, opts ...Option) http.Handler {
	if mux == nil {
		mux = http.DefaultServeMux
	}
	return Middleware(sessions, opts...)(MountDebug(mux, debug))
}
