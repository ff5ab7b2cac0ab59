package compattest

import (
	"testing"
	"time"
)

func destroy(t *testing.T, start start) {
	s := start(Settings{})
	s.put("a", 1)
	before := s.token
	res := s.visit(func(ss Session) error {
		if err := ss.Destroy(); err != nil {
			return err
		}
		if ss.Get("a") != nil {
			t.Error("values after the end")
		}
		return nil
	})
	if c := s.sent(res); c == nil || c.Value != "" || c.MaxAge > 0 || c.Expires.After(time.Now()) {
		t.Error(c)
	}
	s.token = before
	s.want("a", nil)
	fresh := start(Settings{})
	if c := fresh.sent(fresh.visit(func(ss Session) error { return ss.Destroy() })); c == nil || c.Value != "" {
		t.Error("of a session that is new:", c)
	}
}

func regenerate(t *testing.T, start start) {
	s := start(Settings{})
	s.put("a", 1)
	before := s.token
	s.visit(func(ss Session) error {
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
	if s.token == before {
		t.Error("the cookie from before")
	}
	s.want("a", 1)
	s.want("b", 2)
	s.token = before
	s.want("a", nil)
}

func reset(t *testing.T, start start) {
	s := start(Settings{})
	s.put("a", 1)
	before := s.token
	s.visit(func(ss Session) error {
		if err := ss.Reset(); err != nil {
			return err
		}
		if !ss.Fresh() || len(ss.Keys()) != 0 {
			t.Error("not fresh")
		}
		ss.Set("b", 2)
		return ss.Save()
	})
	s.want("a", nil)
	s.want("b", 2)
	s.token = before
	s.want("a", nil)
}

func expiry(t *testing.T, start start) {
	s := start(Settings{})
	if c := s.sent(s.visit(func(ss Session) error {
		ss.Set("a", 1)
		ss.SetExpiry(10 * time.Minute)
		return ss.Save()
	})); c == nil || c.MaxAge != 600 {
		t.Error(c)
	}
}

func deleteByID(t *testing.T, start start) {
	s := start(Settings{})
	s.put("a", 1)
	var id string
	s.visit(func(ss Session) error { id = ss.ID(); return nil })
	for _, id := range []string{id, id, "nothing"} {
		if err := s.store.Delete(id); err != nil {
			t.Error(err)
		}
	}
	if err := s.store.Delete(""); err == nil {
		t.Error("without an id")
	}
	s.want("a", nil)
}

func resetStore(t *testing.T, start start) {
	s := start(Settings{})
	s.put("a", 1)
	if err := s.store.Reset(); err != nil {
		t.Error(err)
	}
	s.want("a", nil)
}

func strangers(t *testing.T, start start) {
	s := start(Settings{})
	for _, token := range []string{"nonsense", "0b1f1a5e-8c3d-4a0f-9f57-2f1d4c1c9d10"} {
		s.token = token
		s.visit(func(ss Session) error {
			if !ss.Fresh() || ss.ID() == token {
				t.Error("taken over")
			}
			ss.Set("a", 1)
			return ss.Save()
		})
		if s.token == token {
			t.Error("a token of the visitor's choice")
		}
	}
}
