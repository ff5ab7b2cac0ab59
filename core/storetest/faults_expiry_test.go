package storetest_test

import (
	"context"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// newTouchShortens takes back what another request has lengthened.
func newTouchShortens(*session.MemoryStore) session.Store { return shortening{newTextStore()} }

type shortening struct{ *textStore }

func (s shortening) Touch(ctx context.Context, id session.ID, expires time.Time) error {
	defer s.mu.Unlock()
	if err := s.enter(ctx); err != nil {
		return err
	}
	r, err := s.live(id)
	if err == nil {
		r.Expires = expires
		s.texts[id] = string(r.AppendJSON(nil))
	}
	return err
}

func newForgetsTouches(m *session.MemoryStore) session.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id session.ID, r *session.Record) error {
		if r.KeepExpires && r.Revision != 0 {
			r.KeepExpires = false
			defer func() { r.KeepExpires = true }()
		}
		return m.Save(ctx, id, r)
	}
	return f
}

func newForgetsIdleTimes(m *session.MemoryStore) session.Store {
	f := newFaulty(m)
	f.load = func(ctx context.Context, id session.ID) (*session.Record, error) {
		r, err := m.Load(ctx, id)
		if err == nil {
			r.Idle = 0
		}
		return r, err
	}
	return f
}
