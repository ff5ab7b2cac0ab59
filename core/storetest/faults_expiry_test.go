package storetest_test

import (
	"context"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// newTouchShortens takes back what another request has lengthened.
func newTouchShortens(*memstore.Store) driver.Store { return shortening{newTextStore()} }

type shortening struct{ *textStore }

func (s shortening) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
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

func newForgetsTouches(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.save = func(ctx context.Context, id driver.ID, r *driver.Record) error {
		if r.KeepExpires && r.Revision != 0 {
			r.KeepExpires = false
			defer func() { r.KeepExpires = true }()
		}
		return m.Save(ctx, id, r)
	}
	return f
}

func newForgetsIdleTimes(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.load = func(ctx context.Context, id driver.ID) (*driver.Record, error) {
		r, err := m.Load(ctx, id)
		if err == nil {
			r.Idle = 0
		}
		return r, err
	}
	return f
}
