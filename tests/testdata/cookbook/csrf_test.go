package main

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/gorilla/csrf"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

func newApp(t *testing.T, sessions *session.Manager) app {
	guard, err := protect(sessions)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, csrf.Token(r)) })
	mux.Handle("POST /form", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := auth.Require(r.Context())
		return err
	}))
	h := httpsession.Middleware(sessions)(guard(mux))
	return recorded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, csrf.PlaintextHTTPRequest(r)) }))
}
