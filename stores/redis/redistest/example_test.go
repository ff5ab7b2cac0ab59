package redistest_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// A test of an app on a Redis of its own, which hangs for a while.
func ExampleStart() {
	var t *testing.T // of func TestHungRedis(t *testing.T)

	server := redistest.Start(t)
	store, err := redis.Open(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, store)
	if err != nil {
		t.Fatal(err)
	}
	defer sessions.Close()

	server.Pause() // requests that need their session are answered with 503
	server.Resume()
}
