package tests

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

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
