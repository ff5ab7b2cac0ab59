package debug_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/debug"
)

func TestSessionLoaded(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	cookie := a.visit("/login", "")
	cookie = a.visit("/set?visits=3", cookie)
	report := get[debug.SessionReport](a, 200, "/debug/session", withCookie(cookie))
	s, c, info := report.Session, report.Cookie, a.sessions.Diagnostics().Worker()
	if s.Status != "loaded" || s.Reason != "" || s.Revision != 2 || s.ID != a.idOf(cookie).Short() {
		t.Errorf("session: %+v", s)
	}
	if s.Created == nil || s.Expires == nil || !s.Deadline.Equal(s.Created.Add(24*time.Hour)) {
		t.Errorf("created %v, expires %v, deadline %v", s.Created, s.Expires, s.Deadline)
	}
	if !report.Authenticated || report.User == nil || *report.User != "ada" {
		t.Errorf("user: %v, %v", report.Authenticated, report.User)
	}
	if w := report.Worker; w.PID != info.PID || w.Host != info.Host || w.ID != info.ID || w.Framework != "net/http" || w.Started.IsZero() {
		t.Errorf("worker: %+v", w)
	}
	if report.Store != (debug.StoreTag{Kind: "memory", ID: info.StoreID}) {
		t.Errorf("store: %+v", report.Store)
	}
	if c.Name != "session" || c.Count != 1 || c.Key != info.Keys[0] || c.OurKeys[0] != c.Key || c.Store != info.StoreID || c.OurStore != c.Store {
		t.Errorf("cookie: %+v", c)
	}
}

// 127: a save moves the idle end and keeps it apart from the absolute one, in the
// report as in the store.
func TestSessionReportOfIdleEnd(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Truncate(time.Millisecond)
	begin := now
	a := appOf(t, newManager(t, config.Config{IdleTimeout: time.Hour}, memstore.New(0),
		session.WithClock(func() time.Time { return now })))
	cookie := a.visit("/set?visits=1", "")
	for range 3 {
		now = now.Add(time.Minute) // too little for a touch
		cookie = a.visit("/set?visits=2", cookie)
		s := get[debug.SessionReport](a, 200, "/debug/session", withCookie(cookie)).Session
		if !s.Expires.Equal(now.Add(time.Hour)) || !s.Deadline.Equal(begin.Add(24*time.Hour)) {
			t.Errorf("after a save at %v: expires %v, deadline %v", now, s.Expires, s.Deadline)
		}
	}
	now = now.Add(30 * time.Minute)
	s := get[debug.SessionReport](a, 200, "/debug/session", withCookie(cookie)).Session
	if !s.Expires.Equal(now.Add(30 * time.Minute)) {
		t.Errorf("the report shows what reading it has moved: %v at %v", s.Expires, now)
	}
	page := a.do("GET", "/debug/session", withCookie(cookie), asBrowser()).Body.String()
	if !strings.Contains(page, "<dt>deadline</dt>") {
		t.Errorf("the page takes the idle end for the absolute one: %s", page)
	}
}

// Reading a session for the report leaves it as it was, and sets no cookie.
func TestSessionReportChangesNothing(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	cookie := a.visit("/set?visits=3", "")
	before, err := a.sessions.Store().Load(t.Context(), a.idOf(cookie))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range reports {
		for _, visitor := range []change{withCookie(cookie), withCookie(""), withCookie("v1.nonsense")} {
			if w := a.do("GET", path, visitor); w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s sets %q", path, w.Header().Get("Set-Cookie"))
			}
		}
	}
	after, err := a.sessions.Store().Load(t.Context(), a.idOf(cookie))
	if err != nil || after.Revision != before.Revision || !after.Expires.Equal(before.Expires) || after.Values.JSON() != before.Values.JSON() {
		t.Errorf("before %+v, after %+v, %v", before, after, err)
	}
	list := a.sessions.Store().(driver.Lister)
	if n, _, err := list.Count(t.Context()); n != 1 || err != nil {
		t.Errorf("%d sessions, %v", n, err)
	}
}

// withOriginOf replaces one part of a token by another's.
func splice(token, other string, part int) string {
	parts, others := strings.Split(token, "."), strings.Split(other, ".")
	parts[part] = others[part]
	return strings.Join(parts, ".")
}

