package beside

import (
	"compress/gzip"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httputil"
	"os"
	"testing"
	"time"

	"github.com/CAFxX/httpcompression"
	"github.com/felixge/httpsnoop"
	"github.com/go-chi/httprate"
	"github.com/gorilla/csrf"
	"github.com/gorilla/handlers"
	"github.com/justinas/nosurf"
	"github.com/klauspost/compress/gzhttp"
	"github.com/rs/cors"
	"github.com/unrolled/secure"
)

// wrapper is middleware as net/http has it, which chi, Echo and Gin take too.
type wrapper struct {
	kind, name string
	wrap       func(t testing.TB, next http.Handler) http.Handler
	timeout    bool // it ends the request's context
	goesOn     bool // and answers before the handler has returned
	answers    bool // it changes answers
	reuses     bool // its writer is another request's as soon as the handler has returned

	outside, inside string
	visit           func(*http.Request)
	prefix          string
}

// wrappers are the ones that many apps have, whatever their router.
func wrappers() []wrapper {
	key := make([]byte, 32) // some routers make the middleware anew for each request
	rand.Read(key)
	compress, err := httpcompression.DefaultAdapter()
	if err != nil {
		panic(err)
	}
	return []wrapper{
		{kind: "compression", name: "klauspost/compress/gzhttp", answers: true, wrap: plain(func(next http.Handler) http.Handler { return gzhttp.GzipHandler(next) })},
		{kind: "compression", name: "CAFxX/httpcompression, br", answers: true, reuses: true, outside: noCoder, inside: noCoder, visit: header("Accept-Encoding", "br"), wrap: plain(compress)},
		{kind: "compression", name: "gorilla/handlers.CompressHandlerLevel", answers: true, wrap: plain(func(next http.Handler) http.Handler {
			return handlers.CompressHandlerLevel(next, gzip.BestSpeed)
		})},
		{kind: "timeout", name: "http.TimeoutHandler", answers: true, timeout: true, goesOn: true, outside: noSockets + "; " + loginCut, inside: noSockets, wrap: plain(func(next http.Handler) http.Handler {
			return http.TimeoutHandler(next, time.Hour, "")
		})},
		{kind: "recover", name: "gorilla/handlers.RecoveryHandler", answers: true, wrap: plain(handlers.RecoveryHandler(handlers.RecoveryLogger(silent{})))},
		{kind: "logger", name: "gorilla/handlers.CombinedLoggingHandler", answers: true, wrap: plain(func(next http.Handler) http.Handler {
			return handlers.CombinedLoggingHandler(io.Discard, next)
		})},
		{kind: "logger", name: "felixge/httpsnoop.CaptureMetrics", answers: true, wrap: plain(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { httpsnoop.CaptureMetrics(next, w, r) })
		})},
		{kind: "body dump", name: "httputil.DumpRequest", wrap: plain(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				httputil.DumpRequest(r, true)
				next.ServeHTTP(w, r)
			})
		})},
		{kind: "body limit", name: "http.MaxBytesHandler", wrap: plain(func(next http.Handler) http.Handler { return http.MaxBytesHandler(next, 1<<20) })},
		{kind: "CSRF", name: "http.CrossOriginProtection", wrap: plain(http.NewCrossOriginProtection().Handler)},
		{kind: "CSRF", name: "justinas/nosurf", wrap: plain(func(next http.Handler) http.Handler {
			h := nosurf.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Csrf-Token", nosurf.Token(r))
				next.ServeHTTP(w, r)
			}))
			h.SetBaseCookie(http.Cookie{Path: "/"})
			h.SetIsTLSFunc(func(*http.Request) bool { return false })
			return h
		})},
		{kind: "CSRF", name: "gorilla/csrf", wrap: plain(func(next http.Handler) http.Handler {
			protect := csrf.Protect(key, csrf.Secure(false), csrf.Path("/"))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Csrf-Token", csrf.Token(r))
				next.ServeHTTP(w, r)
			}))
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { protect.ServeHTTP(w, csrf.PlaintextHTTPRequest(r)) })
		})},
		{kind: "rate limit", name: "go-chi/httprate", wrap: plain(httprate.LimitBy(1_000_000, time.Minute, httprate.Key("*")))},
		{kind: "redirect", name: "unrolled/secure, to https", visit: header("X-Forwarded-Proto", "https"), wrap: plain(secure.New(secure.Options{
			SSLRedirect: true, SSLProxyHeaders: map[string]string{"X-Forwarded-Proto": "https"}, STSSeconds: 3600,
		}).Handler)},
		{kind: "redirect", name: "gorilla/handlers.CanonicalHost", wrap: plain(handlers.CanonicalHost("http://"+host, http.StatusFound))},
		{kind: "headers of proxies", name: "gorilla/handlers.ProxyHeaders", wrap: plain(handlers.ProxyHeaders)},
		{kind: "method override", name: "gorilla/handlers.HTTPMethodOverrideHandler", wrap: plain(handlers.HTTPMethodOverrideHandler)},
		{kind: "CORS", name: "rs/cors", wrap: plain(cors.New(cors.Options{AllowedOrigins: []string{"https://shop.example"}, AllowCredentials: true}).Handler)},
		{kind: "static files", name: "http.FileServerFS, and the app for what is no file", answers: true, wrap: plain(func(next http.Handler) http.Handler {
			root := os.DirFS("testdata")
			files := http.FileServerFS(root)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if f, err := root.Open(r.URL.Path[1:]); err == nil {
					f.Close()
					files.ServeHTTP(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		})},
		{kind: "routing", name: "http.StripPrefix", prefix: "/shop", wrap: plain(func(next http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("/shop/", http.StripPrefix("/shop", next))
			return mux
		})},
		{kind: "routing", name: "http.ServeMux, by host", wrap: plain(func(next http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle(host+"/", next)
			return mux
		})},
	}
}

// What is refused, whatever the side: the visitor hears of it.
const (
	noSockets = "no websockets"
	noCoder   = "no websockets of coder"
	loginCut  = "503 to a login that takes too long, and the visitor has to log in again"
)

// plain is for middleware that needs no test.
func plain(mw func(http.Handler) http.Handler) func(testing.TB, http.Handler) http.Handler {
	return func(_ testing.TB, next http.Handler) http.Handler { return mw(next) }
}

// header is what a visitor sends.
func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

type silent struct{}

func (silent) Println(...any) {}
