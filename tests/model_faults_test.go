package tests

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// The faults that are planted, each in a store that is sound otherwise.

// overwriting ignores the revision that a save is based on.
type overwriting struct{ *memstore.Store }

func (s overwriting) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	err := s.Store.Save(ctx, id, r)
	if conflict, ok := errors.AsType[*driver.ConflictError](err); ok {
		r.Revision = conflict.Current.Revision
		err = s.Store.Save(ctx, id, r)
	}
	return err
}

// reviving creates where it should only replace.
type reviving struct{ *memstore.Store }

func (s reviving) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	err := s.Store.Save(ctx, id, r)
	if errors.Is(err, session.ErrGone) {
		r.Revision = 0
		err = s.Store.Save(ctx, id, r)
	}
	return err
}

// keeping says that it has deleted.
type keeping struct{ *memstore.Store }

func (keeping) Delete(context.Context, session.ID) error { return nil }

// forgetting does not remember what took the place of a session.
type forgetting struct{ *memstore.Store }

func (s forgetting) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	r.Successor = session.ID{}
	return s.Store.Save(ctx, id, r)
}

// shortsighted does not say what has become of the session to be deleted.
type shortsighted struct{ *memstore.Store }

func (s shortsighted) Delete(ctx context.Context, id session.ID) error {
	err := s.Store.Delete(ctx, id)
	if errors.Is(err, driver.ErrNotFound) {
		return nil
	}
	return err
}

// giving ignores the revision of a save that takes something away, and so has
// several take it.
type giving struct{ *memstore.Store }

func (s giving) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	err := s.Store.Save(ctx, id, r)
	if conflict, ok := errors.AsType[*driver.ConflictError](err); ok && r.Values.Len() == 0 {
		r.Revision = conflict.Current.Revision
		err = s.Store.Save(ctx, id, r)
	}
	return err
}

// unstamped looks for the sessions of a user when they are to be ended, and
// creates others as if nothing had been said.
type unstamped struct{ *memstore.Store }

func (s unstamped) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	err := s.Store.Save(ctx, id, r)
	if revoked, ok := errors.AsType[*driver.RevokedError](err); ok {
		r.Generation = revoked.Generation
		err = s.Store.Save(ctx, id, r)
	}
	return err
}

// indexed ends the sessions that its index knows, and the index can be lost.
type indexed struct {
	*memstore.Store
	mu   sync.Mutex
	lost map[session.ID]bool
}

func (s *indexed) lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = map[session.ID]bool{}
	for e := range s.Store.All(context.Background()) {
		s.lost[e.ID] = true
	}
}

func (s *indexed) ByUser(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		for e, err := range s.Store.ByUser(ctx, o) {
			s.mu.Lock()
			lost := s.lost[e.ID]
			s.mu.Unlock()
			if !lost && !yield(e, err) {
				return
			}
		}
	}
}

func (s *indexed) Revoke(ctx context.Context, o driver.Owner, keep []driver.Entry) ([]session.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.lost {
		if r, err := s.Load(ctx, id); err == nil && r.Owner() == o {
			keep = append(keep, driver.Entry{ID: id, Record: r})
		}
	}
	return s.Store.Revoke(ctx, o, keep)
}

// miscounting counts one too few.
type miscounting struct{ *memstore.Store }

func (s miscounting) RemoveRevoked(ctx context.Context, o driver.Owner, most int) (int, bool, error) {
	n, more, err := s.Store.RemoveRevoked(ctx, o, most)
	return max(n-1, 0), more, err
}

// sparing lists nobody who is logged in.
type sparing struct{ *memstore.Store }

func (s sparing) All(ctx context.Context) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		for e, err := range s.Store.All(ctx) {
			if (err != nil || e.Record.User == "") && !yield(e, err) {
				return
			}
		}
	}
}

// keepless ends the sessions that were to be kept.
type keepless struct{ *memstore.Store }

func (s keepless) Revoke(ctx context.Context, o driver.Owner, keep []driver.Entry) ([]session.ID, error) {
	kept, err := s.Store.Revoke(ctx, o, keep)
	for _, id := range kept {
		if err == nil {
			err = s.Store.Delete(ctx, id)
		}
	}
	return kept, err
}
