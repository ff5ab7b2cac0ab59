// Command gothic is an app with goth's gothic and gorilla/sessions, written as
// their documentation shows. Its provider is the one that goth has for tests.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/gorilla/sessions"
	"github.com/markbates/goth"
	"github.com/markbates/goth/gothic"
	"github.com/markbates/goth/providers/faux"
)

var store = sessions.NewFilesystemStore(os.Getenv("APP_DIR"), []byte("secret-of-the-app-with-32-bytes!"))

func main() {
	store.Options.HttpOnly = true
	gothic.Store = store
	goth.UseProviders(&faux.Provider{})

	http.HandleFunc("/auth", gothic.BeginAuthHandler)
	http.HandleFunc("/callback", callback)
	http.HandleFunc("/logout", logout)
	http.HandleFunc("/me", me)
	log.Fatal(http.ListenAndServe(os.Getenv("APP_ADDR"), nil))
}

func callback(w http.ResponseWriter, r *http.Request) {
	user, err := gothic.CompleteUserAuth(w, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	sess, _ := store.Get(r, "app")
	sess.Values["user"] = user.UserID
	if err := sess.Save(r, w); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprint(w, "hello")
}

func logout(w http.ResponseWriter, r *http.Request) {
	sess, _ := store.Get(r, "app")
	sess.Options.MaxAge = -1
	if err := sess.Save(r, w); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprint(w, "bye")
}

func me(w http.ResponseWriter, r *http.Request) {
	sess, _ := store.Get(r, "app")
	user, _ := sess.Values["user"].(string)
	fmt.Fprint(w, user)
}
