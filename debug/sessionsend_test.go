package debug_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

// 7.4.5 of OWASP ASVS: an operator ends one session, and all of a user.
func TestEndSessions(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{}, newFakeStore("redis", "r:6379"))
	one, two, ben := o.login("ada"), o.login("ada"), o.login("ben")
	nobody := o.visit("/set?n=1", "")
	id := o.idOf(one)

	ended := o.end(debug.SessionsRequest{Action: debug.ActionEnd, User: "ada", Session: id.Short()})
	if ended.Ended != 1 || ended.User != "ada" || ended.Session != id.Short() || !ended.Everywhere || ended.At.IsZero() || ended.Action != "end" || ended.Worker.PID == 0 {
		t.Errorf("%+v", ended)
	}
	if o.user(one) != "" || o.user(two) != "ada" {
		t.Errorf("%q and %q are logged in", o.user(one), o.user(two))
	}
	o.problem(http.StatusNotFound, debug.SessionsRequest{Action: debug.ActionEnd, User: "ada", Session: id.Short()})

	third := o.login("ada")
	ended = o.end(debug.SessionsRequest{Action: debug.ActionEndAll, User: "ada"})
	if ended.Ended != 2 || ended.User != "ada" || ended.Session != "" {
		t.Errorf("%+v", ended)
	}
	if o.user(two)+o.user(third) != "" || o.user(ben) != "ben" {
		t.Errorf("%q, %q and %q are logged in", o.user(two), o.user(third), o.user(ben))
	}
	if again := o.end(debug.SessionsRequest{Action: debug.ActionEndAll, User: "ada"}); again.Ended != 0 {
		t.Errorf("%+v", again)
	}
	if o.user(o.login("ada")) != "ada" {
		t.Error("nobody can log in afterwards")
	}

	ref := ask[debug.SessionsReport](o.app, http.StatusOK, "POST", "/debug/sessions", withToken(), withForm("action", "find", "cookie", nobody)).Sessions[0].Ref
	if ended := o.end(debug.SessionsRequest{Action: debug.ActionEnd, Ref: ref}); ended.Ended != 1 || ended.User != "" {
		t.Errorf("%+v", ended)
	}
	o.problem(http.StatusNotFound, debug.SessionsRequest{Action: debug.ActionEnd, Ref: ref})

	lines := o.audited()
	if len(lines) != 4 {
		t.Fatalf("%d lines: %s", len(lines), o.log)
	}
	for i, want := range []string{"user=ada session=" + id.Short() + " peer=", "user=ada sessions=2 ", "user=ada sessions=0 ", "operator\" session="} {
		if !strings.Contains(lines[i], want) || !strings.Contains(lines[i], `level=INFO msg="session: audit" event="ended by operator"`) {
			t.Errorf("no %q in %s", want, lines[i])
		}
	}
}

// A store of this process alone is not every worker's, and the page says so.
func TestEndInMemory(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{}, memstore.New(0))
	o.login("ada")
	page := o.do("POST", "/debug/sessions", withToken(), asBrowser(), withForm("action", "end-all", "user", "ada")).Body.String()
	if strings.Contains(page, "on every worker.") || !strings.Contains(page, "every other worker has sessions of its own") {
		t.Error(page)
	}
	if ended := o.end(debug.SessionsRequest{Action: debug.ActionEndAll, User: "ada"}); ended.Everywhere {
		t.Errorf("%+v", ended)
	}
}

// A session that is renewed, or logged in, after it was found ends all the same.
func TestEndRenewed(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{}, memstore.New(0))
	for _, user := range []string{"ada", ""} {
		before := o.visit("/set?n=1", "")
		if user != "" {
			before = o.login(user)
		}
		ref := o.find("session=" + o.idOf(before).Short()).Sessions[0].Ref
		after := o.in(before, func(s *session.Session) error { return s.Renew(t.Context()) })
		ended := o.end(debug.SessionsRequest{Action: debug.ActionEnd, Ref: ref})
		if status := get[debug.SessionReport](o.app, 200, "/debug/session", withCookie(after)).Session.Status; status != "rejected: not-found" || ended.Ended != 1 {
			t.Errorf("%q: %s, %+v", user, status, ended)
		}
	}
}

