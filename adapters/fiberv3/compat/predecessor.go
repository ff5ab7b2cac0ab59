package session

import (
	"bytes"
	"context"
	"encoding/gob"
	"reflect"
	"sync"
	"time"

	"github.com/gofiber/fiber/v3"
	original "github.com/gofiber/fiber/v3/middleware/session"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// Predecessor is a storage of Fiber's session middleware, for the kit's
// WithPredecessor: for apps that go on with the kit's own functions. A session that
// was begun under an AbsoluteTimeout ends when it would have ended; the others last
// as new ones do.
func Predecessor(storage fiber.Storage, cookieName string) driver.Predecessor {
	registerEnd(storage)
	return driver.Predecessor{Cookie: cookieName, Load: func(ctx context.Context, id string) (*driver.Inheritance, error) {
		data, err := storage.GetWithContext(ctx, id)
		if len(data) == 0 || err != nil {
			return nil, err
		}
		var values map[any]any
		if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&values); err != nil {
			return nil, nil // nobody can read it, now or later
		}
		in := &driver.Inheritance{
			Values: map[string]any{},
			Forget: func(ctx context.Context) error { return storage.DeleteWithContext(ctx, id) },
		}
		for key, v := range values {
			if end, ok := v.(time.Time); ok && reflect.TypeOf(key).PkgPath() == fibersOwn {
				in.Deadline = end
				continue
			}
			if name, err := nameOf(key); err == nil {
				in.Values[untyped.Key(name)] = v
			}
		}
		return in, nil
	}}
}

var fibersOwn = reflect.TypeFor[original.Store]().PkgPath()

// registerEnd has gob know the key under which Fiber keeps a session's absolute
// end, whose type Fiber alone can name.
func registerEnd(storage fiber.Storage) {
	once.Do(func() {
		original.NewStore(original.Config{Storage: storage, IdleTimeout: time.Second, AbsoluteTimeout: time.Second})
	})
}

var once sync.Once
