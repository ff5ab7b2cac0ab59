package gorilla_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gosessionkit/sessionkit/adapters/gorilla"
)

// The store may be a package-level variable: nothing is opened until a request
// comes.
var store = gorilla.NewStore([]byte("an-authentication-key-of-32-byte"))

// An app that uses gorilla/sessions goes on as it is.
func Example() {
	visits := func(w http.ResponseWriter, r *http.Request) {
		s, err := store.Get(r, "app")
		if err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		n, _ := s.Values["visits"].(int)
		s.Values["visits"] = n + 1
		if err := s.Save(r, w); err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "visit", n+1)
	}
	defer store.Close()
	var cookies []*http.Cookie
	for range 2 {
		r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		for _, c := range cookies {
			r.AddCookie(c)
		}
		visits(w, r)
		cookies = w.Result().Cookies()
		fmt.Print(w.Body)
	}
	// Output:
	// visit 1
	// visit 2
}
