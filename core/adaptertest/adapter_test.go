package adaptertest_test

import (
	"bufio"
	"context"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// adapter is one for net/http that is sound unless a fault is switched on.
type adapter struct {
	eager, late, onlyWrites, errorsOutside, noFinish, savePanics bool
	flushPast, hijackPast, earlyCommit, hideBelow, switchPast    bool
	bodyAfterError, keepHeaders, anonymousOnError, failOpen      bool
	replaceCookies, noForget, noVary, oneLine, cacheable         bool
	believeProxy, ignoreTLS, alwaysSeen, blind                   bool
	debugAlways, debugOutside, debugDeaf                         bool
	debugYields, noRun, hijackSilent                             bool
	noHeaders, keepToken, noVaryOn, noChallenge, noFresh         bool
	shared                                                       *sharing
}

// sharing keeps the first exchange for everybody.
type sharing struct {
	once sync.Once
	ctx  context.Context
	x    *session.Exchange
}

func (a adapter) serve(t testing.TB, app adaptertest.App) string {
	mux := http.NewServeMux()
	for _, route := range app.Routes {
		h := app.Handler(route, a.get(app.Sessions))
		if a.errorsOutside {
			route.Handle = carryOut(route.Handle)
			h = app.Handler(route, a.get(app.Sessions))
		}
		if route.RequireUser {
			h = a.requireUser(app.Denied(route, a.get(app.Sessions)), h)
		}
		if route.RequireFresh != 0 && !a.noFresh {
			h = httpsession.RequireFresh(route.RequireFresh, app.Denied(route, a.get(app.Sessions)))(h)
		}
		for _, sessions := range slices.Backward(app.Inner) {
			h = a.middleware(sessions)(h)
		}
		mux.Handle(route.Method+" "+route.Path, app.LosingContext(h))
	}
	if app.CatchAll != nil {
		mux.Handle("/", app.CatchAllHandler(a.get(app.Sessions)))
		mux.Handle("/{a}/{b}", app.CatchAllHandler(a.get(app.Sessions)))
	}
	if app.Sessions == nil {
		return app.Serve(t, mux)
	}
	debug := app.Debug
	if a.debugAlways && debug == nil {
		debug = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "off", http.StatusForbidden) })
	}
	if hears := debug; a.debugDeaf && hears != nil {
		debug = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.NoBody
			hears.ServeHTTP(w, r)
		})
	}
	var h http.Handler
	if a.debugOutside && debug != nil {
		outer := http.NewServeMux()
		outer.Handle("/debug/", debug)
		outer.Handle("/", a.middleware(app.Sessions)(mux))
		h = outer
	} else if a.debugYields && app.CatchAll != nil {
		h = a.middleware(app.Sessions)(mux)
	} else {
		h = a.middleware(app.Sessions)(httpsession.MountDebug(mux, debug))
	}
	if a.errorsOutside {
		h = answerOutside(app, h)
	}
	return app.Serve(t, http.StripPrefix(app.Prefix, h))
}

// failed carries a handler's error out of the middleware.
type failed struct{ err error }

func carryOut(handle func(adaptertest.Exchange) error) func(adaptertest.Exchange) error {
	return func(x adaptertest.Exchange) error {
		err := handle(x)
		if out, ok := x.Context().Value(failed{}).(*failed); ok && err != nil {
			out.err = err
			return nil
		}
		return err
	}
}

func answerOutside(app adaptertest.App, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var out failed
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), failed{}, &out)))
		if out.err != nil {
			fail := adaptertest.Route{Handle: func(adaptertest.Exchange) error { return out.err }}
			app.Handler(fail, httpsession.Get).ServeHTTP(w, r)
		}
	})
}

func (a adapter) middleware(sessions *session.Manager) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, x, opened := a.open(sessions, r)
			if !opened {
				next.ServeHTTP(w, r.WithContext(ctx))
				return
			}
			r = r.WithContext(ctx)
			if a.eager {
				session.From(ctx)
			}
			fw := &writer{ResponseWriter: w, adapter: a, exchange: x}
			if a.savePanics {
				defer fw.commit()
			}
			if a.noRun {
				next.ServeHTTP(a.dress(fw), r)
			} else {
				x.Run(func() { next.ServeHTTP(a.dress(fw), r) })
			}
			if a.onlyWrites || fw.commit() == nil && !a.noFinish {
				x.Finish()
			}
		})
	}
}

