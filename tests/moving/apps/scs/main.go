// Command scs is an app with alexedwards/scs, written as its documentation shows.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/alexedwards/scs/goredisstore"
	"github.com/alexedwards/scs/v2"
	"github.com/redis/go-redis/v9"
)

var sessionManager *scs.SessionManager

func main() {
	sessionManager = scs.New()
	sessionManager.Lifetime = 24 * time.Hour
	sessionManager.Cookie.Persist = false
	sessionManager.Store = goredisstore.New(redis.NewClient(&redis.Options{Addr: os.Getenv("APP_REDIS")}))

	mux := http.NewServeMux()
	mux.HandleFunc("/login", login)
	mux.HandleFunc("/logout", logout)
	mux.HandleFunc("/me", me)
	mux.HandleFunc("/count", count)
	mux.HandleFunc("/flash", flash)
	mux.HandleFunc("/show", show)
	mux.HandleFunc("/slow", slow)
	log.Fatal(http.ListenAndServe(os.Getenv("APP_ADDR"), sessionManager.LoadAndSave(mux)))
}

func login(w http.ResponseWriter, r *http.Request) {
	if err := sessionManager.RenewToken(r.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	sessionManager.Put(r.Context(), "userID", r.FormValue("user"))
	sessionManager.RememberMe(r.Context(), r.FormValue("remember") != "")
	fmt.Fprint(w, "hello")
}

func logout(w http.ResponseWriter, r *http.Request) {
	if err := sessionManager.Destroy(r.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprint(w, "bye")
}

func me(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, sessionManager.GetString(r.Context(), "userID"))
}

func count(w http.ResponseWriter, r *http.Request) {
	n := sessionManager.GetInt(r.Context(), "count") + 1
	sessionManager.Put(r.Context(), "count", n)
	fmt.Fprint(w, n)
}

func flash(w http.ResponseWriter, r *http.Request) {
	sessionManager.Put(r.Context(), "flash", r.FormValue("text"))
	fmt.Fprint(w, "ok")
}

func show(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, sessionManager.PopString(r.Context(), "flash"))
}

func slow(w http.ResponseWriter, r *http.Request) {
	user := sessionManager.GetString(r.Context(), "userID")
	http.Get(r.FormValue("meanwhile"))
	sessionManager.Put(r.Context(), "late", user)
	fmt.Fprint(w, "ok")
}
