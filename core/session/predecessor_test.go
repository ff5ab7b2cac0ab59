package session_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// oldLibrary is a library whose sessions are in its own store, or in the cookie
// where forgets is off.
type oldLibrary struct {
	mu       sync.Mutex
	sessions map[string]driver.Inheritance
	forgets  bool
	down     bool
	asked    atomic.Int32
}

func (o *oldLibrary) load(_ context.Context, value string) (*driver.Inheritance, error) {
	o.asked.Add(1)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down {
		return nil, errors.New("connection refused")
	}
	old, ok := o.sessions[value]
	if !ok {
		return nil, nil
	}
	if o.forgets {
		old.Forget = func(context.Context) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			delete(o.sessions, value)
			return nil
		}
	}
	return &old, nil
}

func (o *oldLibrary) predecessor() driver.Predecessor {
	return driver.Predecessor{Cookie: "old", Load: o.load}
}

func newOldLibrary() *oldLibrary {
	return &oldLibrary{sessions: map[string]driver.Inheritance{
		"ada": {Values: map[string]any{"color": "red", "_kits": 1}, User: "ada", Created: time.Now().Add(-time.Hour), Deadline: time.Now().Add(time.Hour)},
	}}
}

func (o *oldLibrary) manager(t *testing.T, store driver.Store, opts ...session.Option) *session.Manager {
	return newManager(t, testConfig(), store, append(opts, session.WithPredecessor(o.predecessor()))...)
}

// old makes a browser that has the old library's cookie alone.
func oldBrowser(t testing.TB, m *session.Manager) *browser {
	b := newBrowser(t, m)
	b.cookie = "old=ada"
	return b
}

func mustFrom(t testing.TB, ctx context.Context) *session.Session {
	t.Helper()
	s, err := session.From(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPredecessor(t *testing.T) {
	t.Parallel()
	old := newOldLibrary()
	old.forgets = true
	m := old.manager(t, memstore.New(0))
	b := oldBrowser(t, m)
	ctx, end := b.open()
	s := mustFrom(t, ctx)
	want := old.sessions["ada"]
	if color, err := session.Get[string](s, "color"); color != "red" || err != nil || s.User() != "ada" || s.Status().State != session.StateMigrated {
		t.Errorf("color %q, %v, user %q, status %v", color, err, s.User(), s.Status())
	}
	if got := s.Deadline(); time.Until(got) > time.Hour {
		t.Errorf("it ends at %v, the old one would at %v", got, want.Deadline)
	}
	if err := end(); err != nil || b.last == nil {
		t.Fatalf("cookie %v, error %v", b.last, err)
	}
	if len(old.sessions) != 0 {
		t.Error("the old session is still there")
	}
	asked := old.asked.Load()
	ctx, _ = b.open()
	if s := mustFrom(t, ctx); s.Status().State != session.StateLoaded || s.User() != "ada" || old.asked.Load() != asked {
		t.Errorf("with the new cookie: %v", s.Status())
	}
	if taken, refused := m.Diagnostics().Migrations(); taken != 1 || refused != 0 {
		t.Error(taken, refused)
	}
}

// However many requests come with one old cookie, on whatever worker, they get one
// session, and none of them is a stranger's.
func TestPredecessorInParallel(t *testing.T) {
	t.Parallel()
	const visitors, requests = 100, 4
	store := memstore.New(0)
	old := newOldLibrary()
	old.forgets = true
	for i := range visitors {
		old.sessions[fmt.Sprint(i)] = driver.Inheritance{User: fmt.Sprint(i)}
	}
	workers := []*session.Manager{old.manager(t, slowStore{store}), old.manager(t, slowStore{store})}
	var mu sync.Mutex
	ids := map[session.ID]bool{}
	var all sync.WaitGroup
	for i := range visitors * requests {
		all.Go(func() {
			user := fmt.Sprint(i / requests)
			b := newBrowser(t, workers[i%2])
			b.cookie = "old=" + user
			ctx, end := b.open()
			s, err := session.From(ctx)
			if err != nil || s.User() != user {
				t.Errorf("%s gets %q: %v, %v", user, s.User(), s.Status(), err)
				return
			}
			mu.Lock()
			ids[s.ID()] = true
			mu.Unlock()
			if err := end(); err != nil || b.last == nil {
				t.Errorf("cookie %v, error %v", b.last, err)
			}
		})
	}
	all.Wait()
	if len(ids) != visitors {
		t.Errorf("%d sessions of %d visitors", len(ids), visitors)
	}
}

// slowStore gives way to others between any two calls.
type slowStore struct{ *memstore.Store }

func (s slowStore) Load(ctx context.Context, id session.ID) (*driver.Record, error) {
	for range rand.N(20) {
		runtime.Gosched()
	}
	return s.Store.Load(ctx, id)
}

func (s slowStore) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	for range rand.N(20) {
		runtime.Gosched()
	}
	return s.Store.Save(ctx, id, r)
}

func TestPredecessorStaysGone(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(t *testing.T, m *session.Manager, s *session.Session) error{
		"logout": func(t *testing.T, m *session.Manager, s *session.Session) error { return s.Destroy(t.Context()) },
		"by its id": func(t *testing.T, m *session.Manager, s *session.Session) error {
			return m.Destroy(t.Context(), s.ID())
		},
		"another end": func(t *testing.T, m *session.Manager, s *session.Session) error { return s.SetLifetime(-time.Hour) },
		"everybody": func(t *testing.T, m *session.Manager, s *session.Session) error {
			_, err := m.DestroyAll(t.Context())
			return err
		},
	} {
		old := newOldLibrary()
		m := old.manager(t, memstore.New(0))
		ctx, end := oldBrowser(t, m).open()
		s := mustFrom(t, ctx)
		if err := leave(t, m, s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		end()
		ctx, _ = oldBrowser(t, m).open()
		if s := mustFrom(t, ctx); s.User() != "" || s.Status().State != session.StateRejected || s.Revision() != 0 {
			t.Errorf("%s: the old cookie brings it back: %q, %v", name, s.User(), s.Status())
		}
		if _, refused := m.Diagnostics().Migrations(); refused != 1 {
			t.Errorf("%s: %d refused", name, refused)
		}
	}
}

// Whoever logs in gets a new id; the old cookie, copied before, is worth nothing
// from then on.
func TestPredecessorThatIsRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		old := newOldLibrary()
		m := old.manager(t, memstore.New(0))
		ctx, end := oldBrowser(t, m).open()
		if err := mustFrom(t, ctx).Renew(ctx); err != nil {
			t.Fatal(err)
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		for _, later := range []time.Duration{0, 2 * time.Minute} {
			time.Sleep(later)
			b := oldBrowser(t, m)
			ctx, end = b.open()
			s := mustFrom(t, ctx)
			if s.User() != "" || s.Has("color") {
				t.Errorf("%v later: %q, %v", later, s.User(), s.Status())
			}
			err := session.Set(s, "color", "blue")
			if later == 0 != errors.Is(err, session.ErrGone) { // as with a cookie of the kit's
				t.Errorf("%v later: %v", later, err)
			}
			end()
		}
	})
}

