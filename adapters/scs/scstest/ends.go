package scstest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

func destroy(t *testing.T, start start) {
	s := start(Settings{})
	token := s.sent(s.put("a", 1), "session").Value
	res := s.visit(func(ctx context.Context) {
		if err := s.Destroy(ctx); err != nil {
			t.Error(err)
		}
		if s.Get(ctx, "a") != nil {
			t.Error("values after the end")
		}
	})
	if c := s.sent(res, "session"); c == nil || c.MaxAge >= 0 || c.Value != "" {
		t.Error(c)
	}
	s.want("a", nil)
	ctx, err := s.Load(t.Context(), token)
	if err != nil || s.Get(ctx, "a") != nil {
		t.Error("the token still leads to it", err)
	}
}

func destroyThenPut(t *testing.T, start start) {
	s := start(Settings{})
	before := s.sent(s.put("a", 1), "session")
	res := s.visit(func(ctx context.Context) {
		if err := s.Destroy(ctx); err != nil {
			t.Error(err)
		}
		s.Put(ctx, "b", 2)
	})
	if c := s.sent(res, "session"); c == nil || c.MaxAge < 0 || c.Value == before.Value {
		t.Error(c)
	}
	s.want("a", nil)
	s.want("b", 2)
}

func destroyNothing(t *testing.T, start start) {
	s := start(Settings{})
	res := s.visit(func(ctx context.Context) {
		if err := s.Destroy(ctx); err != nil {
			t.Error(err)
		}
	})
	if c := s.sent(res, "session"); c == nil || c.MaxAge >= 0 {
		t.Error(c)
	}
}

func renew(t *testing.T, start start) {
	s := start(Settings{})
	before := s.sent(s.put("a", 1), "session")
	res := s.visit(func(ctx context.Context) {
		s.Put(ctx, "early", 1)
		if err := s.RenewToken(ctx); err != nil {
			t.Error(err)
		}
		s.Put(ctx, "late", 1)
	})
	if c := s.sent(res, "session"); c == nil || c.Value == before.Value {
		t.Error(c)
	}
	for _, key := range []string{"a", "early", "late"} {
		s.want(key, 1)
	}
	ctx, err := s.Load(t.Context(), before.Value)
	if err != nil || len(s.Keys(ctx)) > 0 {
		t.Error("the old token still leads to it", err)
	}
	fresh := start(Settings{}) // before anything is stored
	fresh.visit(func(ctx context.Context) {
		if err := fresh.RenewToken(ctx); err != nil {
			t.Error(err)
		}
		fresh.Put(ctx, "user", "ada")
	})
	fresh.want("user", "ada")
}

func lifetime(t *testing.T, start start) {
	s := start(Settings{Lifetime: 50 * time.Millisecond})
	s.put("a", 1)
	eventually(t, "the end of a lifetime", func() (gone bool) {
		s.visit(func(ctx context.Context) { gone = !s.Exists(ctx, "a") })
		return gone
	})
}

func idle(t *testing.T, start start) {
	s := start(Settings{IdleTimeout: 100 * time.Millisecond})
	s.put("a", 1)
	eventually(t, "the end of an idle session", func() (gone bool) {
		time.Sleep(120 * time.Millisecond) // unused for longer than it may be
		s.visit(func(ctx context.Context) { gone = !s.Exists(ctx, "a") })
		return gone
	})
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come", what)
		}
	}
}

func deadline(t *testing.T, start start) {
	s := start(Settings{Lifetime: time.Hour})
	until := time.Now().Add(10 * time.Minute).Truncate(time.Second)
	c := s.sent(s.visit(func(ctx context.Context) {
		if left := time.Until(s.Deadline(ctx)); left < 59*time.Minute || left > time.Hour {
			t.Error("a new session has", left)
		}
		s.Put(ctx, "a", 1)
		s.SetDeadline(ctx, until)
		if got := s.Deadline(ctx); !got.Equal(until) {
			t.Errorf("%v, want %v", got, until)
		}
	}), "session")
	if c == nil || c.MaxAge < 590 || c.MaxAge > 601 {
		t.Error(c)
	}
	s.visit(func(ctx context.Context) {
		if got := s.Deadline(ctx); got.Sub(until).Abs() > time.Second {
			t.Errorf("%v, want %v", got, until)
		}
	})
}

func merge(t *testing.T, start start) {
	s := start(Settings{})
	token := func(key string) string {
		ctx, _ := s.Load(t.Context(), "")
		s.Put(ctx, key, key)
		s.Put(ctx, "both", key)
		token, _, err := s.Commit(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	one, two := token("one"), token("two")
	ctx, _ := s.Load(t.Context(), one)
	for _, from := range []string{"nonsense", one, two} {
		if err := s.MergeSession(ctx, from); err != nil {
			t.Error(from, err)
		}
	}
	if got, _, err := s.Commit(ctx); got != one || err != nil {
		t.Error(got, err)
	}
	ctx, _ = s.Load(t.Context(), one)
	if s.GetString(ctx, "one") != "one" || s.GetString(ctx, "two") != "two" || s.GetString(ctx, "both") != "two" {
		t.Error(s.Keys(ctx))
	}
	if ctx, _ = s.Load(t.Context(), two); len(s.Keys(ctx)) != 0 {
		t.Error("what was merged is still there")
	}
}

func iterate(t *testing.T, start start) {
	s := start(Settings{})
	for i := range 3 {
		ctx, _ := s.Load(t.Context(), "")
		s.Put(ctx, "n", i)
		if _, _, err := s.Commit(ctx); err != nil {
			t.Fatal(err)
		}
	}
	each := func(do func(ctx context.Context) error) (seen []int) {
		if err := s.Iterate(t.Context(), func(ctx context.Context) error {
			seen = append(seen, s.GetInt(ctx, "n"))
			return do(ctx)
		}); err != nil {
			t.Error(err)
		}
		slices.Sort(seen)
		return seen
	}
	if seen := each(func(ctx context.Context) error {
		if s.GetInt(ctx, "n") == 1 {
			return s.Destroy(ctx)
		}
		return nil
	}); !slices.Equal(seen, []int{0, 1, 2}) {
		t.Error(seen)
	}
	if seen := each(func(context.Context) error { return nil }); !slices.Equal(seen, []int{0, 2}) {
		t.Error(seen)
	}
	stop := errors.New("stop")
	if err := s.Iterate(t.Context(), func(context.Context) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}
