package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
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

func (a app) page(w http.ResponseWriter, r *http.Request) error {
	s, err := chisession.Get(r)
	if err != nil {
		return err
	}
	var devices []auth.SessionInfo
	if s.User() != "" {
		if devices, err = auth.Sessions(r.Context(), a.sessions); err != nil {
			return err
		}
	}
	html, err := page.Render("chi", a.sessions, s, devices)
	if err != nil {
		return err
	}
	maps.Copy(w.Header(), page.Headers())
	_, err = w.Write(html)
	return err
}

func (app) plain(w http.ResponseWriter, r *http.Request) error {
	_, err := fmt.Fprint(w, "ok")
	return err
}

func (app) me(w http.ResponseWriter, r *http.Request) error {
	s, err := chisession.Get(r)
	if err != nil {
		return err
	}
	return writeJSON(w, answer.NewMe(s))
}

func (app) login(w http.ResponseWriter, r *http.Request) error {
	user := r.PostFormValue("user") // an app of your own checks a password first
	err := auth.Login(r.Context(), user, answer.Remember(r.PostFormValue("remember")),
		auth.Label(device.Name(r.UserAgent())), auth.Network(r.RemoteAddr), auth.LastUsed()) // for the list of devices; without these nothing of them is kept
	if err != nil {
		return err
	}
	return backToPage(w, r, "Welcome, "+user+".")
}

func (app) logout(w http.ResponseWriter, r *http.Request) error {
	if err := auth.Logout(r.Context()); err != nil {
		return err
	}
	return backToPage(w, r, "")
}

func (a app) logoutEverywhere(w http.ResponseWriter, r *http.Request) error {
	_, err := auth.LogoutEverywhere(r.Context(), a.sessions)
	if err != nil && !auth.IsDenied(err) { // denied: nobody to log out
		return err
	}
	return backToPage(w, r, "")
}

func (a app) logoutOthers(w http.ResponseWriter, r *http.Request) error {
	n, err := auth.LogoutOthers(r.Context(), a.sessions)
	if err != nil {
		return err
	}
	return backToPage(w, r, answer.LoggedOut(n))
}

// logoutDevice ends one of the user's sessions: another's is left alone.
func (a app) logoutDevice(w http.ResponseWriter, r *http.Request) error {
	id, err := input.ID(r.PostFormValue("id"))
	if err != nil {
		return err
	}
	if err := auth.EndSession(r.Context(), a.sessions, id); err != nil {
		return err
	}
	return backToPage(w, r, "")
}

func (app) count(w http.ResponseWriter, r *http.Request) error {
	s, err := chisession.Get(r)
	if err != nil {
		return err
	}
	n, err := session.Update(s, "count", func(n int) (int, error) { return n + 1, nil })
	if err != nil {
		return err
	}
	if answer.ToPage(r.Header.Get("Accept")) {
		return backToPage(w, r, "")
	}
	return writeJSON(w, answer.NewCount(n))
}

func (app) putItem(w http.ResponseWriter, r *http.Request) error {
	s, err := chisession.Get(r)
	if err != nil {
		return err
	}
	key := r.PostFormValue("key")
	if err := items.Put(s, key, r.PostFormValue("value")); err != nil {
		return err
	}
	if answer.ToPage(r.Header.Get("Accept")) {
		return backToPage(w, r, "Saved under "+key+".")
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (app) getItem(w http.ResponseWriter, r *http.Request) error {
	s, err := chisession.Get(r)
	if err != nil {
		return err
	}
	text, ok := items.Text(s, strings.TrimPrefix(r.URL.Path, "/items/"))
	if !ok {
		http.NotFound(w, r)
		return nil
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = fmt.Fprint(w, text)
	return err
}

func (app) putItemSlowly(w http.ResponseWriter, r *http.Request) error {
	s, err := chisession.Get(r)
	if err != nil {
		return err
	}
	if err := slow.Wait(r.Context(), r.URL.Query().Get("ms")); err != nil {
		return err
	}
	if err := items.Put(s, r.PostFormValue("key"), r.PostFormValue("value")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// stream sets a value before the first byte leaves, so that a new visitor gets
// the cookie with the headers; what is set afterwards is saved at the end.
func (app) stream(w http.ResponseWriter, r *http.Request) error {
	s, err := chisession.Get(r)
	if err != nil {
		return err
	}
	if err := session.Set(s, "late", 0); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "first")
	if err := http.NewResponseController(w).Flush(); err != nil {
		return err
	}
	if err := session.Set(s, "late", 1); err != nil {
		return err
	}
	if err := slow.Wait(r.Context(), "200"); err != nil {
		return err
	}
	fmt.Fprintln(w, "second")
	return nil
}

func (app) private(w http.ResponseWriter, r *http.Request) error {
	user, err := auth.User(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store") // else the back button shows it after the logout
	_, err = fmt.Fprintf(w, "only for %s\n", user)
	return err
}

// denied leads a person to the page, where the login is, and tells a program so.
func (app) denied(w http.ResponseWriter, r *http.Request) error {
	if answer.ToPage(r.Header.Get("Accept")) {
		return backToPage(w, r, "")
	}
	return auth.ErrNotLoggedIn
}

// backToPage shows the page, with a message for a person at a browser.
func backToPage(w http.ResponseWriter, r *http.Request, message string) error {
	if message != "" && answer.ToPage(r.Header.Get("Accept")) {
		s, err := chisession.Get(r)
		if err != nil {
			return err
		}
		if err := s.Flash("success", message); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func writeJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(v)
}
