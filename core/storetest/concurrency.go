package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// 83: run them under the race detector.
func concurrencyCases() []testCase {
	return []testCase{
		{"no increment is lost", alone(countTogether)},
		{"different keys all survive", alone(writeKeysTogether)},
		{"readers and touches lose nothing", touchAmongWriters},
		{"one create wins", alone(oneCreateWins)},
		{"one compare and delete wins", alone(oneRemovalWins)},
		{"a save or a compare and delete wins", alone(saveOrRemoval)},
		{"a delete is final", alone(deleteIsFinal)},
		{"many sessions at once", manyAtOnce},
	}
}

// alone runs a case that takes any number of stores on one.
func alone(run func(*testing.T, ...driver.Store)) func(*testing.T, driver.Store) {
	return func(t *testing.T, s driver.Store) { run(t, s) }
}

const (
	writers = 8
	rounds  = 15
)

// countTogether has many goroutines, spread over the stores, count in one
// record. 81
func countTogether(t *testing.T, stores ...driver.Store) {
	t.Helper()
	id, first := create(t, stores[0])
	revisions := make([][]uint64, writers)
	race(t, writers, func(ctx context.Context, i int) error {
		for range rounds {
			r, err := update(ctx, stores[i%len(stores)], id, increment)
			if err != nil {
				return err
			}
			revisions[i] = append(revisions[i], r.Revision)
		}
		return nil
	})
	given := map[uint64]bool{first.Revision: true}
	for _, mine := range revisions {
		for i, revision := range mine {
			if given[revision] {
				t.Fatalf("revision %d was given out twice", revision)
			}
			if i > 0 && revision <= mine[i-1] {
				t.Fatalf("revision %d came after %d", revision, mine[i-1])
			}
			given[revision] = true
		}
	}
	for _, s := range stores {
		if got := counted(mustLoad(t, s, id)); got != writers*rounds {
			t.Fatalf("counted to %d, want %d", got, writers*rounds)
		}
	}
}

func increment(r *driver.Record) {
	r.Values = r.Values.With("count", json.RawMessage(strconv.Itoa(counted(r)+1)))
}

func counted(r *driver.Record) int {
	raw, _ := r.Values.Get("count")
	n, _ := strconv.Atoi(string(raw))
	return n
}

// 80
func writeKeysTogether(t *testing.T, stores ...driver.Store) {
	t.Helper()
	id, _ := create(t, stores[0])
	race(t, writers, func(ctx context.Context, i int) error {
		for n := range rounds {
			_, err := update(ctx, stores[i%len(stores)], id, func(r *driver.Record) {
				r.Values = r.Values.With(fmt.Sprintf("key %d %d", i, n), json.RawMessage(`true`))
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	want := writers*rounds + 1
	if got := mustLoad(t, stores[len(stores)-1], id).Values.Len(); got != want {
		t.Fatalf("got %d keys, want %d", got, want)
	}
}

// 84: a touch that reads and writes back would undo a save.
func touchAmongWriters(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	race(t, writers, func(ctx context.Context, i int) error {
		last := 0
		for n := range rounds * 2 {
			var err error
			switch i % 4 {
			case 0:
				_, err = update(ctx, s, id, increment)
			case 1:
				err = s.Touch(ctx, id, r.Expires.Add(time.Duration(n)*time.Second))
			default:
				var seen *driver.Record
				if seen, err = s.Load(ctx, id); err == nil {
					if counted(seen) < last {
						err = fmt.Errorf("read %d after %d", counted(seen), last)
					}
					last = counted(seen)
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if got, want := counted(mustLoad(t, s, id)), writers/4*rounds*2; got != want {
		t.Fatalf("counted to %d, want %d", got, want)
	}
}

// 83
func manyAtOnce(t *testing.T, s driver.Store) {
	race(t, writers, func(ctx context.Context, _ int) error {
		for range rounds {
			id, r := newID(), newRecord()
			if err := s.Save(ctx, id, r); err != nil {
				return err
			}
			r.Expires = r.Expires.Add(time.Minute)
			if err := s.Touch(ctx, id, r.Expires); err != nil {
				return err
			}
			got, err := s.Load(ctx, id)
			if err != nil {
				return err
			}
			if diff := difference(got, r); diff != "" {
				return errors.New(diff)
			}
			if err := s.Delete(ctx, id); err != nil {
				return err
			}
			if _, err := s.Load(ctx, id); !errors.Is(err, driver.ErrNotFound) {
				return fmt.Errorf("load after delete: %w", err)
			}
		}
		return nil
	})
}
