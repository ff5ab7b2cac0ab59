// Package visitor has a browser for the examples of other packages: it sends
// the requests of one visitor through the session middleware and keeps the
// cookies.
package visitor

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Sessions makes a manager that keeps sessions in memory and logs nothing.
func Sessions(options ...session.Option) *session.Manager {
	options = append([]session.Option{session.WithLogger(slog.New(slog.DiscardHandler))}, options...)
	sessions, err := session.NewManager(context.Background(), config.Config{Mode: config.Test}, memstore.New(0), options...)
	if err != nil {
		panic(err)
	}
	return sessions
}

// Visitor is a browser. It is not safe for concurrent use.
type Visitor struct {
	sessions *session.Manager
	cookies  map[string]*http.Cookie
}

// New makes a browser without cookies.
func New(sessions *session.Manager) *Visitor {
	return &Visitor{sessions, map[string]*http.Cookie{}}
}

// Request makes a request whose handler is handle. When handle returns an error
// it prints the status of the answer.
func (v *Visitor) Request(handle func(ctx context.Context) error) *http.Response {
	app := httpsession.Middleware(v.sessions)(httpsession.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		return handle(r.Context())
	}))
	return v.Send(app, httptest.NewRequest("POST", "/", nil))
}

// Visit is Request for a handler that needs the session alone.
func (v *Visitor) Visit(handle func(s *session.Session) error) *http.Response {
	return v.Request(func(ctx context.Context) error {
		s, err := session.From(ctx)
		if err != nil {
			return err
		}
		return handle(s)
	})
}

// Send sends r, with the visitor's cookies, to app. It prints the status of an
// answer that is an error.
func (v *Visitor) Send(app http.Handler, r *http.Request) *http.Response {
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	res := rec.Result()
	for _, c := range res.Cookies() {
		if v.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	if res.StatusCode >= 400 {
		fmt.Println(res.StatusCode, session.StatusText(res.StatusCode))
	}
	return res
}
