package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

type person struct{ ID string }

var sessions *session.Manager

func checkPassword(name, given string) (person, bool) { return person{name}, given == "right" }

func localPath(next string) string { return next }

func mailForm(w http.ResponseWriter, r *http.Request) error { return nil }

func saveMail(w http.ResponseWriter, r *http.Request) error { return nil }

func loggedIn(t *testing.T, user, label string) *http.Cookie {
	req := httptest.NewRequest("GET", "/", nil)
	sessiontest.LogIn(t, sessions, req, user, auth.Label(label))
	return req.Cookies()[0]
}

// ask makes a request, which must be answered with the status, and gives the body or,
// of a redirect, where it leads, and the cookie from then on.
func ask(t *testing.T, status int, cookie *http.Cookie, method, path string, fields url.Values) (string, *http.Cookie) {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(fields.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != nil {
		req.AddCookie(cookie)
	}
	rec := httptest.NewRecorder()
	newAccount(sessions).ServeHTTP(rec, req)
	if rec.Code != status {
		t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
	if set := rec.Result().Cookies(); len(set) > 0 {
		cookie = set[0]
	}
	if to := rec.Header().Get("Location"); to != "" {
		return to, cookie
	}
	return rec.Body.String(), cookie
}

func users(t *testing.T, cookies ...*http.Cookie) string {
	list := ""
	for _, cookie := range cookies {
		list += fmt.Sprintf("%q ", sessiontest.Of(t, sessions, cookie).User())
	}
	return list
}

// A user sees and ends his own devices and nobody else's.
func TestDevices(t *testing.T) {
	sessions = sessiontest.NewManager(t)
	desktop, phone, tablet, grace := loggedIn(t, "ada", "Firefox on Linux"), loggedIn(t, "ada", "Safari on iOS"), loggedIn(t, "ada", "<b>"), loggedIn(t, "grace", "Chrome")
	ask(t, 401, nil, "GET", "/devices", nil)
	page, _ := ask(t, 200, desktop, "GET", "/devices", nil)
	for _, want := range []string{"Safari on iOS", "&lt;b&gt;", ": this one"} {
		if strings.Count(page, want) != 1 {
			t.Errorf("%q is there %d times in\n%s", want, strings.Count(page, want), page)
		}
	}
	if strings.Contains(page, "Chrome") {
		t.Errorf("another's device is in\n%s", page)
	}
	ids := regexp.MustCompile(`name="id" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(ids) != 2 {
		t.Fatalf("%d buttons in\n%s", len(ids), page)
	}
	id := map[*http.Cookie]string{phone: sessiontest.Of(t, sessions, phone).ID().String(), grace: sessiontest.Of(t, sessions, grace).ID().String()}
	ask(t, 400, desktop, "POST", "/devices/end", url.Values{"id": {"nothing"}})
	ask(t, 303, desktop, "POST", "/devices/end", url.Values{"id": {id[grace]}})
	ask(t, 303, desktop, "POST", "/devices/end", url.Values{"id": {id[phone]}})
	if got := users(t, desktop, phone, tablet, grace); got != `"ada" "" "ada" "grace" ` {
		t.Errorf("logged in are %s", got)
	}
	ask(t, 303, desktop, "POST", "/devices/end-others", nil)
	if got := users(t, desktop, tablet, grace); got != `"ada" "" "grace" ` {
		t.Errorf("logged in are %s", got)
	}
}

// Ten minutes after the login the password is asked for, and then it is enough for ten
// minutes.
func TestFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sessions = sessiontest.NewManager(t)
		ada := loggedIn(t, "ada", "")
		ask(t, 200, ada, "GET", "/account/mail?a=1", nil)
		time.Sleep(11 * time.Minute)
		to, _ := ask(t, 303, ada, "GET", "/account/mail?a=1", nil)
		if to != "/confirm?next=%2Faccount%2Fmail%3Fa%3D1" {
			t.Errorf("it leads to %s", to)
		}
		if to, _ := ask(t, 303, ada, "POST", "/account/mail", nil); to != "/confirm?next=%2Fdevices" {
			t.Errorf("it leads to %s", to)
		}
		if page, _ := ask(t, 200, ada, "GET", to, nil); !strings.Contains(page, `value="/account/mail?a=1"`) {
			t.Errorf("the form is %s", page)
		}
		ask(t, 401, nil, "POST", "/confirm", url.Values{"password": {"right"}})
		ask(t, 403, ada, "POST", "/confirm", url.Values{"password": {"wrong"}})
		ask(t, 303, ada, "GET", "/account/mail", nil)
		to, fresh := ask(t, 303, ada, "POST", "/confirm", url.Values{"password": {"right"}, "next": {"/account/mail?a=1"}})
		if to != "/account/mail?a=1" || fresh.Value == ada.Value {
			t.Errorf("it leads to %s, and the id is the old one: %v", to, fresh.Value == ada.Value)
		}
		ask(t, 200, fresh, "POST", "/account/mail", nil)
		time.Sleep(11 * time.Minute)
		ask(t, 303, fresh, "POST", "/account/mail", nil)
	})
}
