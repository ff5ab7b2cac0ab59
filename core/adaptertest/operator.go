package adaptertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// operator ends all sessions of a user, as /debug/sessions does: whom the form, or
// the JSON, of a POST names. It never asks for its caller's session.
func operator(sessions *session.Manager) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		var asked struct{ User, Cookie string }
		var err error
		if r.Header.Get("Content-Type") == "application/json" {
			err = json.NewDecoder(r.Body).Decode(&asked)
		} else if err = r.ParseForm(); err == nil {
			asked.User, asked.Cookie = r.PostForm.Get("user"), r.PostForm.Get("cookie")
		}
		if err != nil || r.Method != http.MethodPost {
			http.Error(w, fmt.Sprint(r.Method, err), http.StatusBadRequest)
			return
		}
		ended, err := sessions.DestroyUser(r.Context(), asked.User)
		if err != nil {
			http.Error(w, err.Error(), session.HTTPStatus(err))
			return
		}
		fmt.Fprintf(w, "%d of %s, cookie of %d bytes, %q, %q, query %q", ended, asked.User, len(asked.Cookie), r.Header.Get("Debug-Token"), r.Header.Get("Sec-Fetch-Site"), r.URL.RawQuery)
	})
}

// What an operator ends by the debug endpoints has ended for every browser, with
// and without a slash, and in a part of a larger app; what he sends comes whole.
func debugOperator(t *testing.T, st *suite) {
	for _, prefix := range []string{"", "/app"} {
		s := st.newSite(t, config.Config{})
		s.Debug, s.Prefix = operator(s.Sessions), prefix
		if _, err := s.Sessions.UserSessions(t.Context(), "ada"); errors.Is(err, session.ErrNoUserIndex) {
			t.Skip(err)
		}
		cookie := strings.Repeat("c", 20<<10)
		for path, kind := range map[string]string{"/debug/sessions": "application/json", "/debug/sessions/": "application/x-www-form-urlencoded"} {
			body := "user=ada&cookie=" + cookie
			if kind == "application/json" {
				body = `{"user":"ada","cookie":"` + cookie + `"}`
			}
			phone, laptop, other := s.browser(), s.browser(), s.browser()
			phone.get(prefix + "/login?user=ada")
			laptop.get(prefix + "/login?user=ada")
			other.get(prefix + "/login?user=ben")
			a, err := other.try(prefix+path+"?user=ben", func(r *http.Request) {
				r.Method = http.MethodPost
				r.Header.Set("Content-Type", kind)
				r.Header.Set("Debug-Token", "tok")
				r.Header.Set("Sec-Fetch-Site", "same-origin")
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
			})
			if err != nil {
				t.Fatal(err)
			}
			a.want(http.StatusOK, fmt.Sprintf(`2 of ada, cookie of %d bytes, "tok", "same-origin", query "user=ben"`, len(cookie))).wantNoCookie()
			for _, b := range []*browser{phone, laptop} {
				b.get(prefix+"/user").want(http.StatusOK, "")
				b.get(prefix+"/status").want(http.StatusOK, "rejected: not-found")
			}
			other.get(prefix+"/user").want(http.StatusOK, "ben")
		}
	}
}
