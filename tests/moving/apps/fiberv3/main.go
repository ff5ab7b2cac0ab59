// Command fiberv3 is an app with Fiber v3's session middleware, written as its
// documentation shows.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/session"
	"github.com/gofiber/storage/redis/v3"
)

func main() {
	host, port, _ := net.SplitHostPort(os.Getenv("APP_REDIS"))
	number, _ := strconv.Atoi(port)
	app := fiber.New()
	app.Use(session.New(session.Config{
		IdleTimeout: 24 * time.Hour,
		Storage:     redis.New(redis.Config{Host: host, Port: number}),
	}))
	app.Get("/login", login)
	app.Get("/logout", logout)
	app.Get("/me", me)
	app.Get("/count", count)
	app.Get("/flash", flash)
	app.Get("/show", show)
	app.Get("/slow", slow)
	log.Fatal(app.Listen(os.Getenv("APP_ADDR"), fiber.ListenConfig{DisableStartupMessage: true}))
}

func login(c fiber.Ctx) error {
	sess := session.FromContext(c)
	if err := sess.Regenerate(); err != nil {
		return err
	}
	sess.Set("user", c.Query("user"))
	return c.SendString("hello")
}

func logout(c fiber.Ctx) error {
	if err := session.FromContext(c).Destroy(); err != nil {
		return err
	}
	return c.SendString("bye")
}

func me(c fiber.Ctx) error {
	user, _ := session.FromContext(c).Get("user").(string)
	return c.SendString(user)
}

func count(c fiber.Ctx) error {
	sess := session.FromContext(c)
	n, _ := sess.Get("count").(int)
	sess.Set("count", n+1)
	return c.SendString(strconv.Itoa(n + 1))
}

func flash(c fiber.Ctx) error {
	session.FromContext(c).Set("flash", c.Query("text"))
	return c.SendString("ok")
}

func show(c fiber.Ctx) error {
	sess := session.FromContext(c)
	text, _ := sess.Get("flash").(string)
	sess.Delete("flash")
	return c.SendString(text)
}

func slow(c fiber.Ctx) error {
	sess := session.FromContext(c)
	http.Get(c.Query("meanwhile"))
	sess.Set("late", true)
	return c.SendString("ok")
}
