package trial

import "testing"

// Long leaves a test out of the short run.
func Long(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("left to make test-all")
	}
}
