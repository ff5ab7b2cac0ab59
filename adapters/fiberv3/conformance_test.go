package fibersession_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3/fibersessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, fibersessiontest.Serve)
}
