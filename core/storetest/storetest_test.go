package storetest_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/storetest"
)

func TestMemoryStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) session.Store { return memory(t) })
}

func memory(t testing.TB) *session.MemoryStore {
	s := session.NewMemoryStore(0)
	t.Cleanup(func() { s.Close() })
	return s
}

// lease is a store on somebody else's memory: closing it leaves that open.
type lease struct{ *session.MemoryStore }

func (lease) Close() error { return nil }

func TestMemoryStoreShared(t *testing.T) {
	storetest.RunShared(t, func(t testing.TB) (a, b session.Store) {
		s := memory(t)
		return lease{s}, lease{s}
	})
}
