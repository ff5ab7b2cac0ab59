package adaptertest_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

// The adapter of the example treats sessions as it should.
func TestExampleAdapter(t *testing.T) {
	if testing.Short() {
		t.Skip("make test-all")
	}
	adaptertest.Run(t, serve)
}
