package adaptertest

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// secretKey signs the cookies of a site that has no other.
var secretKey = config.NewSecret("O7qB1ydJYwm5a0uRfG3kVvNnTtX8sZcLpEhKi2xQo4A=")

// site is one app with its manager and store. The case changes the fields it
// cares about; the first visit has it served.
type site struct {
	App
	store *probe
	log   *logbook

	t     testing.TB
	suite *suite
	start sync.Once
	url   string
}

// newSite makes a site with the standard routes on a store of its own.
func (st *suite) newSite(t testing.TB, cfg config.Config, options ...session.Option) *site {
	t.Helper()
	return st.newSiteOn(t, newProbe(st.newStore(t)), cfg, options...)
}

// newSiteOn makes a site on a store that may be another site's too.
func (st *suite) newSiteOn(t testing.TB, store *probe, cfg config.Config, options ...session.Option) *site {
	t.Helper()
	s := &site{store: store, log: &logbook{}, t: t, suite: st}
	s.Sessions = s.newManager(store, cfg, options...)
	s.standardRoutes()
	return s
}

// newManager makes a manager that logs to the site's logbook.
func (s *site) newManager(store driver.Store, cfg config.Config, options ...session.Option) *session.Manager {
	s.t.Helper()
	if cfg.SecretKey.IsZero() {
		cfg.SecretKey = secretKey
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = time.Minute // a busy machine is no fault of the adapter
	}
	if cfg.Mode == "" {
		cfg.Mode = config.Test
	}
	m, err := session.NewManager(context.Background(), cfg, store, append([]session.Option{session.WithLogger(s.log.logger())}, options...)...)
	if err != nil {
		s.t.Fatalf("NewManager: %v", err)
	}
	s.t.Cleanup(func() { m.Close() })
	return m
}

// handle adds a route for GET.
func (s *site) handle(path string, handle func(x Exchange) error) {
	s.Routes = append(s.Routes, Route{Method: http.MethodGet, Path: path, Handle: handle})
}

// handleSession adds a route for GET whose handler wants the session.
func (s *site) handleSession(path string, handle func(x Exchange, v *session.Session) error) {
	s.handle(path, withSession(handle))
}

func withSession(handle func(x Exchange, v *session.Session) error) func(x Exchange) error {
	return func(x Exchange) error {
		v, err := x.Session()
		if err != nil {
			return err
		}
		return handle(x, v)
	}
}

func (s *site) serve() {
	s.t.Helper()
	s.start.Do(func() { s.url = s.suite.build(s.t, s.App) })
}

// standardRoutes are what most cases need.
func (s *site) standardRoutes() {
	s.handle("/plain", func(x Exchange) error { return x.Write(http.StatusOK, "plain") })
	s.handleSession("/set", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, x.Query("key"), x.Query("value")); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "set")
	})
	s.handleSession("/read", func(x Exchange, v *session.Session) error {
		value, err := session.Get[string](v, x.Query("key"))
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, value)
	})
	s.handleSession("/count", func(x Exchange, v *session.Session) error {
		n, err := session.Update(v, "count", func(n int) (int, error) { return n + 1, nil })
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, strconv.Itoa(n))
	})
	s.handleSession("/id", func(x Exchange, v *session.Session) error {
		return x.Write(http.StatusOK, v.ID().String())
	})
	s.handleSession("/status", func(x Exchange, v *session.Session) error {
		return x.Write(http.StatusOK, v.Status().String())
	})
	s.handleSession("/renew", func(x Exchange, v *session.Session) error {
		if err := v.Renew(x.Context()); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "renewed")
	})
	s.handle("/login", func(x Exchange) error {
		if err := auth.Login(x.Context(), x.Query("user")); err != nil {
			return err
		}
		return x.Redirect(http.StatusSeeOther, "/user")
	})
	s.handle("/logout", func(x Exchange) error {
		if err := auth.Logout(x.Context()); err != nil {
			return err
		}
		return x.Redirect(http.StatusSeeOther, "/user")
	})
	s.handle("/user", func(x Exchange) error {
		user, err := auth.User(x.Context())
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, user)
	})
}
