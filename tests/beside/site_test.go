package beside

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// site is an app with one other middleware, and what came of visits to it.
type site struct {
	testing.TB
	combination
	at    side
	app   adaptertest.App
	store *refusing
	log   *logbook
	url   string

	mu      sync.Mutex
	refused []string
	given   map[string]*visitor // the session cookies that were set, and to whom
}

// secretKey signs the cookies of all sites.
var secretKey = config.NewSecret("O7qB1ydJYwm5a0uRfG3kVvNnTtX8sZcLpEhKi2xQo4A=")

func newSite(t testing.TB, m combination, at side) *site {
	s := &site{TB: t, combination: m, at: at, store: &refusing{Store: memstore.New(0)}, log: &logbook{}, given: map[string]*visitor{}}
	if m.sockets == nil {
		s.sockets = []string{"gorilla", "coder"}
	}
	cfg := config.Config{Mode: config.Test, SecretKey: secretKey, Timeout: time.Minute}
	sessions, err := session.NewManager(context.Background(), cfg, s.store, session.WithLogger(slog.New(slog.NewTextHandler(s.log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sessions.Close() })
	s.app = adaptertest.App{Sessions: sessions, Routes: append(shop(), socketRoutes()...)}
	s.url = m.serve(t, s.app, at) + m.prefix
	return s
}

// refuses notes what is refused, in words that the page has.
func (s *site) refuses(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.refused, what) {
		s.refused = append(s.refused, what)
	}
}

// outcome is what the page says.
func (s *site) outcome() string {
	if len(s.refused) == 0 {
		return holds
	}
	return strings.Join(s.refused, "; ")
}

// refusing is a store that refuses to save while it is full.
type refusing struct {
	*memstore.Store
	full atomic.Bool
}

func (r *refusing) Save(ctx context.Context, id session.ID, record *driver.Record) error {
	if r.full.Load() {
		return errors.New("no space left on device")
	}
	return r.Store.Save(ctx, id, record)
}

// logbook is a log that several goroutines write.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
