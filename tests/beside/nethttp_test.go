package beside

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

var quiet = log.New(io.Discard, "", 0)

// netHTTP is http.ServeMux.
func netHTTP() router {
	r := router{name: "net/http"}
	for _, w := range wrappers() {
		r.beside = append(r.beside, w.on(netHTTPApps))
	}
	r.beside = append(r.beside, proxies(netHTTPApps, func(t testing.TB, app adaptertest.App) string {
		return app.Serve(t, httpsession.Middleware(app.Sessions)(mux(app)))
	})...)
	for _, tls := range []bool{true, false} {
		name := "HTTP/2"
		if !tls {
			name = "HTTP/2 without TLS (h2c)"
		}
		r.beside = append(r.beside, combination{kind: "protocol", name: name, inside: never, sockets: []string{}, connect: http2Only, serve: func(t testing.TB, app adaptertest.App, _ side) string {
			return serveHTTP2(t, httpsession.Middleware(app.Sessions)(mux(app)), tls)
		}})
	}
	return r
}

// netHTTPApps is apps with wrap on a side of the session.
func netHTTPApps(wrap func(t testing.TB, next http.Handler) http.Handler) func(testing.TB, adaptertest.App, side) string {
	return func(t testing.TB, app adaptertest.App, at side) string {
		sessions := httpsession.Middleware(app.Sessions)
		if h := http.Handler(mux(app)); at == inside {
			return app.Serve(t, sessions(wrap(t, h)))
		} else {
			return app.Serve(t, wrap(t, sessions(h)))
		}
	}
}

// http2Only has a visitor speak nothing else.
func http2Only(t *http.Transport) {
	t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // httptest's own certificate
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP2(true)
	t.Protocols.SetUnencryptedHTTP2(true)
}

func serveHTTP2(t testing.TB, h http.Handler, encrypted bool) string {
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = quiet
	server.EnableHTTP2 = true
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP2(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	if encrypted {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server.URL
}

// on is w in the apps of a router.
func (w wrapper) on(apps with) combination {
	c := combination{kind: w.kind, name: w.name, serve: apps(w.wrap), goesOn: w.goesOn, outside: w.outside, inside: w.inside,
		visit: w.visit, prefix: w.prefix}
	if w.timeout {
		c.hasty = apps(func(t testing.TB, next http.Handler) http.Handler {
			next = w.wrap(t, next)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r.WithContext(newEnding(r.Context())))
			})
		})
	}
	return c
}

func mux(app adaptertest.App) *http.ServeMux {
	mux := http.NewServeMux()
	for _, route := range app.Routes {
		mux.Handle(route.Method+" "+route.Path, app.Handler(route, httpsession.Get))
	}
	return mux
}

// socketRoutes are websockets for routers that are built on net/http.
func socketRoutes() []adaptertest.Route {
	return []adaptertest.Route{
		{Method: http.MethodGet, Path: "/socket/gorilla", Handle: func(x adaptertest.Exchange) error {
			s, err := x.Session()
			if err != nil {
				return err
			}
			name, err := visit(s)
			if err != nil {
				return err
			}
			w, r := x.HTTP()
			conn, err := new(gorilla.Upgrader).Upgrade(w, r, w.Header())
			if err != nil {
				return nil // it has answered
			}
			defer conn.Close()
			conn.WriteMessage(gorilla.TextMessage, []byte(name))
			conn.ReadMessage()
			conn.WriteMessage(gorilla.TextMessage, []byte(again(x, s)))
			return nil
		}},
		{Method: http.MethodGet, Path: "/socket/coder", Handle: func(x adaptertest.Exchange) error {
			s, err := x.Session()
			if err != nil {
				return err
			}
			name, err := visit(s)
			if err != nil {
				return err
			}
			w, r := x.HTTP()
			if x.Query("brief") != "" {
				brief(w, r)
				return nil
			}
			conn, err := websocket.Accept(w, r, nil)
			if err != nil {
				return nil // it has answered
			}
			defer conn.CloseNow()
			conn.Write(x.Context(), websocket.MessageText, []byte(name))
			conn.Read(x.Context())
			conn.Write(x.Context(), websocket.MessageText, []byte(again(x, s)))
			return nil
		}},
	}
}

// again is a visit while a socket is open.
func again(x adaptertest.Exchange, s *session.Session) string {
	if _, err := visit(s); err != nil {
		return err.Error()
	}
	if err := s.Commit(context.WithoutCancel(x.Context())); err != nil {
		return err.Error()
	}
	return "saved"
}
