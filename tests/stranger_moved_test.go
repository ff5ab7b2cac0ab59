//go:build unix

package tests

// Apps that have sessions of another library, after the lines of docs/moving.md.
var strangersMovedApps = map[string]strangersProgram{
	"gorilla": {get: []string{kit + "adapters/gorilla@" + strangersVersion}, text: `package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"

	"` + kit + `adapters/gorilla"
)

var store = gorilla.NewStore([]byte("secret-of-the-app-with-32-bytes!"))

func main() {
	addr := flag.String("addr", "", "")
	flag.Parse()
	http.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.Get(r, "session")
		s.Values["user"] = r.PostFormValue("user")
		if err := s.Save(r, w); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	http.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.Get(r, "session")
		if s.Values["user"] == nil {
			http.Error(w, "who?", http.StatusUnauthorized)
			return
		}
		n, _ := s.Values["count"].(int)
		s.Values["count"] = n + 1
		if err := s.Save(r, w); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprint(w, s.Values["user"], " ", n+1)
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}
`},
	"scs": {replace: "github.com/alexedwards/scs/v2=" + kit + "adapters/scs@" + strangersVersion,
		get: []string{"github.com/alexedwards/scs/v2@v2.9.0"}, text: `package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"

	"github.com/alexedwards/scs/v2"
)

func main() {
	addr := flag.String("addr", "", "")
	flag.Parse()
	sessions, mux := scs.New(), http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		sessions.Put(r.Context(), "user", r.PostFormValue("user"))
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		user := sessions.GetString(r.Context(), "user")
		if user == "" {
			http.Error(w, "who?", http.StatusUnauthorized)
			return
		}
		n := sessions.GetInt(r.Context(), "count") + 1
		sessions.Put(r.Context(), "count", n)
		fmt.Fprint(w, user, " ", n)
	})
	log.Fatal(http.ListenAndServe(*addr, sessions.LoadAndSave(mux)))
}
`},
	"fiber session": {get: []string{kit + "adapters/fiber/compat@" + strangersVersion}, text: `package main

import (
	"flag"
	"fmt"
	"log"

	"github.com/gofiber/fiber/v2"

	session "` + kit + `adapters/fiber/compat"
)

func main() {
	addr := flag.String("addr", "", "")
	flag.Parse()
	store, app := session.New(), fiber.New()
	app.Post("/login", func(c *fiber.Ctx) error {
		s, err := store.Get(c)
		if err != nil {
			return err
		}
		s.Set("user", c.FormValue("user"))
		return s.Save()
	})
	app.Get("/me", func(c *fiber.Ctx) error {
		s, err := store.Get(c)
		if err != nil {
			return err
		}
		user, _ := s.Get("user").(string)
		if user == "" {
			return fiber.ErrUnauthorized
		}
		n, _ := s.Get("count").(int)
		s.Set("count", n+1)
		if err := s.Save(); err != nil {
			return err
		}
		return c.SendString(fmt.Sprint(user, " ", n+1))
	})
	log.Fatal(app.Listen(*addr))
}
`},
}
