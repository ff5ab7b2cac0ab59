package httpsession_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/httpsession/httpsessiontest"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, httpsessiontest.Serve)
}
