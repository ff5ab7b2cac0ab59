package session

import (
	"net/http"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v3"

	fasthttpsession "github.com/gosessionkit/sessionkit/adapters/internal/fasthttp"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/debug"
)

// Debug returns the debug endpoints: app.Use("/debug", store.Debug()). They let
// every request pass unless DebugEndpoints or the environment turns them on.
func (s *Store) Debug() fiber.Handler {
	return func(c fiber.Ctx) error {
		m, err := s.Manager()
		if err != nil {
			return err
		}
		h := s.debug.of(func() http.Handler {
			if h := debug.New(m); h != nil {
				return httpsession.Middleware(m)(h)
			}
			return nil
		})
		path := c.Path()
		if at := strings.Index(path, "/debug"); at > 0 {
			path = path[at:]
		}
		if h == nil || !httpsession.IsDebugPath(path) {
			return c.Next()
		}
		fasthttpsession.ServeDebug(c.Context(), c.RequestCtx(), h, strings.Clone(path))
		return nil
	}
}

// lazyHandler is made when it is first asked for.
type lazyHandler struct {
	once    sync.Once
	handler http.Handler
}

func (l *lazyHandler) of(make func() http.Handler) http.Handler {
	l.once.Do(func() { l.handler = make() })
	return l.handler
}
