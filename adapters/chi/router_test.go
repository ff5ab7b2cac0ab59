package chisession_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

func TestInstallAfterARoute(t *testing.T) {
	r := chi.NewRouter()
	r.Use(middleware.RequestID)
	r.Get("/", value)
	if err := chisession.Install(r, newManager(t), nil); !errors.Is(err, chisession.ErrRoutesBefore) {
		t.Errorf("got %v, want ErrRoutesBefore", err)
	}
}

// All ways to nest routers share the session of the outer one.
func TestNestedRouters(t *testing.T) {
	r := newRouter(t, newManager(t))
	r.Get("/set", set)
	r.Get("/login", login)
	r.Route("/route", func(r chi.Router) { r.Get("/value", value) })
	r.Group(func(r chi.Router) {
		r.Use(chisession.RequireUser(nil))
		r.Get("/group/value", value)
	})
	shop := chi.NewRouter()
	shop.With(chisession.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/login", http.StatusSeeOther)
	}))).Get("/value", value)
	r.Mount("/shop", shop)

	c := visit(t, r)
	c.want("/set", http.StatusOK, "set")
	c.want("/route/value", http.StatusOK, "color red")
	c.want("/group/value", http.StatusUnauthorized, "")
	if res := c.want("/shop/value", http.StatusSeeOther, ""); res.Header.Get("Location") != "/login" {
		t.Errorf("sent to %q", res.Header.Get("Location"))
	}
	c.want("/login", http.StatusOK, "ada")
	c.want("/group/value", http.StatusOK, "color red")
	c.want("/shop/value", http.StatusOK, "color red")
}

// A part of an app may have sessions of its own, debug endpoints included.
func TestInstallOnASubRouter(t *testing.T) {
	r := chi.NewRouter()
	r.Get("/value", value)
	r.Route("/shop", func(r chi.Router) {
		debug := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "debug") })
		if err := chisession.Install(r, newManager(t), debug); err != nil {
			t.Fatal(err)
		}
		r.Get("/set", set)
		r.Get("/value", value)
	})
	c := visit(t, r)
	c.want("/shop/set", http.StatusOK, "set")
	c.want("/shop/value", http.StatusOK, "color red")
	c.want("/shop/debug/session", http.StatusOK, "debug")
	c.want("/value", http.StatusInternalServerError, "")
	c.want("/debug/session", http.StatusNotFound, "")
}

func TestCompressOutside(t *testing.T) {
	store := memstore.New(0)
	r := newRouter(t, newManagerOn(t, store), middleware.Compress(5))
	text := strings.Repeat("compress me ", 1000)
	r.Get("/text", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		s, err := chisession.Get(r)
		if err == nil {
			err = session.Set(s, "color", "red")
		}
		if err != nil {
			t.Error(err)
		}
		io.WriteString(w, text[:len(text)/2])
		w.(http.Flusher).Flush()
		io.WriteString(w, text[len(text)/2:])
	})
	r.Get("/value", value)

	c := visit(t, r)
	res := c.get("/text", "gzip")
	if got := unzip(t, res); got != text || res.Header.Get("Set-Cookie") == "" {
		t.Errorf("%d bytes of %d, Set-Cookie: %q", len(got), len(text), res.Header.Get("Set-Cookie"))
	}
	c.want("/value", http.StatusOK, "color red")
	store.Close()
	res = visit(t, r).get("/text", "gzip")
	if got := unzip(t, res); res.StatusCode != http.StatusServiceUnavailable || strings.Contains(got, "compress") {
		t.Errorf("when the session cannot be saved: status %d, body %.100q", res.StatusCode, got)
	}
}

func TestRecovererOutside(t *testing.T) {
	r := newRouter(t, newManager(t), recoverer)
	r.Get("/set", set)
	r.Get("/value", value)
	r.Get("/panic", func(w http.ResponseWriter, r *http.Request) {
		s, err := chisession.Get(r)
		if err == nil {
			err = session.Set(s, "color", "blue")
		}
		panic(err)
	})
	c := visit(t, r)
	c.want("/panic", http.StatusInternalServerError, "")
	c.want("/value", http.StatusOK, "color ")
	c.want("/set", http.StatusOK, "set")
	c.want("/panic", http.StatusInternalServerError, "")
	c.want("/value", http.StatusOK, "color red")
}

// recoverer is chi's, without what it prints.
func recoverer(next http.Handler) http.Handler {
	next = middleware.Recoverer(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entry := middleware.DefaultLogFormatter{Logger: log.New(io.Discard, "", 0)}
		next.ServeHTTP(w, middleware.WithLogEntry(r, entry.NewLogEntry(r)))
	})
}

// What the handler did before its time was over is saved, wherever Timeout
// is.
func TestTimeout(t *testing.T) {
	timeout := middleware.Timeout(time.Millisecond)
	for _, outside := range []bool{false, true} {
		store := memstore.New(0)
		var stack []func(http.Handler) http.Handler
		if outside {
			stack = append(stack, timeout)
		}
		r := newRouter(t, newManagerOn(t, store), stack...)
		if !outside {
			r.Use(timeout)
		}
		r.Get("/slow", func(w http.ResponseWriter, r *http.Request) {
			s, err := session.From(context.WithoutCancel(r.Context()))
			if err == nil {
				err = session.Set(s, "color", "red")
			}
			if err != nil {
				t.Error(err)
			}
			<-r.Context().Done() // and leaves the answer to Timeout
		})
		c := visit(t, r)
		res := c.want("/slow", http.StatusGatewayTimeout, "")
		if n, _, err := store.Count(t.Context()); n != 1 || err != nil || res.Header.Get("Set-Cookie") == "" {
			t.Errorf("outside: %v: %d sessions, error %v, Set-Cookie: %q", outside, n, err, res.Header.Get("Set-Cookie"))
		}
	}
}

func newRouter(t *testing.T, sessions *session.Manager, outside ...func(http.Handler) http.Handler) chi.Router {
	t.Helper()
	r := chi.NewRouter()
	r.Use(outside...)
	if err := chisession.Install(r, sessions, nil); err != nil {
		t.Fatal(err)
	}
	return r
}
