package debug_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

// loggedApp is an app and what it logged; it is reached from elsewhere, so that
// a token is needed.
func loggedApp(t *testing.T, cfg config.Config) (*app, string) {
	t.Helper()
	var log bytes.Buffer
	a := newApp(t, cfg, memstore.New(0), debug.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	return a, log.String()
}

var loggedURL = regexp.MustCompile(`url="?(/debug/\?token=([A-Za-z0-9_-]+))`)

// Without a token of its own an app derives one from its secret key, the same
// on every worker, and the log has the address with it, once.
func TestDerivedToken(t *testing.T) {
	t.Parallel()
	token := func(cfg config.Config) string {
		a, log := loggedApp(t, cfg)
		found := loggedURL.FindAllStringSubmatch(log, -1)
		if len(found) != 1 || strings.Count(log, "\n") != 1 {
			t.Fatalf("the log has no address, or several: %s", log)
		}
		token := found[0][2]
		if len(token) < 22 || strings.Contains(token, testKey) {
			t.Errorf("a weak token: %s", token)
		}
		get[debug.ConfigReport](a, http.StatusOK, "/debug/config", from("192.0.2.1:1"), header("Authorization", "Bearer "+token))
		return token
	}
	first := token(config.Config{})
	if again := token(config.Config{}); again != first {
		t.Errorf("two workers with one key have %s and %s", first, again)
	}
	if rotated := token(config.Config{SecretKey: config.NewSecret(otherKey), SecretKeyFallbacks: []config.Secret{config.NewSecret(testKey)}}); rotated == first {
		t.Error("another key, the same token")
	}
	if _, log := loggedApp(t, config.Config{DebugToken: config.NewSecret(testToken)}); log != "" {
		t.Errorf("a token that somebody has set is nothing for the log: %s", log)
	}
}

// With a key of this start alone the token is this process's, and of all its
// handlers.
func TestDerivedFromARandomKey(t *testing.T) {
	t.Parallel()
	token := func(m *session.Manager) string {
		var log bytes.Buffer
		debug.New(m, debug.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		return loggedURL.FindStringSubmatch(log.String())[2]
	}
	manager := func() *session.Manager {
		m, err := session.NewManager(t.Context(), config.Config{Mode: config.Development, DebugEndpoints: true}, memstore.New(0), session.WithLogger(quiet))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		return m
	}
	one, two := manager(), manager()
	first, again := token(one), token(one)
	if first != again || first == token(two) {
		t.Errorf("%s and %s, another worker %s", first, again, token(two))
	}
}

func withQuery(token string) change {
	return func(r *http.Request) {
		r.URL.RawQuery = "format=json&token=" + token
		r.RequestURI = r.URL.RequestURI()
	}
}

func passOf(t *testing.T, w *httptest.ResponseRecorder) *http.Cookie {
	t.Helper()
	cookies := w.Result().Cookies()
	if w.Code != http.StatusSeeOther || len(cookies) != 1 {
		t.Fatalf("status %d, cookies %v: %s", w.Code, cookies, w.Body)
	}
	return cookies[0]
}

func withPass(c *http.Cookie) change { return header("Cookie", c.Name+"="+c.Value) }

// A token in the address is taken out of it, for a cookie that no script, no
// other site and no other path gets, and that is not the token.
func TestTokenInAddress(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/session/", "/debug/no:thing"} {
		a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0))
		w := a.do("GET", path, from("192.0.2.1:1"), host("app.example"), withQuery(testToken))
		c := passOf(t, w)
		if got := w.Header().Get("Location"); got != "?format=json" { // where it is, whatever the browser knows it by
			t.Errorf("%s: to %q", path, got)
		}
		if w.Header().Get("Referrer-Policy") != "no-referrer" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, w.Header())
		}
		if c.Path != "/debug" || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure || c.Domain != "" || c.MaxAge <= 0 || strings.Contains(c.Value, testToken) {
			t.Errorf("%s: %+v", path, c)
		}
		get[debug.ConfigReport](a, http.StatusOK, "/debug/config", from("192.0.2.1:1"), host("app.example"), withPass(c))
		ask[debug.ProbeReport](a, http.StatusOK, "POST", "/debug/probe", from("192.0.2.1:1"), host("app.example"), withPass(c))

		another := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0))
		get[debug.ConfigReport](another, http.StatusOK, "/debug/config", from("192.0.2.1:1"), withPass(c))
	}
}

