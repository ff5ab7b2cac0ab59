package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

const (
	// soon is how long a record lives that a case waits to see expire. A
	// store too slow to save it in that time sees it expired from the
	// start, and no case minds.
	soon = 50 * time.Millisecond

	pollInterval = 5 * time.Millisecond
)

// patience is how long anything may take before a case gives up. Only the
// suite's own tests change it.
var patience = time.Minute

// eventually polls until ok holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	if ok() {
		return
	}
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	giveUp := time.NewTimer(patience)
	defer giveUp.Stop()
	for {
		select {
		case <-ticker.C:
			if ok() {
				return
			}
		case <-giveUp.C:
			t.Fatalf("after %v still not: %s", patience, what)
		}
	}
}

// expired waits until the record is not found any more, by the store's own
// clock.
func expired(t testing.TB, s driver.Store, id driver.ID) {
	t.Helper()
	eventually(t, "the record expires", func() bool {
		_, err := s.Load(t.Context(), id)
		if err != nil && !errors.Is(err, driver.ErrNotFound) {
			t.Fatalf("Load of an expiring record: %v", err)
		}
		return err != nil
	})
}

// createExpired stores a record of user and waits until it has expired.
func createExpired(t testing.TB, s driver.Store, user string) (driver.ID, *driver.Record) {
	t.Helper()
	id, r := newID(), newRecord()
	r.User, r.Expires = user, time.Now().Add(soon)
	mustSave(t, s, id, r)
	expired(t, s, id)
	return id, r
}

// prolonged stores a record that expires soon, has prolong move its expiry,
// and returns when the first expiry is over. On a machine too slow to
// prolong it in time it tries again with a longer life.
func prolonged(t testing.TB, s driver.Store, user string, prolong func(driver.ID, *driver.Record) error) (driver.ID, *driver.Record) {
	t.Helper()
	for life := soon; life < patience; life *= 2 {
		id, r := newID(), newRecord()
		canary := newID()
		r.User, r.Expires = user, time.Now().Add(life)
		mustSave(t, s, canary, &driver.Record{Created: r.Created, Deadline: r.Deadline, Expires: r.Expires})
		mustSave(t, s, id, r)
		err := prolong(id, r)
		if errors.Is(err, driver.ErrNotFound) || errors.Is(err, driver.ErrGone) {
			continue // it had expired: refusing was right
		}
		if err != nil {
			t.Fatalf("prolonging a live record: %v", err)
		}
		expired(t, s, canary)
		return id, r
	}
	t.Fatal("no record lived long enough to be prolonged")
	return driver.ID{}, nil
}

// race runs n calls at the same time, waits for them and fails when one
// returned an error. Its context ends when patience does.
func race(t testing.TB, n int, call func(ctx context.Context, i int) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var (
		wg    sync.WaitGroup
		start = make(chan struct{})
		errs  = make([]error, n)
	)
	for i := range n {
		wg.Go(func() {
			<-start
			if err := call(ctx, i); err != nil {
				errs[i] = fmt.Errorf("goroutine %d: %w", i, err)
			}
		})
	}
	close(start)
	within(t, "goroutines at work together", func() error { wg.Wait(); return nil })
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// within fails when call has not returned when patience, and a little more
// for those who watch their context, is over: it hangs.
func within(t testing.TB, what string, call func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- call() }()
	giveUp := time.NewTimer(patience * 5 / 4)
	defer giveUp.Stop()
	select {
	case err := <-done:
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	case <-giveUp.C:
		t.Fatalf("%s: still not through after %v", what, patience)
	}
}
