package storetest_test

import (
	"context"
	"encoding/json"
	"maps"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

func newKeepsDead(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.announce = func(ctx context.Context, id string, info json.RawMessage, _ time.Duration) (time.Time, error) {
		return m.Announce(ctx, id, info, time.Hour)
	}
	return f
}

// newHearsOnce leaves the end of a worker where its first announcement put it.
func newHearsOnce(m *memstore.Store) driver.Store {
	f, ends := newFaulty(m), sync.Map{}
	f.announce = func(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error) {
		end, _ := ends.LoadOrStore(id, time.Now().Add(ttl))
		return m.Announce(ctx, id, info, time.Until(end.(time.Time)))
	}
	return f
}

func newWithdrawsAll(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.withdraw = func(ctx context.Context, _ string) error {
		live, err := m.Workers(ctx)
		for id := range live {
			err = m.Withdraw(ctx, id)
		}
		return err
	}
	return f
}

func newSharesAnnounced(m *memstore.Store) driver.Store {
	f, kept := newFaulty(m), sync.Map{}
	f.announce = func(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error) {
		kept.Store(id, info)
		return m.Announce(ctx, id, info, ttl)
	}
	f.workers = func(ctx context.Context) (map[string]json.RawMessage, error) {
		live, err := m.Workers(ctx)
		for id := range live {
			if info, ok := kept.Load(id); ok {
				live[id] = info.(json.RawMessage)
			}
		}
		return live, err
	}
	return f
}

// newLosesAnnounced reads all workers, changes one and writes all back.
func newLosesAnnounced(m *memstore.Store) driver.Store {
	f, mu, all := newFaulty(m), sync.Mutex{}, map[string]json.RawMessage{}
	read := func() map[string]json.RawMessage {
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(all)
	}
	f.announce = func(_ context.Context, id string, info json.RawMessage, _ time.Duration) (time.Time, error) {
		changed := read()
		changed[id] = info
		<-time.After(time.Millisecond) // the gap in which another worker slips through
		mu.Lock()
		defer mu.Unlock()
		all = changed
		return time.Time{}, nil
	}
	f.workers = func(context.Context) (map[string]json.RawMessage, error) { return read(), nil }
	return f
}

func newAnnouncesLate(m *memstore.Store) driver.Store {
	f := newFaulty(m)
	f.announce = func(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error) {
		now, _ := m.Announce(context.WithoutCancel(ctx), id, info, ttl)
		return now, ctx.Err()
	}
	return f
}
