package debug_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

// slowWalk is a store that takes a second for each session that it lists.
type slowWalk struct{ *memstore.Store }

func (s slowWalk) All(ctx context.Context) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		for e, err := range s.Store.All(context.WithoutCancel(ctx)) {
			if !yield(e, err) {
				return
			}
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				yield(driver.Entry{}, ctx.Err())
				return
			}
		}
	}
}

// A search through a large store ends, tells what it has found, and is no ground to
// end anything.
func TestFindInALargeStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOperated(t, config.Config{}, slowWalk{memstore.New(0)})
		cookie := o.login("ada")
		for range 50 {
			o.visit("/set?n=1", "")
		}
		begin := time.Now()
		p := get[debug.Problem](o.app, http.StatusNotFound, "/debug/sessions?session=AAAAAAAA", withToken())
		if took := time.Since(begin); took != 10*time.Second || !strings.Contains(p.Error, "no time to look at all") || !strings.Contains(p.Fix, "user") {
			t.Errorf("%v: %+v", took, p)
		}
		short := o.idOf(cookie).Short()
		if found := o.find("user=ada&session=" + short); len(found.Sessions) != 1 || found.Early {
			t.Errorf("%+v", found)
		}
		w := o.post(debug.SessionsRequest{Action: debug.ActionEnd, Session: short})
		if w.Code != http.StatusConflict && w.Code != http.StatusNotFound || o.user(cookie) != "ada" {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	})
}

// A store that does not answer is a 503 that says so, whatever is asked.
func TestSessionsOfADeadStore(t *testing.T) {
	t.Parallel()
	store := newFakeStore("redis", "r:6379")
	store.listed = true
	o := newOperated(t, config.Config{}, store)
	cookie := o.login("ada")
	ref := o.find("session=" + o.idOf(cookie).Short()).Sessions[0].Ref
	refused := errors.New("dial tcp: connection refused by " + testKey)
	store.broken.Store(&refused)
	for name, asked := range map[string]debug.SessionsRequest{
		"user":    {Action: debug.ActionFind, User: "ada"},
		"session": {Action: debug.ActionFind, Session: "AAAAAAAA"},
		"ref":     {Action: debug.ActionFind, Ref: ref},
		"cookie":  {Action: debug.ActionFind, Cookie: cookie},
		"end":     {Action: debug.ActionEnd, Ref: ref},
		"end-all": {Action: debug.ActionEndAll, User: "ada"},
	} {
		p := o.problem(http.StatusServiceUnavailable, asked)
		if p.Reason != debug.ReasonStoreUnavailable || !strings.Contains(p.Error, "connection refused") || strings.Contains(p.Error, testKey) {
			t.Errorf("%s: %+v", name, p)
		}
		if strings.Contains(p.Error, "safe to ask again") != (name == "end-all") {
			t.Errorf("%s: %+v", name, p)
		}
	}
	page := o.do("POST", "/debug/sessions", withToken(), asBrowser(), withForm("action", "find", "cookie", cookie))
	if page.Code != http.StatusServiceUnavailable || !strings.Contains(page.Body.String(), o.sessions.Diagnostics().Fingerprints()[0].String()) {
		t.Errorf("the page does not say what the cookie says by itself: %s", page.Body)
	}
	if lines := o.audited(); len(lines) != 1 || !strings.Contains(lines[0], "level=WARN") || !strings.Contains(lines[0], "connection refused") || strings.Contains(lines[0], testKey) {
		t.Errorf("%q", lines)
	}
	store.broken.Store(nil)
	if o.user(cookie) != "ada" {
		t.Error("it has ended")
	}
}

// plainStore has nothing but what every store has.
type plainStore struct{ driver.Store }

func TestSessionsOfAPlainStore(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{}, plainStore{memstore.New(0)})
	cookie := o.login("ada")
	for _, query := range []string{"user=ada", "session=" + o.idOf(cookie).Short()} {
		if p := get[debug.Problem](o.app, http.StatusNotImplemented, "/debug/sessions?"+query, withToken()); p.Fix == "" {
			t.Errorf("%s: %+v", query, p)
		}
	}
	if p := o.problem(http.StatusNotImplemented, debug.SessionsRequest{Action: debug.ActionEndAll, User: "ada"}); !strings.Contains(p.Error, "no index of users") {
		t.Errorf("%+v", p)
	}
	found := ask[debug.SessionsReport](o.app, http.StatusOK, "POST", "/debug/sessions", withToken(), withForm("action", "find", "cookie", cookie))
	o.end(debug.SessionsRequest{Action: debug.ActionEnd, Ref: found.Sessions[0].Ref})
	if o.user(cookie) != "" || len(o.audited()) != 1 {
		t.Errorf("%q, %s", o.user(cookie), o.log)
	}
}

