package adaptertest

import (
	"context"
	"io"
	"net/http"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Handler makes a route's Handle an http.Handler. get is the adapter's Get.
// What Handle returns as an error goes to app.OnError, or else to
// [httpsession.Error].
func (app App) Handler(route Route, get func(*http.Request) (*session.Session, error)) http.Handler {
	return app.handler(route.Handle, get)
}

// Denied makes a route's Denied an http.Handler, nil when there is none.
func (app App) Denied(route Route, get func(*http.Request) (*session.Session, error)) http.Handler {
	if route.Denied == nil {
		return nil
	}
	return app.handler(route.Denied, get)
}

// CatchAllHandler makes app.CatchAll an http.Handler.
func (app App) CatchAllHandler(get func(*http.Request) (*session.Session, error)) http.Handler {
	return app.handler(app.CatchAll, get)
}

// LosingContext is next behind the middleware that app.LoseContext asks for.
func (app App) LosingContext(next http.Handler) http.Handler {
	if !app.LoseContext {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.Background()))
	})
}

func (app App) handler(handle func(Exchange) error, get func(*http.Request) (*session.Session, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := netHTTP{w, r, get}
		err := handle(x)
		if err != nil && app.OnError != nil {
			err = app.OnError(x, err)
		}
		if err != nil {
			httpsession.Error(w, r, err)
		}
	})
}

// netHTTP is an Exchange of plain net/http.
type netHTTP struct {
	w   http.ResponseWriter
	r   *http.Request
	get func(*http.Request) (*session.Session, error)
}

var _ Exchange = netHTTP{}

func (x netHTTP) Session() (*session.Session, error)         { return x.get(x.r) }
func (x netHTTP) Context() context.Context                   { return x.r.Context() }
func (x netHTTP) Query(name string) string                   { return x.r.FormValue(name) }
func (x netHTTP) SetHeader(name, value string)               { x.w.Header().Set(name, value) }
func (x netHTTP) AddHeader(name, value string)               { x.w.Header().Add(name, value) }
func (x netHTTP) Fail(status int) error                      { return StatusError(status) }
func (x netHTTP) HTTP() (http.ResponseWriter, *http.Request) { return x.w, x.r }

func (x netHTTP) Write(status int, body string) error {
	x.w.WriteHeader(status)
	_, err := io.WriteString(x.w, body)
	return err
}

func (x netHTTP) Redirect(status int, location string) error {
	http.Redirect(x.w, x.r, location, status)
	return nil
}

func (x netHTTP) Stream(write func(*session.Session, func(string) error)) error {
	s, err := x.get(x.r)
	if err != nil {
		return err
	}
	return StreamTo(x.w, func(send func(string) error) { write(s, send) })
}

// StreamTo runs write with a send that flushes, and returns the first error
// that send had.
func StreamTo(w http.ResponseWriter, write func(send func(chunk string) error)) (first error) {
	write(func(chunk string) error {
		_, err := io.WriteString(w, chunk)
		if err == nil {
			err = http.NewResponseController(w).Flush()
		}
		if first == nil {
			first = err
		}
		return err
	})
	return first
}

// StatusError is an error that asks for an HTTP status, for frameworks that
// have none of their own.
type StatusError int

func (e StatusError) Error() string { return http.StatusText(int(e)) }

// HTTPStatus is the status.
func (e StatusError) HTTPStatus() int { return int(e) }
