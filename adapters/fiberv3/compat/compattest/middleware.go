package compattest

import (
	"errors"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v3"
)

func middlewareSaves(t *testing.T, start start) {
	b := start(Settings{})
	for i := range 3 {
		res := b.pass(http.StatusOK, func(v Values, ss Session) error {
			n, _ := v.Get("n").(int)
			if n != i || v.Fresh() != (i == 0) || v.ID() != ss.ID() || len(v.Keys()) != min(i, 1) {
				t.Errorf("visit %d: %d, fresh %v, %v", i, n, v.Fresh(), v.Keys())
			}
			v.Set("n", n+1)
			return ss.Save() // which leaves it to the middleware
		})
		if b.sent(res) == nil {
			t.Error("no cookie")
		}
	}
	before := b.token
	b.pass(http.StatusOK, func(v Values, _ Session) error { return v.Regenerate() })
	after := b.token
	b.want("n", 3)
	b.token = before
	b.want("n", nil)
	b.token = after
	b.pass(http.StatusOK, func(v Values, _ Session) error {
		err := v.Reset()
		v.Set("m", 1)
		return err
	})
	b.want("m", 1)
	b.want("n", nil)
	b.pass(http.StatusOK, func(v Values, _ Session) error { v.Delete("m"); return nil })
	b.want("m", nil)
}

// What a handler has set before it fails is saved, and its error is answered.
func middlewareError(t *testing.T, start start) {
	b := start(Settings{})
	b.pass(http.StatusTeapot, func(v Values, _ Session) error {
		v.Set("a", 1)
		return fiber.ErrTeapot
	})
	b.want("a", 1)
}

func middlewareDestroy(t *testing.T, start start) {
	b := start(Settings{})
	b.pass(http.StatusOK, func(v Values, _ Session) error { v.Set("a", 1); return nil })
	before := b.token
	b.pass(http.StatusOK, func(v Values, _ Session) error {
		err := v.Destroy()
		v.Set("b", 1)
		return err
	})
	if b.token != "" {
		t.Error("a cookie")
	}
	b.token = before
	b.want("a", nil)
	b.want("b", nil)
}

func middlewareFails(t *testing.T, start start) {
	var failed error
	b := start(Settings{ErrorHandler: func(c fiber.Ctx, err error) {
		failed = err
		c.Status(http.StatusInsufficientStorage).SendString("not saved")
	}})
	b.pass(http.StatusInsufficientStorage, func(v Values, _ Session) error { v.Set("x", unregistered{"x"}); return nil })
	if failed == nil {
		t.Error("no error")
	}
	b = start(Settings{})
	b.pass(http.StatusInternalServerError, func(v Values, _ Session) error { v.Set("x", unregistered{"x"}); return nil })
}

func behind(t *testing.T, start start) {
	b := start(Settings{})
	b.request(http.StatusOK, b.site.Handler, func(c fiber.Ctx) error {
		if _, err := b.site.Get(c); !errors.Is(err, b.site.ErrAlreadyLoaded) {
			t.Error(err)
		}
		return nil
	})
	b.visit(func(Session) error { return nil })
	b.request(http.StatusOK, func(c fiber.Ctx) error {
		if v, _ := b.site.FromContext(c); v != nil {
			t.Error("a session without the middleware")
		}
		return nil
	})
}
