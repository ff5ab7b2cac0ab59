package beside

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2/middleware/cache"
	cachev3 "github.com/gofiber/fiber/v3/middleware/cache"
)

// failing is a test that is to fail.
type failing struct {
	testing.TB
	why string
}

func (f *failing) Helper()                   {}
func (f *failing) Fatal(args ...any)         { f.Fatalf("%s", fmt.Sprint(args...)) }
func (f *failing) Fatalf(s string, a ...any) { f.why = fmt.Sprintf(s, a...); runtime.Goexit() }

// What leaks and what loses is found.
func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	dropping := func(name string) func(testing.TB, http.Handler) http.Handler {
		return plain(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(&dropper{w, name}, r) })
		})
	}
	for name, tc := range map[string]struct {
		combination
		at   side
		want string
	}{
		"a cache that looks at nothing":     {combination{serve: fiberWith(cache.New(cache.Config{StoreResponseHeaders: true}))}, outside, "LEAK"},
		"a cache that has nothing to go by": {combination{serve: fiberWithV3(cachev3.New(cachev3.Config{StoreResponseHeaders: true}))}, inside, "LEAK"},
		"a cache that gives an old page":    {combination{serve: fiberWithV3(cachev3.New())}, outside, "LOST"},
		"no Set-Cookie":                     {wrapper{wrap: dropping("Set-Cookie")}.on(netHTTPApps), outside, "LOST"},
		"no Vary":                           {wrapper{wrap: dropping("Vary")}.on(netHTTPApps), outside, "LEAK"},
		"no Cache-Control":                  {wrapper{wrap: dropping("Cache-Control")}.on(netHTTPApps), outside, "LEAK"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &failing{TB: t}
			s := newSite(t, tc.combination, tc.at)
			s.TB = f
			done := make(chan struct{})
			go func() {
				defer close(done)
				for _, try := range scenarios {
					try(s)
				}
			}()
			if <-done; !strings.HasPrefix(f.why, tc.want) {
				t.Errorf("found %q, want %s", f.why, tc.want)
			}
		})
	}
}

// dropper leaves a header out.
type dropper struct {
	http.ResponseWriter
	name string
}

func (w *dropper) WriteHeader(status int) {
	w.Header().Del(w.name)
	w.ResponseWriter.WriteHeader(status)
}

func (w *dropper) Write(b []byte) (int, error) {
	w.Header().Del(w.name)
	return w.ResponseWriter.Write(b)
}
