package echosession_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/adapters/echo/echosessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, echosessiontest.Serve)
}
