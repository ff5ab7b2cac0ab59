//go:build unix

package faults

import (
	"testing"
	"time"
)

// patience bounds every wait for something that should happen soon.
const patience = 2 * time.Minute

// pass lets traffic go on for a while.
func pass(d time.Duration) { <-time.After(d) }

// eventually asks until ok says so.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("timed out: %s", what)
		}
	}
}
