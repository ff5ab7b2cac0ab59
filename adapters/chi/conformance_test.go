package chisession_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/adapters/chi/chisessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, chisessiontest.Serve)
}