// What is like it opens nothing.
func TestTokenInAddressElsewise(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0))
	c := passOf(t, a.do("GET", "/debug/", withQuery(testToken)))
	end, mac, _ := strings.Cut(c.Value, ".")
	later, _ := strconv.ParseInt(end, 10, 64)
	pass := func(value string) change { return header("Cookie", c.Name+"="+value) }
	for name, changes := range map[string][]change{
		"wrong":                  {withQuery("no")},
		"empty":                  {withQuery("")},
		"the token as a cookie":  {pass(testToken)},
		"no cookie's value":      {pass("")},
		"a longer life":          {pass(strconv.FormatInt(later+1, 10) + "." + mac)},
		"without an end":         {pass("." + mac)},
		"without a signature":    {pass(end + ".")},
		"under another name":     {header("Cookie", "session="+c.Value)},
		"after many others":      {header("Cookie", strings.Repeat(c.Name+"=x; ", 100)+c.Name+"="+c.Value)},
		"a script on a sibling":  {withPass(c), header("Sec-Fetch-Site", "same-site"), header("Sec-Fetch-Mode", "cors")},
		"a script, older":        {withPass(c), header("Origin", "http://localhost:3000")},
		"and a token that is no": {withPass(c), header("Authorization", "Bearer no")},
	} {
		if w := a.do("GET", "/debug/config", append(changes, from("192.0.2.1:1"))...); w.Code != http.StatusForbidden || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: status %d, %v", name, w.Code, w.Header())
		}
	}
	for _, method := range []string{"POST", "DELETE", "HEAD"} {
		if w := a.do(method, "/debug/probe", from("192.0.2.1:1"), withQuery(testToken)); w.Code != http.StatusForbidden {
			t.Errorf("%s: status %d", method, w.Code)
		}
	}
	other := newApp(t, config.Config{DebugToken: config.NewSecret(testToken + "2")}, memstore.New(0))
	if w := other.do("GET", "/debug/config", from("192.0.2.1:1"), withPass(c)); w.Code != http.StatusForbidden {
		t.Errorf("a cookie for another token: status %d", w.Code)
	}
}

// Over TLS, also where a proxy ends it, the cookie is Secure; elsewhere than at
// /debug/ its path is that place.
func TestPassAttributes(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0))
	behindProxy := passOf(t, a.do("GET", "/debug/", withQuery(testToken), header("X-Forwarded-Proto", "https")))
	overTLS := passOf(t, a.do("GET", "https://app.example/debug/?token="+testToken))
	if !behindProxy.Secure || !overTLS.Secure {
		t.Errorf("%+v, %+v", behindProxy, overTLS)
	}
	inside := &app{t, a.sessions, http.StripPrefix("/ops", debug.New(a.sessions, debug.WithLogger(quiet)))}
	if c := passOf(t, inside.do("GET", "/ops/debug/session?token="+testToken)); c.Path != "/ops/debug" {
		t.Errorf("%+v", c)
	}
}

// The cookie ends by itself, whatever the browser does.
func TestPassExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0))
		c := passOf(t, a.do("GET", "/debug/", withQuery(testToken)))
		visit := func() int {
			return a.do("GET", "/debug/config", from("192.0.2.1:1"), withPass(c)).Code
		}
		time.Sleep(12*time.Hour - 2*time.Second)
		if code := visit(); code != http.StatusOK {
			t.Errorf("status %d", code)
		}
		time.Sleep(2 * time.Second)
		if code := visit(); code != http.StatusForbidden {
			t.Errorf("afterwards: status %d", code)
		}
	})
}

// Guessing is slowed down, however the guesses come, and the right token is
// never kept waiting.
func TestWrongTokensAreSlowed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken)}, memstore.New(0))
		guess := func(n int) *httptest.ResponseRecorder {
			c := header("Authorization", "Bearer guess"+strconv.Itoa(n))
			if n%2 == 1 {
				c = withQuery("guess" + strconv.Itoa(n))
			}
			return a.do("GET", "/debug/config", from("192.0.2.1:"+strconv.Itoa(1000+n)), c)
		}
		codes := map[int]int{}
		var last *httptest.ResponseRecorder
		for n := range 1000 {
			last = guess(n)
			codes[last.Code]++
		}
		if codes[403] != 10 || codes[429] != 990 {
			t.Errorf("%v", codes)
		}
		wait, err := strconv.Atoi(last.Header().Get("Retry-After"))
		if err != nil || wait < 1 || wait > 60 || !strings.Contains(last.Body.String(), "DEBUG_TOKEN") {
			t.Errorf("%v: %s", last.Header(), last.Body)
		}
		get[debug.ConfigReport](a, http.StatusOK, "/debug/config", from("192.0.2.1:1"), withToken())
		passOf(t, a.do("GET", "/debug/", from("192.0.2.1:1"), withQuery(testToken)))
		if w := a.do("GET", "/debug/config", from("192.0.2.1:1")); w.Code != http.StatusForbidden {
			t.Errorf("without a token: status %d", w.Code)
		}
		time.Sleep(time.Duration(wait) * time.Second)
		if one, two := guess(1), guess(2); one.Code != 403 || two.Code != 429 {
			t.Errorf("after the wait: %d, %d", one.Code, two.Code)
		}
	})
}
