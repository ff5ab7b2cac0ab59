package session_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

func newKey() config.Secret { return config.NewSecret("fedcba9876543210fedcba9876543210") }

// Whoever answers by himself saves as often as he likes, and asks for the cookie.
func TestAnsweringByOneself(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	ctx, _, _ := sessiontest.Open(t.Context(), m, session.Incoming{})
	s := mustFrom(t, ctx)
	if c := s.Cookie(); c != nil || s.CookieDue() {
		t.Errorf("a session that is not stored has the cookie %v", c)
	}
	for i := range 3 {
		if err := session.Set(s, "n", i); err != nil {
			t.Fatal(err)
		}
		if err := s.Keep(); err != nil {
			t.Fatal(err)
		}
	}
	first := s.Cookie()
	if first == nil || first.MaxAge != 24*60*60 || !s.CookieDue() {
		t.Fatal(first)
	}
	s.CookieSent()
	if s.CookieDue() {
		t.Error("what was sent is due")
	}
	if err := s.Renew(ctx); err != nil {
		t.Fatal(err)
	}
	if second := s.Cookie(); second.Value == first.Value || !s.CookieDue() {
		t.Error("the cookie of the id from before", second)
	} else if s, err := new(session.Exchange).Load(t.Context(), m, second.Value); err != nil || s.Revision() == 0 {
		t.Error("its value leads nowhere", s.Status(), err)
	}
	if s, err := new(session.Exchange).Load(ctx, m, first.Value); err != nil || s.Status().Reason != diagnose.ReasonRenewed {
		t.Error(s.Status(), err)
	}
	s.CookieSent()
	if err := s.Destroy(ctx); err != nil {
		t.Fatal(err)
	}
	if c := s.Cookie(); c == nil || c.MaxAge >= 0 || c.Value != "" {
		t.Error("after the end", c)
	}
	if s, err := new(session.Exchange).Load(t.Context(), m, ""); err != nil || s.Status().State != session.StateNew {
		t.Error(s.Status(), err)
	}
}

// An end that slides is never reached by somebody who comes back.
func TestEndAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := memoryManager(t)
		b := newBrowser(t, m)
		for i := range 10 {
			ctx, end := b.open()
			s := mustFrom(t, ctx)
			if i > 0 && s.Status().State != session.StateLoaded {
				t.Fatalf("after %d: %v", i, s.Status())
			}
			session.Set(s, "n", i)
			if err := s.EndAfter(48 * time.Hour); err != nil {
				t.Fatal(err)
			}
			if err := end(); err != nil || b.last == nil || b.last.MaxAge != 48*60*60 {
				t.Fatal(b.last, err)
			}
			time.Sleep(47 * time.Hour)
		}
		time.Sleep(2 * time.Hour)
		ctx, _ := b.open()
		if s := mustFrom(t, ctx); s.Revision() != 0 {
			t.Error("it goes on after its end")
		}
	})
}

// Sessions of several names live side by side in one store, with one beat.
func TestNamed(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.SecretKey = config.Secret{} // drawn: the named ones have to share it
	m := newManager(t, cfg, memstore.New(0))
	cart, err := m.Named("cart")
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.Named("cart")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Named("a b"); err == nil {
		t.Error("a name that no cookie can have")
	}
	b := newBrowser(t, cart)
	ctx, end := b.open()
	if err := session.Set(mustFrom(t, ctx), "tea", 1); err != nil {
		t.Fatal(err)
	}
	if err := end(); err != nil || b.last.Name != "cart" {
		t.Fatal(b.last, err)
	}
	if err := cart.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, _, _ = sessiontest.Open(t.Context(), again, session.Incoming{Cookies: []string{b.cookie}})
	if s := mustFrom(t, ctx); !s.Has("tea") {
		t.Error(s.Status())
	}
	ctx, _, _ = sessiontest.Open(t.Context(), m, session.Incoming{Cookies: []string{"session=" + b.last.Value}})
	if s := mustFrom(t, ctx); s.Has("tea") {
		t.Error("a cookie of one name opens the session of another")
	}
	if n, err := m.DestroyAll(t.Context()); n != 0 || err != nil {
		t.Error("another name's sessions were ended:", n, err)
	}
	if cart.Diagnostics().StoreID() != m.Diagnostics().StoreID() || again.Diagnostics().Worker().ID != m.Diagnostics().Worker().ID {
		t.Error("they do not say the same of the store and the worker")
	}
}

// Somebody else's session can be changed and ended by its ID, and gives no cookie.
func TestVisit(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	b := newBrowser(t, m)
	ctx, end := b.open()
	s := mustFrom(t, ctx)
	session.Set(s, "n", 1)
	if err := end(); err != nil {
		t.Fatal(err)
	}
	other, err := new(session.Exchange).Visit(ctx, m, s.ID()) // beside the request's own
	if err != nil {
		t.Fatal(err)
	}
	if n, err := session.Get[int](other, "n"); n != 1 || err != nil || other.Cookie() != nil {
		t.Error(n, err, other.Cookie())
	}
	session.Set(other, "n", 2)
	if err := other.Keep(); err != nil {
		t.Fatal(err)
	}
	ctx, _ = b.open()
	if n, err := session.Get[int](mustFrom(t, ctx), "n"); n != 2 || err != nil {
		t.Error(n, err)
	}
	if err := other.Destroy(t.Context()); err != nil || other.Cookie() != nil {
		t.Error(err, other.Cookie())
	}
	if _, err := new(session.Exchange).Visit(t.Context(), m, s.ID()); !errors.Is(err, driver.ErrNotFound) {
		t.Error(err)
	}
}
