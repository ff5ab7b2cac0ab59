package debug_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

// Other people's sessions are for the token alone, also in development, on this
// machine, in a browser and without a token of the operator's own.
func TestSessionsWantTheToken(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]config.Config{
		"configured": {DebugToken: config.NewSecret(testToken)},
		"derived":    {},
		"test mode":  {Mode: config.Test, DebugToken: config.NewSecret(testToken)},
	} {
		a := newApp(t, cfg, memstore.New(0))
		cookie := a.visit("/login", "")
		for _, method := range []string{"GET", "HEAD", "POST"} {
			for accept, form := range map[string]bool{"application/json": false, "text/html": true} {
				w := a.do(method, "/debug/sessions?user=ada", withCookie(cookie), header("Accept", accept), withForm("action", "end-all", "user", "ada"))
				body := w.Body.String()
				if w.Code != http.StatusForbidden || strings.Contains(body, "Find a session") || method == "GET" && cfg.Mode == "" && form != strings.Contains(body, "Back to the overview") {
					t.Errorf("%s: %s as %s: status %d: %s", name, method, accept, w.Code, body)
				}
				if strings.Contains(body, "from this machine itself") && cfg.Mode == "" {
					t.Errorf("%s: it says that this machine needs none: %s", name, body)
				}
			}
		}
		if user := get[debug.SessionReport](a, 200, "/debug/session", withCookie(cookie), header(debug.TokenHeader, debug.Token(a.sessions.Config()).Reveal())).User; user == nil || *user != "ada" {
			t.Errorf("%s: a session was ended", name)
		}
	}
}

// By a header the token is enough, whichever of the two, and needs no form's.
func TestSessionsByHeader(t *testing.T) {
	t.Parallel()
	for _, h := range []change{withToken(), header(debug.TokenHeader, testToken)} {
		o := newOperated(t, config.Config{TokenFrom: []config.TokenSource{config.TokenBearer, config.TokenCookie}}, memstore.New(0))
		cookie := o.login("ada")
		for _, slash := range []string{"", "/"} {
			if found := get[debug.SessionsReport](o.app, http.StatusOK, "/debug/sessions"+slash+"?user=ada", h, from("192.0.2.1:1"), host("app.example")); len(found.Sessions) != 1 {
				t.Errorf("%+v", found)
			}
		}
		w := o.do("POST", "/debug/sessions/", h, from("192.0.2.1:1"), header("Sec-Fetch-Site", "cross-site"), withForm("action", "end-all", "user", "ada"))
		if w.Code != http.StatusForbidden || o.user(cookie) != "ada" {
			t.Errorf("another site's page: status %d", w.Code)
		}
		if w := o.do("POST", "/debug/sessions/", h, from("192.0.2.1:1"), withForm("action", "end-all", "user", "ada")); w.Code != http.StatusOK || o.user(cookie) != "" {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	}
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// A browser sends the form of a page that it has opened, with its own pass; other
// forms end nothing.
func TestSessionsByBrowser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, testSessionsByBrowser)
}

func testSessionsByBrowser(t *testing.T) {
	o := newOperated(t, config.Config{Mode: config.Production}, memstore.New(0))
	mounted := &app{t, o.sessions, http.StripPrefix("/ops", o.app)}
	pass := passOf(t, mounted.do("GET", "/ops/debug/sessions?token="+testToken, from("192.0.2.1:1")))
	if pass.Path != "/ops/debug" {
		t.Errorf("%+v", pass)
	}
	time.Sleep(time.Second)
	another := passOf(t, o.do("GET", "/debug/?token="+testToken))
	browser := []change{withPass(pass), asBrowser(), from("192.0.2.1:1"), header("Sec-Fetch-Site", "same-origin")}
	csrf := func(pass *http.Cookie) string {
		page := mounted.do("GET", "/ops/debug/sessions?user=ada", withPass(pass), asBrowser(), from("192.0.2.1:1")).Body.String()
		found := csrfField.FindAllStringSubmatch(page, -1)
		if len(found) < 2 || found[0][1] != found[1][1] || strings.Contains(page, pass.Value) || !strings.Contains(page, `action="/ops/debug/sessions"`) {
			t.Fatalf("%v: %s", found, page)
		}
		return found[0][1]
	}
	own := csrf(pass)
	if other := csrf(another); other == own {
		t.Error("two passes have one token for forms")
	}
	cookie := o.login("ada")
	end := func(token string, more ...change) *httptest.ResponseRecorder {
		return mounted.do("POST", "/ops/debug/sessions", append(append([]change{}, browser...), append(more, withForm("action", "end-all", "user", "ada", "csrf", token))...)...)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"none":            end(""),
		"another pass's":  end(csrf(another)),
		"the pass itself": end(pass.Value),
		"another site":    end(own, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }),
		"another origin":  end(own, func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "https://evil.example") }),
		"a sibling":       end(own, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }),
		"JSON without":    mounted.do("POST", "/ops/debug/sessions", append(browser, withJSON(debug.SessionsRequest{Action: "end-all", User: "ada"}))...),
	} {
		if w.Code != http.StatusForbidden || o.user(cookie) != "ada" {
			t.Fatalf("%s: status %d: %s", name, w.Code, w.Body)
		}
	}
	w := end(own)
	if w.Code != http.StatusOK || o.user(cookie) != "" || !strings.Contains(w.Body.String(), `href="/ops/debug/"`) {
		t.Errorf("its own: status %d: %s", w.Code, w.Body)
	}
}
