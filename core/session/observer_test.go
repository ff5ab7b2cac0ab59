package session_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// An observer or a log handler that asks for the session is told that there is none.
// It waits for nothing, and says nothing of the app's set-up.
func TestObserverAsks(t *testing.T) {
	t.Parallel()
	cfg, log := testConfig(), &curious{}
	cfg.Audit = true
	ask := func(ctx context.Context) {
		if _, err := session.From(ctx); err == nil {
			t.Error("an observer found the session")
		}
		log.asked.Add(1)
	}
	log.ask = ask
	m := newManager(t, cfg, memstore.New(0), session.WithLogger(slog.New(log)), session.WithObserver(func(ctx context.Context, _ event.Event) { ask(ctx) }))
	server := httptest.NewServer(httpsession.Middleware(m)(httpsession.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		return auth.Login(r.Context(), "ada")
	})))
	t.Cleanup(server.Close)
	res, err := server.Client().Get(server.URL)
	wantNil(t, err)
	res.Body.Close()
	if n := log.asked.Load(); res.StatusCode != http.StatusOK || n < 4 { // the call, created, logged in and its line
		t.Errorf("%s, asked %d times", res.Status, n)
	}
	seen := m.Diagnostics().Refresh(check.Facts{}).Observed
	for _, place := range append(seen.SessionBeforeSetup, seen.ContextReplaced...) {
		if strings.Contains(place, "TestObserverAsks") || strings.Contains(place, "curious") {
			t.Errorf("a finding on %s", place)
		}
	}
}

// curious is a log handler that wants to add who is logged in.
type curious struct {
	slog.Handler
	ask   func(context.Context)
	asked atomic.Int32
}

func (*curious) Enabled(context.Context, slog.Level) bool { return true }

func (c *curious) Handle(ctx context.Context, _ slog.Record) error {
	c.ask(ctx)
	return nil
}

// A panic of an observer is one of the request that it happens to, and holds nothing
// up behind it.
func TestObserverPanics(t *testing.T) {
	t.Parallel()
	for _, kind := range []event.Kind{event.Loaded, event.Saved, event.Renewed, event.LoggedIn, event.LoggedOut, event.Touched, event.Called} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			var armed atomic.Bool
			m := newManager(t, testConfig(), memstore.New(0), session.WithObserver(func(_ context.Context, e event.Event) {
				if armed.Load() && e.Kind == kind {
					panic("of the observer")
				}
			}))
			b := newBrowser(t, m)
			b.visit(func(s *session.Session) { set(t, s, "n", 1) })
			ctx, end := b.open()
			armed.Store(true)
			func() {
				defer func() {
					if recover() == nil {
						t.Error("nobody heard of the panic")
					}
				}()
				s := from(t, ctx)
				_, err := session.Update(s, "n", func(n int) (int, error) { return n + 1, nil })
				wantNil(t, errors.Join(err, s.Touch(ctx), s.Renew(ctx), auth.Login(ctx, "ada"), auth.Logout(ctx)))
			}()
			armed.Store(false)
			wantNil(t, end())
			b.visit(func(s *session.Session) { set(t, s, "n", 2) })
		})
	}
}
