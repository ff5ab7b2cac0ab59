package file_test

import (
	"errors"
	"os"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// FuzzStored: whatever lies where a session's file should, it is a session or
// it is out of the way. Either way the store goes on, and keeps what it is
// given next.
func FuzzStored(f *testing.F) {
	good := record("ada", "k", "v")
	good.Revision = 3
	whole := string(good.AppendJSON(nil))
	for _, content := range []string{"", "\n", whole, whole + "\n", whole + whole, whole[:len(whole)/2], "{}", "null", "[]", "\x00\x00\x00\x00",
		`{"rev":18446744073709551615,"exp":1,"end":1,"iat":1,"data":{}}`, `{"rev":1,"exp":1,"end":1,"iat":1,"user":"../../x\u0000","data":{"a":1}}`,
		`{"data":{"a":1,"a":2},"iat":1,"end":9223372036854775807,"exp":-9223372036854775808,"rev":1}`} {
		f.Add(content)
	}
	dir := newDir(f)
	s := open(f, dir)
	id := newID()
	mustSave(f, s, id, record("", "k", "v")) // makes the folder
	f.Fuzz(func(t *testing.T, content string) {
		defer os.RemoveAll(dir + "/corrupt")
		defer s.Delete(t.Context(), id)
		path := pathOf(dir, id)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		later := time.Now().Add(time.Hour)
		os.Chtimes(path, later, later)

		r, err := s.Load(t.Context(), id)
		if errors.Is(err, driver.ErrNotFound) {
			r, err = record("", "k", "v"), nil
		}
		if err != nil {
			t.Fatalf("load: %v", err)
		}
		if r.Revision == ^uint64(0) {
			return // the last there is
		}
		r.Values = r.Values.With("next", []byte(`"value"`))
		r.Deadline, r.Expires = later, later
		if err := s.Touch(t.Context(), id, later); err != nil && !errors.Is(err, driver.ErrNotFound) {
			t.Fatalf("touch: %v", err)
		}
		mustSave(t, s, id, r)
		if got := mustLoad(t, s, id); got.Revision != r.Revision || utf8.ValidString(r.User) && got.User != r.User || got.Values.JSON() != r.Values.JSON() {
			t.Fatalf("saved %s, loaded %s", r.AppendJSON(nil), got.AppendJSON(nil))
		}
		for e, err := range s.ByUser(t.Context(), r.Owner()) {
			if err != nil || e.ID != id {
				t.Fatalf("by user: %v, %v", e.ID, err)
			}
		}
	})
}
