package fibersession_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/adapters/fiber/fibersessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, fibersessiontest.Serve)
}
