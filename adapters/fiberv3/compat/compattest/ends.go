package compattest

import (
	"errors"
	"testing"
	"time"
)

func destroy(t *testing.T, start start) {
	b := start(Settings{})
	b.put("a", 1)
	before := b.token
	res := b.visit(func(ss Session) error {
		if err := ss.Destroy(); err != nil {
			return err
		}
		if ss.Get("a") != nil {
			t.Error("values after the end")
		}
		return nil
	})
	if c := b.sent(res); c == nil || c.Value != "" || c.MaxAge > 0 || c.Expires.After(time.Now()) {
		t.Error(c)
	}
	b.token = before
	b.want("a", nil)
	fresh := start(Settings{})
	if c := fresh.sent(fresh.visit(func(ss Session) error { return ss.Destroy() })); c == nil || c.Value != "" {
		t.Error("of a session that is new:", c)
	}
}

func regenerate(t *testing.T, start start) {
	b := start(Settings{})
	b.put("a", 1)
	before := b.token
	b.visit(func(ss Session) error {
		id := ss.ID()
		if err := ss.Regenerate(); err != nil {
			return err
		}
		if ss.ID() == id || !ss.Fresh() {
			t.Error("the id from before, or not fresh")
		}
		ss.Set("b", 2)
		return ss.Save()
	})
	if b.token == before {
		t.Error("the cookie from before")
	}
	b.want("a", 1)
	b.want("b", 2)
	b.token = before
	b.want("a", nil)
}

func reset(t *testing.T, start start) {
	b := start(Settings{})
	b.put("a", 1)
	before := b.token
	b.visit(func(ss Session) error {
		if err := ss.Reset(); err != nil {
			return err
		}
		if !ss.Fresh() || len(ss.Keys()) != 0 {
			t.Error("not fresh")
		}
		ss.Set("b", 2)
		return ss.Save()
	})
	b.want("a", nil)
	b.want("b", 2)
	b.token = before
	b.want("a", nil)
}

func byID(t *testing.T, start start) {
	b := start(Settings{})
	b.put("a", 1)
	var id string
	b.visit(func(ss Session) error { id = ss.ID(); return nil })
	ss, err := b.site.GetByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if ss.Get("a") != 1 || ss.ID() != id || ss.Fresh() {
		t.Error(ss.Get("a"), ss.ID(), ss.Fresh())
	}
	ss.Set("b", 2)
	if err := ss.Save(); err != nil {
		t.Error(err)
	}
	ss.Release()
	b.want("b", 2)
	for _, id := range []string{id, id, "nothing"} {
		if err := b.site.Delete(t.Context(), id); err != nil {
			t.Error(err)
		}
		if _, err := b.site.GetByID(t.Context(), id); !errors.Is(err, b.site.ErrNotFound) {
			t.Error(err)
		}
	}
	if err := b.site.Delete(t.Context(), ""); !errors.Is(err, b.site.ErrEmptyID) {
		t.Error(err)
	}
	if _, err := b.site.GetByID(t.Context(), ""); !errors.Is(err, b.site.ErrEmptyID) {
		t.Error(err)
	}
	b.want("a", nil)
}

func resetStore(t *testing.T, start start) {
	b := start(Settings{})
	b.put("a", 1)
	if err := b.site.Reset(t.Context()); err != nil {
		t.Error(err)
	}
	b.want("a", nil)
}
