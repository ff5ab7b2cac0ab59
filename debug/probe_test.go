package debug_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/debug"
)

func withBody(kind, body string) change {
	return func(r *http.Request) {
		r.Header.Set("Content-Type", kind)
		r.Body = io.NopCloser(strings.NewReader(body))
	}
}

// probe counts up and returns the report and the cookie afterwards.
func (a *app) probe(cookie string) (debug.ProbeReport, string) {
	a.t.Helper()
	w := a.do("POST", "/debug/probe", withCookie(cookie), withToken())
	after := cookieOf(w, cookie)
	report := get[debug.ProbeReport](&app{a.t, a.sessions, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(w.Code)
		rw.Write(w.Body.Bytes())
	})}, 200, "/")
	return report, after
}

func TestProbeCounts(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	one, two := newApp(t, config.Config{}, store), newApp(t, config.Config{}, store)
	first, cookie := one.probe("")
	info := one.sessions.Diagnostics().Worker()
	if first.N != 1 || !first.CookieSet || first.PID != info.PID || first.Worker != info.ID || first.Host != info.Host || first.Action != "count" {
		t.Errorf("%+v", first)
	}
	if first.Session != one.idOf(cookie).Short() || first.Revision != 1 || !strings.HasPrefix(first.Status, "rejected") {
		t.Errorf("%+v", first)
	}
	second, same := two.probe(cookie)
	if second.N != 2 || second.CookieSet || same != cookie || second.Worker == first.Worker || second.Session != first.Session || second.Status != "loaded" {
		t.Errorf("%+v", second)
	}
	if fresh := ask[debug.ProbeReport](one, 200, "POST", "/debug/probe"); fresh.N != 1 || fresh.Status != "new" || !fresh.CookieSet {
		t.Errorf("%+v", fresh)
	}
}

// Whoever answers, and however many at once, no number comes twice.
func TestProbeOverWorkersAtOnce(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	apps := []*app{newApp(t, config.Config{}, store), newApp(t, config.Config{}, store), newApp(t, config.Config{}, store)}
	_, cookie := apps[0].probe("")
	const requests = 60
	var wg sync.WaitGroup
	var mu sync.Mutex
	counts := []int64{1}
	for i := range requests {
		wg.Go(func() {
			report, _ := apps[i%len(apps)].probe(cookie)
			mu.Lock()
			defer mu.Unlock()
			counts = append(counts, report.N)
		})
	}
	wg.Wait()
	slices.Sort(counts)
	for i, n := range counts {
		if n != int64(i+1) {
			t.Fatalf("counts: %v", counts)
		}
	}
}

// The cookie of an earlier key is replaced, which the report says.
func TestProbeRenewsCookie(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	_, cookie := newApp(t, config.Config{}, store).probe("")
	rotated := newApp(t, config.Config{SecretKey: config.NewSecret(otherKey), SecretKeyFallbacks: []config.Secret{config.NewSecret(testKey)}}, store)
	if report, after := rotated.probe(cookie); report.N != 2 || !report.CookieSet || after == cookie {
		t.Errorf("%+v", report)
	}
}

func TestProbeClear(t *testing.T) {
	t.Parallel()
	for name, clear := range map[string]func(a *app, cookie string) debug.ProbeReport{
		"DELETE": func(a *app, cookie string) debug.ProbeReport {
			return ask[debug.ProbeReport](a, 200, "DELETE", "/debug/probe", withCookie(cookie))
		},
		"query": func(a *app, cookie string) debug.ProbeReport {
			return ask[debug.ProbeReport](a, 200, "POST", "/debug/probe?action=clear", withCookie(cookie))
		},
		"JSON": func(a *app, cookie string) debug.ProbeReport {
			return ask[debug.ProbeReport](a, 200, "POST", "/debug/probe", withCookie(cookie), withBody("application/json; charset=utf-8", `{"action":"clear"}`))
		},
		"form": func(a *app, cookie string) debug.ProbeReport {
			return ask[debug.ProbeReport](a, 200, "POST", "/debug/probe", withCookie(cookie), withBody("application/x-www-form-urlencoded", "action=clear"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, config.Config{}, memstore.New(0))
			cookie := a.visit("/set?theme=1", "")
			a.probe(cookie)
			report := clear(a, cookie)
			values := get[debug.SessionReport](a, 200, "/debug/session", withCookie(cookie)).Session.Values
			if _, still := values[debug.ProbeKey]; still || len(values) != 1 || report.Action != "clear" || report.N != 0 || report.CookieSet {
				t.Errorf("%+v leaves %v", report, values)
			}
			if again, _ := a.probe(cookie); again.N != 1 {
				t.Errorf("%+v", again)
			}
		})
	}
}

