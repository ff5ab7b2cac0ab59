package scs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"
)

// An app that uses scs goes on as it is.
func Example() {
	sessions := New()
	sessions.Lifetime = 12 * time.Hour
	defer sessions.Close()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		n := sessions.GetInt(r.Context(), "visits") + 1
		sessions.Put(r.Context(), "visits", n)
		fmt.Fprintln(w, "visit", n)
	})
	app := sessions.LoadAndSave(mux)

	var cookies []*http.Cookie
	for range 2 {
		r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		for _, c := range cookies {
			r.AddCookie(c)
		}
		app.ServeHTTP(w, r)
		cookies = w.Result().Cookies()
		fmt.Print(w.Body)
	}
	// Output:
	// visit 1
	// visit 2
}
