package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

type person struct{ ID string }

func checkPassword(name, password string) (person, bool) { return person{name}, password == "right" }

var oauth *oauth2.Config

func userOf(_ context.Context, token *oauth2.Token) (person, error) {
	return person{strings.TrimPrefix(token.AccessToken, "token of ")}, nil
}

func newShop(sessions *session.Manager) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /login", httpsession.HandlerFunc(showLogin))
	mux.Handle("POST /login", httpsession.HandlerFunc(login))
	mux.Handle("/account", httpsession.RequireUser(http.HandlerFunc(toLogin))(httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		user, err := auth.User(r.Context())
		fmt.Fprint(w, user)
		return err
	})))
	mux.Handle("GET /oauth", httpsession.HandlerFunc(beginOAuth))
	mux.Handle("GET /oauth/back", httpsession.HandlerFunc(finishOAuth))
	return httpsession.Install(mux, sessions, nil)
}

func serve(sessions *session.Manager, req *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	newShop(sessions).ServeHTTP(rec, req)
	return rec.Result()
}

func form(path string, fields ...string) *http.Request {
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	req := httptest.NewRequest("POST", path, strings.NewReader(values.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}

// Who is not logged in is sent to the form, and from there to where he wanted to go.
func TestBack(t *testing.T) {
	sessions := sessiontest.NewManager(t)
	res := serve(sessions, httptest.NewRequest("GET", "/account?a=1&b=<2>", nil))
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/login?next=") || len(res.Cookies()) > 0 {
		t.Fatalf("%d, %q, %v", res.StatusCode, to, res.Cookies())
	}
	req := httptest.NewRequest("GET", to, nil)
	next := req.FormValue("next")
	rec := httptest.NewRecorder()
	newShop(sessions).ServeHTTP(rec, req)
	if want := `name="next" value="/account?a=1&amp;b=&lt;2&gt;"`; !strings.Contains(rec.Body.String(), want) {
		t.Fatalf("the form is %s", rec.Body)
	}
	res = serve(sessions, form("/login", "user", "ada", "password", "wrong", "next", next))
	if res.StatusCode != http.StatusUnauthorized || len(res.Cookies()) > 0 {
		t.Fatalf("%d, %v", res.StatusCode, res.Cookies())
	}
	req = form("/login", "user", "ada", "password", "right", "next", next)
	res = serve(sessions, req)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/account?a=1&b=<2>" {
		t.Fatalf("%d, %q", res.StatusCode, res.Header.Get("Location"))
	}
	if s := sessiontest.After(t, sessions, req, res); s.User() != "ada" {
		t.Errorf("%q is logged in", s.User())
	}
	if res := serve(sessions, form("/account")); res.Header.Get("Location") != "/login?next=%2F" {
		t.Errorf("a POST leads to %q", res.Header.Get("Location"))
	}
}

// The redirect after the login leads out of the site for nobody.
func TestNoOpenRedirect(t *testing.T) {
	for _, next := range []string{"", "https://evil.example", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, `\/evil.example`,
		"/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "javascript:alert(1)", "http:evil.example", "/.//evil.example", "/..//evil.example",
		"evil.example", "?", "/%2f/evil.example", "@evil.example", ".evil.example"} {
		sessions := sessiontest.NewManager(t)
		res := serve(sessions, form("/login", "user", "ada", "password", "right", "next", next))
		to := res.Header.Get("Location")
		seen := strings.NewReplacer(`\`, "/", "\t", "", "\r", "", "\n", "").Replace(strings.TrimSpace(to)) // as browsers do
		base, _ := url.Parse("http://shop.example/login")
		target, err := base.Parse(seen)
		if res.StatusCode != http.StatusSeeOther || err != nil || target.Host != "shop.example" || target.Scheme != "http" {
			t.Errorf("%q leads to %q", next, to)
		}
	}
	for _, next := range []string{"/", "/cart?item=1&x=//y", "/a/b#c"} {
		if got := localPath(next); got != next {
			t.Errorf("%q became %q", next, got)
		}
	}
}

// provider logs in whoever comes as ada, and takes a code once, with its verifier.
func provider(t *testing.T) *httptest.Server {
	challenges := map[string]string{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		code := fmt.Sprint("code", len(challenges))
		challenges[code] = r.FormValue("code_challenge")
		back := r.FormValue("redirect_uri") + "?" + url.Values{"code": {code}, "state": {r.FormValue("state")}}.Encode()
		http.Redirect(w, r, back, http.StatusSeeOther)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		challenge := challenges[r.PostFormValue("code")]
		delete(challenges, r.PostFormValue("code"))
		if challenge == "" || challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"token of ada","token_type":"Bearer"}`)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

// A login by OAuth comes back where it began, once, and nowhere else.
func TestOAuth(t *testing.T) {
	sessions := sessiontest.NewManager(t)
	shop := httptest.NewServer(newShop(sessions))
	defer shop.Close()
	idp := provider(t)
	oauth = &oauth2.Config{ClientID: "shop", RedirectURL: shop.URL + "/oauth/back",
		Endpoint: oauth2.Endpoint{AuthURL: idp.URL + "/authorize", TokenURL: idp.URL + "/token", AuthStyle: oauth2.AuthStyleInParams}}

	jar, _ := cookiejar.New(nil)
	var back string // the address that the provider sent the browser to
	ada := &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if r.URL.Path == "/oauth/back" {
			back = r.URL.String()
		}
		if len(via) > 5 {
			return errors.New("in a circle")
		}
		return nil
	}}
	get := func(client *http.Client, address string) (int, string) {
		t.Helper()
		res, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var text strings.Builder
		fmt.Fprint(&text, res.Request.URL.Path, " ")
		buffer := make([]byte, 100)
		n, _ := res.Body.Read(buffer)
		text.Write(buffer[:n])
		return res.StatusCode, text.String()
	}
	if status, text := get(ada, shop.URL+"/oauth?next=/account"); status != http.StatusOK || text != "/account ada" {
		t.Fatalf("%d %s", status, text)
	}
	if status, text := get(ada, back); status != http.StatusBadRequest {
		t.Errorf("a state was taken twice: %d %s", status, text)
	}

	// An attacker's answer, with a code of his own, is not taken.
	eve := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	eve.Jar, _ = cookiejar.New(nil)
	location := func(address string) string {
		res, err := eve.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.Header.Get("Location")
	}
	hers := location(location(shop.URL + "/oauth")) // with her state and code
	victim := &http.Client{Timeout: time.Minute}
	victim.Jar, _ = cookiejar.New(nil)
	without := strings.ReplaceAll(hers, "state=", "other=")
	for _, address := range []string{hers, without} {
		if status, text := get(victim, address); status != http.StatusBadRequest {
			t.Errorf("without a flow of its own: %d %s", status, text)
		}
	}
}
