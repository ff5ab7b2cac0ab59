package debug_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/debug"
)

func TestFindSessionsByUser(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{IdleTimeout: time.Hour}, memstore.New(0))
	laptop, phone := o.login("ada", auth.Label("Firefox on Linux")), o.login("ada")
	o.login("ben")
	found := o.find("user=ada")
	if len(found.Sessions) != 2 || found.More || found.Early || found.Looked != 2 || found.User != "ada" || found.Store.Kind != "memory" {
		t.Fatalf("%+v", found)
	}
	labels := map[string]string{}
	for _, s := range found.Sessions {
		labels[s.ID] = s.Label
		if s.User != "ada" || s.Values != nil || s.Revision != 1 || s.LastUse == nil || s.LastUse.Before(s.Created) || s.Expires.Sub(*s.LastUse) != time.Hour || s.Deadline.Sub(s.Created) != 24*time.Hour {
			t.Errorf("%+v", s)
		}
	}
	if want := o.idOf(laptop).Short(); labels[want] != "Firefox on Linux" || len(labels) != 2 {
		t.Errorf("%v, want %s", labels, want)
	}
	if _, ok := labels[o.idOf(phone).Short()]; !ok {
		t.Errorf("%v", labels)
	}
	p := get[debug.Problem](o.app, http.StatusNotFound, "/debug/sessions?user=eve", withToken())
	if !strings.Contains(p.Error, `"eve"`) || !strings.Contains(p.Fix, "auth.Login") {
		t.Errorf("%+v", p)
	}
}

// One session is told whole, by the beginning of its id, by what a report has as
// its reference, and by a user with the beginning.
func TestFindOneSession(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{}, memstore.New(0))
	cookie := o.visit("/set?tea=%22green%22&csrf=%22c5rf-value%22", o.login("ada"))
	o.login("ada")
	id := o.idOf(cookie)
	byID := o.find("session=" + id.Short())
	for name, found := range map[string]debug.SessionsReport{
		"short id":          byID,
		"4 characters":      o.find("session=" + id.String()[:4]),
		"user and short id": o.find("user=ada&session=" + id.Short()),
		"reference":         o.find("ref=" + byID.Sessions[0].Ref),
		"whole id":          o.find("session=" + id.String()),
		"cookie": ask[debug.SessionsReport](o.app, http.StatusOK, "POST", "/debug/sessions", withToken(),
			withJSON(debug.SessionsRequest{Action: debug.ActionFind, Cookie: cookie})),
	} {
		if len(found.Sessions) != 1 {
			t.Errorf("%s: %+v", name, found)
			continue
		}
		s := found.Sessions[0]
		if s.ID != id.Short() || s.User != "ada" || s.Revision != 2 || s.Values["tea"].Value != "green" || s.Values["csrf"].Hidden == "" || s.Bytes == 0 || s.LastUse != nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if byID.Looked != 2 {
		t.Errorf("looked at %d", byID.Looked)
	}
	for query, status := range map[string]int{
		"session=AAAAAAAA":                        http.StatusNotFound,
		"user=ben&session=" + id.Short():          http.StatusNotFound,
		"session=abc":                             http.StatusBadRequest,
		"session=ab%20d":                          http.StatusBadRequest,
		"ref=AAAA":                                http.StatusBadRequest,
		"ref=" + id.String():                      http.StatusBadRequest,
		"ref=" + byID.Sessions[0].Ref + "A":       http.StatusBadRequest,
		"session=abcd&ref=abcd":                   http.StatusBadRequest,
		"user=ada&ref=" + byID.Sessions[0].Ref:    http.StatusBadRequest,
		"user=" + strings.Repeat("x", 257):        http.StatusBadRequest,
		"user=%ff":                                http.StatusBadRequest,
		"cookie=" + url.QueryEscape(cookie):       http.StatusBadRequest,
		"user=" + url.QueryEscape(cookie):         http.StatusBadRequest,
		"session=" + url.QueryEscape(cookie):      http.StatusBadRequest,
		"session=" + session.ID{1, 2, 3}.String(): http.StatusNotFound,
	} {
		if p := get[debug.Problem](o.app, status, "/debug/sessions?"+query, withToken()); p.Error == "" || strings.Contains(p.Error, cookie[:8]) {
			t.Errorf("%s: %+v", query, p)
		}
	}
}

// In production a report has no values; nobody's session has no user.
func TestFindInProduction(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{Mode: config.Production}, memstore.New(0))
	cookie := o.visit("/set?tea=%22green%22", "")
	s := o.find("session=" + o.idOf(cookie).Short()).Sessions[0]
	if s.User != "" || s.Values["tea"].Value != nil || s.Values["tea"].Size != 7 || s.Values["tea"].Hidden == "" {
		t.Errorf("%+v", s)
	}
}

// A report is bounded, and says that there is more.
func TestFindMany(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{}, memstore.New(0))
	for range debug.MaxSessions + 1 {
		o.login("ada")
	}
	found := o.find("user=ada")
	if len(found.Sessions) != debug.MaxSessions || !found.More {
		t.Errorf("%d sessions, more %v", len(found.Sessions), found.More)
	}
	if page := o.do("GET", "/debug/sessions?user=ada", withToken(), asBrowser()).Body.String(); !strings.Contains(page, "there are more") {
		t.Error("the page does not say so")
	}
}

