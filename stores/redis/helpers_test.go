package redis_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis"
)

var prefixes atomic.Int64

// newPrefix returns a prefix that no other store of the tests has.
func newPrefix() string { return fmt.Sprintf("test%d:", prefixes.Add(1)) }

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func open(t testing.TB, url, prefix string) *redis.Store {
	t.Helper()
	s, err := redis.Open(t.Context(), url, redis.WithPrefix(prefix), redis.WithLogger(quiet()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newID() (id driver.ID) {
	rand.Read(id[:])
	return id
}

// newRecord returns a record of user that lives for an hour.
func newRecord(user string) *driver.Record {
	now := time.Now().Truncate(time.Millisecond)
	return &driver.Record{
		Created:  now,
		Deadline: now.Add(24 * time.Hour),
		Expires:  now.Add(time.Hour),
		User:     user,
		Values:   driver.Values{}.With("n", []byte("0")),
	}
}

func save(t testing.TB, s driver.Store, id driver.ID, r *driver.Record) {
	t.Helper()
	if err := s.Save(t.Context(), id, r); err != nil {
		t.Fatal(err)
	}
}

// create stores a new record of user.
func create(t testing.TB, s driver.Store, user string) (driver.ID, *driver.Record) {
	t.Helper()
	id, r := newID(), newRecord(user)
	save(t, s, id, r)
	return id, r
}

func load(t testing.TB, s driver.Store, id driver.ID) *driver.Record {
	t.Helper()
	r, err := s.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// eventually asks until ok answers nil, for what takes the servers a moment.
func eventually(t testing.TB, what string, ok func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ok(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, err)
		case <-tick.C:
		}
	}
}
