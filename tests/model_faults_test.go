package tests

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/gosessionkit/sessionkit/core/session"
)

// The faults that are planted, each in a store that is sound otherwise.

// overwriting ignores the revision that a save is based on.
type overwriting struct{ *session.MemoryStore }

func (s overwriting) Save(ctx context.Context, id session.ID, r *session.Record) error {
	err := s.MemoryStore.Save(ctx, id, r)
	if conflict, ok := errors.AsType[*session.ConflictError](err); ok {
		r.Revision = conflict.Current.Revision
		err = s.MemoryStore.Save(ctx, id, r)
	}
	return err
}

// reviving creates where it should only replace.
type reviving struct{ *session.MemoryStore }

func (s reviving) Save(ctx context.Context, id session.ID, r *session.Record) error {
	err := s.MemoryStore.Save(ctx, id, r)
	if errors.Is(err, session.ErrGone) {
		r.Revision = 0
		err = s.MemoryStore.Save(ctx, id, r)
	}
	return err
}

// keeping says that it has deleted.
type keeping struct{ *session.MemoryStore }

func (keeping) Delete(context.Context, session.ID) error { return nil }

// forgetting does not remember what took the place of a session.
type forgetting struct{ *session.MemoryStore }

func (s forgetting) Save(ctx context.Context, id session.ID, r *session.Record) error {
	r.Successor = session.ID{}
	return s.MemoryStore.Save(ctx, id, r)
}

// shortsighted does not say what has become of the session to be deleted.
type shortsighted struct{ *session.MemoryStore }

func (s shortsighted) Delete(ctx context.Context, id session.ID) error {
	err := s.MemoryStore.Delete(ctx, id)
	if errors.Is(err, session.ErrNotFound) {
		return nil
	}
	return err
}

// giving ignores the revision of a save that takes something away, and so has
// several take it.
type giving struct{ *session.MemoryStore }

func (s giving) Save(ctx context.Context, id session.ID, r *session.Record) error {
	err := s.MemoryStore.Save(ctx, id, r)
	if conflict, ok := errors.AsType[*session.ConflictError](err); ok && r.Values.Len() == 0 {
		r.Revision = conflict.Current.Revision
		err = s.MemoryStore.Save(ctx, id, r)
	}
	return err
}

// unstamped looks for the sessions of a user when they are to be ended, and
// creates others as if nothing had been said.
type unstamped struct{ *session.MemoryStore }

func (s unstamped) Save(ctx context.Context, id session.ID, r *session.Record) error {
	err := s.MemoryStore.Save(ctx, id, r)
	if revoked, ok := errors.AsType[*session.RevokedError](err); ok {
		r.Generation = revoked.Generation
		err = s.MemoryStore.Save(ctx, id, r)
	}
	return err
}

// indexed ends the sessions that its index knows, and the index can be lost.
type indexed struct {
	*session.MemoryStore
	mu   sync.Mutex
	lost map[session.ID]bool
}

func (s *indexed) lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = map[session.ID]bool{}
	for e := range s.MemoryStore.All(context.Background()) {
		s.lost[e.ID] = true
	}
}

func (s *indexed) ByUser(ctx context.Context, o session.Owner) iter.Seq2[session.Entry, error] {
	return func(yield func(session.Entry, error) bool) {
		for e, err := range s.MemoryStore.ByUser(ctx, o) {
			s.mu.Lock()
			lost := s.lost[e.ID]
			s.mu.Unlock()
			if !lost && !yield(e, err) {
				return
			}
		}
	}
}

func (s *indexed) Revoke(ctx context.Context, o session.Owner, keep []session.Entry) ([]session.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.lost {
		if r, err := s.Load(ctx, id); err == nil && r.Owner() == o {
			keep = append(keep, session.Entry{ID: id, Record: r})
		}
	}
	return s.MemoryStore.Revoke(ctx, o, keep)
}

// miscounting counts one too few.
type miscounting struct{ *session.MemoryStore }

func (s miscounting) RemoveRevoked(ctx context.Context, o session.Owner, most int) (int, bool, error) {
	n, more, err := s.MemoryStore.RemoveRevoked(ctx, o, most)
	return max(n-1, 0), more, err
}

// sparing lists nobody who is logged in.
type sparing struct{ *session.MemoryStore }

func (s sparing) All(ctx context.Context) iter.Seq2[session.Entry, error] {
	return func(yield func(session.Entry, error) bool) {
		for e, err := range s.MemoryStore.All(ctx) {
			if (err != nil || e.Record.User == "") && !yield(e, err) {
				return
			}
		}
	}
}

// keepless ends the sessions that were to be kept.
type keepless struct{ *session.MemoryStore }

func (s keepless) Revoke(ctx context.Context, o session.Owner, keep []session.Entry) ([]session.ID, error) {
	kept, err := s.MemoryStore.Revoke(ctx, o, keep)
	for _, id := range kept {
		if err == nil {
			err = s.MemoryStore.Delete(ctx, id)
		}
	}
	return kept, err
}
