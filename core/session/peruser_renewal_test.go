package session_test

import (
	"slices"
	"testing"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A list that is made while a session is renewed may miss it under both ids. The limit
// holds all the same.
func TestLimitPerUserDuringARenewal(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.MaxPerUser = 2
	for name, act := range map[string]func(s *session.Session) error{
		"renew":   func(s *session.Session) error { return s.Renew(t.Context()) },
		"confirm": func(s *session.Session) error { return s.Confirm(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			store := &listing{Store: memstore.New(0)}
			m := newManager(t, cfg, store, session.WithClock(ticking()))
			phone, tablet := loggedIn(t, m, "ada"), loggedIn(t, m, "ada")
			store.during = func() {
				phone.visit(func(s *session.Session) {
					if err := act(s); err != nil {
						t.Error(err)
					}
				})
			}
			laptop := loggedIn(t, m, "ada")
			want(t, "the oldest", phone.status().Reason, diagnose.ReasonSessionLimit)
			want(t, "another", tablet.user(), "ada")
			want(t, "the last", laptop.user(), "ada")
		})
	}
}

// A session that is being renewed is there under both ids for a moment, and counts once.
func TestLimitPerUserCountsARenewalOnce(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.MaxPerUser = 2
	store := &listing{Store: memstore.New(0)}
	m := newManager(t, cfg, store, session.WithClock(ticking()))
	phone, tablet := loggedIn(t, m, "ada"), loggedIn(t, m, "ada")
	r, err := store.Load(t.Context(), tablet.id())
	if err != nil {
		t.Fatal(err)
	}
	former, copied := session.ID(slices.Repeat([]byte{255}, 16)), r.Clone() // the later of the two
	copied.Revision = 0
	if err := store.Save(t.Context(), former, copied); err != nil {
		t.Fatal(err)
	}
	store.after = func() {
		if err := store.Delete(t.Context(), former); err != nil {
			t.Error(err)
		}
	}
	laptop := loggedIn(t, m, "ada")
	want(t, "the oldest", phone.status().Reason, diagnose.ReasonSessionLimit)
	want(t, "another", tablet.user(), "ada")
	want(t, "the last", laptop.user(), "ada")
}
