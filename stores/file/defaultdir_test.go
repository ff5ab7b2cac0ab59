package file_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/file"
)

// Each app has a folder of its own, and its name is one path element that every
// file system takes.
func TestFolderName(t *testing.T) {
	t.Parallel()
	apps := []string{"example.com/shop", "example.com/Shop", "example.com_shop", "example.com/shop/cmd/server", "shop", "/shop", "", ".", "..", "../x", "_", `a\b`, "a:b", "a b",
		"müsli", strings.Repeat("a/", 400), strings.Repeat("a/", 401), "a\x00b", "con"}
	of := map[string]string{}
	for _, app := range apps {
		name := strings.ToLower(file.FolderName(app))
		if other, taken := of[name]; taken {
			t.Errorf("%q and %q have the same folder %q", app, other, name)
		}
		of[name] = app
		if name != filepath.Base(name) || !filepath.IsLocal(name) || len(name) > 120 || strings.ContainsAny(name, "\x00:\\ ") {
			t.Errorf("%q has the folder %q", app, name)
		}
	}
	if got := file.FolderName("example.com/shop"); got != "example.com_shop" {
		t.Errorf("got %q", got)
	}
}
