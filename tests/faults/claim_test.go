//go:build unix

package faults

import (
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// recoverWithin is how soon after the store is back requests have to succeed,
// on a machine that does nothing else.
const recoverWithin = 2 * time.Second

// nothingLost is the claim for files and for a single Redis that has each
// write on disk.
func nothingLost(t *testing.T, o outcome) {
	t.Helper()
	if o.lost > 0 || o.back > 0 {
		t.Errorf("%s: %d of %d acknowledged writes lost, %d of %d sessions back after their logout",
			o.fault, o.lost, o.writes, o.back, o.logouts)
	}
	if o.twice > 0 {
		t.Errorf("%s: %d of %d messages were shown more than once", o.fault, o.twice, o.twice+o.shown)
	}
	recovers(t, o)
	for what, n := range o.answers {
		if what == "read 500" || what == "page 500" || what == "write 500" || what == "read 404" || what == "write 409" {
			t.Errorf("%s: %s %d times", o.fault, what, n)
		}
	}
}

func recovers(t *testing.T, o outcome) {
	t.Helper()
	for _, took := range o.recovery {
		trial.Within(t, recoverWithin, o.fault+": requests failed after the store was back, for", took)
	}
}
