package auth_test

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Whoever ends his other sessions goes on with this one: it can be renewed
// afterwards, by the same request and by one that was under way already.
func TestRenewAfterLogoutOthers(t *testing.T) {
	t.Parallel()
	m := newManager(t, memstore.New(0))
	laptop := login(t, m, "", "ada")
	login(t, m, "", "ada")
	renew := func(ctx context.Context) {
		s, err := session.From(ctx)
		if err == nil {
			err = s.Renew(ctx)
		}
		if err != nil {
			t.Errorf("Renew: %v", err)
		}
	}
	endOthers := func(ctx context.Context) {
		if n, err := auth.LogoutOthers(ctx, m); n != 1 || err != nil {
			t.Errorf("LogoutOthers: %d, %v", n, err)
		}
	}
	laptop = visit(t, m, laptop, func(ctx context.Context) {
		endOthers(ctx)
		renew(ctx)
	})
	phone := login(t, m, "", "ada")
	laptop = visit(t, m, laptop, func(before context.Context) {
		if _, err := session.From(before); err != nil {
			t.Fatal(err)
		}
		visit(t, m, laptop, endOthers)
		renew(before)
	})
	if userOf(t, m, laptop) != "ada" || userOf(t, m, phone) != "" {
		t.Error("not the one session is left that was to be kept")
	}
}

// What was ended for one user says nothing about another who logs in to the
// session that was kept, not even at the same moment.
func TestEndedForAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newManager(t, memstore.New(0))
		cookie := visit(t, m, login(t, m, "", "bob"), func(ctx context.Context) {
			if _, err := auth.LogoutOthers(ctx, m); err != nil {
				t.Error(err)
			}
		})
		cookie = login(t, m, cookie, "ada")
		if n, err := m.DestroyUser(t.Context(), "ada"); n != 1 || err != nil {
			t.Errorf("DestroyUser: %d, %v", n, err)
		}
		if user := userOf(t, m, cookie); user != "" {
			t.Errorf("%s is still logged in", user)
		}
	})
}

// listedThen does something when the store has listed its sessions.
type listedThen struct {
	*memstore.Store
	do func()
}

func (s *listedThen) All(ctx context.Context) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		var list []driver.Entry
		for e := range s.Store.All(ctx) {
			list = append(list, e)
		}
		if do := s.do; do != nil {
			s.do = nil
			do()
		}
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// A session that is renewed while the store is walked is met under neither id.
// It ends all the same, and is counted.
func TestDestroyAllMeetsRenewal(t *testing.T) {
	t.Parallel()
	store := &listedThen{Store: memstore.New(0)}
	m := newManager(t, store)
	cookie := login(t, m, "", "ada")
	store.do = func() {
		cookie = visit(t, m, cookie, func(ctx context.Context) {
			s, _ := session.From(ctx)
			if err := s.Renew(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	if n, err := m.DestroyAll(t.Context()); n != 1 || err != nil {
		t.Errorf("DestroyAll: %d, %v", n, err)
	}
	if user := userOf(t, m, cookie); user != "" {
		t.Errorf("%s is still logged in", user)
	}
}
