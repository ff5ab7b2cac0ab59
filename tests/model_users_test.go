package tests

import (
	"context"

	"pgregory.net/rapid"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
)

// How all sessions of a user end, or all there are.

// endUser is an operator who ends all sessions of a user.
func (m *model) endUser(t *rapid.T, worker int) deed {
	user := rapid.SampledFrom(modelUsers).Draw(t, "user")
	return deed{func() (a answer) {
		a.n, a.err = m.workers.managers[worker].DestroyUser(context.Background(), user)
		return a
	}, func(a answer) {
		m.expect(nil, a.err, "DestroyUser")
		m.ended(a.n, "DestroyUser", func(s *stored) bool { return s.user == user })
	}}
}

// endAll is one who ends every session.
func (m *model) endAll(_ *rapid.T, worker int) deed {
	return deed{func() (a answer) {
		a.n, a.err = m.workers.managers[worker].DestroyAll(context.Background())
		return a
	}, func(a answer) {
		m.expect(nil, a.err, "DestroyAll")
		m.ended(a.n, "DestroyAll", func(*stored) bool { return true })
	}}
}

// others has who is logged in end the other sessions, everywhere this one too.
func (m *model) others(t *rapid.T, v *visit) deed {
	m.mustGoOn(t, v)
	return deed{func() (a answer) {
		a.n, a.err = auth.LogoutOthers(v.ctx, m.workers.managers[v.worker])
		return a
	}, func(a answer) {
		switch {
		case !m.loggedIn(v, a.err, "LogoutOthers"):
		case !v.stored.there, !v.stored.alive && a.err != nil: // past its end it may go on for the store
			m.expect(session.ErrGone, a.err, "LogoutOthers")
		default:
			m.expect(nil, a.err, "LogoutOthers")
			m.ended(a.n, "LogoutOthers", func(s *stored) bool { return s.user == v.user && s != v.stored })
		}
	}}
}

func (m *model) everywhere(t *rapid.T, v *visit) deed {
	m.mustGoOn(t, v)
	return deed{func() (a answer) {
		a.n, a.err = auth.LogoutEverywhere(v.ctx, m.workers.managers[v.worker])
		return a
	}, func(a answer) {
		if !m.loggedIn(v, a.err, "LogoutEverywhere") {
			return
		}
		m.expect(nil, a.err, "LogoutEverywhere")
		m.ended(a.n, "LogoutEverywhere", func(s *stored) bool { return s.user == v.user })
		v.destroyed()
	}}
}

// mustGoOn skips what a request cannot do whose session has ended: asking for
// it would begin another.
func (m *model) mustGoOn(t *rapid.T, v *visit) {
	if v.over != nil {
		t.Skip("its session has ended")
	}
}

// loggedIn reports whether somebody is. A login that is not saved yet is saved
// before others are ended.
func (m *model) loggedIn(v *visit, err error, what string) bool {
	if v.user == "" {
		m.expect(auth.ErrNotLoggedIn, err, what)
		return false
	}
	if v.stored == nil {
		m.save(v)
	}
	return true
}

// ended follows the end of some sessions, n as the kit counts them: those that
// live, and perhaps those that are past their end or that the index has lost,
// and copies that a renewal was making of them.
func (m *model) ended(n int, what string, which func(*stored) bool) {
	least, most := 0, m.copies
	for _, s := range m.workers.stored {
		if !s.there || !which(s) {
			continue
		}
		if s == m.spared {
			continue
		}
		if most++; s.alive && (!s.lost || what == "DestroyAll") { // which needs no index
			least++
		}
		s.alive, s.there = false, false
	}
	if m.shared {
		least, most = 0, len(m.workers.stored)
	}
	if n < least || n > most {
		m.disagree("%s: %d sessions ended, the model says %d to %d", what, n, least, most)
	}
}

// list looks at the sessions of a user.
func (m *model) list(t *rapid.T) {
	user := rapid.SampledFrom(modelUsers).Draw(t, "user")
	entries, err := m.workers.managers[drawWorker(t)].UserSessions(context.Background(), user)
	m.expect(nil, err, "UserSessions")
	listed := map[session.ID]bool{}
	for _, e := range entries {
		if listed[e.ID] {
			m.disagree("UserSessions: %s is listed twice", e.ID)
		}
		listed[e.ID] = true
	}
	for _, s := range m.workers.stored {
		if s.user == user && s.alive && !s.lost && !listed[s.id] {
			m.disagree("UserSessions: %s is missing", s.id)
		}
		if s.user == user && s.there {
			delete(listed, s.id)
		}
	}
	for id := range listed {
		m.disagree("UserSessions: %s is no session of %s", id, user)
	}
}

// loseIndex takes the index of all users away behind the store's back, as an
// eviction or a broken disk does.
func (m *model) loseIndex(t *rapid.T) {
	if m.workers.loseIndex == nil {
		t.Skip("it cannot be lost")
	}
	m.workers.loseIndex()
	for _, s := range m.workers.stored {
		s.lost = true
	}
}
