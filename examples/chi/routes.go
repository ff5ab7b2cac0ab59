package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	chisession "github.com/gosessionkit/sessionkit/adapters/chi"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/examples/internal/input"
)

// newRouter is the whole app but for its processes, as its tests have it too.
func newRouter(sessions *session.Manager) (http.Handler, error) {
	r := chi.NewRouter()
	r.Use(http.NewCrossOriginProtection().Handler) // another site's page must not press our buttons
	if err := chisession.Install(r, sessions, debug.New(sessions), chisession.WithErrorHandler(onError)); err != nil {
		return nil, err
	}
	get := func(path string, h chisession.HandlerFunc) { r.Get(path, h.ServeHTTP) }
	post := func(path string, h chisession.HandlerFunc) { r.Post(path, h.ServeHTTP) }
	a := app{sessions}
	get("/", a.page)
	get("/plain", a.plain)
	get("/me", a.me)
	post("/login", a.login)
	post("/logout", a.logout)
	post("/logout-everywhere", a.logoutEverywhere)
	post("/count", a.count)
	post("/items", a.putItem)
	get("/items/{key}", a.getItem)
	post("/slow-items", a.putItemSlowly)
	get("/stream", a.stream)
	members := r.With(chisession.RequireUser(chisession.HandlerFunc(a.denied)))
	members.Post("/logout-others", chisession.HandlerFunc(a.logoutOthers).ServeHTTP)
	members.Post("/logout-device", chisession.HandlerFunc(a.logoutDevice).ServeHTTP)
	members.Get("/private", chisession.HandlerFunc(a.private).ServeHTTP)
	return r, nil
}

// onError answers a visitor's mistake, and leaves other errors to the kit: those
// of the session have their status already.
func onError(w http.ResponseWriter, r *http.Request, err error) {
	if text, ok := input.Mistake(err); ok {
		http.Error(w, text, http.StatusBadRequest)
		return
	}
	httpsession.Error(w, r, err)
}
