package redis_test

import (
	"os"
	"testing"

	"github.com/redis/go-redis/v9/logging"
)

// The client reports every connection that breaks, and these tests break many.
func TestMain(m *testing.M) {
	logging.Disable()
	os.Exit(m.Run())
}
