package main

import (
	"bufio"
	"context"

	"github.com/gofiber/fiber/v2"

	fibersession "github.com/gosessionkit/sessionkit/adapters/fiber"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/device"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/examples/internal/answer"
	"github.com/gosessionkit/sessionkit/examples/internal/input"
	"github.com/gosessionkit/sessionkit/examples/internal/items"
	"github.com/gosessionkit/sessionkit/examples/internal/page"
	"github.com/gosessionkit/sessionkit/examples/internal/slow"
)

type handlers struct{ sessions *session.Manager }

func (h handlers) page(c *fiber.Ctx) error {
	s, err := fibersession.Get(c)
	if err != nil {
		return err
	}
	var devices []auth.SessionInfo
	if s.User() != "" {
		if devices, err = auth.Sessions(c.UserContext(), h.sessions); err != nil {
			return err
		}
	}
	html, err := page.Render("Fiber", h.sessions, s, devices)
	if err != nil {
		return err
	}
	for name, values := range page.Headers() {
		c.Set(name, values[0])
	}
	return c.Send(html)
}

func (handlers) plain(c *fiber.Ctx) error {
	return c.SendString("ok")
}

func (handlers) me(c *fiber.Ctx) error {
	s, err := fibersession.Get(c)
	if err != nil {
		return err
	}
	return c.JSON(answer.NewMe(s))
}

func (handlers) login(c *fiber.Ctx) error {
	user := c.FormValue("user") // an app of your own checks a password first
	err := auth.Login(c.UserContext(), user, answer.Remember(c.FormValue("remember")),
		auth.Label(device.Name(c.Get(fiber.HeaderUserAgent))), auth.Network(c.IP()), auth.LastUsed()) // for the list of devices; without these nothing of them is kept
	if err != nil {
		return err
	}
	return backToPage(c, "Welcome, "+user+".")
}

func (handlers) logout(c *fiber.Ctx) error {
	if err := auth.Logout(c.UserContext()); err != nil {
		return err
	}
	return backToPage(c, "")
}

func (h handlers) logoutEverywhere(c *fiber.Ctx) error {
	_, err := auth.LogoutEverywhere(c.UserContext(), h.sessions)
	if err != nil && !auth.IsDenied(err) { // denied: nobody to log out
		return err
	}
	return backToPage(c, "")
}

func (h handlers) logoutOthers(c *fiber.Ctx) error {
	n, err := auth.LogoutOthers(c.UserContext(), h.sessions)
	if err != nil {
		return err
	}
	return backToPage(c, answer.LoggedOut(n))
}

// logoutDevice ends one of the user's sessions: another's is left alone.
func (h handlers) logoutDevice(c *fiber.Ctx) error {
	id, err := input.ID(c.FormValue("id"))
	if err != nil {
		return err
	}
	if err := auth.EndSession(c.UserContext(), h.sessions, id); err != nil {
		return err
	}
	return backToPage(c, "")
}

func (handlers) count(c *fiber.Ctx) error {
	s, err := fibersession.Get(c)
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
	return c.JSON(answer.NewCount(n))
}

func (handlers) putItem(c *fiber.Ctx) error {
	s, err := fibersession.Get(c)
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
	return c.SendStatus(fiber.StatusNoContent)
}

func (handlers) getItem(c *fiber.Ctx) error {
	s, err := fibersession.Get(c)
	if err != nil {
		return err
	}
	text, ok := items.Text(s, c.Params("+"))
	if !ok {
		return fiber.ErrNotFound
	}
	return c.SendString(text)
}

func (handlers) putItemSlowly(c *fiber.Ctx) error {
	s, err := fibersession.Get(c)
	if err != nil {
		return err
	}
	if err := slow.Wait(c.UserContext(), c.Query("ms")); err != nil {
		return err
	}
	if err := items.Put(s, c.FormValue("key"), c.FormValue("value")); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// stream sets a value before the first byte leaves, so that a new visitor gets
// the cookie with the headers; what is set afterwards is saved at the end.
func (handlers) stream(c *fiber.Ctx) error {
	s, err := fibersession.Get(c)
	if err != nil {
		return err
	}
	if err := session.Set(s, "late", 0); err != nil {
		return err
	}
	c.Type("txt", "utf-8")
	return fibersession.Stream(c, func(w *bufio.Writer, s *session.Session) {
		w.WriteString("first\n")
		w.Flush()
		if session.Set(s, "late", 1) != nil {
			return
		}
		slow.Wait(context.Background(), "200") // c is no longer ours here
		w.WriteString("second\n")
	})
}

func (handlers) private(c *fiber.Ctx) error {
	user, err := auth.User(c.UserContext())
	if err != nil {
		return err
	}
	c.Set("Cache-Control", "no-store") // else the back button shows it after the logout
	return c.SendString("only for " + user + "\n")
}

// denied leads a person to the page, where the login is, and tells a program so.
func (handlers) denied(c *fiber.Ctx) error {
	if toPage(c) {
		return backToPage(c, "")
	}
	return auth.ErrNotLoggedIn
}

// backToPage shows the page, with a message for a person at a browser.
func backToPage(c *fiber.Ctx, message string) error {
	if message != "" && toPage(c) {
		s, err := fibersession.Get(c)
		if err != nil {
			return err
		}
		if err := s.Flash("success", message); err != nil {
			return err
		}
	}
	return c.Redirect("/", fiber.StatusSeeOther)
}

func toPage(c *fiber.Ctx) bool {
	return answer.ToPage(c.Get(fiber.HeaderAccept))
}
