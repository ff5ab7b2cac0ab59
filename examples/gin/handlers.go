package main

import (
	"maps"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
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

func (a app) page(c *gin.Context) error {
	s, err := ginsession.Get(c)
	if err != nil {
		return err
	}
	var devices []auth.SessionInfo
	if s.User() != "" {
		if devices, err = auth.Sessions(c.Request.Context(), a.sessions); err != nil {
			return err
		}
	}
	html, err := page.Render("Gin", a.sessions, s, devices)
	if err != nil {
		return err
	}
	maps.Copy(c.Writer.Header(), page.Headers())
	c.Data(http.StatusOK, "text/html; charset=utf-8", html)
	return nil
}

func (app) plain(c *gin.Context) { c.String(http.StatusOK, "ok") }

func (app) me(c *gin.Context) error {
	s, err := ginsession.Get(c)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, answer.NewMe(s))
	return nil
}

func (app) login(c *gin.Context) error {
	user := c.PostForm("user") // an app of your own checks a password first
	err := auth.Login(c.Request.Context(), user, answer.Remember(c.PostForm("remember")),
		auth.Label(device.Name(c.Request.UserAgent())), auth.Network(c.ClientIP()), auth.LastUsed()) // for the list of devices; without these nothing of them is kept
	if err != nil {
		return err
	}
	return backToPage(c, "Welcome, "+user+".")
}

func (app) logout(c *gin.Context) error {
	if err := auth.Logout(c.Request.Context()); err != nil {
		return err
	}
	return backToPage(c, "")
}

func (a app) logoutEverywhere(c *gin.Context) error {
	_, err := auth.LogoutEverywhere(c.Request.Context(), a.sessions)
	if err != nil && !auth.IsDenied(err) { // denied: nobody to log out
		return err
	}
	return backToPage(c, "")
}

func (a app) logoutOthers(c *gin.Context) error {
	n, err := auth.LogoutOthers(c.Request.Context(), a.sessions)
	if err != nil {
		return err
	}
	return backToPage(c, answer.LoggedOut(n))
}

// logoutDevice ends one of the user's sessions: another's is left alone.
func (a app) logoutDevice(c *gin.Context) error {
	id, err := input.ID(c.PostForm("id"))
	if err != nil {
		return err
	}
	if err := auth.EndSession(c.Request.Context(), a.sessions, id); err != nil {
		return err
	}
	return backToPage(c, "")
}

func (app) count(c *gin.Context) error {
	s, err := ginsession.Get(c)
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
	c.JSON(http.StatusOK, answer.NewCount(n))
	return nil
}

func (app) putItem(c *gin.Context) error {
	s, err := ginsession.Get(c)
	if err != nil {
		return err
	}
	key := c.PostForm("key")
	if err := items.Put(s, key, c.PostForm("value")); err != nil {
		return err
	}
	if toPage(c) {
		return backToPage(c, "Saved under "+key+".")
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (app) getItem(c *gin.Context) error {
	s, err := ginsession.Get(c)
	if err != nil {
		return err
	}
	text, ok := items.Text(s, strings.TrimPrefix(c.Param("key"), "/"))
	if !ok {
		c.String(http.StatusNotFound, "404 page not found\n")
		return nil
	}
	c.String(http.StatusOK, "%s", text)
	return nil
}

func (app) putItemSlowly(c *gin.Context) error {
	s, err := ginsession.Get(c)
	if err != nil {
		return err
	}
	if err := slow.Wait(c.Request.Context(), c.Query("ms")); err != nil {
		return err
	}
	if err := items.Put(s, c.PostForm("key"), c.PostForm("value")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// stream sets a value before the first byte leaves, so that a new visitor gets
// the cookie with the headers; what is set afterwards is saved at the end.
func (app) stream(c *gin.Context) error {
	s, err := ginsession.Get(c)
	if err != nil {
		return err
	}
	if err := session.Set(s, "late", 0); err != nil {
		return err
	}
	c.String(http.StatusOK, "first\n")
	c.Writer.Flush()
	if err := session.Set(s, "late", 1); err != nil {
		return err
	}
	if err := slow.Wait(c.Request.Context(), "200"); err != nil {
		return err
	}
	_, err = c.Writer.WriteString("second\n")
	return err
}

func (app) private(c *gin.Context) error {
	user, err := auth.User(c.Request.Context())
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store") // else the back button shows it after the logout
	c.String(http.StatusOK, "only for %s\n", user)
	return nil
}

// denied leads a person to the page, where the login is, and tells a program so.
func (app) denied(c *gin.Context) error {
	if toPage(c) {
		return backToPage(c, "")
	}
	return auth.ErrNotLoggedIn
}

// backToPage shows the page, with a message for a person at a browser.
func backToPage(c *gin.Context, message string) error {
	if message != "" && toPage(c) {
		s, err := ginsession.Get(c)
		if err != nil {
			return err
		}
		if err := s.Flash("success", message); err != nil {
			return err
		}
	}
	c.Redirect(http.StatusSeeOther, "/")
	return nil
}

func toPage(c *gin.Context) bool { return answer.ToPage(c.GetHeader("Accept")) }
