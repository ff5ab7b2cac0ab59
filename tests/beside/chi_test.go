package beside

import (
	"io"
	"log"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/cors"
	"github.com/go-chi/httplog/v3"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

func chiRouter() router {
	r := router{name: "chi"}
	for _, w := range append(chiWrappers(), wrappers()...) {
		r.beside = append(r.beside, w.on(chiWith))
	}
	r.beside = append(r.beside, proxies(chiWith, func(t testing.TB, app adaptertest.App) string {
		return chiWith(plain(func(next http.Handler) http.Handler { return next }))(t, app, outside)
	})...)
	r.beside = append(r.beside,
		chiPart("Group", "", func(r chi.Router, fn func(chi.Router)) { r.Group(fn) }),
		chiPart("With", "", func(r chi.Router, fn func(chi.Router)) { fn(r.With(middleware.RequestID)) }),
		chiPart("Route", "/shop", func(r chi.Router, fn func(chi.Router)) { r.Route("/shop", fn) }),
		chiPart("Mount", "/shop", func(r chi.Router, fn func(chi.Router)) {
			sub := chi.NewRouter()
			fn(sub)
			r.Mount("/shop", sub)
		}))
	return r
}

// chiWith is apps with wrap on a side of the session.
func chiWith(wrap func(t testing.TB, next http.Handler) http.Handler) func(testing.TB, adaptertest.App, side) string {
	return func(t testing.TB, app adaptertest.App, at side) string {
		stack := chi.Middlewares{
			func(next http.Handler) http.Handler { return wrap(t, next) },
			chisession.Middleware(app.Sessions),
		}
		if at == inside {
			stack[0], stack[1] = stack[1], stack[0]
		}
		r := chi.NewRouter()
		r.Use(stack...)
		chiRoutes(r, app)
		return app.Serve(t, r)
	}
}

func chiRoutes(r chi.Router, app adaptertest.App) {
	for _, route := range app.Routes {
		r.Method(route.Method, route.Path, app.Handler(route, chisession.Get))
	}
}

// chiPart is a part of an app, inside of the session's middleware, or with a
// middleware of its own.
func chiPart(name, prefix string, part func(chi.Router, func(chi.Router))) combination {
	return combination{kind: "routing", name: "chi." + name, prefix: prefix, serve: func(t testing.TB, app adaptertest.App, at side) string {
		r := chi.NewRouter()
		if at == inside {
			r.Use(chisession.Middleware(app.Sessions))
		}
		part(r, func(r chi.Router) {
			if at == outside {
				r = r.With(chisession.Middleware(app.Sessions))
			}
			chiRoutes(r, app)
		})
		return app.Serve(t, r)
	}}
}

// chiWrappers are chi's own.
func chiWrappers() []wrapper {
	br := middleware.NewCompressor(5)
	br.SetEncoder("br", func(w io.Writer, level int) io.Writer { return brotli.NewWriterLevel(w, level) })
	own := func(kind, name string, mw func(http.Handler) http.Handler) wrapper {
		return wrapper{kind: kind, name: "middleware." + name, wrap: plain(mw)}
	}
	with := func(w wrapper, visit func(*http.Request)) wrapper {
		w.visit = visit
		return w
	}
	timeout := own("timeout", "Timeout", middleware.Timeout(time.Hour))
	timeout.timeout = true
	quiet := log.New(io.Discard, "", 0)
	return []wrapper{
		own("compression", "Compress", middleware.Compress(5)),
		with(own("compression", "Compressor, br", br.Handler), header("Accept-Encoding", "br")),
		timeout,
		own("recover", "Recoverer", func(next http.Handler) http.Handler {
			return middleware.RequestLogger(silentFormatter{})(middleware.Recoverer(next))
		}),
		own("logger", "RequestLogger", middleware.RequestLogger(&middleware.DefaultLogFormatter{Logger: quiet, NoColor: true})),
		{kind: "logger", name: "go-chi/httplog, with bodies", wrap: plain(httplog.RequestLogger(slog.New(slog.DiscardHandler), &httplog.Options{
			RecoverPanics: true, LogRequestBody: func(*http.Request) bool { return true }, LogResponseBody: func(*http.Request) bool { return true },
		}))},
		own("body dump", "WrapResponseWriter.Tee", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
				ww.Tee(io.Discard)
				next.ServeHTTP(ww, r)
			})
		}),
		own("cache", "NoCache", middleware.NoCache),
		own("cache", "SetHeader, Cache-Control: public", middleware.SetHeader("Cache-Control", "public, max-age=3600")),
		own("rate limit", "ThrottleBacklog", middleware.ThrottleBacklog(1000, 1000, time.Minute)),
		own("redirect", "RedirectSlashes", middleware.RedirectSlashes),
		own("rewrite", "StripSlashes", middleware.StripSlashes),
		own("rewrite", "CleanPath", middleware.CleanPath),
		own("rewrite", "PathRewrite", middleware.PathRewrite("/old/", "/")),
		own("rewrite", "URLFormat", middleware.URLFormat),
		own("HEAD", "GetHead", middleware.GetHead),
		own("headers of proxies", "ClientIPFromXFF", middleware.ClientIPFromXFF("127.0.0.0/8")),
		own("request id", "RequestID", middleware.RequestID),
		own("body limit", "RequestSize", middleware.RequestSize(1<<20)),
		own("content", "AllowContentType", middleware.AllowContentType("application/x-www-form-urlencoded")),
		own("content", "AllowContentEncoding", middleware.AllowContentEncoding("gzip")),
		own("routing", "RouteHeaders, by host", middleware.RouteHeaders().Route("Host", "nobody.example", middleware.NoCache).RouteDefault(func(next http.Handler) http.Handler { return next }).Handler),
		own("routing", "Maybe", middleware.Maybe(middleware.NoCache, func(r *http.Request) bool { return r.Method == http.MethodPost })),
		with(own("authentication", "BasicAuth", middleware.BasicAuth("shop", map[string]string{"ada": "secret"})), func(r *http.Request) { r.SetBasicAuth("ada", "secret") }),
		{kind: "CORS", name: "go-chi/cors", wrap: plain(cors.Handler(cors.Options{AllowedOrigins: []string{"https://shop.example"}, AllowCredentials: true}))},
	}
}

// silentFormatter keeps panics out of the test's output.
type silentFormatter struct{}

func (f silentFormatter) NewLogEntry(*http.Request) middleware.LogEntry { return f }
func (silentFormatter) Write(int, int, http.Header, time.Duration, any) {}
func (silentFormatter) Panic(any, []byte)                               {}
