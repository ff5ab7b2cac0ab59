package httpsession_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// discard is a response writer that costs nothing.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}
func (d discard) Flush()                      {}

var ok = []byte("ok")

// BenchmarkRequest is one request through the middleware, in memory: the
// bare handler, and what the session adds to it.
func BenchmarkRequest(b *testing.B) { benchmarkRequest(b, false) }

// BenchmarkCounted is the same with counters of what happens, as metrics have them.
func BenchmarkCounted(b *testing.B) { benchmarkRequest(b, true) }

func benchmarkRequest(b *testing.B, counted bool) {
	plain := func(w http.ResponseWriter, r *http.Request) { w.Write(ok) }
	with := func(f func(s *session.Session) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			s, err := httpsession.Get(r)
			if err == nil {
				err = f(s)
			}
			if err != nil {
				b.Error(err)
			}
			w.Write(ok)
		}
	}
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef")}
	m, err := session.NewManager(b.Context(), cfg, memstore.New(0))
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	if counted {
		m.Diagnostics().Counts()
	}
	mw := httpsession.Middleware(m)

	rec := httptest.NewRecorder()
	mw(with(func(s *session.Session) error {
		for i := range 10 {
			if err := session.Set(s, fmt.Sprint("key-", i), fmt.Sprint("some value ", i)); err != nil {
				return err
			}
		}
		return nil
	})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	cookie := rec.Result().Cookies()[0]
	rec = httptest.NewRecorder()
	mw(with(func(s *session.Session) error { return s.RenewAs(b.Context(), "ada") })).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	user := rec.Result().Cookies()[0]

	read := func(s *session.Session) error {
		_, err := session.Get[string](s, "key-7")
		return err
	}
	write := func(s *session.Session) error { return session.Set(s, "key-7", "another value") }
	for _, bench := range []struct {
		name    string
		handler http.Handler
		cookie  *http.Cookie
	}{
		{"bare", http.HandlerFunc(plain), cookie},
		{"untouched", mw(http.HandlerFunc(plain)), cookie},
		{"read one of ten", mw(with(read)), cookie},
		{"write one of ten", mw(with(write)), cookie},
		{"read, logged in", mw(httpsession.RequireUser(nil)(with(read))), user},
		{"write, logged in", mw(with(write)), user},
		{"new", mw(with(write)), nil},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			req := httptest.NewRequest("GET", "/", nil)
			if bench.cookie != nil {
				req.AddCookie(bench.cookie)
			}
			w := discard{http.Header{}}
			for b.Loop() {
				clear(w.h)
				bench.handler.ServeHTTP(w, req)
			}
		})
	}
}
