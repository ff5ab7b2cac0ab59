package trial

import (
	"flag"
	"testing"
	"time"
)

// judge makes times matter. Without it they are only logged: on a machine that
// does something else as well they say nothing about the kit.
var judge = flag.Bool("judge", false, "fail tests for how long something took, on a machine that does nothing else")

// Judged reports whether this run judges how long things take, as make faults
// does.
func Judged() bool { return *judge }

// Within logs how long something took. A run that judges fails the test when
// that is longer than limit.
func Within(t testing.TB, limit time.Duration, what string, took time.Duration) {
	t.Helper()
	t.Logf("%s: %v", what, took.Round(time.Microsecond))
	if Judged() && took > limit {
		t.Errorf("%s: %v, longer than %v", what, took, limit)
	}
}
