// Command gorilla is an Echo app with labstack/echo-contrib/session and
// gorilla/sessions, written as their documentation shows.
package main

import (
	"net/http"
	"os"
	"strconv"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo-contrib/session"
	"github.com/labstack/echo/v4"
)

func main() {
	e := echo.New()
	e.HideBanner = true
	store := sessions.NewCookieStore([]byte("secret-of-the-app-with-32-bytes!"))
	store.Options = &sessions.Options{Path: "/", MaxAge: 86400 * 7, HttpOnly: true}
	e.Use(session.Middleware(store))

	e.GET("/login", login)
	e.GET("/logout", logout)
	e.GET("/me", me)
	e.GET("/count", count)
	e.GET("/flash", flash)
	e.GET("/show", show)
	e.GET("/slow", slow)
	e.Logger.Fatal(e.Start(os.Getenv("APP_ADDR")))
}

func login(c echo.Context) error {
	sess, err := session.Get("session", c)
	if err != nil {
		return err
	}
	sess.Options = &sessions.Options{Path: "/", HttpOnly: true}
	if c.QueryParam("remember") != "" {
		sess.Options.MaxAge = 86400 * 7
	}
	sess.Values["user"] = c.QueryParam("user")
	if err := sess.Save(c.Request(), c.Response()); err != nil {
		return err
	}
	return c.String(http.StatusOK, "hello")
}

func logout(c echo.Context) error {
	sess, err := session.Get("session", c)
	if err != nil {
		return err
	}
	sess.Options.MaxAge = -1
	if err := sess.Save(c.Request(), c.Response()); err != nil {
		return err
	}
	return c.String(http.StatusOK, "bye")
}

func me(c echo.Context) error {
	sess, err := session.Get("session", c)
	if err != nil {
		return err
	}
	user, _ := sess.Values["user"].(string)
	return c.String(http.StatusOK, user)
}

func count(c echo.Context) error {
	sess, err := session.Get("session", c)
	if err != nil {
		return err
	}
	n, _ := sess.Values["count"].(int)
	sess.Values["count"] = n + 1
	if err := sess.Save(c.Request(), c.Response()); err != nil {
		return err
	}
	return c.String(http.StatusOK, strconv.Itoa(n+1))
}

func flash(c echo.Context) error {
	sess, err := session.Get("session", c)
	if err != nil {
		return err
	}
	sess.AddFlash(c.QueryParam("text"))
	if err := sess.Save(c.Request(), c.Response()); err != nil {
		return err
	}
	return c.String(http.StatusOK, "ok")
}

func show(c echo.Context) error {
	sess, err := session.Get("session", c)
	if err != nil {
		return err
	}
	text := ""
	for _, flash := range sess.Flashes() {
		text += flash.(string)
	}
	if err := sess.Save(c.Request(), c.Response()); err != nil {
		return err
	}
	return c.String(http.StatusOK, text)
}

func slow(c echo.Context) error {
	sess, err := session.Get("session", c)
	if err != nil {
		return err
	}
	http.Get(c.QueryParam("meanwhile"))
	sess.Values["late"] = true
	if err := sess.Save(c.Request(), c.Response()); err != nil {
		return err
	}
	return c.String(http.StatusOK, "ok")
}
