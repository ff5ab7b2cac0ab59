package file_test

import (
	"os"
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) driver.Store {
		return open(t, newDir(t))
	}, storetest.WithCorrupt(func(t testing.TB, s driver.Store, id driver.ID) {
		corrupt(t, pathOf(s.(driver.Describer).Describe().Address, id), "{ not a record")
	}))
}

func TestConformanceShared(t *testing.T) {
	t.Parallel()
	storetest.RunShared(t, func(t testing.TB) (a, b driver.Store) {
		dir := newDir(t)
		return open(t, dir), open(t, dir)
	})
}

// corrupt overwrites a record and leaves its time.
func corrupt(t testing.TB, path, content string) {
	t.Helper()
	info, err := os.Stat(path)
	if err == nil {
		err = os.WriteFile(path, []byte(content), 0o600)
	}
	if err == nil {
		err = os.Chtimes(path, info.ModTime(), info.ModTime())
	}
	if err != nil {
		t.Fatal(err)
	}
}
