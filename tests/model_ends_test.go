package tests

import (
	"context"
	"time"

	"pgregory.net/rapid"

	"github.com/gosessionkit/sessionkit/core/session"
)

// How one session ends, or goes on under another id.

func (m *model) renew(_ *rapid.T, v *visit) deed {
	return deed{func() answer { return answer{err: v.session.Renew(context.Background())} },
		func(a answer) { m.moved(v, v.user, a.err, "Renew") }}
}

func (m *model) login(t *rapid.T, v *visit) deed {
	user := rapid.SampledFrom(modelUsers).Draw(t, "user")
	return deed{func() answer { return answer{err: v.session.RenewAs(context.Background(), user)} },
		func(a answer) { m.moved(v, user, a.err, "RenewAs") }}
}

// moved follows a renewal. Another user gets nothing of what was there.
func (m *model) moved(v *visit, user string, err error, what string) {
	if v.leftover() && err == nil && what == "RenewAs" {
		v.stored.alive = true // a new login may take up what is left
	}
	if v.refusal() == nil && v.alive() && v.user != "" && v.user != user {
		v.base, v.steps = data{}, []step{{do: clearsAll}}
		if v.stored == nil {
			v.steps = nil
		}
	}
	if v.refusal() == nil && v.stored == nil { // nothing stored, nothing to move
		m.expect(nil, err, what)
		v.user = user
		return
	}
	old := v.stored
	if !m.saved(v, err, what) {
		return
	}
	old.alive, old.there = false, false
	old.next = m.created(v.session.ID(), user)
	old.next.data = old.data
	v.stored, v.user = old.next, user
}

// leftover reports whether the request's session has ended with others while the
// index had lost it, so that its record may still be in the store. Nobody finds
// it there, and saves are refused; only a removal of the record succeeds.
func (v *visit) leftover() bool {
	return v.refusal() == nil && v.stored != nil && v.stored.lost && !v.stored.alive
}

func (m *model) logout(_ *rapid.T, v *visit) deed {
	return deed{func() answer { return answer{err: v.session.Destroy(context.Background())} }, func(a answer) {
		if v.over == session.ErrDestroyed {
			m.expect(v.over, a.err, "Destroy")
			return
		}
		m.expect(nil, a.err, "Destroy") // of one that is gone, too
		v.destroyed()
	}}
}

// destroyed ends the session of a request, and what it has become.
func (v *visit) destroyed() {
	for s := v.stored; s != nil; s = s.next {
		s.alive, s.there = false, false
	}
	v.over, v.steps = session.ErrDestroyed, nil
}

// expire lets so much time pass that every stored session is past its end.
func (m *model) expire(t *rapid.T) {
	for _, v := range m.visits {
		if v.stored == nil && v.over == nil {
			t.Skip("a request would outlive its new session")
		}
	}
	m.workers.clock.advance(modelLifetime)
	for _, s := range m.workers.stored {
		s.alive = false
	}
}

// cut sets a lifetime that is over: the save that follows ends the session.
func (m *model) cut(t *rapid.T) {
	v := m.pick(t)
	err := v.session.SetLifetime(-time.Second)
	if m.expect(v.refusal(), err, "SetLifetime"); err != nil {
		return
	}
	err = v.session.Commit(context.Background())
	switch {
	case v.stored == nil && v.view().empty() && v.user == "": // nothing to end
		m.expect(nil, err, "Commit")
		v.steps = nil
	case v.leftover() && err == nil: // what was left is removed
		v.over = session.ErrDestroyed
	case m.saved(v, err, "Commit"):
		v.stored.alive = false // and removed, unless the clock is ahead
		v.over = session.ErrDestroyed
	}
}
