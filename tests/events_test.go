package tests

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// Visitors of three workers do what comes to their minds, each with sessions of an
// own user and all of them with one that they share. What the workers have counted
// is what the requests know of themselves.
func TestEventsAreWhatRequestsDid(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func() (driver.Store, error){
		"memory": func() (driver.Store, error) { return memstore.New(0), nil },
		"file": func() (driver.Store, error) {
			return file.Open(t.TempDir()+"/sessions", file.WithSweepInterval(-1))
		},
		"redis": func() (driver.Store, error) { return redis.Open(t.Context(), redistest.Start(t).URL()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, err := open()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { store.Close() })
			testEvents(t, store)
		})
	}
}

const (
	eventWorkers  = 3
	eventVisitors = 12 // enough for Redis to get batches
	eventRequests = 40 // of each
	sharedUser    = "" // nobody
)

func testEvents(t *testing.T, store driver.Store) {
	var did requestsDid
	workers := eventManagers(t, store, &did)
	shared := &eventVisitor{T: t, workers: workers, did: &did, user: sharedUser}
	shared.request(eventSet)
	var all sync.WaitGroup
	for i := range eventVisitors {
		own := &eventVisitor{T: t, workers: workers, did: &did, user: fmt.Sprint("user ", i)}
		all.Go(func() {
			for range eventRequests {
				own.anything()
				shared.atOnce()
			}
		})
	}
	all.Wait()
	counted, requests := map[event.Kind]uint64{}, uint64(0)
	for _, m := range workers {
		c := m.Diagnostics().Counts()
		for kind, n := range c.Events {
			counted[kind] += n
		}
		requests += c.Requests
	}
	for kind, n := range map[event.Kind]*atomic.Uint64{
		event.Created: &did.created, event.Loaded: &did.loaded, event.Rejected: &did.rejected, event.Renewed: &did.renewed,
		event.LoggedIn: &did.loggedIn, event.LoggedOut: &did.loggedOut, event.Ended: &did.ended, event.Gone: &did.gone, event.Contended: {},
	} {
		if counted[kind] != n.Load() {
			t.Errorf("%s: %d were counted, and requests know of %d", kind, counted[kind], n.Load())
		}
	}
	if requests != did.commits.Load() {
		t.Errorf("changes: those of %d were counted, and %d were acknowledged", requests, did.commits.Load())
	}
	live := uint64(0)
	for _, err := range store.(driver.Lister).All(t.Context()) {
		if live++; err != nil {
			t.Fatal(err)
		}
	}
	if ends := counted[event.LoggedOut] + counted[event.Ended]; counted[event.Created]-ends != live {
		t.Errorf("%d sessions live of %d created, and %d ended", live, counted[event.Created], ends)
	}
	did.ids.Range(func(id, n any) bool {
		if n := n.(*atomic.Uint64).Load(); n != 1 {
			t.Errorf("%v was created %d times", id.(driver.ID).Short(), n)
		}
		return true
	})
	for name, n := range map[string]*atomic.Uint64{"created": &did.created, "rejected": &did.rejected, "renewed": &did.renewed, "logged out": &did.loggedOut, "ended": &did.ended} {
		if n.Load() == 0 {
			t.Errorf("nothing was %s", name)
		}
	}
}

// requestsDid is what requests know of what they did.
type requestsDid struct {
	created, loaded, rejected, renewed, loggedIn, loggedOut, ended, gone, commits atomic.Uint64

	ids sync.Map // of sessions that an observer has seen created
}

func eventManagers(t *testing.T, store driver.Store, did *requestsDid) (workers []*session.Manager) {
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret("0123456789abcdef0123456789abcdef"), Timeout: modelTimeout}
	for range eventWorkers {
		m, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(slog.New(slog.DiscardHandler)),
			session.WithObserver(func(_ context.Context, e event.Event) {
				if e.Kind == event.Created {
					n, _ := did.ids.LoadOrStore(e.Session, &atomic.Uint64{})
					n.(*atomic.Uint64).Add(1)
				}
			}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		m.Diagnostics().Counts()
		workers = append(workers, m)
	}
	return workers
}

// eventVisitor has the cookies of a browser, those that it has had before too.
type eventVisitor struct {
	*testing.T
	workers []*session.Manager
	did     *requestsDid
	user    string

	mu      sync.Mutex
	cookies []string // the latest last
}

// eventStep is something that a handler does.
type eventStep int

const (
	eventSet eventStep = iota
	eventUpdate
	eventRead
	eventReload
	eventRenew
	eventLogin
	eventLogout
	eventLogoutAll
	eventLogoutOthers
	eventEndOne
	eventSteps
)

// anything is a request of a visitor who does one thing after the other.
func (v *eventVisitor) anything() {
	var steps []eventStep
	for range 1 + rand.IntN(3) {
		steps = append(steps, rand.N(eventSteps))
	}
	v.request(steps...)
}

