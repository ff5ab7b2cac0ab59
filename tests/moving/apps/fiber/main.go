// Command fiber is an app with Fiber's session middleware, written as its
// documentation shows.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/session"
	"github.com/gofiber/storage/redis/v3"
)

var store *session.Store

func main() {
	host, port, _ := net.SplitHostPort(os.Getenv("APP_REDIS"))
	number, _ := strconv.Atoi(port)
	store = session.New(session.Config{
		Expiration: 24 * time.Hour,
		Storage:    redis.New(redis.Config{Host: host, Port: number}),
	})
	app := fiber.New(fiber.Config{DisableStartupMessage: true})

	app.Get("/login", login)
	app.Get("/logout", logout)
	app.Get("/me", me)
	app.Get("/count", count)
	app.Get("/flash", flash)
	app.Get("/show", show)
	app.Get("/slow", slow)
	log.Fatal(app.Listen(os.Getenv("APP_ADDR")))
}

func login(c *fiber.Ctx) error {
	sess, err := store.Get(c)
	if err != nil {
		return err
	}
	if err := sess.Regenerate(); err != nil {
		return err
	}
	sess.Set("user", c.Query("user"))
	if c.Query("remember") != "" {
		sess.SetExpiry(7 * 24 * time.Hour)
	}
	if err := sess.Save(); err != nil {
		return err
	}
	return c.SendString("hello")
}

func logout(c *fiber.Ctx) error {
	sess, err := store.Get(c)
	if err != nil {
		return err
	}
	if err := sess.Destroy(); err != nil {
		return err
	}
	return c.SendString("bye")
}

func me(c *fiber.Ctx) error {
	sess, err := store.Get(c)
	if err != nil {
		return err
	}
	user, _ := sess.Get("user").(string)
	return c.SendString(user)
}

func count(c *fiber.Ctx) error {
	sess, err := store.Get(c)
	if err != nil {
		return err
	}
	n, _ := sess.Get("count").(int)
	sess.Set("count", n+1)
	if err := sess.Save(); err != nil {
		return err
	}
	return c.SendString(strconv.Itoa(n + 1))
}

func flash(c *fiber.Ctx) error {
	sess, err := store.Get(c)
	if err != nil {
		return err
	}
	sess.Set("flash", c.Query("text"))
	if err := sess.Save(); err != nil {
		return err
	}
	return c.SendString("ok")
}

func show(c *fiber.Ctx) error {
	sess, err := store.Get(c)
	if err != nil {
		return err
	}
	text, _ := sess.Get("flash").(string)
	sess.Delete("flash")
	if err := sess.Save(); err != nil {
		return err
	}
	return c.SendString(text)
}

func slow(c *fiber.Ctx) error {
	sess, err := store.Get(c)
	if err != nil {
		return err
	}
	http.Get(c.Query("meanwhile"))
	sess.Set("late", true)
	if err := sess.Save(); err != nil {
		return err
	}
	return c.SendString("ok")
}
