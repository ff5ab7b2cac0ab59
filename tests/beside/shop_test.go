package beside

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
)

// long is more than what middleware that waits for a size waits for.
var long = strings.Repeat("all work and no play ", 400)

// answers are the ways to answer a visit, by the last part of its path.
var answers = map[string]func(x adaptertest.Exchange, name string) error{
	"short":    func(x adaptertest.Exchange, name string) error { return x.Write(http.StatusOK, name) },
	"long":     func(x adaptertest.Exchange, name string) error { return x.Write(http.StatusOK, name+long) },
	"none":     func(x adaptertest.Exchange, _ string) error { return x.Write(http.StatusNoContent, "") },
	"redirect": func(x adaptertest.Exchange, _ string) error { return x.Redirect(http.StatusSeeOther, "/who") },
	"error":    func(x adaptertest.Exchange, _ string) error { return x.Fail(http.StatusTeapot) },
	"public": func(x adaptertest.Exchange, name string) error {
		x.SetHeader("Cache-Control", "public, max-age=3600")
		return x.Write(http.StatusOK, name)
	},
	"file": func(x adaptertest.Exchange, name string) error {
		w, r := x.HTTP()
		if w == nil {
			return x.Write(http.StatusOK, name)
		}
		x.SetHeader("Etag", `"`+name+`"`)
		http.ServeContent(w, r, "name.txt", time.Time{}, strings.NewReader(name+long))
		return nil
	},
}

// shop is what visitors find: each visit is counted in the session, under a name
// that nobody else has.
func shop() []adaptertest.Route {
	var routes []adaptertest.Route
	handle := func(method, path string, h func(x adaptertest.Exchange, s *session.Session) error) {
		routes = append(routes, adaptertest.Route{Method: method, Path: path, Handle: func(x adaptertest.Exchange) error {
			s, err := x.Session()
			if err != nil {
				return err
			}
			x.SetHeader(visited, "yes")
			return h(x, s)
		}})
	}
	for kind, answer := range answers {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			handle(method, "/visit/"+kind, func(x adaptertest.Exchange, s *session.Session) error {
				name, err := visit(s)
				if err != nil {
					return err
				}
				return answer(x, name)
			})
		}
	}
	handle(http.MethodGet, "/who", func(x adaptertest.Exchange, s *session.Session) error {
		name, err := session.Get[string](s, "name")
		if err != nil {
			return err
		}
		visits, err := session.Get[int](s, "visits")
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, fmt.Sprintf("%s %d %s", name, visits, s.User()))
	})
	handle(http.MethodGet, "/login", func(x adaptertest.Exchange, s *session.Session) error {
		if err := auth.Login(x.Context(), x.Query("user")); err != nil {
			return err
		}
		return x.Redirect(http.StatusSeeOther, "/who")
	})
	handle(http.MethodGet, "/logout", func(x adaptertest.Exchange, _ *session.Session) error {
		if err := auth.Logout(x.Context()); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "bye")
	})
	handle(http.MethodGet, "/stream", func(x adaptertest.Exchange, s *session.Session) error {
		name, err := visit(s)
		if err != nil {
			return err
		}
		x.SetHeader("Content-Type", "text/event-stream")
		return x.Stream(func(s *session.Session, send func(string) error) {
			send("data: " + name + "\n\n")
			visit(s)
			send("data: again\n\n")
		})
	})
	handle(http.MethodGet, "/panic", func(_ adaptertest.Exchange, s *session.Session) error {
		if _, err := visit(s); err != nil {
			return err
		}
		panic("in the handler")
	})
	return routes
}

// visit counts, and returns the session's name.
func visit(s *session.Session) (string, error) {
	name, err := session.Get[string](s, "name")
	if err != nil {
		return "", err
	}
	if name == "" {
		name = rand.Text()
		if err := session.Set(s, "name", name); err != nil {
			return "", err
		}
	}
	visits, err := session.Get[int](s, "visits")
	if err != nil {
		return "", err
	}
	return name, session.Set(s, "visits", visits+1)
}
