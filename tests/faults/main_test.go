//go:build unix

package faults

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

var rounds = flag.Int("rounds", 1, "how often each fault is brought about")

// long tells that this is the run that measures.
func long() bool { return *rounds > 1 }

// shared lets a test run beside others, but not where times are measured.
func shared(t *testing.T) {
	trial.Long(t)
	if !long() {
		t.Parallel()
	}
}

func TestMain(m *testing.M) {
	flag.Parse()
	if err := os.Chdir(".."); err != nil { // trial builds the examples from there
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	trial.Cleanup()
	printTable(os.Stdout)
	os.Exit(code)
}

const secret = "a secret key for the tests, 32 bytes and more"

// startApp runs the example on chi as three workers; args choose the store.
func startApp(t *testing.T, args ...string) *trial.App {
	t.Helper()
	return trial.Start(t, "chi", append([]string{"--secret-key", secret, "--workers", "3"}, args...)...)
}

// startRedis runs a Redis that has each write on disk before it answers.
func startRedis(t *testing.T, args ...string) *redistest.Server {
	t.Helper()
	return redistest.Start(t, append([]string{"--appendonly", "yes", "--appendfsync", "always"}, args...)...)
}
