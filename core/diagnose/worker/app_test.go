package worker_test

import (
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

func TestAppName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ mainPackage, executable, folder, want string }{
		{"example.com/shop/cmd/server", "/srv/app/server", "/", "example.com/shop/cmd/server"},
		{"example.com/shop", "/tmp/go-build123/b001/exe/shop", "/home/ada/shop", "example.com/shop"},
		{"command-line-arguments", "/srv/app/server.exe", "/", "server"},
		{"command-line-arguments", "/tmp/go-build123/b001/exe/main", "/home/ada/shop", "shop"},
		{"", "/srv/app/server", "/", "server"},
		{"", "", "/", ""},
	} {
		if got := worker.AppName(test.mainPackage, test.executable, test.folder); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
	if got := worker.App(); strings.TrimSuffix(got, ".test") != "github.com/gosessionkit/sessionkit/core/diagnose/worker" {
		t.Errorf("this test is called %q", got)
	}
}
