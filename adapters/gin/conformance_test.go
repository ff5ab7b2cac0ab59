package ginsession_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/adapters/gin/ginsessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, ginsessiontest.Serve)
}
