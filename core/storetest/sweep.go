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

func sweepCases() []testCase {
	return []testCase{
		{"a sweep of an empty store", sweepOfNothing},
		{"a sweep removes only what expired", sweepKeepsLive},
		{"a sweep spares what was prolonged", sweepSparesProlonged},
		{"a sweep never beats a touch", sweepAgainstTouch},
		{"a sweep never beats a create", sweepAgainstCreate},
	}
}

func mustSweep(t *testing.T, sweeper driver.Sweeper) int {
	t.Helper()
	removed, err := sweeper.Sweep(t.Context())
	if err != nil {
		t.Fatalf("Sweep: %v", err)
	}
	return removed
}

func sweepOfNothing(t *testing.T, s driver.Store) {
	sweeper := optional[driver.Sweeper](t, s, "Sweeper")
	if removed := mustSweep(t, sweeper); removed != 0 {
		t.Fatalf("removed %d from an empty store", removed)
	}
}

// 40. Stores may forget expired records before they are swept, so the number
// has only an upper bound.
func sweepKeepsLive(t *testing.T, s driver.Store) {
	sweeper := optional[driver.Sweeper](t, s, "Sweeper")
	const each = 5
	live := map[driver.ID]*driver.Record{}
	for range each {
		id, r := create(t, s)
		live[id] = r
	}
	for range each {
		r := newRecord()
		r.Expires = time.Now().Add(soon)
		mustSave(t, s, newID(), r)
	}
	createExpired(t, s, "")
	if removed := mustSweep(t, sweeper); removed < 0 || removed > each+1 {
		t.Fatalf("removed %d, only %d had expired", removed, each+1)
	}
	if removed := mustSweep(t, sweeper); removed != 0 {
		t.Fatalf("a second sweep removed %d more", removed)
	}
	for id, r := range live {
		wantStored(t, s, id, r)
	}
}

// 40, 46
func sweepSparesProlonged(t *testing.T, s driver.Store) {
	sweeper := optional[driver.Sweeper](t, s, "Sweeper")
	touched, want := prolonged(t, s, "", func(id driver.ID, r *driver.Record) error {
		r.Expires = time.Now().Add(time.Hour)
		return s.Touch(t.Context(), id, r.Expires)
	})
	saved, wantSaved := prolonged(t, s, "", func(id driver.ID, r *driver.Record) error {
		r.Expires = time.Now().Add(time.Hour)
		return s.Save(t.Context(), id, r)
	})
	mustSweep(t, sweeper)
	wantStored(t, s, touched, want)
	wantStored(t, s, saved, wantSaved)
}

// 46: whatever wins at the very moment of the expiry, a touch that was told
// "done" keeps its record.
func sweepAgainstTouch(t *testing.T, s driver.Store) {
	const records, sweeps = 32, 2
	sweeper := optional[driver.Sweeper](t, s, "Sweeper")
	expires := time.Now().Add(2 * soon)
	ids := make([]driver.ID, records)
	for i := range ids {
		ids[i] = newID()
		r := newRecord()
		r.Expires = expires
		mustSave(t, s, ids[i], r)
	}
	touched := make([]bool, records)
	through := make(chan struct{})
	var pending atomic.Int32
	pending.Store(records)
	race(t, records+sweeps, func(ctx context.Context, i int) error {
		if i >= records {
			return sweepUntil(ctx, sweeper, through)
		}
		defer func() {
			if pending.Add(-1) == 0 {
				close(through)
			}
		}()
		early := time.Duration(i) * 2 * soon / records // from the last moment to the first
		<-time.After(time.Until(expires) - early)
		err := s.Touch(ctx, ids[i], expires.Add(time.Hour))
		if err != nil && !errors.Is(err, driver.ErrNotFound) {
			return fmt.Errorf("touch: %w", err)
		}
		touched[i] = err == nil
		return nil
	})
	for i, id := range ids {
		if touched[i] {
			mustLoad(t, s, id)
		} else {
			wantAbsent(t, s, id)
		}
	}
}

func sweepUntil(ctx context.Context, sweeper driver.Sweeper, through <-chan struct{}) error {
	for {
		if _, err := sweeper.Sweep(ctx); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
		select {
		case <-through:
			return nil
		default:
		}
	}
}

// 46: an id is swept and made anew at the same time.
func sweepAgainstCreate(t *testing.T, s driver.Store) {
	sweeper := optional[driver.Sweeper](t, s, "Sweeper")
	ids := make([]driver.ID, 16)
	for i := range ids {
		ids[i] = newID()
		r := newRecord()
		r.Expires = time.Now().Add(soon)
		mustSave(t, s, ids[i], r)
	}
	createExpired(t, s, "")
	race(t, 4, func(ctx context.Context, worker int) error {
		if worker > 0 {
			_, err := sweeper.Sweep(ctx)
			return err
		}
		for _, id := range ids {
			if err := s.Save(ctx, id, newRecord()); err != nil {
				return fmt.Errorf("create over an expired record: %w", err)
			}
		}
		return nil
	})
	for _, id := range ids {
		mustLoad(t, s, id)
	}
}
