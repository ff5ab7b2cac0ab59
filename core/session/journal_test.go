package session_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
)

// FuzzJournal: whatever one visitor does in whatever order, saves that fail
// among it, the session holds what a map would.
func FuzzJournal(f *testing.F) {
	for seed := range byte(8) {
		random := rand.New(rand.NewChaCha8([32]byte{seed}))
		steps := make([]byte, 400)
		for i := range steps {
			steps[i] = byte(random.Uint32())
		}
		f.Add(steps, seed%2 == 0)
	}
	f.Add([]byte{6, 12, 6, 14, 6, 13, 12, 6}, false)
	f.Fuzz(func(t *testing.T, steps []byte, stored bool) {
		store := watch()
		b := newBrowser(t, newManager(t, testConfig(), store))
		values, messages := map[string]int{}, []string{}
		if stored {
			b.visit(func(s *session.Session) { set(t, s, "k0", 0) })
			values["k0"] = 0
		}
		ctx, end := b.open()
		s := from(t, ctx)
		for i, step := range steps {
			key := fmt.Sprint("k", step/16+step%3*16) // 48 of them
			switch step % 16 {
			case 0, 1, 2, 3, 4:
				set(t, s, key, i)
				values[key] = i
			case 5, 6:
				if err := s.Delete(key); err != nil {
					t.Fatal(err)
				}
				delete(values, key)
			case 7:
				got, err := session.Pop[int](s, key)
				if err != nil || got != values[key] {
					t.Fatalf("step %d: Pop gives %d, %v; want %d", i, got, err, values[key])
				}
				delete(values, key)
			case 8, 9:
				if err := s.Flash("", fmt.Sprint(i)); err != nil {
					t.Fatal(err)
				}
				messages = append(messages, fmt.Sprint(i))
			case 10:
				var texts []string
				for _, m := range must(s.Flashes()) {
					texts = append(texts, m.Text)
				}
				if wanted := messages[max(0, len(messages)-session.MaxFlashes):]; !slices.Equal(texts, wanted) {
					t.Fatalf("step %d: Flashes gives %q, want %q", i, texts, wanted)
				}
				messages = nil
			case 11:
				want(t, "Update", must(session.Update(s, key, func(n int) (int, error) { return n + 1, nil })), values[key]+1)
				values[key]++
			case 12:
				store.on(func(context.Context, string) error { return errors.New("the disk is full") })
				if err := s.Commit(ctx); err != nil && !errors.Is(err, session.ErrUnavailable) {
					t.Fatal(err)
				}
				store.on(nil)
			case 13:
				if err := s.Clear(); err != nil {
					t.Fatal(err)
				}
				messages = nil
				clear(values)
			case 14:
				if err := s.SetPersistent(step > 127); err != nil {
					t.Fatal(err)
				}
			default:
				if err := end(); err != nil {
					t.Fatal(err)
				}
				ctx, end = b.open()
				s = from(t, ctx)
			}
			if got := get[int](t, s, key); got != values[key] || s.Has(key) != has(values, key) {
				t.Fatalf("step %d: %s is %d, want %d", i, key, got, values[key])
			}
		}
		if keys := slices.Sorted(maps.Keys(values)); !slices.Equal(s.Keys(), keys) {
			t.Fatalf("keys %q, want %q", s.Keys(), keys)
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		b.visit(func(s *session.Session) {
			for key, n := range values {
				want(t, key, get[int](t, s, key), n)
			}
			want(t, "keys", len(s.Keys()), len(values))
		})
	})
}

func has(values map[string]int, key string) bool {
	_, ok := values[key]
	return ok
}
