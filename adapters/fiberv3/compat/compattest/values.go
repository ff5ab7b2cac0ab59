package compattest

import (
	"slices"
	"testing"

	"github.com/gofiber/fiber/v3"
)

func keepTypes(t *testing.T, start start) {
	b := start(Settings{})
	values := map[string]any{"int": 1, "int64": int64(2), "float": 1.0, "text": "ü", "zip": "\xff", "bool": true, "bytes": []byte{0, 255}, "strings": []string{"a"}, "profile": Profile{"Ada"}, "_flash": "x", "": "empty"}
	b.visit(func(ss Session) error {
		for key, v := range values {
			ss.Set(key, v)
		}
		return ss.Save()
	})
	for key, v := range values {
		b.want(key, v)
	}
	b.want("nothing", nil)
}

func unsaved(t *testing.T, start start) {
	b := start(Settings{})
	if res := b.visit(func(ss Session) error { ss.Set("a", 1); return nil }); b.sent(res) != nil {
		t.Error("a cookie without a Save")
	}
	b.put("b", 2)
	b.visit(func(ss Session) error { ss.Set("b", 3); ss.Delete("b"); return nil })
	b.want("a", nil)
	b.want("b", 2)
}

func keys(t *testing.T, start start) {
	b := start(Settings{})
	b.put("a", 1)
	b.put("b", 2)
	b.visit(func(ss Session) error {
		ss.Delete("a")
		ss.Delete("nothing")
		ss.Set("c", 3)
		got := ss.Keys()
		if len(got) != 2 || !slices.Contains(got, any("b")) || !slices.Contains(got, any("c")) {
			t.Errorf("%q", got)
		}
		return ss.Save()
	})
	b.want("a", nil)
	b.want("c", 3)
}

func otherKeys(t *testing.T, start start) {
	b := start(Settings{})
	all := []any{"1", 1, int64(1), true, 1.5, Key(1), Key(2), "\x001"}
	b.visit(func(ss Session) error {
		for i, key := range all {
			ss.Set(key, i)
		}
		return ss.Save()
	})
	for i, key := range all {
		b.want(key, i)
	}
	b.visit(func(ss Session) error {
		got := ss.Keys()
		for _, key := range all {
			if !slices.Contains(got, key) {
				t.Errorf("%T %v is not among %v", key, key, got)
			}
		}
		if len(got) != len(all) {
			t.Errorf("%v", got)
		}
		ss.Delete(Key(1))
		return ss.Save()
	})
	b.want(Key(1), nil)
	b.want(1, 1)
}

func fresh(t *testing.T, start start) {
	b := start(Settings{})
	for i := range 2 {
		b.visit(func(ss Session) error {
			if ss.Fresh() != (i == 0) {
				t.Errorf("visit %d: fresh %v", i, ss.Fresh())
			}
			ss.Set("a", 1)
			return ss.Save()
		})
	}
}

func severalSaves(t *testing.T, start start) {
	b := start(Settings{})
	b.visit(func(ss Session) error {
		for i := range 3 {
			ss.Set(string(rune('a'+i)), i)
			if err := ss.Save(); err != nil {
				return err
			}
		}
		return nil
	})
	b.want("a", 0)
	b.want("c", 2)
}

func unknownType(t *testing.T, start start) {
	b := start(Settings{})
	for _, set := range []func(ss Session){
		func(ss Session) { ss.Set("x", unregistered{"x"}) },
		func(ss Session) { ss.Set(unregistered{"x"}, "x") },
	} {
		b.visit(func(ss Session) error {
			set(ss)
			if err := ss.Save(); err == nil {
				t.Error("saved")
			}
			return nil
		})
	}
}

func next(t *testing.T, start start) {
	b := start(Settings{Next: func(fiber.Ctx) bool { return true }})
	b.pass(200, func(v Values, _ Session) error {
		if v != nil {
			t.Error("a session")
		}
		return nil
	})
}
