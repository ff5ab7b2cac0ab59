package session_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// What docs/changes.md says of a rolling deploy: an old worker writes the
// fields it knows, and leaves keys alone that it does not.
func TestOldAndNewWorker(t *testing.T) {
	t.Parallel()
	type oldCart struct{ Items int }
	type newCart struct {
		Items  int
		Coupon string
	}
	managers := workers(t, 2, memstore.New(0))
	b := newBrowser(t, managers[0])
	b.visit(func(s *session.Session) {
		set(t, s, "cart", newCart{1, "in the struct"})
		set(t, s, "coupon", "under its own key")
	})
	old := browser{t: t, manager: managers[1], cookie: b.cookie}
	old.visit(func(s *session.Session) {
		must(session.Update(s, "cart", func(c oldCart) (oldCart, error) { c.Items++; return c, nil }))
	})
	b.visit(func(s *session.Session) {
		want(t, "cart", get[newCart](t, s, "cart"), newCart{2, ""})
		want(t, "coupon", get[string](t, s, "coupon"), "under its own key")
	})
}
