package beside

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/gregjones/httpcache"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/session"
)

// with makes the apps of a router that have a net/http middleware.
type with func(wrap func(t testing.TB, next http.Handler) http.Handler) func(testing.TB, adaptertest.App, side) string

// proxies are httputil.ReverseProxy in front of the app, and inside of the session
// of an app that hands on all requests to another one with the same sessions.
func proxies(apps with, bare func(testing.TB, adaptertest.App) string) []combination {
	return []combination{
		{kind: "reverse proxy", name: "httputil.ReverseProxy", sockets: []string{}, serve: func(t testing.TB, app adaptertest.App, at side) string {
			backend := bare(t, app)
			if at == outside {
				return inFront(t, proxyTo(t, backend, http.DefaultTransport))
			}
			return apps(func(t testing.TB, _ http.Handler) http.Handler {
				return reading(proxyTo(t, backend, http.DefaultTransport))
			})(t, app, at)
		}},
		{kind: "cache", name: "httputil.ReverseProxy in front, with a cache (httpcache)", inside: never, sockets: []string{}, serve: func(t testing.TB, app adaptertest.App, _ side) string {
			return inFront(t, proxyTo(t, bare(t, app), httpcache.NewMemoryCacheTransport()))
		}},
	}
}

// reading asks for the session first.
func reading(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s, err := session.From(r.Context()); err == nil {
			session.Get[string](s, "name")
		}
		next.ServeHTTP(w, r)
	})
}

func proxyTo(t testing.TB, address string, transport http.RoundTripper) http.Handler {
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Transport: transport, ErrorLog: quiet, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}}
}

func inFront(t testing.TB, h http.Handler) string {
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = quiet
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}
