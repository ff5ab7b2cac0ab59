package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3/compat"
	"github.com/gosessionkit/sessionkit/core/config"
)

// A session that is only read lasts as long as somebody reads it, up to its
// absolute end; one with an idle time of its own keeps that.
func TestIdle(t *testing.T) {
	t.Parallel()
	memory := config.Config{Store: config.StoreMemory}
	// fasthttp's clock, which never ends, begins with the first request.
	(&browser{t: t}).visit(workers(t, 1, session.Config{}, memory)[0], func(*session.Middleware) {})
	for _, c := range []struct {
		absolute, own time.Duration
		visits        int // 20 minutes apart, which find it
	}{
		{visits: 20},
		{absolute: time.Hour, visits: 2},
		{own: 10 * time.Minute, visits: 0},
		{absolute: time.Hour, own: 50 * time.Minute, visits: 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := workers(t, 1, session.Config{AbsoluteTimeout: c.absolute}, memory)[0]
			b := &browser{t: t}
			b.visit(w, func(m *session.Middleware) {
				m.Set("user", "ada")
				m.Session.SetIdleTimeout(c.own)
			})
			for i := range 20 {
				time.Sleep(20 * time.Minute)
				own := *b
				own.visit(w, func(m *session.Middleware) {
					if found := m.Get("user") != nil; found != (i < c.visits) {
						t.Errorf("%+v: visit %d finds it: %v", c, i, found)
					}
				})
				if i < c.visits {
					b.cookie = own.cookie
				}
			}
			w.store.Close()
		})
	}
}