// atOnce is a request of one of many who share the visitor's session. Now and then
// one renews it, and some of the others come late then.
func (v *eventVisitor) atOnce() {
	steps := []eventStep{rand.N(eventReload + 1), rand.N(eventReload + 1)}
	if rand.IntN(20) == 0 {
		steps = append(steps, eventRenew)
	}
	v.request(steps...)
}

// cookie is the last that the browser was given, an earlier one or none.
func (v *eventVisitor) cookie() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch n := len(v.cookies); {
	case n == 0 || rand.IntN(20) == 0 && v.user != sharedUser:
		return nil
	default:
		return v.cookies[max(n-1-rand.IntN(2)*rand.IntN(3), 0):][:1]
	}
}

func (v *eventVisitor) keep(setCookie string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if c, err := http.ParseSetCookie(setCookie); err == nil && c.MaxAge >= 0 { // one that was logged out is sent again
		v.cookies = append(v.cookies[:len(v.cookies):len(v.cookies)], c.Name+"="+c.Value)
	}
}

func (v *eventVisitor) request(steps ...eventStep) {
	m := v.workers[rand.IntN(len(v.workers))]
	ctx, x, _ := sessiontest.Open(v.Context(), m, session.Incoming{Cookies: v.cookie()})
	var last *session.Session
	gone := false
	for _, step := range steps {
		s, err := session.From(ctx)
		if err != nil {
			v.Error(err)
			return
		}
		if s != last {
			v.see(s)
		}
		last = s
		if gone = errors.Is(v.step(ctx, s, m, step), session.ErrGone); gone {
			break
		}
	}
	first, pending, user := last.Revision() == 0, last.Modified(), last.User()
	out, err := x.Commit()
	if gone = gone || errors.Is(err, session.ErrGone); err != nil && !gone {
		v.Error(err)
	}
	if err == nil && pending {
		v.stored(user, first, 1)
	}
	if gone && last.Status().State == session.StateLoaded {
		v.did.gone.Add(1)
	}
	v.keep(out.SetCookie)
}

// step does it and counts it.
func (v *eventVisitor) step(ctx context.Context, s *session.Session, m *session.Manager, step eventStep) error {
	var err error
	n, user, ended := 0, s.User(), &v.did.ended
	first, pending, late := s.Revision() == 0, s.Modified(), s.Status().Reason == diagnose.ReasonRenewed
	commits, moved := uint64(0), (*atomic.Uint64)(nil)
	switch step {
	case eventSet:
		err = session.Set(s, "n", rand.Int())
	case eventUpdate:
		_, err = session.Update(s, "count", func(n int) (int, error) { return n + 1, nil })
		commits = 1
	case eventRead:
		_, err = session.Get[int](s, "n")
	case eventReload:
		err = s.Reload(ctx)
	case eventRenew:
		err, moved = s.Renew(ctx), &v.did.renewed
	case eventLogin:
		err, moved = auth.Login(ctx, v.user), &v.did.loggedIn
	case eventLogout:
		if late { // it would end what is perhaps no more
			return nil
		}
		if !first {
			n = 1
		}
		if user != "" {
			ended = &v.did.loggedOut
		}
		err = s.Destroy(ctx)
	case eventLogoutAll:
		n, err = auth.LogoutEverywhere(ctx, m)
	case eventLogoutOthers:
		n, err = auth.LogoutOthers(ctx, m)
	case eventEndOne:
		list, listErr := m.UserSessions(ctx, v.user)
		if err = listErr; len(list) > 0 {
			id := list[rand.IntN(len(list))].ID
			if id != s.ID() {
				n = 1
				_, err = m.DestroyUserSession(ctx, v.user, id)
			}
		}
	}
	switch {
	case errors.Is(err, auth.ErrNotLoggedIn):
		return nil
	case err != nil:
		if !errors.Is(err, session.ErrGone) {
			v.Error(err)
		}
		return err
	}
	ended.Add(uint64(n))
	if moved != nil && !first {
		moved.Add(1)
		if pending {
			commits = 1
		}
	}
	if logsOut := step == eventLogoutAll || step == eventLogoutOthers; logsOut && first && user != "" { // saved first
		v.stored(user, true, 1)
		return nil
	}
	if commits > 0 {
		v.stored(user, first, commits)
	}
	return nil
}

// see counts what the cookie has led to.
func (v *eventVisitor) see(s *session.Session) {
	switch s.Status().State {
	case session.StateLoaded:
		v.did.loaded.Add(1)
	case session.StateRejected:
		v.did.rejected.Add(1)
	}
}

// stored counts changes that are acknowledged.
func (v *eventVisitor) stored(user string, first bool, commits uint64) {
	v.did.commits.Add(commits)
	if !first {
		return
	}
	v.did.created.Add(1)
	if user != "" {
		v.did.loggedIn.Add(1)
	}
}
