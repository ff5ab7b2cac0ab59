package storetest_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/storetest"
)

func TestMemoryStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) driver.Store { return memory(t) })
}

func memory(t testing.TB) *memstore.Store {
	s := memstore.New(0)
	t.Cleanup(func() { s.Close() })
	return s
}

// lease is a store on somebody else's memory: closing it leaves that open.
type lease struct{ *memstore.Store }

func (lease) Close() error { return nil }

func TestMemoryStoreShared(t *testing.T) {
	storetest.RunShared(t, func(t testing.TB) (a, b driver.Store) {
		s := memory(t)
		return lease{s}, lease{s}
	})
}
