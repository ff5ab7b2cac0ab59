package session_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

const month = 30 * 24 * time.Hour

// What becomes of the end of a session, of its cookie and of its label, with a
// configuration that forgets who leaves the browser alone for an hour or closes
// it.
func TestLogIn(t *testing.T) {
	t.Parallel()
	type step = func(s *session.Session) error
	login := func(l session.Login) step {
		return func(s *session.Session) error { return s.LogIn(t.Context(), l) }
	}
	remembered := login(session.Login{User: "ada", Remember: month, Label: "phone"})
	plain := login(session.Login{User: "ada"})
	both := func(steps ...step) step {
		return func(s *session.Session) error {
			for _, do := range steps {
				if err := do(s); err != nil {
					return err
				}
			}
			return nil
		}
	}
	lifetime := func(s *session.Session) error { return s.SetLifetime(2 * time.Hour) }
	idle := func(s *session.Session) error { return s.SetIdleTimeout(2 * time.Hour) }
	persistent := func(s *session.Session) error { return s.SetPersistent(true) }
	forgotten := func(s *session.Session) error { return s.SetPersistent(false) }
	renew := func(s *session.Session) error { return s.Renew(t.Context()) }
	clear := func(s *session.Session) error { return s.Clear() }
	commit := func(s *session.Session) error { return s.Commit(t.Context()) }

	const day = 24 * time.Hour
	for name, tc := range map[string]struct {
		steps    []step // a request each
		lifetime time.Duration
		idle     time.Duration
		persist  bool
		label    string
	}{
		"not remembered":                         {[]step{plain}, day, time.Hour, false, ""},
		"a label alone":                          {[]step{login(session.Login{User: "ada", Label: "phone"})}, day, time.Hour, false, "phone"},
		"remembered":                             {[]step{remembered}, month, month, true, "phone"},
		"remembered, with a session from before": {[]step{lifetime, remembered}, month, month, true, "phone"},
		"and renewed":                            {[]step{remembered, renew}, month, month, true, "phone"},
		"and renewed in the same request":        {[]step{both(remembered, renew)}, month, month, true, "phone"},
		"and cleared":                            {[]step{remembered, clear}, month, month, true, "phone"},
		"logged in again":                        {[]step{remembered, plain}, day, time.Hour, false, ""},
		"logged in again at once":                {[]step{both(remembered, plain)}, day, time.Hour, false, ""},
		"again at once, with a session":          {[]step{lifetime, both(remembered, plain)}, day, time.Hour, false, ""},
		"logged in as another":                   {[]step{remembered, login(session.Login{User: "bob"})}, day, time.Hour, false, ""},
		"logged out, and not the session":        {[]step{remembered, login(session.Login{})}, day, time.Hour, false, ""},
		"remembered by the second login":         {[]step{both(plain, remembered)}, month, month, true, "phone"},
		"saved in between":                       {[]step{both(remembered, commit, plain)}, day, time.Hour, false, ""},
		"what an earlier request chose":          {[]step{both(lifetime, idle, persistent), plain}, day, time.Hour, false, ""},
		"what this request chose":                {[]step{both(lifetime, idle, persistent, plain)}, 2 * time.Hour, 2 * time.Hour, true, ""},
		"the same, with a session":               {[]step{lifetime, both(lifetime, idle, persistent, plain)}, 2 * time.Hour, 2 * time.Hour, true, ""},
		"chosen and then remembered":             {[]step{both(lifetime, idle, forgotten, remembered)}, month, month, true, "phone"},
		"the same, with a session from before":   {[]step{lifetime, both(lifetime, idle, forgotten, remembered)}, month, month, true, "phone"},
		"remembered and then chosen":             {[]step{both(remembered, lifetime, idle, forgotten)}, 2 * time.Hour, 2 * time.Hour, false, "phone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cfg := testConfig()
				cfg.IdleTimeout, cfg.Cookie.UntilClosed = time.Hour, true
				store := memstore.New(0)
				b := newBrowser(t, newManager(t, cfg, store))
				var cookie *http.Cookie
				for _, do := range tc.steps {
					b.visit(func(s *session.Session) {
						set(t, s, "cart", "tea")
						if err := do(s); err != nil {
							t.Fatal(err)
						}
						set(t, s, "cart", "milk")
					})
					if b.last != nil {
						cookie = b.last
					}
				}
				if (cookie.MaxAge > 0) != tc.persist || tc.persist && cookie.MaxAge != int(tc.lifetime/time.Second) {
					t.Errorf("the cookie is %v", cookie)
				}
				var id session.ID
				b.visit(func(s *session.Session) {
					id = s.ID()
					want(t, "lifetime", time.Until(s.Deadline()), tc.lifetime)
					want(t, "idle end", time.Until(s.Expires()), min(tc.idle, tc.lifetime))
					want(t, "cart", get[string](t, s, "cart"), "milk")
					want(t, "keys", len(s.Keys()), 1)
				})
				r, err := store.Load(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				want(t, "label", r.Label, tc.label)
				time.Sleep(tc.idle - time.Millisecond)
				b.visit(func(s *session.Session) { want(t, "a moment before", s.Status().State, session.StateLoaded) })
				time.Sleep(tc.idle)
				b.visit(func(s *session.Session) { want(t, "after that", s.Status().State, session.StateRejected) })
			})
		})
	}
}

// A login that fails leaves the session as it was, remembered or not.
func TestLogInThatFails(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) {
		if err := s.LogIn(t.Context(), session.Login{User: "ada", Label: "phone"}); err != nil {
			t.Fatal(err)
		}
	})
	b.visit(func(s *session.Session) {
		s.SetLifetime(time.Hour)
		store.on(failOn("save"))
		if err := s.LogIn(t.Context(), session.Login{User: "ada", Remember: month, Label: "laptop"}); !errors.Is(err, errDown) {
			t.Fatal(err)
		}
		store.on(nil)
	})
	b.visit(func(s *session.Session) {
		want(t, "lifetime", s.Deadline().Sub(s.Created()), time.Hour)
		r, err := store.Load(t.Context(), s.ID())
		if err != nil {
			t.Fatal(err)
		}
		want(t, "label", r.Label, "phone")
	})
	for _, l := range []session.Login{{User: "\xa1"}, {User: "ada", Label: "\xa1"}, {User: "ada", Label: strings.Repeat("ö", 65)},
		{User: "ada", Remember: -time.Hour}, {User: "ada", Remember: time.Microsecond}} {
		b.visit(func(s *session.Session) {
			id, err := s.ID(), s.LogIn(t.Context(), l)
			if err == nil || s.ID() != id {
				t.Errorf("%+v: %v", l, err)
			}
			if l.Label != "" && (!errors.Is(err, session.ErrInvalidLabel) || session.HTTPStatus(err) != http.StatusBadRequest) {
				t.Errorf("%.20q: %v", l.Label, err)
			}
		})
	}
	for _, l := range []session.Login{{User: "ada", Label: strings.Repeat("ö", 64)}, {User: "ada", Remember: time.Duration(1<<63 - 1)}} {
		b.visit(func(s *session.Session) {
			if err := s.LogIn(t.Context(), l); err != nil {
				t.Errorf("%+v: %v", l, err)
			}
		})
		b.visit(func(s *session.Session) { want(t, "user", s.User(), "ada") })
	}
}
