package session_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
)

func TestFlashesOf(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	b := newBrowser(t, m)
	want := func(s *session.Session, kinds []string, texts ...string) {
		t.Helper()
		list, err := s.FlashesOf(kinds...)
		var got []string
		for _, m := range list {
			got = append(got, m.Text)
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(texts) {
			t.Errorf("%q gives %q, %v; want %q", kinds, got, err, texts)
		}
	}
	flash := func(s *session.Session) {
		for _, text := range []string{"e1", "s1", "e2", "w1"} {
			if err := s.Flash(text[:1], text); err != nil {
				t.Error(err)
			}
		}
	}
	ctx, end := b.open()
	s := mustFrom(t, ctx)
	flash(s)
	want(s, []string{"e"}, "e1", "e2") // before anything is stored
	want(s, []string{"e"})
	if err := end(); err != nil {
		t.Fatal(err)
	}
	ctx, end = b.open()
	s = mustFrom(t, ctx)
	want(s, []string{"x"})
	if s.Modified() {
		t.Error("looking for what is not there modifies")
	}
	flash(s)
	want(s, []string{"s", "w"}, "s1", "w1", "s1", "w1")
	if err := end(); err != nil {
		t.Fatal(err)
	}
	ctx, _ = b.open()
	if list, err := mustFrom(t, ctx).Flashes(); len(list) != 2 || err != nil {
		t.Error("what was not asked for:", list, err)
	}
}

// Of several requests one gets a message.
func TestFlashesOfInParallel(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	b := newBrowser(t, m)
	ctx, end := b.open()
	mustFrom(t, ctx).Flash("e", "once")
	end()
	var mu sync.Mutex
	shown := 0
	var all sync.WaitGroup
	for range 8 {
		ctx, _ := b.open()
		s := mustFrom(t, ctx)
		all.Go(func() {
			list, err := s.FlashesOf("e")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			shown += len(list)
		})
	}
	all.Wait()
	if shown != 1 {
		t.Errorf("shown %d times", shown)
	}
}
