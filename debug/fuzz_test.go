package debug_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/debug"
)

// FuzzRequest: whatever a request looks like, nobody without the right is
// told anything, nothing that is secret is in the answer, and an answer of
// 5xx, which only a store that is down gives, says why. In the raw request
// COOKIE stands for a visitor's token and TOKEN for the debug token.
func FuzzRequest(f *testing.F) {
	type app struct {
		production, down bool
	}
	// Each has a store of its own, for what one has said is told for a while.
	handlers, stores, cookies := map[app]http.Handler{}, map[app]*fakeStore{}, map[app]string{}
	var cookieParts []string
	for _, a := range []app{{}, {production: true}, {down: true}, {production: true, down: true}} {
		store, failure := indiscreet()
		handlers[a], cookies[a] = fuzzApp(f, a.production, store)
		stores[a] = store
		if a.down {
			store.broken.Store(&failure)
		}
		parts := strings.Split(cookies[a], ".")
		cookieParts = append(cookieParts, parts[1], parts[3])
	}
	secrets := append([]string{testKey, fallbackKey, testToken, redisPassword, escapedRedis, sentinelSecret, "c5rf-value"}, cookieParts...)

	const local = "127.0.0.1:40000"
	for _, path := range append(reports, "/debug", "/debug/?format=json", "/debug/session?format=html", "/debug/metrics", "/debug/nothing", "/debug/../debug/", "//debug//", "/debug/probe?action=end", "/debug/sessions?user=ada", "/debug/sessions?session=COOKIE", "/debug/sessions/?session=abcd&format=html") {
		for i, header := range []string{"Host: localhost:8080\r\nAccept: text/html;q=0.9,*/*", "Host: a.example\r\nAuthorization: Bearer TOKEN\r\nAccept: application/json",
			"Host: [::1]\r\nX-Forwarded-For: 1.2.3.4", "Host: 127.0.0.1\r\nOrigin: https://evil.example\r\nSec-Fetch-Site: cross-site", "Host: localhost\r\nAuthorization: bearer  TOKEN "} {
			f.Add("GET "+path+" HTTP/1.1\r\n"+header+"\r\nCookie: a=b; session=COOKIE\r\n\r\n", local, i%2 == 0, path == "/debug/store")
		}
	}
	for _, body := range []string{"", "action=clear", `{"action":"end"}`, "{", strings.Repeat("x", 2000)} {
		for _, kind := range []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "a;b;c"} {
			f.Add("POST /debug/probe HTTP/1.1\r\nHost: localhost\r\nContent-Type: "+kind+"\r\nTransfer-Encoding: identity\r\nConnection: close\r\n\r\n"+body, local, false, false)
		}
	}
	for _, body := range []string{"action=find&cookie=COOKIE", "action=end-all&user=ada", `{"action":"find","cookie":"session=COOKIE"}`, `{"action":"end","session":"COOKIE"}`} {
		length := len(body) + strings.Count(body, "COOKIE")*(len(cookies[app{}])-len("COOKIE"))
		for _, kind := range []string{fmt.Sprintf("application/json\r\nContent-Length: %d", length), fmt.Sprintf("application/x-www-form-urlencoded\r\nContent-Length: %d", length)} {
			f.Add("POST /debug/sessions HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer TOKEN\r\nContent-Type: "+kind+"\r\nConnection: close\r\n\r\n"+body, local, false, false)
			f.Add("POST /debug/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: "+kind+"\r\nConnection: close\r\n\r\n"+body, local, false, true)
		}
	}
	f.Add("DELETE /debug/probe?a=%zz HTTP/1.0\r\nHost:\r\n\r\n", "[::ffff:127.0.0.1%eth0]:1", false, true)

	f.Fuzz(func(t *testing.T, raw, peer string, production, down bool) {
		a := app{production, down}
		placeholders := strings.NewReplacer("COOKIE", cookies[a], "TOKEN", testToken)
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(placeholders.Replace(raw))))
		if err != nil {
			t.Skip("the server refuses it")
		}
		r.RemoteAddr = peer
		entitled := strings.Contains(strings.Join(r.Header["Authorization"], ""), testToken)
		w := httptest.NewRecorder()
		handlers[a].ServeHTTP(w, r.WithContext(t.Context()))

		body := w.Body.String()
		for _, secret := range secrets {
			if strings.Contains(body, secret) {
				t.Fatalf("status %d tells %q: %s", w.Code, secret, body)
			}
		}
		isDebug := r.URL.Path == "/debug" || strings.HasPrefix(r.URL.Path, "/debug/")
		if isDebug && !entitled && (production || !strings.HasPrefix(peer, "127.") && !strings.HasPrefix(peer, "[")) && w.Code < 300 {
			t.Fatalf("anybody is let in, status %d: %s", w.Code, body)
		}
		var reason struct{ Status, Error string }
		if w.Code >= 500 && (!down || json.Unmarshal([]byte(body), &reason) != nil && !strings.Contains(body, "<html") ||
			reason.Error == "" && !strings.Contains(body, "<html")) {
			t.Fatalf("status %d without a reason, store down: %v: %s", w.Code, down, body)
		}
		forgetSessions(t, stores[a])
	})
}

// fuzzApp is an app with the debug endpoints on store, and the cookie of
// somebody who is logged in.
func fuzzApp(f *testing.F, production bool, store driver.Store) (h http.Handler, cookie string) {
	mode := config.Development
	if production {
		mode = config.Production
	}
	cfg := withDefaults(config.Config{Mode: mode, SecretKeyFallbacks: []config.Secret{config.NewSecret(fallbackKey)}, DebugToken: config.NewSecret(testToken), RedisURL: config.NewSecret(redisURL)})
	m, err := session.NewManager(f.Context(), cfg, store, session.WithLogger(quiet))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { m.Close() })
	ctx, x, _ := sessiontest.Open(f.Context(), m, session.Incoming{})
	s, err := session.From(ctx)
	if err != nil {
		f.Fatal(err)
	}
	session.Set(s, "csrf", "c5rf-value")
	if err := auth.Login(ctx, "ada"); err != nil {
		f.Fatal(err)
	}
	out, err := x.Commit()
	if err != nil {
		f.Fatal(err)
	}
	c, err := http.ParseSetCookie(out.SetCookie)
	if err != nil {
		f.Fatal(err)
	}
	return httpsession.Install(http.NewServeMux(), m, debug.New(m, debug.WithLogger(quiet))), c.Value
}

// forgetSessions takes away what the request has made, so that a long run
// does not fill the store.
func forgetSessions(t *testing.T, store *fakeStore) {
	for e := range store.Store.All(t.Context()) {
		if e.Record.User == "" {
			store.Store.Delete(t.Context(), e.ID)
		}
	}
}