// A session that was renewed a moment ago is found by what it was called before,
// where that was given whole; so is its cookie.
func TestFindRenewed(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{}, memstore.New(0))
	before := o.login("ada")
	ref := o.find("session=" + o.idOf(before).Short()).Sessions[0].Ref
	after := o.in(before, func(s *session.Session) error { return s.Renew(t.Context()) })
	want := o.idOf(after).Short()
	if found := o.find("ref=" + ref); found.Sessions[0].ID != want {
		t.Errorf("%+v, want %s", found.Sessions[0], want)
	}
	found := ask[debug.SessionsReport](o.app, http.StatusOK, "POST", "/debug/sessions", withToken(), withJSON(debug.SessionsRequest{Action: debug.ActionFind, Cookie: before}))
	if found.Cookie.Reason != "renewed" || found.Sessions[0].ID != want {
		t.Errorf("%+v", found)
	}
}

// Sessions of another app in the same store are another operator's.
func TestFindInOwnRealm(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	other := newOperated(t, config.Config{Cookie: config.Cookie{Name: "admin"}}, store)
	id := session.ID{}
	sessiontest.Cookie(t, other.sessions, func(s *session.Session) error {
		err := s.LogIn(t.Context(), session.Login{User: "ada"})
		id = s.ID()
		return err
	})
	o := newOperated(t, config.Config{}, store)
	if s := other.find("user=ada&session=" + id.Short()).Sessions[0]; s.User != "ada" {
		t.Fatalf("%+v", s)
	}
	ref := other.find("session=" + id.Short()).Sessions[0].Ref
	for _, query := range []string{"user=ada", "session=" + id.Short(), "session=" + id.String(), "ref=" + ref} {
		if w := o.do("GET", "/debug/sessions?"+query, withToken()); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d: %s", query, w.Code, w.Body)
		}
	}
	o.problem(http.StatusNotFound, debug.SessionsRequest{Action: debug.ActionEnd, Ref: ref})
	o.end(debug.SessionsRequest{Action: debug.ActionEndAll, User: "ada"})
	if s := other.find("user=ada").Sessions; len(s) != 1 {
		t.Errorf("%+v", s)
	}
}

// The page has a visitor's texts as texts.
func TestSessionsPage(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{}, memstore.New(0))
	evil := "<script>alert(1)</script>"
	cookie := o.visit("/set?html="+url.QueryEscape(`"`+evil+`"`)+"&"+url.QueryEscape(evil)+"=1", o.login(evil, auth.Label(evil)))
	for _, query := range []string{"", "?user=" + url.QueryEscape(evil), "?session=" + o.idOf(cookie).Short(), "?session=" + url.QueryEscape(evil), "?ref=" + url.QueryEscape(evil), "?user=%22%3E%3Cscript"} {
		w := o.do("GET", "/debug/sessions"+query, withToken(), asBrowser())
		if strings.Contains(w.Body.String(), evil) || strings.Contains(w.Body.String(), `"><script`) || !strings.Contains(w.Body.String(), "<h2>Find a session</h2>") {
			t.Errorf("%s: %s", query, w.Body)
		}
	}
	page := o.do("POST", "/debug/sessions", withToken(), asBrowser(), withForm("action", "end-all", "user", evil)).Body.String()
	if strings.Contains(page, evil) || !strings.Contains(page, "have ended") || !strings.Contains(page, `href="/debug/"`) {
		t.Error(page)
	}
	if strings.Contains(page, `id="refresh"`) {
		t.Error("it refreshes by itself, and what it says is gone")
	}
	if page := o.do("GET", "/debug/", asBrowser(), withToken()).Body.String(); !strings.Contains(page, `href="/debug/sessions"`) || !strings.Contains(page, `id="refresh"`) {
		t.Error("the overview has no link to it")
	}
}

// What the app keeps of a login is told, and what a limit of sessions has ended is no
// session any more.
func TestFindWhatLoginsKeep(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{MaxPerUser: 1}, memstore.New(0))
	kept := []auth.LoginOption{auth.IP("192.0.2.7"), auth.LastUsed()}
	ids := []string{o.idOf(o.login("ada", kept...)).Short(), o.idOf(o.login("ada", kept...)).Short()} // perhaps within one millisecond
	found := o.find("user=ada").Sessions
	if len(found) != 1 || found[0].From != "192.0.2.7" || found[0].LastUse == nil {
		t.Fatalf("%+v", found)
	}
	for _, id := range ids {
		if id != found[0].ID {
			get[debug.Problem](o.app, http.StatusNotFound, "/debug/sessions?session="+id, withToken())
		}
	}
	if page := o.do("GET", "/debug/sessions?ref="+found[0].Ref, withToken(), asBrowser()).Body.String(); !strings.Contains(page, "<dt>from</dt><dd>192.0.2.7</dd>") {
		t.Error(page)
	}
}