// What is wrong with the old store is no stranger's visit.
func TestPredecessorOutage(t *testing.T) {
	t.Parallel()
	old := newOldLibrary()
	old.down = true
	m := old.manager(t, memstore.New(0))
	ctx, _ := oldBrowser(t, m).open()
	if _, err := session.From(ctx); !errors.Is(err, session.ErrUnavailable) {
		t.Error(err)
	}
	ctx, _ = newBrowser(t, m).open()
	if _, err := session.From(ctx); err != nil {
		t.Errorf("without any cookie: %v", err)
	}
}

// One whose time has come is asked no more, and an old session that has ended by
// itself is none.
func TestPredecessorUntil(t *testing.T) {
	t.Parallel()
	old := newOldLibrary()
	past := newManager(t, testConfig(), memstore.New(0), session.WithPredecessor(driver.Predecessor{Cookie: "old", Until: time.Now().Add(-time.Second), Load: old.load}))
	ctx, _ := oldBrowser(t, past).open()
	if s := mustFrom(t, ctx); s.User() != "" || old.asked.Load() != 0 {
		t.Errorf("%v, asked %d times", s.Status(), old.asked.Load())
	}
	ended := old.sessions["ada"]
	ended.Deadline = time.Now().Add(-time.Second)
	old.sessions["ada"] = ended
	ctx, _ = oldBrowser(t, old.manager(t, memstore.New(0))).open()
	if s := mustFrom(t, ctx); s.User() != "" || s.Revision() != 0 {
		t.Errorf("an old session that has ended: %v", s.Status())
	}
}

// A user who has ended all sessions has ended the old ones.
func TestPredecessorRevoked(t *testing.T) {
	t.Parallel()
	old := newOldLibrary()
	m := old.manager(t, memstore.New(0))
	if _, err := m.DestroyUser(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	ctx, _ := oldBrowser(t, m).open()
	if s := mustFrom(t, ctx); s.User() != "" {
		t.Errorf("%q is back: %v", s.User(), s.Status())
	}
}

// The store that has the session keeps it, also when the key was changed since.
func TestPredecessorAndKeyRotation(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	old := newOldLibrary()
	m := old.manager(t, store)
	ctx, end := oldBrowser(t, m).open()
	id := mustFrom(t, ctx).ID()
	end()
	cfg := testConfig()
	cfg.SecretKeyFallbacks = append(cfg.SecretKeyFallbacks, cfg.SecretKey)
	cfg.SecretKey = newKey()
	rotated := newManager(t, cfg, store, session.WithPredecessor(old.predecessor()))
	ctx, _ = oldBrowser(t, rotated).open()
	s := mustFrom(t, ctx)
	if s.ID() != id {
		t.Error("the old cookie made a second session")
	}
	if err := s.Destroy(ctx); err != nil {
		t.Fatal(err)
	}
	ctx, _ = oldBrowser(t, rotated).open()
	if s := mustFrom(t, ctx); s.User() != "" {
		t.Error("it is back after a logout")
	}
}

// When the old reader is not needed any more, that is found.
func TestPredecessorDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		old := newOldLibrary()
		m := old.manager(t, memstore.New(0))
		found := func() bool {
			return slices.ContainsFunc(m.Diagnostics().Findings(t.Context()), func(f check.Finding) bool { return f.ID == "predecessor-done" })
		}
		time.Sleep(23 * time.Hour)
		old.sessions["ada"] = driver.Inheritance{Deadline: time.Now().Add(time.Hour)}
		ctx, end := oldBrowser(t, m).open()
		mustFrom(t, ctx)
		end()
		if time.Sleep(23 * time.Hour); found() {
			t.Error("found though a session was taken over yesterday")
		}
		if time.Sleep(2 * time.Hour); !found() {
			t.Error("not found")
		}
	})
}
