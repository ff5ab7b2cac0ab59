package debug_test

import (
	"context"
	"encoding/json"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// fakeStore is a memory store that passes for a shared one of any kind, says
// what it is told to say, and can be broken.
type fakeStore struct {
	*memstore.Store
	description driver.Description
	inspection  check.Inspection
	workers     map[string]json.RawMessage // others than this one
	announced   chan struct{}              // closed at the first announcement
	own         atomic.Pointer[announcement]
	broken      atomic.Pointer[error]
	refusesList atomic.Pointer[error] // and answers all else
	hung        atomic.Bool           // it answers nothing, however long one waits
	endless     bool                  // there is no end to counting
	listed      bool                  // it may be walked
}

type announcement struct {
	id   string
	info json.RawMessage
}

var (
	_ driver.Lister   = (*fakeStore)(nil)
	_ check.Inspector = (*fakeStore)(nil)
	_ driver.Registry = (*fakeStore)(nil)
)

func newFakeStore(kind, address string) *fakeStore {
	return &fakeStore{
		Store:       memstore.New(0),
		description: driver.Description{Kind: kind, Address: address},
		announced:   make(chan struct{}),
	}
}

func (s *fakeStore) fail(ctx context.Context) error {
	if s.hung.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	if err := s.broken.Load(); err != nil {
		return *err
	}
	return nil
}

func (s *fakeStore) Describe() driver.Description { return s.description }

func (s *fakeStore) Load(ctx context.Context, id session.ID) (*driver.Record, error) {
	if err := s.fail(ctx); err != nil {
		return nil, err
	}
	return s.Store.Load(ctx, id)
}

func (s *fakeStore) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	if err := s.fail(ctx); err != nil {
		return err
	}
	return s.Store.Save(ctx, id, r)
}

func (s *fakeStore) Ping(ctx context.Context) error { return s.fail(ctx) }

func (s *fakeStore) Inspect(ctx context.Context) (check.Inspection, error) {
	return s.inspection, s.fail(ctx)
}

func (s *fakeStore) Count(ctx context.Context) (n int, exact bool, err error) {
	if err := s.fail(ctx); err != nil {
		return 0, false, err
	}
	if s.endless {
		<-ctx.Done()
		return 7, false, nil
	}
	return s.Store.Count(ctx)
}

func (s *fakeStore) All(ctx context.Context) iter.Seq2[driver.Entry, error] {
	if !s.listed {
		panic("reports have no business with other people's sessions")
	}
	if err := s.fail(ctx); err != nil {
		return func(yield func(driver.Entry, error) bool) { yield(driver.Entry{}, err) }
	}
	return s.Store.All(ctx)
}

func (s *fakeStore) ByUser(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
	if err := s.fail(ctx); err != nil {
		return func(yield func(driver.Entry, error) bool) { yield(driver.Entry{}, err) }
	}
	return s.Store.ByUser(ctx, o)
}

func (s *fakeStore) Revoke(ctx context.Context, o driver.Owner, keep []driver.Entry) ([]driver.ID, error) {
	if err := s.fail(ctx); err != nil {
		return nil, err
	}
	return s.Store.Revoke(ctx, o, keep)
}

func (s *fakeStore) Announce(ctx context.Context, id string, info json.RawMessage, _ time.Duration) (time.Time, error) {
	if s.own.Swap(&announcement{id, info}) == nil {
		close(s.announced)
	}
	return time.Time{}, s.fail(ctx)
}

func (s *fakeStore) Withdraw(context.Context, string) error { return nil }

func (s *fakeStore) Workers(ctx context.Context) (map[string]json.RawMessage, error) {
	if err := s.refusesList.Load(); err != nil {
		return nil, *err
	}
	all := map[string]json.RawMessage{}
	for id, info := range s.workers {
		all[id] = info
	}
	if own := s.own.Load(); own != nil {
		all[own.id] = own.info
	}
	return all, s.fail(ctx)
}

// add puts another worker into the registry.
func (s *fakeStore) add(t *testing.T, info worker.Info) {
	t.Helper()
	raw, err := json.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	if s.workers == nil {
		s.workers = map[string]json.RawMessage{}
	}
	s.workers[info.ID] = raw
}
