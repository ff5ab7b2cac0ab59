package main

import (
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	echosession "github.com/gosessionkit/sessionkit/adapters/echo"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/device"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/examples/internal/answer"
	"github.com/gosessionkit/sessionkit/examples/internal/input"
	"github.com/gosessionkit/sessionkit/examples/internal/items"
	"github.com/gosessionkit/sessionkit/examples/internal/page"
	"github.com/gosessionkit/sessionkit/examples/internal/slow"
)

type app struct{ sessions *session.Manager }

func (a app) page(c echo.Context) error {
	s, err := echosession.Get(c)
	if err != nil {
		return err
	}
	var devices []auth.SessionInfo
	if s.User() != "" {
		if devices, err = auth.Sessions(c.Request().Context(), a.sessions); err != nil {
			return err
		}
	}
	html, err := page.Render("Echo", a.sessions, s, devices)
	if err != nil {
		return err
	}
	maps.Copy(c.Response().Header(), page.Headers())
	return c.HTMLBlob(http.StatusOK, html)
}

func (app) plain(c echo.Context) error {
	return c.String(http.StatusOK, "ok")
}

func (app) me(c echo.Context) error {
	s, err := echosession.Get(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, answer.NewMe(s))
}

func (app) login(c echo.Context) error {
	user := c.FormValue("user") // an app of your own checks a password first
	err := auth.Login(c.Request().Context(), user, answer.Remember(c.FormValue("remember")),
		auth.Label(device.Name(c.Request().UserAgent())), auth.Network(c.RealIP()), auth.LastUsed()) // for the list of devices; without these nothing of them is kept
	if err != nil {
		return err
	}
	return backToPage(c, "Welcome, "+user+".")
}

func (app) logout(c echo.Context) error {
	if err := auth.Logout(c.Request().Context()); err != nil {
		return err
	}
	return backToPage(c, "")
}

func (a app) logoutEverywhere(c echo.Context) error {
	_, err := auth.LogoutEverywhere(c.Request().Context(), a.sessions)
	if err != nil && !auth.IsDenied(err) { // denied: nobody to log out
		return err
	}
	return backToPage(c, "")
}

func (a app) logoutOthers(c echo.Context) error {
	n, err := auth.LogoutOthers(c.Request().Context(), a.sessions)
	if err != nil {
		return err
	}
	return backToPage(c, answer.LoggedOut(n))
}

// logoutDevice ends one of the user's sessions: another's is left alone.
func (a app) logoutDevice(c echo.Context) error {
	id, err := input.ID(c.FormValue("id"))
	if err != nil {
		return err
	}
	if err := auth.EndSession(c.Request().Context(), a.sessions, id); err != nil {
		return err
	}
	return backToPage(c, "")
}

func (app) count(c echo.Context) error {
	s, err := echosession.Get(c)
	if err != nil {
		return err
	}
	n, err := session.Update(s, "count", func(n int) (int, error) { return n + 1, nil })
	if err != nil {
		return err
	}
	if toPage(c) {
		return backToPage(c, "")
	}
	return c.JSON(http.StatusOK, answer.NewCount(n))
}

func (app) putItem(c echo.Context) error {
	s, err := echosession.Get(c)
	if err != nil {
		return err
	}
	key := c.FormValue("key")
	if err := items.Put(s, key, c.FormValue("value")); err != nil {
		return err
	}
	if toPage(c) {
		return backToPage(c, "Saved under "+key+".")
	}
	return c.NoContent(http.StatusNoContent)
}

func (app) getItem(c echo.Context) error {
	s, err := echosession.Get(c)
	if err != nil {
		return err
	}
	text, ok := items.Text(s, strings.TrimPrefix(c.Request().URL.Path, "/items/"))
	if !ok {
		return echo.ErrNotFound
	}
	return c.String(http.StatusOK, text)
}

func (app) putItemSlowly(c echo.Context) error {
	s, err := echosession.Get(c)
	if err != nil {
		return err
	}
	if err := slow.Wait(c.Request().Context(), c.QueryParam("ms")); err != nil {
		return err
	}
	if err := items.Put(s, c.FormValue("key"), c.FormValue("value")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// stream sets a value before the first byte leaves, so that a new visitor gets
// the cookie with the headers; what is set afterwards is saved at the end.
func (app) stream(c echo.Context) error {
	s, err := echosession.Get(c)
	if err != nil {
		return err
	}
	if err := session.Set(s, "late", 0); err != nil {
		return err
	}
	if err := c.String(http.StatusOK, "first\n"); err != nil {
		return err
	}
	c.Response().Flush()
	if err := session.Set(s, "late", 1); err != nil {
		return err
	}
	if err := slow.Wait(c.Request().Context(), "200"); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.Response(), "second")
	return err
}

func (app) private(c echo.Context) error {
	user, err := auth.User(c.Request().Context())
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store") // else the back button shows it after the logout
	return c.String(http.StatusOK, "only for "+user+"\n")
}

// denied leads a person to the page, where the login is, and tells a program so.
func (app) denied(c echo.Context) error {
	if toPage(c) {
		return backToPage(c, "")
	}
	return auth.ErrNotLoggedIn
}

// backToPage shows the page, with a message for a person at a browser.
func backToPage(c echo.Context, message string) error {
	if message != "" && toPage(c) {
		s, err := echosession.Get(c)
		if err != nil {
			return err
		}
		if err := s.Flash("success", message); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, "/")
}

func toPage(c echo.Context) bool {
	return answer.ToPage(c.Request().Header.Get(echo.HeaderAccept))
}
