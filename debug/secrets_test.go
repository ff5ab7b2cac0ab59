package debug_test

import (
	"errors"
	"fmt"
	"html"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

const (
	redisPassword  = "r3dis-p4ss/w0rd"
	escapedRedis   = "r3dis-p4ss%2Fw0rd"
	sentinelSecret = "s3ntinel-p4ssword"
	fallbackKey    = "Qw8ErT4yUi2OpA6sDf0GhJ3kLz7XcV5b"
	redisURL       = "redis://:" + escapedRedis + "@10.0.0.9:6379/0?sentinel_password=" + sentinelSecret
)

// indiscreet is a store that quotes all that it was ever told.
func indiscreet() (*fakeStore, error) {
	all := strings.Join([]string{testKey, fallbackKey, testToken, redisPassword, escapedRedis, sentinelSecret, redisURL}, " ")
	store := newFakeStore("redis", "10.0.0.9 "+all)
	store.listed = true
	store.inspection = check.Inspection{Facts: map[string]string{"version": "7 " + all}, Unchecked: map[string]string{"acl": all}}
	return store, fmt.Errorf("dial %s: %w", all, errors.New("refused"))
}

// No route, in no form and no state, answers with a secret.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	for _, mode := range []config.Mode{config.Development, config.Production} {
		for _, down := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, down %v", mode, down), func(t *testing.T) {
				t.Parallel()
				store, failure := indiscreet()
				o := newOperated(t, config.Config{
					Mode: mode, SecretKeyFallbacks: []config.Secret{config.NewSecret(fallbackKey)}, RedisURL: config.NewSecret(redisURL),
				}, store)
				a := o.app
				cookie := a.visit("/set?csrf=%22c5rf-value%22&api_key=%22k3y-value%22", a.visit("/login", ""))
				_, other := a.probe("")
				secrets := []string{testKey, fallbackKey, testToken, redisPassword, escapedRedis, sentinelSecret, "c5rf-value", "k3y-value"}
				var ids []session.ID
				for _, c := range []string{cookie, other} {
					id := a.idOf(c)
					ids = append(ids, id)
					secrets = append(secrets, id.String(), id.Hex())
					secrets = append(secrets, tokenParts(t, c)...)
				}
				secrets = append(secrets, tokenParts(t, foreignCookie(t))...)
				if down {
					store.broken.Store(&failure)
				}
				answers := everyAnswer(a, cookie, other, foreignCookie(t), splice(cookie, other, 3))
				everySession(a, answers, ids[0], cookie, other, foreignCookie(t), splice(cookie, other, 3))
				answers["the log"] = o.log.String()
				if len(o.audited()) == 0 {
					t.Errorf("the log says nothing: %s", o.log)
				}
				for what, answer := range answers {
					for _, secret := range secrets {
						if strings.Contains(answer, secret) {
							t.Errorf("%s tells %q: %s", what, secret, answer)
						}
					}
				}
			})
		}
	}
}

func foreignCookie(t *testing.T) string {
	a := newApp(t, config.Config{SecretKey: config.NewSecret(otherKey)}, memstore.New(0))
	return a.visit("/set?n=1", "")
}

// everyAnswer asks every route for all that it can say, with each cookie. The
// Set-Cookie header is for the caller and left out.
func everyAnswer(a *app, cookies ...string) map[string]string {
	answers := map[string]string{}
	note := func(what string, w *httptest.ResponseRecorder) {
		header := w.Result().Header
		header.Del("Set-Cookie")
		answers[what] = html.UnescapeString(fmt.Sprint(header, w.Body))
	}
	for i, cookie := range cookies {
		for _, accept := range []string{"application/json", "text/html"} {
			changes := []change{withCookie(cookie), withToken(), header("Accept", accept)}
			for _, path := range append(reports, "/debug", "/debug/metrics", "/debug/nothing", "/debug/probe") {
				note(fmt.Sprintf("GET %s as %s, cookie %d", path, accept, i), a.do("GET", path, changes...))
			}
			for _, action := range []string{"", "clear", "end", "drop"} {
				note(fmt.Sprintf("POST probe %s as %s, cookie %d", action, accept, i), a.do("POST", "/debug/probe?action="+action, changes...))
			}
		}
	}
	note("refused", a.do("GET", "/debug/", from("192.0.2.1:1"), header("Authorization", "Bearer no")))
	return answers
}

