package session_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
)

// Failures of the store are counted, and nothing else is.
func TestStoreErrors(t *testing.T) {
	t.Parallel()
	store := watch()
	m := newManager(t, testConfig(), store)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	for op, n := range m.Diagnostics().StoreErrors() {
		want(t, op, n, 0)
	}
	store.on(failOn("save", "delete"))
	ctx, end := b.open()
	s := from(t, ctx)
	set(t, s, "a", 2)
	s.Commit(ctx)
	s.Commit(ctx)
	s.Renew(ctx)
	s.Destroy(ctx)
	store.on(nil)
	if err := end(); err != nil {
		t.Fatal(err)
	}
	store.on(failOn("load"))
	ctx, end = b.open()
	session.From(ctx)
	end()
	for op, n := range map[string]uint64{"save": 2, "renew": 1, "delete": 1, "load": 1, "touch": 0, "list by user": 0} {
		want(t, op, m.Diagnostics().StoreErrors()[op], n)
	}
}
