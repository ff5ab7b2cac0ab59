package tests

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Logins of one user at the same moment, on two workers that share a store, leave as
// many sessions as there may be: the latest. The others say why they ended. 7.1.2
func TestLimitPerUserAcrossWorkers(t *testing.T) {
	t.Parallel()
	const limit, logins, rounds = 3, 12, 4
	for name, open := range sharedStores(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := open(t)
			workers := []*session.Manager{newLimitedWorker(t, a, limit), newLimitedWorker(t, b, limit)}
			var cookies []string
			for round := range rounds {
				made := make([]string, logins)
				begin := make(chan struct{})
				var done sync.WaitGroup
				for i := range made {
					done.Go(func() {
						<-begin
						err := oneRequest(t, workers[i%2], &made[i], func(s *session.Session) error {
							if i%3 == 0 { // a visitor of whom there is a session already
								if err := errors.Join(session.Set(s, "cart", i), s.Commit(t.Context())); err != nil {
									return err
								}
							}
							return s.RenewAs(t.Context(), "ada")
						})
						if err != nil {
							t.Error(err)
						}
					})
				}
				close(begin)
				done.Wait()
				cookies = append(cookies, made...)
				if got, all := statuses(t, workers[round%2], cookies), len(cookies); got["loaded ada"] != limit || got["rejected: "+string(diagnose.ReasonSessionLimit)+" "] != all-limit {
					t.Fatalf("round %d: the browsers are %v", round, got)
				}
			}
			list, err := workers[0].UserSessions(t.Context(), "ada")
			if err != nil || len(list) != limit {
				t.Fatalf("%d sessions are listed, error %v", len(list), err)
			}
		})
	}
}

// The limit holds too where sessions are renewed while others log in.
func TestLimitPerUserAcrossWorkersDuringRenewals(t *testing.T) {
	t.Parallel()
	const limit, logins, renewals, rounds = 3, 8, 6, 10
	for name, open := range sharedStores(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := open(t)
			workers := []*session.Manager{newLimitedWorker(t, a, limit), newLimitedWorker(t, b, limit)}
			for round := range rounds {
				var done sync.WaitGroup
				for i := range logins {
					done.Go(func() {
						var cookie string
						if err := oneRequest(t, workers[i%2], &cookie, func(s *session.Session) error { return s.RenewAs(t.Context(), "ada") }); err != nil {
							t.Error(err)
						}
						for range renewals {
							err := oneRequest(t, workers[(i+1)%2], &cookie, func(s *session.Session) error {
								if s.User() == "" { // it has ended
									return nil
								}
								return s.Renew(t.Context())
							})
							if err != nil && !errors.Is(err, session.ErrGone) {
								t.Error(err)
							}
						}
					})
				}
				done.Wait()
				if list, err := workers[0].UserSessions(t.Context(), "ada"); err != nil || len(list) < 1 || len(list) > limit {
					t.Fatalf("round %d: %d sessions, error %v", round, len(list), err)
				}
			}
		})
	}
}

func newLimitedWorker(t *testing.T, store driver.Store, limit int) *session.Manager {
	t.Helper()
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef"), MaxPerUser: limit, Timeout: time.Minute}
	m, err := session.NewManager(context.Background(), cfg, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// statuses counts how browsers with these cookies stand.
func statuses(t *testing.T, m *session.Manager, cookies []string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, cookie := range cookies {
		err := oneRequest(t, m, &cookie, func(s *session.Session) error {
			counts[fmt.Sprint(s.Status(), " ", s.User())]++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return counts
}
