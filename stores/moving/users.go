package moving

import (
	"context"
	"iter"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// ByUser implements [driver.UserIndex].
func (s *Store) ByUser(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
	return both(s.from.ByUser(ctx, o), s.to.ByUser(ctx, o))
}

// All implements [driver.Lister].
func (s *Store) All(ctx context.Context) iter.Seq2[driver.Entry, error] {
	return both(s.from.All(ctx), s.to.All(ctx))
}

// both yields what either has, once. The old store comes first, so that what is
// brought over meanwhile is not missed.
func both(from, to iter.Seq2[driver.Entry, error]) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		seen := map[driver.ID]struct{}{}
		for e, err := range from {
			if err == nil {
				seen[e.ID] = struct{}{}
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
		for e, err := range to {
			if _, twice := seen[e.ID]; twice && err == nil {
				continue
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Count implements [driver.Lister]. A session that is in both, for the moment in
// which it is brought over, counts twice.
func (s *Store) Count(ctx context.Context) (n int, exact bool, err error) {
	n, exact, err = s.to.Count(ctx)
	if err != nil {
		return n, exact, err
	}
	old, oldExact, err := s.from.Count(ctx)
	return n + old, exact && oldExact, err
}

// Revoke implements [driver.UserIndex]. What is kept is brought over first. The
// new store comes before the old one: what is brought over in between is refused
// there.
func (s *Store) Revoke(ctx context.Context, o driver.Owner, keep []driver.Entry) (kept []driver.ID, err error) {
	for _, e := range keep {
		if _, err := s.Move(ctx, e.ID); err != nil {
			return nil, err
		}
	}
	kept, err = s.to.Revoke(ctx, o, keep)
	if err != nil || len(keep) > 0 && len(kept) == 0 {
		return kept, err
	}
	_, err = s.from.Revoke(ctx, o, nil)
	return kept, err
}

// RemoveRevoked implements [driver.UserIndex].
func (s *Store) RemoveRevoked(ctx context.Context, o driver.Owner, most int) (removed int, more bool, err error) {
	removed, more, err = s.to.RemoveRevoked(ctx, o, most)
	if more || err != nil {
		return removed, more, err
	}
	old, more, err := s.from.RemoveRevoked(ctx, o, max(most-removed, 1))
	return removed + old, more, err
}

// Index implements [driver.UserIndex].
func (s *Store) Index(ctx context.Context, id driver.ID, r *driver.Record) error {
	return s.to.Index(ctx, id, r)
}
