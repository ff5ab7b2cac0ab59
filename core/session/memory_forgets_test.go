package session_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// What the memory store remembers of renewed sessions and of revocations goes.
func TestMemoryForgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New(0)
		m := newManager(t, testConfig(), store)
		ada := loggedIn(t, m, "ada")
		old := *ada
		ada.visit(func(s *session.Session) { s.Renew(t.Context()) })
		id := ada.id()
		old.visit(func(s *session.Session) { want(t, "at once", s.Status().Reason, diagnose.ReasonRenewed) })
		time.Sleep(driver.RenewedFor - time.Second)
		old.visit(func(s *session.Session) { want(t, "within a minute", s.Status().Reason, diagnose.ReasonRenewed) })
		time.Sleep(time.Second)
		old.visit(func(s *session.Session) { want(t, "after a minute", s.Status().Reason, diagnose.ReasonNotFound) })
		want(t, "ada", ada.user(), "ada")

		if _, err := m.DestroyUser(t.Context(), "ada"); err != nil {
			t.Fatal(err)
		}
		copied := &driver.Record{Created: time.Now(), Deadline: time.Now().Add(500 * 24 * time.Hour), Expires: time.Now().Add(500 * 24 * time.Hour), User: "ada"}
		if err := store.Save(t.Context(), id, copied.Clone()); !errors.Is(err, driver.ErrGone) {
			t.Errorf("at once: %v", err)
		}
		time.Sleep(driver.RevocationTTL)
		if _, err := store.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := store.Save(t.Context(), id, copied.Clone()); err != nil {
			t.Errorf("after the time that any cookie lives: %v", err)
		}
	})
}