func TestReasons(t *testing.T) {
	t.Parallel()
	now := time.Now()
	clock := session.WithClock(func() time.Time { return now })
	store := memstore.New(0)
	a := appOf(t, newManager(t, config.Config{Lifetime: time.Hour}, store, clock))
	later := appOf(t, newManager(t, config.Config{Lifetime: time.Hour}, store,
		session.WithClock(func() time.Time { return now.Add(2 * time.Hour) })))
	ours := a.visit("/set?n=1", "")
	gone := a.visit("/set?n=1", "")
	a.visit("/logout", gone)
	foreignKey := newApp(t, config.Config{SecretKey: config.NewSecret(otherKey)}, store)
	foreignStore := newApp(t, config.Config{}, memstore.New(0))
	stranger, elsewhere := foreignKey.visit("/set?n=1", ""), foreignStore.visit("/set?n=1", "")

	for _, tc := range []struct {
		reason  diagnose.Reason
		on      *app
		cookie  string
		key     *app // whose key and store the cookie names
		hasFix  bool
		noCount bool
	}{
		{reason: diagnose.ReasonNone, on: a},
		{reason: diagnose.ReasonMalformed, on: a, cookie: "s%3Aabc.def"},
		{reason: diagnose.ReasonForeignKey, on: a, cookie: stranger, key: foreignKey},
		{reason: diagnose.ReasonBadSignature, on: a, cookie: splice(ours, gone, 3), key: a},
		{reason: diagnose.ReasonForeignStore, on: a, cookie: elsewhere, key: foreignStore},
		{reason: diagnose.ReasonNotFound, on: a, cookie: gone, key: a},
		{reason: diagnose.ReasonExpired, on: later, cookie: ours, key: a},
	} {
		t.Run(string(tc.reason), func(t *testing.T) {
			report := get[debug.SessionReport](tc.on, 200, "/debug/session", withCookie(tc.cookie))
			if tc.cookie == "" {
				report = get[debug.SessionReport](tc.on, 200, "/debug/session")
			}
			s, c := report.Session, report.Cookie
			meaning, fix := tc.on.sessions.Diagnostics().Explain(tc.reason)
			if s.Reason != string(tc.reason) || s.Meaning != meaning || s.Fix != fix || meaning == "" || fix == "" {
				t.Errorf("%+v", s)
			}
			if want := map[bool]string{true: "new", false: "rejected: " + string(tc.reason)}[tc.cookie == ""]; s.Status != want {
				t.Errorf("status %q, want %q", s.Status, want)
			}
			if s.Revision != 0 || s.ID != "" || s.Created != nil || len(s.Values) > 0 || report.Authenticated || report.User != nil {
				t.Errorf("a session that is not stored: %+v, user %v", s, report.User)
			}
			wantKey, wantStore := "", ""
			if tc.key != nil {
				info := tc.key.sessions.Diagnostics().Worker()
				wantKey, wantStore = info.Keys[0], info.StoreID
			}
			if c.Key != wantKey || c.Store != wantStore {
				t.Errorf("cookie of key %q and store %q, want %q and %q", c.Key, c.Store, wantKey, wantStore)
			}
			counted := get[debug.ConfigReport](tc.on, 200, "/debug/config").Rejections[string(tc.reason)]
			if counted.Count == 0 || counted.Meaning != meaning || counted.Fix != fix {
				t.Errorf("rejections: %+v", counted)
			}
			page := tc.on.do("GET", "/debug/session", withCookie(tc.cookie), asBrowser()).Body.String()
			if tc.cookie != "" && !strings.Contains(page, string(tc.reason)) {
				t.Errorf("the page does not name the reason: %s", page)
			}
		})
	}
}

func TestSeveralCookies(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	cookie := a.visit("/set?n=1", "")
	report := get[debug.SessionReport](a, 200, "/debug/session", header("Cookie", "session=old; session="+cookie))
	if report.Session.Status != "loaded" || report.Cookie.Count != 2 {
		t.Errorf("%+v, %+v", report.Session, report.Cookie)
	}
}

func TestWithoutMiddleware(t *testing.T) {
	t.Parallel()
	sessions := newManager(t, config.Config{}, memstore.New(0))
	sessions.Diagnostics().SetFramework("chi")
	bare := &app{t, sessions, debug.New(sessions, debug.WithLogger(quiet))}
	report := get[debug.SessionReport](bare, 200, "/debug/session")
	s := report.Session
	if s.Status != debug.StatusNotLoaded || s.Reason != debug.ReasonNoMiddleware || s.Meaning == "" || !strings.Contains(s.Fix, "chisession.Install") {
		t.Errorf("%+v", s)
	}
	if report.Cookie != nil || !strings.Contains(report.Error, "middleware") {
		t.Errorf("%+v", report)
	}
	problem := ask[debug.Problem](bare, http.StatusInternalServerError, "POST", "/debug/probe")
	if !strings.Contains(problem.Fix, "chisession.Install") {
		t.Errorf("%+v", problem)
	}
	findings := get[debug.ConfigReport](bare, 200, "/debug/config").Findings
	if findings[0].ID != "middleware-order" {
		t.Errorf("findings: %+v", findings)
	}
	if page := bare.do("GET", "/debug/", asBrowser()); page.Code != 200 || !strings.Contains(page.Body.String(), "chisession.Install") {
		t.Errorf("status %d: %s", page.Code, page.Body)
	}
}

// Another manager's middleware is not this one's.
func TestMiddlewareOfAnotherManager(t *testing.T) {
	t.Parallel()
	admin := newManager(t, config.Config{Cookie: config.Cookie{Name: "admin"}}, memstore.New(0))
	shop := newApp(t, config.Config{}, memstore.New(0))
	h := debug.New(admin, debug.WithLogger(quiet))
	r := httptest.NewRequest("GET", "/debug/session", nil)
	ctx, _, _ := sessiontest.Open(t.Context(), shop.sessions, session.Incoming{})
	a := &app{t, admin, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r.WithContext(ctx)) })}
	if report := get[debug.SessionReport](a, 200, r.URL.Path); report.Error == "" {
		t.Errorf("%+v", report)
	}
}

// tokenParts are what nobody but the browser should see of a cookie.
func tokenParts(t *testing.T, token string) []string {
	parts := strings.Split(token, ".")
	if n := len(parts); n != 4 && n != 5 { // with an owner
		t.Fatalf("token of %d parts", len(parts))
	}
	if raw, err := base64.RawURLEncoding.DecodeString(parts[1]); err != nil || len(raw) != 16 {
		t.Fatalf("%v", err)
	}
	return parts[1:]
}