// everySession asks for the sessions that there are, and ends them.
func everySession(a *app, answers map[string]string, id session.ID, cookies ...string) {
	for _, accept := range []string{"application/json", "text/html"} {
		for _, query := range []string{"", "user=ada", "user=eve", "session=" + id.Short(), "session=" + id.String(), "session=" + id.Hex(), "session=" + url.QueryEscape(cookies[0]),
			"user=ada&session=" + id.String(), "user=" + url.QueryEscape(cookies[0]), "cookie=" + cookies[0], "ref=" + id.String()} {
			w := a.do("GET", "/debug/sessions?"+query, withToken(), header("Accept", accept))
			answers["GET sessions?"+query+" as "+accept] = html.UnescapeString(fmt.Sprint(w.Result().Header, w.Body))
		}
		for i, asked := range []debug.SessionsRequest{{Action: "end", Session: id.Short() + "A"}, {Action: "end", Session: id.String(), User: "ada"}, {Action: "end", Ref: cookies[0]}, {Action: "end-all", User: "ada"}, {Action: "end", Session: cookies[0]}} {
			for j, cookie := range cookies {
				w := a.do("POST", "/debug/sessions", withToken(), header("Accept", accept), withForm("action", "find", "cookie", cookie))
				answers[fmt.Sprintf("%d: POST sessions, cookie %d, as %s", i, j, accept)] = html.UnescapeString(fmt.Sprint(w.Result().Header, w.Body))
			}
			w := a.do("POST", "/debug/sessions", withToken(), header("Accept", accept), withJSON(asked))
			answers[fmt.Sprintf("POST sessions %d as %s", i, accept)] = html.UnescapeString(fmt.Sprint(w.Result().Header, w.Body))
		}
	}
}

// A secret too short to be cut out of a text takes the whole text with it, but
// not an address, which has none in it.
func TestShortSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, testShortSecret)
}

func testShortSecret(t *testing.T) {
	store := newFakeStore("redis", "hunter.example:6379/0")
	store.inspection = check.Inspection{
		Facts:     map[string]string{"quoted": "logged in with hunter", "version": "7.2", "inside": "headhunters"},
		Unchecked: map[string]string{"acl": "password 'hunter' is wrong"},
	}
	a := newApp(t, config.Config{RedisURL: config.NewSecret("redis://:hunter@hunter.example:6379/0"), DebugToken: config.NewSecret("7.2")}, store)
	r := get[debug.StoreReport](a, 200, "/debug/store")
	if r.Address != "hunter.example:6379/0" || r.Facts["version"] != "7.2" || r.Facts["inside"] != "headhunters" {
		t.Errorf("%+v", r)
	}
	if !strings.Contains(r.Facts["quoted"], "hidden") || !strings.Contains(r.Unchecked["acl"], "hidden") {
		t.Errorf("%+v", r)
	}
	refused := errors.New("AUTH hunter: refused")
	store.broken.Store(&refused)
	time.Sleep(5 * time.Second) // so long the reports may say what they said before
	for _, path := range append(reports, "/debug/metrics") {
		if body := a.do("GET", path).Body.String(); strings.Contains(body, "AUTH hunter") {
			t.Errorf("%s: %s", path, body)
		}
	}
	if r := get[debug.StoreReport](a, 503, "/debug/store"); !strings.Contains(r.Error, "hidden") || r.Help == "" {
		t.Errorf("%+v", r)
	}
}

// A secret that begins with another one is cut out whole, quoted ones too, and
// those of a URL that cannot be parsed.
func TestSecretsInSecrets(t *testing.T) {
	t.Parallel()
	store := newFakeStore("redis", "redis.example:6379/0")
	store.inspection.Facts = map[string]string{"all": fmt.Sprintf("%s %q %s %s", testKey+"-longer", `t0ken "quoted"`, "%zz-p4ssw0rd", "p4ss w0rd+1")}
	a := newApp(t, config.Config{
		SecretKey:          config.NewSecret(testKey),
		SecretKeyFallbacks: []config.Secret{config.NewSecret(testKey + "-longer")},
		DebugToken:         config.NewSecret(`t0ken "quoted"`),
		RedisURL:           config.NewSecret("redis://:%zz-p4ssw0rd@redis.example:6379/0?sentinel_password=p4ss+w0rd%2B1"),
	}, store)
	if got := get[debug.StoreReport](a, 200, "/debug/store").Facts["all"]; got != `[hidden] "[hidden]" [hidden] [hidden]` {
		t.Error(got)
	}
}
