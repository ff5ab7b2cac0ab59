package driver

import (
	"context"
	"encoding/json"
	"time"
)

// Registry is implemented by stores in which workers can announce
// themselves. It is safe for concurrent use, and the workers that share the
// store's sessions see each other in it.
type Registry interface {
	// Announce keeps info under id for ttl. It returns the store's own time,
	// or the zero time where the store has no clock of its own.
	Announce(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error)

	// Withdraw forgets id. Forgetting one that is not there is no error.
	Withdraw(ctx context.Context, id string) error

	// Workers returns what is announced and has not expired, by id.
	Workers(ctx context.Context) (map[string]json.RawMessage, error)
}