// An id that several sessions begin with is nobody's: all are told, none is ended.
func TestAmbiguousID(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	o := newOperated(t, config.Config{}, store)
	o.login("ada")
	var record *driver.Record
	for e := range store.All(t.Context()) {
		record = e.Record
	}
	for i := range 2 {
		id, r := session.ID{1, 2, 3, 4, 5, 6, 7, byte(i)}, record.Clone()
		r.Revision, r.User = 0, []string{"ben", "eve"}[i]
		if err := store.Save(t.Context(), id, r); err != nil {
			t.Fatal(err)
		}
	}
	short := session.ID{1, 2, 3, 4, 5, 6}.Short()
	found := o.find("session=" + short)
	if len(found.Sessions) != 2 || found.Sessions[0].Ref == found.Sessions[1].Ref {
		t.Fatalf("%+v", found)
	}
	p := o.problem(http.StatusConflict, debug.SessionsRequest{Action: debug.ActionEnd, Session: short})
	if !strings.Contains(p.Error, "nothing was ended") || len(o.audited()) != 0 {
		t.Errorf("%+v, %s", p, o.log)
	}
	o.end(debug.SessionsRequest{Action: debug.ActionEnd, Session: short, User: "ben"})
	if left := o.find("session=" + short).Sessions; len(left) != 1 || left[0].User != "eve" {
		t.Errorf("%+v", left)
	}
}

// What is not asked for clearly ends nothing, and GET never does.
func TestEndNothing(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{}, memstore.New(0))
	cookie := o.login("ada")
	short := o.idOf(cookie).Short()
	for name, c := range map[string]struct {
		status int
		change change
	}{
		"no action":            {400, withJSON(debug.SessionsRequest{User: "ada"})},
		"another action":       {400, withJSON(debug.SessionsRequest{Action: "drop", User: "ada"})},
		"end without a name":   {400, withJSON(debug.SessionsRequest{Action: "end"})},
		"end of a user":        {400, withJSON(debug.SessionsRequest{Action: "end", User: "ada"})},
		"end by cookie":        {400, withJSON(debug.SessionsRequest{Action: "end", Cookie: cookie})},
		"end-all of nobody":    {400, withJSON(debug.SessionsRequest{Action: "end-all"})},
		"end-all of a session": {400, withJSON(debug.SessionsRequest{Action: "end-all", User: "ada", Session: short})},
		"a name that is none":  {400, withBody("application/json", `{"action":"end","session":"`+short+`","usr":"ben"}`)},
		"no JSON":              {400, withBody("application/json", `action=end-all&user=ada`)},
		"JSON twice":           {400, withBody("application/json", `{"action":"find"} {"action":"end-all","user":"ada"}`)},
		"JSON and more":        {400, withBody("application/json", `{"action":"end-all","user":"ada"}]`)},
		"JSON not of UTF-8":    {400, withBody("application/json", `{"action":"end-all","user":"a`+"\xff"+`"}`)},
		"a form not of UTF-8":  {400, withForm("action", "end-all", "user", "a\xff")},
		"no type":              {415, withBody("", `{"action":"end-all","user":"ada"}`)},
		"another type":         {415, withBody("text/plain", `{"action":"end-all","user":"ada"}`)},
		"no form":              {400, withBody("application/x-www-form-urlencoded", "action=%zz")},
		"too large":            {400, withForm("action", "end-all", "user", "ada", "cookie", strings.Repeat("x", 40<<10))},
		"a short session":      {400, withJSON(debug.SessionsRequest{Action: "end", Session: short[:3]})},
		"another user's":       {404, withJSON(debug.SessionsRequest{Action: "end", Session: short, User: "ben"})},
	} {
		if w := o.do("POST", "/debug/sessions", withToken(), c.change); w.Code != c.status || !strings.Contains(w.Body.String(), `"error"`) {
			t.Errorf("%s: status %d: %s", name, w.Code, w.Body)
		}
	}
	for _, query := range []string{"action=end-all&user=ada", "action=end&session=" + short} {
		o.do("GET", "/debug/sessions?"+query, withToken())
		if w := o.do("POST", "/debug/sessions?"+query, withToken(), withForm()); w.Code != http.StatusBadRequest {
			t.Errorf("by the query: status %d: %s", w.Code, w.Body)
		}
	}
	for _, method := range []string{"PUT", "DELETE", "PATCH"} {
		if w := o.do(method, "/debug/sessions", withToken()); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD, POST" {
			t.Errorf("%s: status %d", method, w.Code)
		}
	}
	if o.user(cookie) != "ada" || len(o.audited()) != 0 {
		t.Errorf("%q is logged in; %s", o.user(cookie), o.log)
	}
}
