package gorilla

import (
	"net/http"
	"sync"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/debug"
)

// Debug returns the debug endpoints, for the sessions of a name, to be mounted at
// /debug/ and /debug:
//
//	mux.Handle("/debug/", store.Debug("app"))                   // net/http, chi's Handle("/debug/*", ...)
//	e.Any("/debug/*", echo.WrapHandler(store.Debug("app")))     // Echo
//
// They answer 404 unless DebugEndpoints or the environment
// (DEBUG_ENDPOINTS) turns them on.
func (s *Store) Debug(name string, opts ...debug.Option) http.Handler {
	var once sync.Once
	var h http.Handler
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m, err := s.Manager(name)
		if err != nil {
			httpsession.Error(w, r, err)
			return
		}
		once.Do(func() {
			if h = debug.New(m, opts...); h == nil {
				h = http.NotFoundHandler()
			}
			h = httpsession.Middleware(m)(h)
		})
		h.ServeHTTP(w, r)
	})
}
