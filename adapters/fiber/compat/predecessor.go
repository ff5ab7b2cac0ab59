package session

import (
	"bytes"
	"context"
	"encoding/gob"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// Predecessor is a storage of Fiber's session middleware, for the kit's
// WithPredecessor: for apps that go on with the kit's own functions. expiration is
// that of its Config; a storage does not tell when a session ends.
func Predecessor(storage fiber.Storage, cookieName string, expiration time.Duration) driver.Predecessor {
	return driver.Predecessor{Cookie: cookieName, Load: func(_ context.Context, id string) (*driver.Inheritance, error) {
		data, err := storage.Get(id)
		if len(data) == 0 || err != nil {
			return nil, err
		}
		var values map[string]any
		if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&values); err != nil {
			return nil, nil // nobody can read it, now or later
		}
		in := &driver.Inheritance{
			Values:   map[string]any{},
			Deadline: time.Now().Add(expiration),
			Forget:   func(context.Context) error { return storage.Delete(id) },
		}
		for name, v := range values {
			in.Values[untyped.Key(name)] = v
		}
		return in, nil
	}}
}
