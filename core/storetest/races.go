package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// tally counts how competing saves of one record ended.
type tally struct {
	saved, removed, conflicts, gone atomic.Int32
}

// save saves r and counts the outcome. An outcome that the contract does not
// know is an error.
func (c *tally) save(ctx context.Context, s driver.Store, id driver.ID, r *driver.Record) error {
	won := &c.saved
	if !r.Expires.After(time.Unix(0, 0)) {
		won = &c.removed
	}
	err := s.Save(ctx, id, r)
	conflict, isConflict := errors.AsType[*driver.ConflictError](err)
	switch {
	case err == nil:
		won.Add(1)
	case isConflict && conflict.Current != nil:
		c.conflicts.Add(1)
	case errors.Is(err, driver.ErrGone):
		c.gone.Add(1)
	default:
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// is reports whether the saves ended as told.
func (c *tally) is(saved, removed, conflicts, gone int32) bool {
	return c.saved.Load() == saved && c.removed.Load() == removed && c.conflicts.Load() == conflicts && c.gone.Load() == gone
}

func (c *tally) String() string {
	return fmt.Sprintf("%d saved, %d removed, %d conflicts, %d gone", c.saved.Load(), c.removed.Load(), c.conflicts.Load(), c.gone.Load())
}

// removal is r as a compare-and-delete.
func removal(r *driver.Record) *driver.Record {
	r = r.Clone()
	r.Expires = time.Unix(0, 0)
	return r
}

// 69
func oneCreateWins(t *testing.T, stores ...driver.Store) {
	t.Helper()
	for range rounds {
		var outcome tally
		id := newID()
		race(t, writers, func(ctx context.Context, i int) error {
			return outcome.save(ctx, stores[i%len(stores)], id, newRecord())
		})
		if !outcome.is(1, 0, writers-1, 0) {
			t.Fatalf("%d creates of one id: %v", writers, &outcome)
		}
	}
}

// 82: of several renewals of one session, one may go on.
func oneRemovalWins(t *testing.T, stores ...driver.Store) {
	t.Helper()
	for range rounds {
		var outcome tally
		id, r := create(t, stores[0])
		race(t, writers, func(ctx context.Context, i int) error {
			return outcome.save(ctx, stores[i%len(stores)], id, removal(r))
		})
		if !outcome.is(0, 1, 0, writers-1) {
			t.Fatalf("%d removals of one revision: %v", writers, &outcome)
		}
		wantAbsent(t, stores[0], id)
	}
}

// 79, 82
func saveOrRemoval(t *testing.T, stores ...driver.Store) {
	t.Helper()
	for range rounds * 2 {
		var outcome tally
		id, r := create(t, stores[0])
		race(t, 2, func(ctx context.Context, i int) error {
			mine := r.Clone()
			if i == 0 {
				mine = removal(r)
			}
			return outcome.save(ctx, stores[i%len(stores)], id, mine)
		})
		switch {
		case outcome.is(0, 1, 0, 1):
			wantAbsent(t, stores[0], id)
		case outcome.is(1, 0, 1, 0):
			mustLoad(t, stores[0], id)
		default:
			t.Fatalf("a save and a removal of one revision: %v", &outcome)
		}
	}
}

// 79: whether it comes before or after a save, a delete has the last word.
func deleteIsFinal(t *testing.T, stores ...driver.Store) {
	t.Helper()
	for range rounds * 2 {
		var outcome tally
		id, r := create(t, stores[0])
		race(t, 4, func(ctx context.Context, i int) error {
			s := stores[i%len(stores)]
			switch i {
			case 0:
				return s.Delete(ctx, id)
			case 1:
				err := s.Touch(ctx, id, time.Now().Add(2*time.Hour))
				if errors.Is(err, driver.ErrNotFound) {
					return nil
				}
				return err
			default:
				return outcome.save(ctx, s, id, r.Clone())
			}
		})
		wantAbsent(t, stores[0], id)
	}
}
