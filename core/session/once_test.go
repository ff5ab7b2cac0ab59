package session_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
)

// Of two requests that have read the same value one takes it, and the other
// learns that it has gone.
func TestPopOnce(t *testing.T) {
	t.Parallel()
	store := watch()
	managers := workers(t, 2, store)
	b := newBrowser(t, managers[0])
	b.visit(func(s *session.Session) { set(t, s, "token", "once"); set(t, s, "kept", 1) })
	other := browser{t: t, manager: managers[1], cookie: b.cookie}
	ctx, end := other.open()
	late := from(t, ctx)
	want(t, "seen by the other", get[string](t, late, "token"), "once")
	set(t, late, "mine", 2)
	store.total()
	b.visit(func(s *session.Session) { want(t, "Pop", must(session.Pop[string](s, "token")), "once") })
	want(t, "store calls: a load and a save", store.total(), 2)
	want(t, "Pop by the other", must(session.Pop[string](late, "token")), "")
	want(t, "still seen by the other", late.Has("token"), false)
	store.total()
	want(t, "Pop again", must(session.Pop[string](late, "token")), "")
	want(t, "store calls of a missing key", store.total(), 0)
	if err := end(); err != nil {
		t.Fatal(err)
	}
	b.visit(func(s *session.Session) { want(t, "Keys", strings.Join(s.Keys(), " "), "kept mine") })
}