// Clearing what is not there makes no session.
func TestProbeClearNothing(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	w := a.do("DELETE", "/debug/probe")
	if w.Code != 200 || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("status %d, %v", w.Code, w.Header())
	}
}

func TestProbeUnknownAction(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	for _, changes := range [][]change{
		{func(r *http.Request) { r.URL.RawQuery = "action=drop" }},
		{withBody("application/json", `{"action":"drop"}`)},
		{withBody("application/json", `{"action`)},
		{withBody("application/json", `{"action":"`+strings.Repeat("x", 5000)+`"}`)},
	} {
		if p := ask[debug.Problem](a, http.StatusBadRequest, "POST", "/debug/probe", changes...); p.Fix == "" {
			t.Errorf("%+v", p)
		}
	}
}

func TestProbeEnd(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(a *app, cookie string){
		"counted": func(*app, string) {},
		"cleared": func(a *app, cookie string) { a.do("DELETE", "/debug/probe", withCookie(cookie)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, config.Config{}, memstore.New(0))
			_, cookie := a.probe("")
			prepare(a, cookie)
			id := a.idOf(cookie)
			w := a.do("POST", "/debug/probe?action=end", withCookie(cookie))
			removed := w.Result().Cookies()
			if w.Code != 200 || len(removed) != 1 || removed[0].MaxAge >= 0 {
				t.Errorf("status %d, cookies %v: %s", w.Code, removed, w.Body)
			}
			if _, err := a.sessions.Store().Load(t.Context(), id); err != driver.ErrNotFound {
				t.Errorf("the session is still there: %v", err)
			}
			report := get[debug.SessionReport](a, 200, "/debug/session", withCookie(cookie))
			if report.Session.Status != "rejected: not-found" {
				t.Errorf("%+v", report.Session)
			}
		})
	}
}

// The probe ends no session that is anybody's.
func TestProbeEndsNoOther(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(a *app) string{
		"none":           func(*app) string { return "" },
		"logged in":      func(a *app) string { return a.visit("/login", "") },
		"a value":        func(a *app) string { return a.visit("/set?cart=1", "") },
		"the kit's own":  func(a *app) string { return a.flash("") },
		"ended meantime": func(a *app) string { c := a.visit("/set?cart=1", ""); a.visit("/logout", c); return c },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, config.Config{}, memstore.New(0))
			cookie := prepare(a)
			if name == "logged in" || name == "a value" || name == "the kit's own" {
				a.probe(cookie)
			}
			w := a.do("POST", "/debug/probe?action=end", withCookie(cookie))
			if w.Code != http.StatusConflict || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("status %d, %v: %s", w.Code, w.Header(), w.Body)
			}
			if report := get[debug.SessionReport](a, 200, "/debug/session", withCookie(cookie)); name == "logged in" && !report.Authenticated {
				t.Errorf("%+v", report.Session)
			}
		})
	}
}

// in runs f on the cookie's session and returns the cookie afterwards.
func (a *app) in(cookie string, f func(*session.Session) error) string {
	a.t.Helper()
	ctx, x, _ := sessiontest.Open(a.t.Context(), a.sessions, session.Incoming{Cookies: []string{a.sessions.Config().Cookie.Name + "=" + cookie}})
	s, err := session.From(ctx)
	if err == nil {
		err = f(s)
	}
	out, commitErr := x.Commit()
	if err != nil || commitErr != nil {
		a.t.Fatal(err, commitErr)
	}
	if c, err := http.ParseSetCookie(out.SetCookie); err == nil {
		return c.Value
	}
	return cookie
}

func (a *app) flash(cookie string) string {
	return a.in(cookie, func(s *session.Session) error { return s.Flash("info", "between us") })
}

func TestProbeFullStore(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(1))
	a.visit("/set?cart=1", "")
	if p := ask[debug.Problem](a, http.StatusServiceUnavailable, "POST", "/debug/probe"); !strings.Contains(p.Error, "full") || !strings.Contains(p.Fix, "SESSION_STORE") {
		t.Errorf("%+v", p)
	}
}