func (a adapter) open(sessions *session.Manager, r *http.Request) (context.Context, *session.Exchange, bool) {
	if sessions.Diagnostics().Watches() && !a.blind {
		sessions.Diagnostics().Watch(r.RemoteAddr, r.Host, maps.Keys(r.Header))
	}
	in := httpsession.Incoming(r)
	if a.oneLine && len(in.Cookies) > 1 {
		in.Cookies = in.Cookies[:1]
	}
	if a.noHeaders {
		in.Header = nil
	}
	in.Unseen = in.Unseen && !a.alwaysSeen
	in.TLS = in.TLS && !a.ignoreTLS || a.believeProxy && strings.HasPrefix(strings.ToLower(in.ForwardedProto), "https")
	ctx, x, opened := sessiontest.Open(r.Context(), sessions, in)
	if a.shared != nil && opened {
		a.shared.once.Do(func() { a.shared.ctx, a.shared.x = context.WithoutCancel(ctx), x })
		return a.shared.ctx, a.shared.x, true
	}
	return ctx, x, opened
}

func (a adapter) get(sessions *session.Manager) func(*http.Request) (*session.Session, error) {
	return func(r *http.Request) (*session.Session, error) {
		s, err := httpsession.Get(r)
		if err != nil && err != session.ErrNoMiddleware && a.anonymousOnError {
			ctx, _, _ := sessiontest.Open(context.Background(), sessions, session.Incoming{})
			return session.From(ctx)
		}
		return s, err
	}
}

func (a adapter) requireUser(denied, next http.Handler) http.Handler {
	sound := httpsession.RequireUser(denied)(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := auth.Require(r.Context()); a.failOpen && err != nil && !auth.IsDenied(err) {
			next.ServeHTTP(w, r)
			return
		} else if a.noChallenge && denied == nil && auth.IsDenied(err) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		sound.ServeHTTP(w, r)
	})
}

// writer commits a session, more or less, before the answer.
type writer struct {
	http.ResponseWriter
	adapter    adapter
	exchange   *session.Exchange
	committed  bool
	setCookies []string
	err        error
}

func (w *writer) commit() error {
	if w.committed {
		return w.err
	}
	w.committed = true
	var out session.Outgoing
	out, w.err = w.exchange.Commit()
	if out.SetCookie != "" {
		w.setCookies = []string{out.SetCookie}
	}
	h := w.Header()
	if out.Vary && !w.adapter.noVary && !slices.Contains(h["Vary"], "Cookie") {
		h.Add("Vary", "Cookie")
	}
	if out.VaryOn != "" && !w.adapter.noVaryOn && !slices.Contains(h["Vary"], out.VaryOn) {
		h.Add("Vary", out.VaryOn)
	}
	if out.TokenHeader != "" && (out.Token != "" || !w.adapter.keepToken) {
		h.Set(out.TokenHeader, out.Token)
	}
	if w.err != nil && !w.adapter.keepHeaders {
		httpsession.DropContent(h.Del)
	}
	switch {
	case out.SetCookie == "":
	case w.adapter.replaceCookies:
		h.Set("Set-Cookie", out.SetCookie)
	default:
		h.Add("Set-Cookie", out.SetCookie)
	}
	if out.Forget != "" && !w.adapter.noForget {
		h.Add("Set-Cookie", out.Forget)
	}
	if out.NoStore && !w.adapter.cacheable {
		h.Set("Cache-Control", "no-store")
	}
	if w.err != nil {
		httpsession.Error(w.ResponseWriter, nil, w.err)
	}
	return w.err
}

func (w *writer) WriteHeader(status int) {
	early := status < 200 && status != http.StatusSwitchingProtocols && !w.adapter.earlyCommit
	early = early || status == http.StatusSwitchingProtocols && w.adapter.switchPast
	if early || w.adapter.late || w.commit() == nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *writer) Write(b []byte) (int, error) {
	if !w.adapter.late && w.commit() != nil && !w.adapter.bodyAfterError {
		return 0, httpsession.ErrNotSaved
	}
	return w.ResponseWriter.Write(b)
}

// dress gives the writer what the one below has, on HTTP/1.
func (a adapter) dress(w *writer) http.ResponseWriter {
	if a.hideBelow {
		return w
	}
	return &dressed{w}
}

type dressed struct{ *writer }

func (w *dressed) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *dressed) FlushError() error {
	if !w.adapter.flushPast && w.commit() != nil {
		return httpsession.ErrNotSaved
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *dressed) Flush() { w.FlushError() }

func (w *dressed) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if !w.adapter.hijackPast && w.commit() != nil {
		return nil, nil, httpsession.ErrNotSaved
	}
	if w.adapter.hijackSilent {
		w.setCookies = nil
	}
	return httpsession.Hijack(w.ResponseWriter, w.exchange, w.setCookies)
}
