package httpsession

import (
	"context"
	"net/http"

	"github.com/gosessionkit/sessionkit/core/session"
)

// HandlerFunc is a handler that returns an error, for net/http and for chi:
//
//	mux.Handle("GET /cart", httpsession.HandlerFunc(cart))
//	r.Get("/cart", httpsession.HandlerFunc(cart).ServeHTTP) // chi
//
//	func cart(w http.ResponseWriter, r *http.Request) error {
//		s, err := httpsession.Get(r)
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// The error is answered by the handler of [WithErrorHandler], or else by
// [Error]: with the status that it calls for and none of its text. A handler
// that has begun to answer cannot have another answer; its error is in the log
// then, if it would have been a 500.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// ServeHTTP implements [http.Handler].
func (h HandlerFunc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := h(w, r)
	switch {
	case err == nil:
	case begun(w):
		if session.HTTPStatus(err) == http.StatusInternalServerError {
			session.Fault(r.Context(), route(r), "", err)
		}
	default:
		DropContent(w.Header().Del)
		answerer(r.Context())(w, r, err)
	}
}

// begun reports whether the answer has begun, as far as the session middleware
// can tell.
func begun(w http.ResponseWriter) bool {
	for {
		switch above := w.(type) {
		case interface {
			Exchange() *session.Exchange
			Committed() bool
		}:
			return above.Committed()
		case interface{ Unwrap() http.ResponseWriter }:
			w = above.Unwrap()
		default:
			return false
		}
	}
}

// answering is the context of a request outside of its session, where the app
// answers errors itself.
type answering struct {
	context.Context
	onError ErrorHandler
}

type answererKey struct{}

func (a *answering) Value(key any) any {
	if key == (answererKey{}) {
		return a.onError
	}
	return a.Context.Value(key)
}

func answerer(ctx context.Context) ErrorHandler {
	if own, ok := ctx.Value(answererKey{}).(ErrorHandler); ok {
		return own
	}
	return Error
}