// What cannot be taken stays.
func TestPopFails(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) { set(t, s, "n", 5) })
	b.visit(func(s *session.Session) {
		var typed *session.TypeError
		if v, err := session.Pop[[]string](s, "n"); !errors.As(err, &typed) || v != nil {
			t.Errorf("Pop as another type: %v, %v", v, err)
		}
		if _, err := session.Pop[int](s, "_flash"); !errors.Is(err, session.ErrInvalidKey) {
			t.Errorf("Pop of a key of the kit's own: %v", err)
		}
	})
	ctx, _ := b.open()
	late := from(t, ctx)
	b.visit(func(s *session.Session) {
		want(t, "n", get[int](t, s, "n"), 5)
		if err := s.Destroy(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	if n, err := session.Pop[int](late, "n"); n != 0 || !errors.Is(err, session.ErrGone) {
		t.Errorf("Pop in a session that has ended: %d, %v", n, err)
	}
}

// In a session that is not stored yet a take is a plain removal, and still one
// goroutine's.
func TestOnceBeforeTheFirstSave(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	store.total()
	ctx, end := b.open()
	s := from(t, ctx)
	for range 50 {
		set(t, s, "token", "once")
		if err := s.Flash("info", "once"); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		tokens, messages := 0, 0
		for range 8 {
			wg.Go(func() {
				token, err := session.Pop[string](s, "token")
				shown, shownErr := s.Flashes()
				if err := errors.Join(err, shownErr); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				tokens, messages = tokens+len(token)/len("once"), messages+len(shown)
			})
		}
		wg.Wait()
		want(t, "tokens given out", tokens, 1)
		want(t, "messages shown", messages, 1)
	}
	want(t, "store calls", store.total(), 0)
	if err := end(); err != nil {
		t.Fatal(err)
	}
	want(t, "store calls for nothing left", store.total(), 0)
}

// The oldest message goes, within a request, over many, and when requests that
// run at the same time add more than are kept.
func TestFlashesAreBounded(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	const n = 3 * session.MaxFlashes
	add := func(s *session.Session, i int) {
		if err := s.Flash("info", fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	check := func(s *session.Session) {
		t.Helper()
		shown := must(s.Flashes())
		want(t, "messages", len(shown), session.MaxFlashes)
		for i, m := range shown {
			want(t, "message", m.Text, fmt.Sprint(n-session.MaxFlashes+i))
		}
	}
	b.visit(func(s *session.Session) {
		for i := range n {
			add(s, i)
		}
		want(t, "nothing else in it", len(s.Keys()), 0)
	})
	b.visit(check)
	for i := range n {
		b.visit(func(s *session.Session) { add(s, i) })
	}
	b.visit(check)

	early := *b
	ctx, end := early.open()
	for i := range n {
		add(from(t, ctx), i)
	}
	b.visit(func(s *session.Session) { add(s, -1) })
	if err := end(); err != nil {
		t.Fatal(err)
	}
	b.visit(check)
}

// Messages are kept in order around what else happens to the session.
func TestFlashAmongChanges(t *testing.T) {
	t.Parallel()
	flash := func(text string) func(s *session.Session) { return func(s *session.Session) { s.Flash("", text) } }
	show := func(s *session.Session) { s.Flashes() }
	wipe := func(s *session.Session) { s.Clear() }
	fill := func(s *session.Session) { session.Set(s, "a", 1) }
	save := func(s *session.Session) { s.Commit(t.Context()) }
	for name, c := range map[string]struct {
		steps []func(s *session.Session)
		want  string
	}{
		"two":                {[]func(*session.Session){flash("a"), flash("b")}, "a b"},
		"shown between":      {[]func(*session.Session){flash("a"), show, flash("b")}, "b"},
		"shown twice":        {[]func(*session.Session){flash("a"), show, flash("b"), show, flash("c"), flash("d")}, "c d"},
		"cleared between":    {[]func(*session.Session){fill, flash("a"), wipe, flash("b")}, "b"},
		"cleared at the end": {[]func(*session.Session){fill, flash("a"), wipe}, ""},
		"saved between":      {[]func(*session.Session){flash("a"), save, flash("b")}, "a b"},
		"saved, then shown":  {[]func(*session.Session){flash("a"), save, flash("b"), show, flash("c")}, "c"},
	} {
		for _, stored := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", stored ", stored), func(t *testing.T) {
				t.Parallel()
				b := newBrowser(t, memoryManager(t))
				if stored {
					b.visit(fill)
				}
				b.visit(func(s *session.Session) {
					for _, step := range c.steps {
						step(s)
					}
				})
				b.visit(func(s *session.Session) {
					var texts []string
					for _, m := range must(s.Flashes()) {
						texts = append(texts, m.Text)
					}
					want(t, "shown", strings.Join(texts, " "), c.want)
				})
			})
		}
	}
}

// A save that failed leaves the changes of before and those of meanwhile, in
// order.
func TestChangesAfterAFailedSave(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	b.visit(func(s *session.Session) { set(t, s, "a", 0); s.Flash("", "first") })
	b.visit(func(s *session.Session) {
		set(t, s, "a", 1)
		for i := range 40 {
			set(t, s, fmt.Sprint("key-", i), i)
		}
		s.Flash("", "second")
		store.on(func(context.Context, string) error { return errors.New("the disk is full") })
		if err := s.Commit(t.Context()); !errors.Is(err, session.ErrUnavailable) {
			t.Errorf("Commit: %v", err)
		}
		set(t, s, "a", 2)
		s.Flash("", "third")
		s.Delete("key-7")
		store.on(nil)
		want(t, "a", get[int](t, s, "a"), 2)
		want(t, "key-39", get[int](t, s, "key-39"), 39)
	})
	b.visit(func(s *session.Session) {
		want(t, "a", get[int](t, s, "a"), 2)
		want(t, "keys", len(s.Keys()), 40)
		want(t, "key-7", s.Has("key-7"), false)
		want(t, "shown", fmt.Sprint(must(s.Flashes())), "[{ first} { second} { third}]")
	})
}

// A message that is not UTF-8 would come back altered.
func TestFlashRefuses(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) {
		var typed *session.TypeError
		for path, err := range map[string]error{"flash.kind": s.Flash("caf\xe9", "x"), "flash.text": s.Flash("x", "caf\xe9")} {
			if !errors.As(err, &typed) || typed.Path != path || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: %v", path, err)
			}
		}
		if err := s.Flash("", strings.Repeat("x", 2<<20)); !errors.Is(err, session.ErrTooLarge) {
			t.Errorf("a message larger than a session: %v", err)
		}
		want(t, "modified", s.Modified(), false)
	})
}

func TestUnseen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method   string
		purposes []string
		want     bool
	}{
		{"GET", nil, false},
		{"GET", []string{"", "", ""}, false},
		{"POST", []string{"navigate"}, false},
		{"HEAD", nil, true},
		{"GET", []string{"prefetch"}, true},
		{"GET", []string{"prefetch;prerender"}, true},
		{"GET", []string{"", " Prefetch "}, true},
		{"GET", []string{"", "", "prefetch"}, true},
		{"GET", []string{"preview"}, true},
		{"GET", []string{"prefetching"}, false},
	} {
		var in session.Incoming
		in.Fetched(c.method, "", c.purposes...)
		want(t, fmt.Sprint(c.method, c.purposes), in.Unseen, c.want)
	}
}
