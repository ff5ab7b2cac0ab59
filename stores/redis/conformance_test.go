package redis_test

import (
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/storetest"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conform(t, redistest.Start(t).URL())
}

func conform(t *testing.T, url string) {
	storetest.Run(t, func(t testing.TB) driver.Store {
		return open(t, url, newPrefix())
	}, storetest.WithCorrupt(corrupt))
	storetest.RunShared(t, func(t testing.TB) (a, b driver.Store) {
		prefix := newPrefix()
		return open(t, url, prefix), open(t, url, prefix)
	})
}

// corrupt overwrites a record and leaves its time to live.
func corrupt(t testing.TB, s driver.Store, id driver.ID) {
	t.Helper()
	store := s.(*redis.Store)
	err := store.Client().Set(t.Context(), store.Prefix()+id.String(), "{ not a record", goredis.KeepTTL).Err()
	if err != nil {
		t.Fatal(err)
	}
}
