package session_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/gofiber/fiber/v3"

	"github.com/gosessionkit/sessionkit/adapters/fiberv3/compat" // was github.com/gofiber/fiber/v3/middleware/session
)

// An app that uses Fiber's session middleware goes on as it is.
func Example() {
	handler, store := session.NewWithStore()
	defer store.Close()
	app := fiber.New()
	app.Use(handler)
	app.Get("/", func(c fiber.Ctx) error {
		sess := session.FromContext(c)
		n, _ := sess.Get("visits").(int)
		sess.Set("visits", n+1)
		return c.SendString(fmt.Sprint("visit ", n+1))
	})

	var cookies []*http.Cookie
	for range 2 {
		r := httptest.NewRequest("GET", "/", nil)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		res, err := app.Test(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		cookies = res.Cookies()
		body, _ := io.ReadAll(res.Body)
		fmt.Println(string(body))
	}
	// Output:
	// visit 1
	// visit 2
}
