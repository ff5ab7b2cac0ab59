package adaptertest

import (
	"context"
	"crypto/tls"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// App is what a case wants served.
type App struct {
	// Sessions goes in through the adapter's Install, together with Debug.
	// nil: the app has no session middleware.
	Sessions *session.Manager

	// Inner are managers whose Middleware goes inside that of Sessions, the
	// first outside the others.
	Inner []*session.Manager

	// Debug is the handler for Install, often nil.
	Debug http.Handler

	// Routes are added after Install.
	Routes []Route

	// Prefix is where the app is mounted in a larger one, such as "/app": Install
	// is called on the part. "" for an app of its own.
	Prefix string

	// LoseContext puts a middleware behind Install that gives every request a
	// context from context.Background().
	LoseContext bool

	// CatchAll is to answer what no route does, as in single-page apps: on the
	// routes that the framework writes as /* and /{a}/{b}. nil: there are none.
	CatchAll func(x Exchange) error

	// OnError is to answer the errors that routes return, in the place that
	// the framework has for this. nil: the framework's default does; where
	// there is none, httpsession.Error.
	OnError func(x Exchange, err error) error

	tls     *tls.Config
	outside func(http.Handler) http.Handler // around all of an app on net/http
}

// Route is one path and what happens there.
type Route struct {
	Method, Path string

	// RequireUser puts the adapter's RequireUser in front of Handle, and
	// RequireFresh, when it is not 0, the one of that name, each with Denied for
	// those whom it stops when that is not nil.
	RequireUser  bool
	RequireFresh time.Duration
	Denied       func(x Exchange) error

	Handle func(x Exchange) error
}

// Exchange is one request and its answer in the terms of a framework. A
// handler that returns nil without having answered means an empty 200.
type Exchange interface {
	// Session is the adapter's Get.
	Session() (*session.Session, error)

	// Context is what app code hands to [session.From] and to package auth.
	Context() context.Context

	// Query is a parameter of the URL, "" for none. The string stays valid
	// after the request.
	Query(name string) string

	// SetHeader and AddHeader change the answer's headers.
	SetHeader(name, value string)
	AddHeader(name, value string)

	// Write gives the whole answer, in the way usual in the framework.
	Write(status int, body string) error

	// Redirect answers with a status of 3xx.
	Redirect(status int, location string) error

	// Fail makes an error of the framework's own kind, for a handler to
	// return.
	Fail(status int) error

	// Stream answers piece by piece, in the way that the adapter recommends:
	// each send has left when it returns. write may run after the handler has
	// returned and does not use the Exchange.
	Stream(write func(s *session.Session, send func(chunk string) error)) error

	// HTTP gives what the framework has of net/http: nil when it is not
	// built on it.
	HTTP() (http.ResponseWriter, *http.Request)
}
