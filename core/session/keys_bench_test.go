package session_test

import (
	"fmt"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// BenchmarkKeys is what one request does with each of its keys: read, replaced,
// or counted up, each save included.
func BenchmarkKeys(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprint("key-", i)
		}
		m := memoryManager(b)
		visitor := newBrowser(b, m)
		visitor.visit(func(s *session.Session) {
			for i, name := range names {
				set(b, s, name, i)
			}
		})
		in := session.Incoming{Cookies: []string{visitor.cookie}}
		for _, bench := range []struct {
			name string
			do   func(s *session.Session, key string) error
		}{
			{"get", func(s *session.Session, key string) error { _, err := session.Get[int](s, key); return err }},
			{"set", func(s *session.Session, key string) error { return session.Set(s, key, 7) }},
			{"update", func(s *session.Session, key string) error {
				_, err := session.Update(s, key, func(v int) (int, error) { return v + 1, nil })
				return err
			}},
		} {
			b.Run(fmt.Sprint(bench.name, "/", n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ctx, x, _ := sessiontest.Open(b.Context(), m, in)
					s, err := session.From(ctx)
					if err != nil {
						b.Fatal(err)
					}
					for _, name := range names {
						if err := bench.do(s, name); err != nil {
							b.Fatal(err)
						}
					}
					if _, err := x.Commit(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
