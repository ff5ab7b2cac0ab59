package session

import (
	"time"

	"github.com/gofiber/fiber/v3"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/keyvalue"
)

// ErrDeleted is what Set answers for a key that was deleted, where deleted keys stay
// so.
var ErrDeleted = keyvalue.ErrDeleted

// Storage is a [fiber.Storage] in the kit's store, for Fiber's csrf, limiter and
// cache, so that all workers share what these keep:
//
//	app.Use(limiter.New(limiter.Config{Storage: store.NewStorage("limiter")}))
type Storage = keyvalue.Storage

var _ fiber.Storage = (*Storage)(nil)

// NewStorage returns a storage beside the sessions of the store. What one of another
// name keeps it does not see.
func (s *Store) NewStorage(name string) *Storage {
	return keyvalue.Lazy(func() (driver.Store, time.Duration, error) {
		m, err := s.Manager()
		if err != nil {
			return nil, 0, err
		}
		return m.Store(), m.Config().Timeout, nil
	}, name)
}

// NewSessionStorage is NewStorage for Fiber's own session middleware, where the type
// of that is asked for, as by csrf: a key that was deleted is not set again, so that
// a slow request does not bring back a session that was logged out. Its Save answers
// [ErrDeleted].
func (s *Store) NewSessionStorage(name string) *Storage { return s.NewStorage(name).KeepDeleted() }
