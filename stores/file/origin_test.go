package file_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
)

func TestIdentify(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := open(t, dir)
	first, err := s.Identify(t.Context(), driver.StoreID{0xde, 0xad, 0xbe, 0xef})
	check(t, err)
	again, err := open(t, dir).Identify(t.Context(), driver.StoreID{1})
	check(t, err)
	if want := (driver.StoreID{0xde, 0xad, 0xbe, 0xef}); first != want || again != want {
		t.Fatalf("got %v, then %v", first, again)
	}
	text, err := os.ReadFile(filepath.Join(dir, "store-id"))
	check(t, err)
	if string(text) != "deadbeef\n" {
		t.Fatalf("store-id holds %q", text)
	}
}

func TestIdentifyReplacesGarbage(t *testing.T) {
	t.Parallel()
	for _, garbage := range []string{"", "xyzxyzxy", "deadbee", "deadbeef deadbeef"} {
		dir := newDir(t)
		s := open(t, dir)
		check(t, os.WriteFile(filepath.Join(dir, "store-id"), []byte(garbage), 0o600))
		wantAgreement(t, s, open(t, dir))
	}
}

func TestIdentifyAgrees(t *testing.T) {
	t.Parallel()
	for range 10 {
		dir := newDir(t)
		wantAgreement(t, open(t, dir), open(t, dir), open(t, dir))
	}
}

// wantAgreement lets all propose at once.
func wantAgreement(t *testing.T, stores ...*file.Store) {
	t.Helper()
	const each = 4
	origins := make(chan driver.StoreID)
	for i, s := range stores {
		for j := range each {
			go func() {
				origin, err := s.Identify(t.Context(), driver.StoreID{byte(i + 1), byte(j + 1)})
				if err != nil {
					t.Error(err)
				}
				origins <- origin
			}()
		}
	}
	agreed := <-origins
	for range each*len(stores) - 1 {
		if other := <-origins; other != agreed || other == (driver.StoreID{}) {
			t.Errorf("one got %v, another %v", agreed, other)
		}
	}
}
