package main

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
)

var protection = http.NewCrossOriginProtection()

// sameOrigin refuses what a page of another site sends in a visitor's name. It
// decides as net/http does, by these headers; a client that is no browser
// sends neither.
func sameOrigin(c *fiber.Ctx) error {
	r := &http.Request{Method: c.Method(), Host: string(c.Request().Host()), Header: http.Header{}}
	for _, name := range []string{"Sec-Fetch-Site", "Origin"} {
		if value := c.Get(name); value != "" {
			r.Header.Set(name, value)
		}
	}
	if err := protection.Check(r); err != nil {
		return fiber.NewError(fiber.StatusForbidden, err.Error())
	}
	return c.Next()
}
