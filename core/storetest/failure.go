package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

func failureCases() []testCase {
	return []testCase{
		{"a cancelled context changes nothing", cancelledChangesNothing},
		{"a context past its deadline changes nothing", lateChangesNothing},
		{"a cancelled call is not a missing record", cancelledIsNotMissing},
		{"a closed store says so", closedSaysSo},
		{"closing twice", closingTwice},
		{"closing while in use", closingWhileInUse},
	}
}

// operation is one method of a store.
type operation struct {
	name string
	call func(ctx context.Context) error
}

// operations are the methods that the store has, set to work on id.
func operations(s driver.Store, id driver.ID, r *driver.Record) []operation {
	later := time.Now().Add(2 * time.Hour)
	changed := r.Clone()
	changed.User = "eve"
	ops := []operation{
		{"Load", func(ctx context.Context) error { _, err := s.Load(ctx, id); return err }},
		{"Save", func(ctx context.Context) error { return failedSave(ctx, s, id, changed) }},
		{"Save to create", func(ctx context.Context) error { return failedSave(ctx, s, newID(), newRecord()) }},
		{"Save to remove", func(ctx context.Context) error { return failedSave(ctx, s, id, removal(r)) }},
		{"Touch", func(ctx context.Context) error { return s.Touch(ctx, id, later) }},
		{"Delete", func(ctx context.Context) error { return s.Delete(ctx, id) }},
	}
	if index, ok := s.(driver.UserIndex); ok {
		ops = append(ops, operation{"ByUser", func(ctx context.Context) error { return failedListing(index.ByUser(ctx, r.Owner())) }},
			operation{"Revoke", func(ctx context.Context) error { _, err := index.Revoke(ctx, r.Owner(), nil); return err }},
			operation{"RemoveRevoked", func(ctx context.Context) error { _, _, err := index.RemoveRevoked(ctx, r.Owner(), 1); return err }},
			operation{"Index", func(ctx context.Context) error { return index.Index(ctx, id, r) }})
	}
	if loader, ok := s.(driver.TagLoader); ok {
		ops = append(ops, operation{"LoadTagged", func(ctx context.Context) error { _, err := loader.LoadTagged(ctx, id, r.Owner().Tag()); return err }})
	}
	if remover, ok := s.(driver.Remover); ok {
		ops = append(ops, operation{"Remove", func(ctx context.Context) error { _, err := remover.Remove(ctx, []driver.ID{id}); return err }})
	}
	if lister, ok := s.(driver.Lister); ok {
		ops = append(ops, operation{"All", func(ctx context.Context) error { return failedListing(lister.All(ctx)) }})
	}
	if pinger, ok := s.(driver.Pinger); ok {
		ops = append(ops, operation{"Ping", pinger.Ping})
	}
	if sweeper, ok := s.(driver.Sweeper); ok {
		ops = append(ops, operation{"Sweep", func(ctx context.Context) error { _, err := sweeper.Sweep(ctx); return err }})
	}
	if identifier, ok := s.(driver.Identifier); ok {
		ops = append(ops, operation{"Identify", func(ctx context.Context) error {
			_, err := identifier.Identify(ctx, driver.StoreID{1})
			return err
		}})
	}
	if registry, ok := s.(driver.Registry); ok {
		ops = append(ops, registryOperations(registry)...)
	}
	return ops
}

// failedSave saves and, when that fails, makes sure the record was left
// alone.
func failedSave(ctx context.Context, s driver.Store, id driver.ID, r *driver.Record) error {
	before := *r
	err := s.Save(ctx, id, r)
	if err != nil && *r != before {
		return errors.New("a failed save changed the record")
	}
	return err
}

// failedListing returns the error that ends a listing and makes sure that
// nothing comes with or after it.
func failedListing(seq iter.Seq2[driver.Entry, error]) error {
	var failure error
	for entry, err := range seq {
		if failure != nil {
			return errors.New("the listing went on after an error")
		}
		if failure = err; err != nil && entry.Record != nil {
			return errors.New("an error came with a record")
		}
	}
	return failure
}

// 97
func cancelledChangesNothing(t *testing.T, s driver.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantRefused(ctx, t, s, context.Canceled)
}

// 97
func lateChangesNothing(t *testing.T, s driver.Store) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	wantRefused(ctx, t, s, context.DeadlineExceeded)
}

// wantRefused fails unless every method answers cause under ctx and changes
// nothing.
func wantRefused(ctx context.Context, t *testing.T, s driver.Store, cause error) {
	t.Helper()
	id, r := createOf(t, s, "ada")
	for _, op := range operations(s, id, r) {
		wantErr(t, op.name, op.call(ctx), cause)
		wantStored(t, s, id, r)
	}
	if lister, ok := s.(driver.Lister); ok {
		wantAll(t, lister, id)
	}
	if index, ok := s.(driver.UserIndex); ok {
		wantUser(t, index, "ada", id)
		wantUser(t, index, "eve")
	}
}

// 102: or every visitor would be logged out when the store is slow.
func cancelledIsNotMissing(t *testing.T, s driver.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := newRecord()
	r.Revision = 1
	for _, op := range operations(s, newID(), r) {
		err := op.call(ctx)
		wantErr(t, op.name, err, context.Canceled)
		if errors.Is(err, driver.ErrNotFound) || errors.Is(err, driver.ErrGone) {
			t.Fatalf("%s: a cancelled call says %v", op.name, err)
		}
	}
}

// 98
func closedSaysSo(t *testing.T, s driver.Store) {
	id, r := createOf(t, s, "ada")
	ops := operations(s, id, r)
	if lister, ok := s.(driver.Lister); ok {
		ops = append(ops, operation{"Count", func(ctx context.Context) error { _, _, err := lister.Count(ctx); return err }})
	}
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	for _, op := range ops {
		err := op.call(t.Context())
		wantErr(t, op.name+" of a closed store", err, driver.ErrClosed)
		if errors.Is(err, driver.ErrNotFound) || errors.Is(err, driver.ErrGone) {
			t.Fatalf("%s: a closed store says %v", op.name, err)
		}
	}
}

// 98
func closingTwice(t *testing.T, s driver.Store) {
	create(t, s)
	race(t, 4, func(context.Context, int) error { return s.Close() })
	if err := s.Close(); err != nil {
		t.Fatalf("Close once more: %v", err)
	}
	_, err := s.Load(t.Context(), newID())
	wantErr(t, "Load", err, driver.ErrClosed)
}

// 98: calls under way may fail as they like, without a panic and without
// telling that there was no session; later ones get ErrClosed.
func closingWhileInUse(t *testing.T, s driver.Store) {
	id, _ := createOf(t, s, "ada")
	race(t, writers, func(ctx context.Context, i int) error {
		for range rounds {
			if i == 0 {
				return s.Close()
			}
			_, err := s.Load(ctx, id)
			if errors.Is(err, driver.ErrNotFound) {
				return fmt.Errorf("load while closing: %w", err)
			}
			if _, err := update(ctx, s, id, increment); errors.Is(err, driver.ErrGone) {
				return fmt.Errorf("save while closing: %w", err)
			}
		}
		return nil
	})
	_, err := s.Load(t.Context(), id)
	wantErr(t, "Load", err, driver.ErrClosed)
}
