package echosession_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/adapters/echov5/echosessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, echosessiontest.Serve)
}
