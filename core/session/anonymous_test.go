package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Sessions with nobody logged in end earlier, whatever the app asks for. A
// login begins the whole lifetime, and a logout ends it.
func TestAnonymousLifetime(t *testing.T) {
	t.Parallel()
	const day, month = 24 * time.Hour, 30 * 24 * time.Hour
	login := func(user string) func(*session.Session) error {
		return func(s *session.Session) error { return s.RenewAs(t.Context(), user) }
	}
	own := func(d time.Duration) func(*session.Session) error {
		return func(s *session.Session) error { return s.SetLifetime(d) }
	}
	renew := func(s *session.Session) error { return s.Renew(t.Context()) }
	type steps []func(*session.Session) error
	for name, tc := range map[string]struct {
		setting time.Duration
		steps   steps // a request each, ten minutes apart
		want    time.Duration
	}{
		"nobody":                             {time.Hour, nil, time.Hour},
		"nobody, no setting":                 {0, nil, day},
		"a login":                            {time.Hour, steps{login("ada")}, day},
		"another login":                      {time.Hour, steps{login("ada"), login("bob")}, day},
		"a renewal":                          {time.Hour, steps{renew}, time.Hour - 10*time.Minute},
		"a renewal as nobody":                {time.Hour, steps{login("")}, time.Hour - 10*time.Minute},
		"a renewal as nobody, no setting":    {0, steps{login("")}, day - 10*time.Minute},
		"a logout":                           {time.Hour, steps{login("ada"), login("")}, time.Hour},
		"a logout, no setting":               {0, steps{login("ada"), login("")}, day},
		"a longer one asked for":             {time.Hour, steps{own(month)}, time.Hour - 10*time.Minute},
		"a longer one asked for, no setting": {0, steps{own(month)}, month - 10*time.Minute},
		"a shorter one asked for":            {time.Hour, steps{own(30 * time.Minute)}, 20 * time.Minute},
		"back to the usual":                  {time.Hour, steps{own(30 * time.Minute), own(0)}, time.Hour - 20*time.Minute},
		"a longer one for who is logged in":  {time.Hour, steps{login("ada"), own(month)}, month - 10*time.Minute},
		"back to the usual for who is":       {time.Hour, steps{login("ada"), own(month), own(0)}, day - 20*time.Minute},
		"remembered and logged out":          {time.Hour, steps{login("ada"), own(month), login("")}, time.Hour},
		"asked for together with the login":  {time.Hour, steps{func(s *session.Session) error { own(month)(s); return login("ada")(s) }}, month},
		"asked for together with the logout": {time.Hour, steps{login("ada"), func(s *session.Session) error { own(month)(s); return login("")(s) }}, time.Hour},
		"asked for after the login, in one":  {time.Hour, steps{func(s *session.Session) error { login("ada")(s); return own(month)(s) }}, month},
		"a renewal of who is logged in":      {time.Hour, steps{login("ada"), renew}, day - 10*time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cfg := testConfig()
				cfg.AnonymousLifetime = tc.setting
				b := newBrowser(t, newManager(t, cfg, memstore.New(0)))
				b.visit(func(s *session.Session) { set(t, s, "cart", "tea") })
				for _, step := range tc.steps {
					time.Sleep(10 * time.Minute)
					b.visit(func(s *session.Session) {
						if err := step(s); err != nil {
							t.Fatal(err)
						}
					})
				}
				b.visit(func(s *session.Session) { want(t, "time left", time.Until(s.Deadline()), tc.want) })
				time.Sleep(tc.want - time.Millisecond)
				b.visit(func(s *session.Session) { want(t, "a moment before", s.Status().State, session.StateLoaded) })
				time.Sleep(time.Millisecond)
				b.visit(func(s *session.Session) { want(t, "after that", s.Status().State, session.StateRejected) })
			})
		})
	}
}

// Who logs in at once, without a session, has the whole lifetime too.
func TestLoginWithoutASession(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.AnonymousLifetime = time.Hour
	b := newBrowser(t, newManager(t, cfg, memstore.New(0)))
	b.visit(func(s *session.Session) {
		if err := s.RenewAs(t.Context(), "ada"); err != nil {
			t.Fatal(err)
		}
	})
	b.visit(func(s *session.Session) { want(t, "lifetime", s.Deadline().Sub(s.Created()), 24*time.Hour) })
}
