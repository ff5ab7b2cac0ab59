package redis_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// FuzzStored: whatever is under a session's key, it is a session or it is out
// of the way. Either way the store goes on, and keeps what it is given next.
func FuzzStored(f *testing.F) {
	good := newRecord("ada")
	good.Revision = 3
	whole := string(good.AppendJSON(nil))
	for _, content := range []string{"", whole, " " + whole, whole + "x", whole[:len(whole)/2], "{}", "null", "\x00",
		strings.Replace(whole, `{"rev":3,`, `{"rev":03,`, 1), strings.Replace(whole, `"exp":`, `"exp": `, 1), strings.Replace(whole, `{"rev"`, `{ "rev"`, 1),
		`{"rev":18446744073709551615,"exp":1,"end":1,"iat":1,"data":{}}`, `{"rev":1,"exp":            1,"end":1,"iat":1,"user":"","data":{"a":1}}`, `{"rev":1,"exp":0000000 00000,"end":1}`,
		`{"data":{"a":1,"a":2},"iat":1,"end":9223372036854775807,"exp":-9223372036854775808,"rev":1}`} {
		f.Add(content)
	}
	server := redistest.Start(f)
	prefix := newPrefix()
	s := open(f, server.URL(), prefix)
	options, err := goredis.ParseURL(server.URL())
	if err != nil {
		f.Fatal(err)
	}
	client := goredis.NewClient(options)
	f.Cleanup(func() { client.Close() })
	id := newID()
	f.Fuzz(func(t *testing.T, content string) {
		if err := client.Set(t.Context(), prefix+id.String(), content, time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
		later := time.Now().Add(time.Hour).Truncate(time.Millisecond)
		err := s.Touch(t.Context(), id, later)
		if err != nil && !errors.Is(err, driver.ErrNotFound) {
			t.Fatalf("touch: %v", err)
		}
		r, err := s.Load(t.Context(), id)
		if errors.Is(err, driver.ErrNotFound) {
			r, err = newRecord(""), nil
		}
		if err != nil {
			t.Fatalf("load: %v", err)
		}
		if r.Revision == ^uint64(0) {
			return // the last there is
		}
		r.Values = r.Values.With("next", []byte(`"value"`))
		r.Deadline, r.Expires = later, later
		save(t, s, id, r)
		if got := load(t, s, id); got.Revision != r.Revision || utf8.ValidString(r.User) && got.User != r.User || got.Values.JSON() != r.Values.JSON() {
			t.Fatalf("saved %s, loaded %s", r.AppendJSON(nil), got.AppendJSON(nil))
		}
	})
}