// What a pasted cookie says of itself, and why it leads nowhere.
func TestPastedCookie(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	o := newOperated(t, config.Config{SecretKeyFallbacks: []config.Secret{config.NewSecret(otherKey)}}, store)
	cookie, gone := o.login("ada"), o.login("ben")
	o.in(gone, func(s *session.Session) error { return s.Destroy(t.Context()) })
	older := newOperated(t, config.Config{SecretKey: config.NewSecret(otherKey)}, store).login("eve")
	foreign := newOperated(t, config.Config{SecretKey: config.NewSecret(fallbackKey)}, memstore.New(0)).login("eve")
	keys := o.sessions.Diagnostics().Fingerprints()
	for name, c := range map[string]struct{ pasted, status, key, user string }{
		"its value":           {cookie, "loaded", keys[0].String(), "ada"},
		"quoted":              {`"` + cookie + `"`, "loaded", keys[0].String(), "ada"},
		"in two lines":        {cookie[:30] + "\n  " + cookie[30:] + "\n", "loaded", keys[0].String(), "ada"},
		"with its name":       {"session=" + cookie, "loaded", keys[0].String(), "ada"},
		"a header":            {"Cookie: theme=dark; session=" + cookie + "; lang=en", "loaded", keys[0].String(), "ada"},
		"of an answer":        {"set-cookie: session=" + cookie + "; Path=/; HttpOnly", "loaded", keys[0].String(), "ada"},
		"a token in a header": {"Authorization: Bearer " + cookie, "loaded", keys[0].String(), "ada"},
		"beside a bad one":    {"session=x; session=" + cookie, "loaded", keys[0].String(), "ada"},
		"an earlier key's":    {older, "loaded", keys[1].String(), "eve"},
		"ended":               {gone, "rejected: not-found", keys[0].String(), ""},
		"another app's":       {foreign, "rejected: foreign-key", "", ""},
		"edited":              {splice(cookie, gone, len(strings.Split(cookie, "."))-1), "rejected: bad-signature", keys[0].String(), ""},
		"something else":      {"hello", "rejected: malformed", "", ""},
	} {
		found := ask[debug.SessionsReport](o.app, http.StatusOK, "POST", "/debug/sessions", withToken(), withForm("action", "find", "cookie", c.pasted))
		user := ""
		if len(found.Sessions) == 1 {
			user = found.Sessions[0].User
		}
		if found.Cookie.Status != c.status || c.key != "" && found.Cookie.Key != c.key || user != c.user || found.Cookie.Name != "session" || (c.user == "") != (found.Cookie.Meaning != "") {
			t.Errorf("%s: %+v, %+v", name, found.Cookie, found.Sessions)
		}
	}
	if p := o.problem(http.StatusBadRequest, debug.SessionsRequest{Action: debug.ActionFind, Cookie: "theme=dark; lang=en"}); !strings.Contains(p.Error, "session") {
		t.Errorf("%+v", p)
	}
	if r := o.sessions.Diagnostics().Rejections(); r["foreign-key"]+r["bad-signature"]+r["malformed"] != 0 {
		t.Errorf("they count as visits: %v", r)
	}
}

// A cookie from before the name began with __Host- is verified as a request's is.
func TestPastedFormerCookie(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	before := newOperated(t, config.Config{}, store).login("ada")
	o := newOperated(t, config.Config{Mode: config.Production}, store)
	now := o.login("ben")
	for pasted, want := range map[string]string{before: "session", "session=" + before: "session", now: "__Host-session", "__Host-session=" + now: "__Host-session"} {
		found := ask[debug.SessionsReport](o.app, http.StatusOK, "POST", "/debug/sessions", withToken(), withForm("action", "find", "cookie", pasted))
		if found.Cookie.Name != want || found.Cookie.Status != "loaded" || len(found.Sessions) != 1 {
			t.Errorf("%s: %+v", want, found.Cookie)
		}
	}
}
