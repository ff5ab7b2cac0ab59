package session_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// listing is a store that lets a test act after a user's sessions were listed, or
// fails to list or to end them.
type listing struct {
	*memstore.Store
	during  func() // between the ids and the records
	after   func()
	err     error
	saveErr error

	endTakes time.Duration // of the end of a session
}

func (s *listing) ByUser(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
	if s.err != nil {
		return func(yield func(driver.Entry, error) bool) { yield(driver.Entry{}, s.err) }
	}
	list := slices.Collect(func(yield func(driver.Entry) bool) {
		for e := range s.Store.ByUser(ctx, o) {
			yield(e)
		}
	})
	if during := s.during; during != nil {
		s.during = nil
		during()
		list = slices.DeleteFunc(list, func(e driver.Entry) bool {
			_, err := s.Store.Load(ctx, e.ID)
			return err != nil
		})
	}
	if s.after != nil {
		s.after()
	}
	return func(yield func(driver.Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Describe lets who is ended wait, where that takes time.
func (s *listing) Describe() driver.Description {
	d := s.Store.Describe()
	d.Private = s.endTakes == 0
	return d
}

func (s *listing) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	if r.Details != nil && r.Details.Ended != "" {
		time.Sleep(s.endTakes)
		if s.saveErr != nil {
			return s.saveErr
		}
	}
	return s.Store.Save(ctx, id, r)
}

// A login does not fail because the oldest session could not be ended: it is in the
// log, once a minute, and the next login tries again.
func TestLimitPerUserThatFails(t *testing.T) {
	t.Parallel()
	down := errors.New("connection refused")
	for name, store := range map[string]driver.Store{
		"list":     &listing{Store: memstore.New(0), err: down},
		"end":      &listing{Store: memstore.New(0), saveErr: down},
		"no index": struct{ driver.Store }{memstore.New(0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig()
			cfg.MaxPerUser = 1
			log := &strings.Builder{}
			m := newManager(t, cfg, store, session.WithLogger(slog.New(slog.NewTextHandler(log, nil))), session.WithClock(ticking()))
			const user = "ada@shop.example" // which no random id has in it
			all := []*browser{loggedIn(t, m, user), loggedIn(t, m, user), loggedIn(t, m, user)}
			for _, b := range all {
				want(t, "logged in", b.user(), user)
			}
			if n := strings.Count(log.String(), "more sessions than --session-max-per-user"); n != 1 || strings.Contains(log.String(), user) {
				t.Errorf("%d lines: %s", n, log)
			}
			failing, ok := store.(*listing)
			if !ok {
				return
			}
			failing.err, failing.saveErr = nil, nil
			last := loggedIn(t, m, user)
			for _, b := range all {
				want(t, "at last", b.status().Reason, diagnose.ReasonSessionLimit)
			}
			want(t, "the last", last.user(), user)
		})
	}
}

// Of logins at the same moment the latest are left, and one of the others may be the
// one that finds out: it ends itself.
func TestLimitPerUserAtTheSameMoment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig()
		cfg.MaxPerUser = 1
		m := newManager(t, cfg, memstore.New(0))
		for range 20 {
			all := []*browser{loggedIn(t, m, "ada"), loggedIn(t, m, "ada")}
			reasons := map[diagnose.Reason]int{}
			for _, b := range all {
				reasons[b.status().Reason]++
			}
			if reasons[""] != 1 || reasons[diagnose.ReasonSessionLimit] != 1 {
				t.Errorf("they are %v", reasons)
			}
			time.Sleep(time.Second)
		}
	})
}

// Who logs in stays logged in, whatever other workers' clocks say.
func TestLimitPerUserWithClocksThatDiffer(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.MaxPerUser = 2
	store := memstore.New(0)
	ahead := newManager(t, cfg, store, session.WithClock(func() time.Time { return time.Now().Add(time.Hour) }))
	m := newManager(t, cfg, store)
	loggedIn(t, ahead, "ada")
	loggedIn(t, ahead, "ada")
	want(t, "the last", loggedIn(t, m, "ada").user(), "ada")
	if list, err := m.UserSessions(t.Context(), "ada"); err != nil || len(list) != 2 {
		t.Errorf("%d sessions, error %v", len(list), err)
	}
}

// Sessions that the login's own request had cookies of end with it, and are not
// counted.
func TestLimitPerUserDoesNotCountRivals(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.MaxPerUser = 3
	m := newManager(t, cfg, memstore.New(0), session.WithClock(ticking()))
	other, one, two := loggedIn(t, m, "ada"), loggedIn(t, m, "ada"), loggedIn(t, m, "ada")
	both := newBrowser(t, m)
	both.cookie = one.cookie + "; " + two.cookie
	both.visit(func(s *session.Session) {
		want(t, "with both cookies", s.Status().Reason, diagnose.ReasonAmbiguous)
		if err := s.RenewAs(t.Context(), "ada"); err != nil {
			t.Error(err)
		}
	})
	want(t, "the other", other.user(), "ada")
}

// The audit log has why.
func TestLimitPerUserInTheAuditLog(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.MaxPerUser, cfg.Audit = 1, true
	log := &strings.Builder{}
	m := newManager(t, cfg, memstore.New(0), session.WithLogger(slog.New(slog.NewTextHandler(log, nil))), session.WithClock(ticking()))
	id := loggedIn(t, m, "ada").id()
	loggedIn(t, m, "ada")
	if line := "event=ended user=ada session=" + id.Short() + " reason=session-limit"; strings.Count(log.String(), line) != 1 {
		t.Errorf("no %q in %s", line, log)
	}
}

// The records that stay behind are no sessions: DestroyAll does not count them.
func TestDestroyAllDoesNotCountEndedSessions(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.MaxPerUser = 1
	m := newManager(t, cfg, memstore.New(0))
	for range 3 {
		loggedIn(t, m, "ada")
	}
	n, err := m.DestroyAll(t.Context())
	want(t, "ended", n, 1)
	want(t, "error", err, nil)
}

// Where there are very many to end a login waits no longer than the timeout, says once
// what is left, and the logins after it go on.
func TestLimitPerUserOfVeryMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig()
		store := &listing{Store: memstore.New(0), endTakes: 10 * time.Millisecond}
		before := newManager(t, cfg, store)
		for range 500 {
			loggedIn(t, before, "ada")
		}
		cfg.MaxPerUser, cfg.Timeout = 1, 2*time.Second
		log := &strings.Builder{}
		m := newManager(t, cfg, store, session.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
		for _, left := range []int{301, 102, 1} {
			time.Sleep(time.Second)
			begin := time.Now()
			last := loggedIn(t, m, "ada")
			if took := time.Since(begin); took > cfg.Timeout+store.endTakes {
				t.Errorf("a login took %v", took)
			}
			want(t, "the last", last.user(), "ada")
			if list, err := m.UserSessions(t.Context(), "ada"); err != nil || len(list) > left+5 || len(list) < min(left, 2)-1 {
				t.Errorf("%d sessions are left, about %d expected; error %v", len(list), left, err)
			}
		}
		if n := strings.Count(log.String(), "more sessions than --session-max-per-user"); n != 1 || log.Len() > 2000 {
			t.Errorf("%d lines of %d bytes: %.2000s", n, log.Len(), log)
		}
	})
}
